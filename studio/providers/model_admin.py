"""Administration of models: on or off, who offers them at what cost, what ends, and who would miss it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from studio.accounts.people import person_of
from studio.core.admin import StudioAdmin
from studio.providers import catalogue, changes, overlay, told
from studio.providers.catalogue import ImageModel
from studio.providers.models import LearntOffer, ModelRow, ProviderRow
from studio.providers.uses import DAYS, uses_of


@dataclass(frozen=True)
class OfferLine:
    """One offer of a model as an administrator reads it; the days are set once the diary's entry was accepted."""

    provider: str
    model: str
    cost: str
    gone_on: date | None
    ends_on: date | None
    instead: str


def offer_lines(model: ImageModel) -> list[OfferLine]:
    """What the connected providers have of a model."""
    found = []
    for row in ProviderRow.objects.all():
        for offer, learnt in overlay.known_at(model, row):
            cost = offer.cost.range if offer.cost else None
            facts = {"cost": cost, "unit": offer.cost_unit}
            if learnt and learnt.cost:
                facts = {"cost": learnt.cost, "unit": learnt.cost_unit}
            ended = (learnt.gone_on, learnt.ends_on, learnt.instead) if learnt else (None, None, "")
            found.append(OfferLine(row.name, offer.model or str(_("what it has loaded")), told.cost(facts), *ended))
    return found


class EndsFilter(admin.SimpleListFilter):
    """The models of which an end was accepted."""

    title = _("end")
    parameter_name = "ends"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Ends, or has ended, at a provider"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ModelRow]) -> QuerySet[ModelRow]:
        if self.value() != "yes":
            return queryset
        ending = LearntOffer.objects.exclude(gone_on=None, ends_on=None)
        return queryset.filter(model__in=ending.values("model"))


class FamilyFilter(admin.SimpleListFilter):
    """The models of one family."""

    title = _("family")
    parameter_name = "family"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        families = {model.family for model in catalogue.models()}
        return [(family, family) for family in sorted(families, key=str.casefold)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ModelRow]) -> QuerySet[ModelRow]:
        family = self.value()
        if not family:
            return queryset
        return queryset.filter(model__in=[model.id for model in catalogue.models() if model.family == family])


def ends_of(models: list[str]) -> dict[str, str]:
    """Where and when models end, by id, as an administrator reads it; two queries."""
    names = dict(ProviderRow.objects.values_list("slug", "name"))
    words: dict[str, list[str]] = {}
    for learnt in LearntOffer.objects.filter(model__in=models).exclude(gone_on=None, ends_on=None):
        place = names.get(learnt.provider, learnt.provider)
        if learnt.gone_on:
            sentence = _("gone at %(place)s since %(day)s") % _day(place, learnt.gone_on)
        elif learnt.ends_on:
            sentence = _("ends at %(place)s on %(day)s") % _day(place, learnt.ends_on)
        else:
            continue
        words.setdefault(learnt.model, []).append(str(sentence))
    return {model: "; ".join(said) for model, said in words.items()}


@admin.register(ModelRow)
class ModelAdmin(StudioAdmin):
    """The catalogue comes with the release and the price diary; here models are switched on and off."""

    list_display = ("model", "name", "family", "enabled", "known", "end")
    list_filter = ("enabled", EndsFilter, FamilyFilter)
    list_per_page = 100
    search_fields = ("model",)
    search_help_text = _("Name, id, family or maker.")
    fields = ("model", "name", "family", "enabled", "known", "end")
    readonly_fields = fields
    actions = ("enable", "disable")
    change_form_template = "admin/providers/model.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[ModelRow]:
        overlay.refresh()
        return super().get_queryset(request)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[ModelRow], search_term: str
    ) -> tuple[QuerySet[ModelRow], bool]:
        found = [model.id for model in catalogue.models() if catalogue.is_found(model, search_term)]
        return queryset.filter(Q(model__in=found) | Q(model__icontains=search_term)), False

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changelist = super().get_changelist_instance(request)
        ends = ends_of([row.model for row in changelist.result_list])
        for row in changelist.result_list:
            row.end_words = ends.get(row.model, "")
        return changelist

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        model = catalogue.find(row.model) if row else None
        facts: dict[str, Any] = {"show_save": False, "show_save_and_continue": False}  # there is nothing to fill in
        facts |= {
            "uses": uses_of(row.model) if row else [],
            "days": DAYS,
            "offers": offer_lines(model) if model else [],
        }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **facts})

    @admin.display(description=_("name"))
    def name(self, row: ModelRow) -> str:
        model = catalogue.find(row.model)
        return model.name if model else str(_("no longer in the catalogue"))

    @admin.display(description=_("family"))
    def family(self, row: ModelRow) -> str:
        model = catalogue.find(row.model)
        return model.family if model else ""

    @admin.display(description=_("known of it"))
    def known(self, row: ModelRow) -> str:
        model = catalogue.find(row.model)
        if model is None:
            return ""
        return str(_("basic: a prompt only")) if model.is_basic else str(_("all its settings"))

    @admin.display(description=_("end"))
    def end(self, row: ModelRow) -> str:
        said = getattr(row, "end_words", None)  # set for a whole list at once
        return str(ends_of([row.model]).get(row.model, "") if said is None else said)

    @admin.action(description=_("Switch on"), permissions=["change"])
    def enable(self, request: HttpRequest, queryset: QuerySet[ModelRow]) -> None:
        self._set(request, queryset, enabled=True)

    @admin.action(description=_("Switch off"), permissions=["change"])
    def disable(self, request: HttpRequest, queryset: QuerySet[ModelRow]) -> None:
        self._set(request, queryset, enabled=False)

    def _set(self, request: HttpRequest, rows: QuerySet[ModelRow], *, enabled: bool) -> None:
        done = sum(changes.set_model_enabled(row=row, enabled=enabled, by=person_of(request)) for row in rows)
        self.message_user(request, ngettext("%d model changed.", "%d models changed.", done) % done)


def _day(place: str, on: date) -> dict[str, str]:
    return {"place": place, "day": told.day(on.isoformat())}
