"""Administration of the price diary: what vendors changed, and what is made of it here."""

import hashlib
import json
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from studio.accounts.people import person_of
from studio.core import queue
from studio.core.admin import ReadOnlyAdmin
from studio.providers import catalogue, decide, overlay, sync, told
from studio.providers.catalogue import Rule
from studio.providers.models import DiaryEntry, ModelPrice, ProviderRow, VendorList
from studio.providers.uses import DAYS, uses_of

MOST_AT_ONCE = 500
Kind, State = DiaryEntry.Kind, DiaryEntry.State


class StateFilter(admin.SimpleListFilter):
    """Open ones unless something else was asked for."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*((state.value, state.label) for state in State if state != State.OPEN), ("all", _("All"))]

    def choices(self, changelist: Any) -> Any:
        first, *others = super().choices(changelist)
        return [{**first, "display": State.OPEN.label}, *others]

    def queryset(self, request: HttpRequest, queryset: QuerySet[DiaryEntry]) -> QuerySet[DiaryEntry]:
        if self.value() == "all":
            return queryset
        return queryset.filter(state=self.value() or State.OPEN)


class NoteForm(forms.Form):
    """What an administrator wants to be remembered of a decision."""

    note = forms.CharField(label=_("note"), required=False, max_length=200, help_text=_("May stay empty."))


class Line:
    """One entry on the page where it is accepted: its price as it is, as it could be, and as it was entered."""

    def __init__(self, entry: DiaryEntry, data: Any, *, price: Rule | None, place: str) -> None:
        self.entry, self.place = entry, place
        self.model = entry.model or entry.offer_model
        self.proposal = decide.proposal(entry, price)
        self.is_unpriced = entry.kind == Kind.NEW and price is None
        self.price = told.price(price) if price else ""
        self.proposed = told.price(self.proposal) if self.proposal else ""
        self.before, self.after = told.before(entry), told.after(entry)
        self.field, self.box = f"price-{entry.pk}", f"take-{entry.pk}"
        self.seen = hashlib.sha256(json.dumps(entry.after, sort_keys=True).encode()).hexdigest()[:16]
        flat = self.proposal.flat if self.proposal and not self.proposal.by else ""
        self.value = str(flat) if data is None else data.get(self.field, "").strip()
        self.is_unnamed = entry.kind == Kind.NEW and not entry.model
        self.same_field = f"same-{entry.pk}"
        self.same = "" if data is None or not self.is_unnamed else data.get(self.same_field, "").strip()
        self.is_taken = data is not None and self.box in data
        self.error = ""

    def rule(self) -> Rule | None:
        """The price to set with it; None for none. Raises ValueError for what is no amount."""
        if self.same:
            return None  # it has the price of the model it is
        if self.is_taken and self.proposal:
            return self.proposal
        if not self.is_unpriced or not self.value:
            return None
        if not self.value.isascii() or not self.value.isdecimal() or len(self.value) > 7:
            raise ValueError(self.value)
        return Rule(flat=int(self.value))


def lines_of(entries: list[DiaryEntry], data: Any = None) -> list[Line]:
    """One line for each entry; two queries."""
    names = dict(ProviderRow.objects.values_list("slug", "name"))
    models = [entry.model or entry.offer_model for entry in entries]
    newest = ModelPrice.objects.filter(model__in=models).order_by("price_list_id")
    prices = {row.model: row.rule for row in newest}
    return [
        Line(entry, data, price=prices.get(model), place=names.get(entry.provider, entry.provider))
        for entry, model in zip(entries, models, strict=True)
    ]


@admin.register(DiaryEntry)
class DiaryAdmin(ReadOnlyAdmin):
    """Written by the reading of vendors' lists; accepted or ignored here, never edited."""

    list_display = ("offer_model", "kind", "place", "change", "model", "seen")
    list_filter = (StateFilter, "kind", "provider")
    list_select_related = ("decided_by",)
    search_fields = ("offer_model", "model")
    fields = (
        *("kind", "offer_model", "place", "model", "was", "becomes", "state"),
        *("first_seen", "last_seen", "decided_by", "decided_at", "note"),
    )
    actions = ("accept", "ignore")
    change_list_template = "admin/providers/diary.html"
    change_form_template = "admin/providers/diary_entry.html"

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("providers.change_diaryentry")

    def get_queryset(self, request: HttpRequest) -> QuerySet[DiaryEntry]:
        name = ProviderRow.objects.filter(slug=OuterRef("provider")).values("name")
        entries: QuerySet[DiaryEntry] = super().get_queryset(request)
        return entries.annotate(place=Subquery(name))

    @admin.display(description=_("provider"), ordering="provider")
    def place(self, entry: Any) -> str:
        return entry.place or str(entry.provider)

    @admin.display(description=_("seen since"), ordering="first_seen")
    def seen(self, entry: DiaryEntry) -> str:
        return date_format(timezone.localdate(entry.first_seen), "j M")

    @admin.display(description=_("before → after"))
    def change(self, entry: DiaryEntry) -> str:
        return told.told(entry)

    @admin.display(description=_("before"))
    def was(self, entry: DiaryEntry) -> str:
        return told.before(entry)

    @admin.display(description=_("after"))
    def becomes(self, entry: DiaryEntry) -> str:
        return told.after(entry)

    @admin.action(description=_("Accept"), permissions=["decide"])
    def accept(self, request: HttpRequest, queryset: QuerySet[DiaryEntry]) -> HttpResponse:
        return _to("accept", queryset)

    @admin.action(description=_("Ignore"), permissions=["decide"])
    def ignore(self, request: HttpRequest, queryset: QuerySet[DiaryEntry]) -> HttpResponse:
        return _to("ignore", queryset)

    def get_urls(self) -> list[URLPattern]:
        site = self.admin_site
        ours = [
            path("accept/", site.admin_view(self.accept_view), name="providers_diaryentry_accept"),
            path("ignore/", site.admin_view(self.ignore_view), name="providers_diaryentry_ignore"),
            path("read/", site.admin_view(self.read_view), name="providers_diaryentry_read"),
        ]
        return [*ours, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        readings = {reading.provider: reading for reading in VendorList.objects.all()}
        lists = [{"row": row, "reading": readings.get(row.slug)} for row in sync.rows_with_lists()]
        facts = {"title": _("Price diary"), "lists": lists, "may_decide": self.has_decide_permission(request)}
        return super().changelist_view(request, {**(extra_context or {}), **facts})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        entry = self.get_object(request, object_id)
        may = bool(entry) and self.has_decide_permission(request)
        facts: dict[str, Any] = {
            "uses": uses_of(entry.model) if entry and entry.model else [],
            "days": DAYS,
            "may_accept": may and entry and entry.state in DiaryEntry.STANDING,
            "may_ignore": may and entry and entry.state == State.OPEN,
            "chosen": f"?{ACTION_CHECKBOX_NAME}={object_id}",
        }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **facts})

    def read_view(self, request: HttpRequest) -> HttpResponse:
        """Have every list read soon, by the queue: this process does not talk to vendors."""
        if not self.has_decide_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        rows = sync.rows_with_lists()
        if rows:
            sync.ask(rows)
            queue.enqueue("studio.providers.tasks.read_lists")
            messages.success(request, _("The lists will be read in a moment. Look again in a minute."))
        else:
            messages.warning(request, _("No provider is connected that has a list of models."))
        return HttpResponseRedirect(reverse("admin:providers_diaryentry_changelist"))

    def ignore_view(self, request: HttpRequest) -> HttpResponse:
        entries = self._chosen(request, [State.OPEN])
        form = NoteForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            done = decide.ignore(entries=entries, by=person_of(request), note=form.cleaned_data["note"])
            told_so = ngettext(
                "%d entry is ignored until it changes.", "%d entries are ignored until they change.", done
            )
            return self._back(request, told_so % done)
        return self._page(request, "ignore", _("Ignore"), lines_of(entries), form)

    def accept_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for prices and a note, then accept; what changed since the page was made is shown again instead."""
        data = request.POST if request.method == "POST" else None
        overlay.refresh()
        lines = lines_of(self._chosen(request, DiaryEntry.STANDING), data)
        form = NoteForm(data)
        if data is None or not form.is_valid():
            return self._page(request, "accept", _("Accept"), lines, form)
        rules, same = {}, {}
        for line in lines:
            if data.get(f"seen-{line.entry.pk}") != line.seen:
                line.error = str(_("This changed since you opened the page. Look again, then accept."))
                continue
            if line.same and (known := catalogue.find(line.same)) is None:
                line.error = _("There is no model %(name)s here.") % {"name": line.same[:100]}
                continue
            if line.same and known:
                same[line.entry.pk] = known.id
            try:
                rule = line.rule()
            except ValueError:
                line.error = str(_("A price is a whole number from 0 to 1,000,000."))
                continue
            if rule is not None:
                rules[line.model] = rule
        if any(line.error for line in lines):
            return self._page(request, "accept", _("Accept"), lines, form)
        entries = [line.entry for line in lines]
        try:
            note = form.cleaned_data["note"]
            done = decide.accept(entries=entries, by=person_of(request), note=note, rules=rules, same=same)
        except IntegrityError:
            messages.warning(request, _("Somebody saved prices at the same moment. Look again, then accept."))
            return self._page(request, "accept", _("Accept"), lines, form)
        return self._back(request, ngettext("%d entry was accepted.", "%d entries were accepted.", done) % done)

    def _chosen(self, request: HttpRequest, states: Any) -> list[DiaryEntry]:
        if not self.has_decide_permission(request):
            raise PermissionDenied
        ids = [pk for pk in request.GET.getlist(ACTION_CHECKBOX_NAME)[:MOST_AT_ONCE] if pk.isascii() and pk.isdecimal()]
        ids = [pk for pk in ids if len(pk) < 18]
        return list(DiaryEntry.objects.filter(pk__in=ids, state__in=states).order_by("provider", "kind", "offer_model"))

    def _back(self, request: HttpRequest, said: str) -> HttpResponse:
        messages.success(request, said)
        return HttpResponseRedirect(reverse("admin:providers_diaryentry_changelist"))

    def _page(self, request: HttpRequest, verb: str, title: Any, lines: list[Line], form: NoteForm) -> HttpResponse:
        is_wrong = bool(form.errors) or any(line.error for line in lines)
        context = {**self.admin_site.each_context(request), "title": title, "opts": self.opts}
        context |= {"verb": verb, "lines": lines, "form": form, "models": catalogue.models()}
        return render(request, "admin/providers/decide.html", context, status=422 if is_wrong else 200)


def _to(verb: str, queryset: QuerySet[DiaryEntry]) -> HttpResponse:
    chosen = "&".join(f"{ACTION_CHECKBOX_NAME}={pk}" for pk in queryset.values_list("pk", flat=True)[:MOST_AT_ONCE])
    return HttpResponseRedirect(f"{reverse(f'admin:providers_diaryentry_{verb}')}?{chosen}")
