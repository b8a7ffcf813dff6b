"""Administration of providers; models, prices and the diary have files of their own."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from studio.accounts.people import person_of
from studio.core.admin import StudioAdmin
from studio.providers import changes, diary_admin, model_admin, price_admin
from studio.providers.connections import connection_of_row, has_connection, is_from_environment
from studio.providers.kinds import SANDBOX
from studio.providers.models import ProviderRow, kind_choices

__all__ = ["ProviderAdmin", "diary_admin", "model_admin", "price_admin"]


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
                choice for choice in kind_choices() if choice[0] != SANDBOX
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
        changes.save_provider(row=obj, changed=form.changed_data, key=key, by=person_of(request))

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
        done = sum(changes.close_circuit(row=row, by=person_of(request)) for row in queryset)
        self.message_user(request, ngettext("%d provider changed.", "%d providers changed.", done) % done)
