"""Administration of providers, models and prices."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.forms import BaseInlineFormSet, ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from studio.accounts.models import User
from studio.core.admin import StudioAdmin
from studio.providers import catalogue, changes
from studio.providers.connections import connection_of_row, has_connection, is_from_environment
from studio.providers.kinds import KINDS, SANDBOX
from studio.providers.models import ModelPrice, ModelRow, PriceList, ProviderRow

if TYPE_CHECKING:
    Inline = admin.TabularInline[Any, Any]
    FormSet = BaseInlineFormSet[Any, Any, Any]
else:
    Inline, FormSet = admin.TabularInline, BaseInlineFormSet


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


class ProviderForm(forms.ModelForm):  # type: ignore[type-arg]
    """The key goes in and never comes out (ADM-2)."""

    new_key = forms.CharField(
        label=_("new key"),
        required=False,
        max_length=500,
        help_text=_("Leave empty to keep the key there is."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        slug = self.instance.slug
        if slug == SANDBOX or is_from_environment(slug):
            del self.fields["new_key"]
        if "kind" in self.fields:
            self.fields["kind"].choices = [  # type: ignore[attr-defined]
                (slug, kind.name) for slug, kind in KINDS.items() if slug != SANDBOX
            ]

    def clean_new_key(self) -> str:
        return str(self.cleaned_data["new_key"]).strip()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        row = self.instance
        if "base_url" in self.changed_data and row.key_encrypted and not data.get("new_key"):
            # otherwise whoever may edit the address could have the key sent to an address of their own
            self.add_error("new_key", _("Enter the key again: it is only sent to the address it was entered for."))
        return data


@admin.register(ProviderRow)
class ProviderAdmin(StudioAdmin):
    """Those of the environment stand here too; what the environment says of them is only shown."""

    form = ProviderForm
    list_display = ("name", "slug", "enabled", "order", "key", "pace_concurrent", "pace_per_minute", "circuit")
    actions = ("close_circuit",)

    def get_fields(self, request: HttpRequest, obj: ProviderRow | None = None) -> Any:
        paces = ["pace_concurrent", "pace_per_minute"]
        if obj is None:
            return ["kind", "slug", "name", "base_url", "new_key", "enabled", "order", *paces]
        state = ["circuit", "last_failure_at", "last_failure"]
        if obj.slug == SANDBOX:
            return ["slug", "name", "key", *paces, *state]
        reach = ["address", "key"] if is_from_environment(obj.slug) else ["base_url", "key", "new_key"]
        return ["kind", "slug", "name", *reach, "enabled", "order", *paces, *state]

    def get_readonly_fields(self, request: HttpRequest, obj: ProviderRow | None = None) -> list[str]:
        shown = ["address", "key", "circuit", "last_failure_at", "last_failure"]
        return shown if obj is None else ["kind", "slug", *shown]

    def save_model(self, request: HttpRequest, obj: ProviderRow, form: "ModelForm[Any]", change: bool) -> None:
        key = form.cleaned_data.get("new_key", "")
        changes.save_provider(row=obj, changed=form.changed_data, key=key, by=_person(request))

    @admin.display(description=_("key"))
    def key(self, row: ProviderRow) -> str:
        if row.slug == SANDBOX:
            return str(_("needs none; STUDIO_SANDBOX switches it"))
        if is_from_environment(row.slug):
            key = connection_of_row(row).key
            if not key:
                return str(_("none; the environment has only an address"))
            ending = key[-4:] if len(key) >= 12 else ""
            return str(_("set by the environment, ends in …%(ending)s")) % {"ending": ending}
        if not row.key_encrypted:
            return str(_("none, and none is needed at this address") if has_connection(row) else _("not set"))
        if not row.key:
            return str(_("set, but not readable with this STUDIO_ENCRYPTION_KEY: enter it again"))
        return str(_("set, ends in …%(ending)s")) % {"ending": row.key_ending}

    @admin.display(description=_("base url"))
    def address(self, row: ProviderRow) -> str:
        return str(_("%(address)s, set by the environment")) % {"address": connection_of_row(row).base_url}

    @admin.display(description=_("circuit"))
    def circuit(self, row: ProviderRow) -> str:
        if row.opened_until is None:
            return str(_("healthy"))
        return str(_("one order may try")) if row.is_half_open else str(_("paused after failures"))

    @admin.action(description=_("Let orders through again"), permissions=["change"])
    def close_circuit(self, request: HttpRequest, queryset: QuerySet[ProviderRow]) -> None:
        done = sum(changes.close_circuit(row=row, by=_person(request)) for row in queryset)
        self.message_user(request, ngettext("%d provider changed.", "%d providers changed.", done) % done)


@admin.register(ModelRow)
class ModelAdmin(StudioAdmin):
    """The catalogue comes with the release; here models are switched on and off."""

    list_display = ("model", "name", "family", "enabled")
    list_filter = ("enabled",)
    search_fields = ("model",)
    fields = ("model", "name", "family", "enabled")
    readonly_fields = fields
    actions = ("enable", "disable")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=_("name"))
    def name(self, row: ModelRow) -> str:
        model = catalogue.find(row.model)
        return model.name if model else str(_("no longer in the catalogue"))

    @admin.display(description=_("family"))
    def family(self, row: ModelRow) -> str:
        model = catalogue.find(row.model)
        return model.family if model else ""

    @admin.action(description=_("Switch on"), permissions=["change"])
    def enable(self, request: HttpRequest, queryset: QuerySet[ModelRow]) -> None:
        self._set(request, queryset, enabled=True)

    @admin.action(description=_("Switch off"), permissions=["change"])
    def disable(self, request: HttpRequest, queryset: QuerySet[ModelRow]) -> None:
        self._set(request, queryset, enabled=False)

    def _set(self, request: HttpRequest, rows: QuerySet[ModelRow], *, enabled: bool) -> None:
        done = sum(changes.set_model_enabled(row=row, enabled=enabled, by=_person(request)) for row in rows)
        self.message_user(request, ngettext("%d model changed.", "%d models changed.", done) % done)


class PriceForm(forms.ModelForm):  # type: ignore[type-arg]
    """One model's new price; `rule` is there once it is valid."""

    model = forms.ChoiceField(label=_("model"), choices=list)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["table"].show_hidden_initial = False  # an untouched row is an empty row
        names = [(model.id, model.name) for model in catalogue.models()]
        self.fields["model"].choices = [("", "---------"), *names]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "model" in data and not self.errors:
            try:
                self.rule = changes.checked_rule(
                    model=data["model"], flat=data.get("flat"), by=data.get("by", ""), table=data.get("table")
                )
            except ValueError as error:
                raise forms.ValidationError(str(error)) from error
        return data

    def _post_clean(self) -> None:
        """The row is made by `add_prices`; the form's own instance is never saved, so it is not validated."""


