"""Administration of prices: versions are looked at, and a new one is written as one readable form."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from studio.accounts.people import person_of
from studio.core.admin import StudioAdmin
from studio.providers import catalogue, changes, told
from studio.providers.models import ModelPrice, PriceList
from studio.providers.price_form import PriceSheet

if TYPE_CHECKING:
    Inline = admin.TabularInline[Any, Any]
else:
    Inline = admin.TabularInline


class NoteForm(forms.Form):
    """What a version is for."""

    note = forms.CharField(
        label=_("note"), max_length=200, help_text=_("What is new in this version, and why; such as: Prices of May.")
    )


class PriceInline(Inline):
    """The prices of one version, looked at."""

    model = ModelPrice
    fields = ("called", "credits", "is_estimate")
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("providers.view_pricelist")

    @admin.display(description=_("model"))
    def called(self, row: ModelPrice) -> str:
        model = catalogue.find(row.model)
        return model.name if model else row.model

    @admin.display(description=_("credits a picture"))
    def credits(self, row: ModelPrice) -> str:
        return told.price(row.rule)


@admin.register(PriceList)
class PriceListAdmin(StudioAdmin):
    """A version is never changed: a new one is added, and says only what is new."""

    list_display = ("version", "note", "created_at", "created_by", "is_shipped")
    list_select_related = ("created_by",)
    fields = ("note", "created_at", "created_by", "is_shipped")
    readonly_fields = fields
    inlines = (PriceInline,)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """All prices in one form; what is changed in it, and only that, becomes a new version."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        data = request.POST if request.method == "POST" else None
        asked = request.GET if data is None else data
        sheet = PriceSheet(data, words=asked.get("q", "")[:100], family=asked.get("family", ""))
        is_save = data is not None and "show" not in data
        form = NoteForm(data if is_save else None, initial={"note": asked.get("note", "")})
        wrong = ""
        if is_save and form.is_valid() and not sheet.errors:
            if not sheet.touched:
                wrong = gettext("No price was changed.")
            elif saved := self._save(request, form.cleaned_data["note"], sheet):
                return saved
            else:
                wrong = gettext("Somebody saved prices at the same moment. Look at yours again, then save.")
        context = {**self.admin_site.each_context(request), "title": _("New prices"), "opts": self.opts}
        context |= {"form": form, "sheet": sheet, "wrong": wrong}
        is_wrong = is_save and bool(wrong or form.errors or sheet.errors)
        return render(request, "admin/providers/prices.html", context, status=422 if is_wrong else 200)

    def _save(self, request: HttpRequest, note: str, sheet: PriceSheet) -> HttpResponse | None:
        rules = sheet.rules()
        try:
            added = changes.add_prices(note=note, rules=rules, by=person_of(request))
        except IntegrityError:
            return None
        said = ngettext(
            "Version %(version)s: %(count)d price is new.", "Version %(version)s: %(count)d prices are new.", len(rules)
        )
        messages.success(request, said % {"version": added.version, "count": len(rules)})
        return HttpResponseRedirect(reverse("admin:providers_pricelist_changelist"))
