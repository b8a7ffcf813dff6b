"""Administration of credits: accounts can be granted to and corrected, entries and holds only looked at."""

from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.crypto import get_random_string
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from studio.accounts.models import User
from studio.core.admin import ReadOnlyAdmin
from studio.core.errors import StudioError
from studio.core.paging import BoundedPaginator
from studio.credits import services
from studio.credits.forms import CORRECTION, GrantForm
from studio.credits.models import Account, Entry, Hold


class LedgerAdmin(ReadOnlyAdmin):
    """Long lists: never counted to their end, and searched by what has an index."""

    paginator = BoundedPaginator
    ordering = ("-id",)
    search_help_text = _("Number, key, job id or the name of a person")
    search_fields = ("reference",)  # makes the field appear; get_search_results says what it looks at

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        accounts = list(Account.objects.filter(user__username__icontains=term).values_list("pk", flat=True)[:100])
        found = Q(reference=_dashed(term)) | Q(key=term) | Q(account__in=accounts)
        if term.isdecimal() and len(term) < 19:
            found |= Q(pk=int(term))
        return queryset.filter(found), False


@admin.register(Entry)
class EntryAdmin(LedgerAdmin):
    list_display = (
        *("number", "created_at", "account", "kind", "change", "held_change", "spent", "spendable_after"),
        *("reference", "reason", "actor"),
    )
    list_filter = ("kind", "is_sandbox")
    list_select_related = ("account__user", "actor")


@admin.register(Hold)
class HoldAdmin(LedgerAdmin):
    list_display = ("key", "opened_at", "account", "amount", "captured", "state", "expires_at", "resolved_at")
    list_filter = ("state", "is_sandbox")
    list_select_related = ("account__user",)


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "spendable", "held", "spent", "returned", "entered_at", "entries", "grant_link")
    list_filter = ("kind",)
    list_select_related = ("user",)
    ordering = ("user__username",)
    search_fields = ("user__username", "user__email")
    actions = ("grant_credits",)
    readonly_fields: ClassVar = ("spendable", "entries", "grant_link")

    def has_grant_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("credits.grant_credits")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Who was invited and has not come yet can be granted to as well."""
        services.open_accounts()
        return super().changelist_view(request, extra_context)

    @admin.display(description=_("entries"))
    def entries(self, account: Account) -> str:
        url = reverse("admin:credits_entry_changelist")
        return format_html('<a href="{}?account__id__exact={}">{}</a>', url, account.pk, account.seq)

    @admin.display(description=_("credits"))
    def grant_link(self, account: Account) -> str:
        if account.user is None:
            return ""
        url = reverse("admin:credits_account_grant")
        return format_html('<a href="{}?{}={}">{}</a>', url, ACTION_CHECKBOX_NAME, account.pk, _("Grant or correct"))

    @admin.action(description=_("Grant or correct credits"), permissions=["grant"])
    def grant_credits(self, request: HttpRequest, queryset: QuerySet[Account]) -> HttpResponse:
        chosen = "&".join(f"{ACTION_CHECKBOX_NAME}={pk}" for pk in queryset.values_list("pk", flat=True))
        return HttpResponseRedirect(f"{reverse('admin:credits_account_grant')}?{chosen}")

    def get_urls(self) -> list[URLPattern]:
        ours = path("grant/", self.admin_site.admin_view(self.grant_view), name="credits_account_grant")
        return [ours, *super().get_urls()]

    def grant_view(self, request: HttpRequest) -> HttpResponse:
        """A form for one or more accounts; all of them get it or none."""
        if not self.has_grant_permission(request):
            raise PermissionDenied
        ids = [pk for pk in request.GET.getlist(ACTION_CHECKBOX_NAME) if pk.isdecimal() and len(pk) < 19]
        accounts = Account.objects.filter(pk__in=ids[:1000], user__isnull=False).select_related("user")
        form = GrantForm(request.POST or None, initial={"once": get_random_string(22)})
        if request.method == "POST" and form.is_valid():
            try:
                _book(request, list(accounts), **form.cleaned_data)
            except StudioError as refused:
                form.add_error(None, refused.message)
            else:
                return HttpResponseRedirect(reverse("admin:credits_account_changelist"))
        context = {**self.admin_site.each_context(request), "title": _("Grant or correct credits")}
        context |= {"form": form, "accounts": accounts, "opts": self.opts}
        return render(request, "admin/credits/grant.html", context, status=422 if form.errors else 200)


@transaction.atomic
def _book(request: HttpRequest, accounts: list[Account], *, what: str, amount: int, reason: str, once: str) -> None:
    actor = request.user
    assert isinstance(actor, User)
    verb = services.adjust if what == CORRECTION else services.grant
    for account in sorted(accounts, key=lambda account: account.pk):  # one order, so that two forms cannot deadlock
        assert account.user
        verb(user=account.user, amount=amount, reason=reason, actor=actor, key=f"{once}:{account.pk}")
    done = ngettext("Booked for %(count)d account.", "Booked for %(count)d accounts.", len(accounts))
    messages.success(request, done % {"count": len(accounts)})


def _dashed(term: str) -> str:
    """A job's id as references have it, however it was pasted."""
    try:
        return str(UUID(term))
    except ValueError:
        return term