class PriceFormSet(FormSet):
    def clean(self) -> None:
        super().clean()
        named = [form.cleaned_data.get("model") for form in self.forms if form.has_changed() and form.is_valid()]
        if not any(named) and not any(self.errors):
            raise forms.ValidationError(_("A new version needs at least one price."))
        if len(named) != len(set(named)):
            raise forms.ValidationError(_("One model stands here twice."))


class PriceInline(Inline):
    model = ModelPrice
    form = PriceForm
    formset = PriceFormSet
    fields = ("model", "flat", "by", "table")
    extra = 3
    can_delete = False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(PriceList)
class PriceListAdmin(StudioAdmin):
    """A version is never changed: a new one is added, and says only what is new."""

    list_display = ("version", "note", "created_at", "created_by", "is_shipped")
    list_select_related = ("created_by",)
    fields = ("note",)
    inlines = (PriceInline,)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: PriceList, form: "ModelForm[Any]", change: bool) -> None:
        """Saved with its prices, below."""

    def save_related(self, request: HttpRequest, form: "ModelForm[Any]", formsets: Any, change: bool) -> None:
        rules = {f.cleaned_data["model"]: f.rule for f in formsets[0].forms if f.has_changed()}
        added = changes.add_prices(note=form.cleaned_data["note"], rules=rules, by=_person(request))
        form.instance.pk = added.pk

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> list[dict[str, Any]]:
        return [{"added": {}}]
