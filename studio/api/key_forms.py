"""The forms of /keys/."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from studio.accounts.models import ApiKey, Scope
from studio.credits.booking import LARGEST
from studio.credits.models import day_start

LONGEST = timedelta(days=3660)


class KeyForm(forms.Form):
    """What its owner may change about a key later, too."""

    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_("Jobs of this key carry it on their cards."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    monthly_cap = forms.IntegerField(
        label=_("Most credits a month"),
        required=False,
        min_value=1,
        max_value=LARGEST,
        help_text=_("A calendar month in UTC. Empty: whatever you have."),
        widget=forms.NumberInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    last_day = forms.DateField(
        label=_("Last day"),
        required=False,
        help_text=_("It works until the end of this day. Empty: until you revoke it."),
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "off"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())

    def clean_last_day(self) -> date | None:
        day: date | None = self.cleaned_data["last_day"]
        if day is None or "last_day" not in self.changed_data:
            return day
        today = timezone.localdate()
        if not today <= day <= today + LONGEST:
            raise forms.ValidationError(_("Choose a day from today on, within ten years."))
        return day

    @property
    def expires_at(self) -> datetime | None:
        """The first moment after the last day, in the studio's time zone."""
        day: date | None = self.cleaned_data["last_day"]
        return day_start(day + timedelta(days=1)) if day else None


class NewKeyForm(KeyForm):
    scopes = forms.MultipleChoiceField(
        label=_("It may"),
        choices=Scope.choices,
        initial=Scope.values,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one: a key that may do nothing is of no use.")},
    )
    is_sandbox = forms.BooleanField(
        label=_("Sandbox key"), required=False, help_text=_("Every picture comes from the sandbox and costs nothing.")
    )
    nonce = forms.RegexField(r"^[A-Za-z0-9]{22}$", required=False, widget=forms.HiddenInput)
    field_order = ("name", "scopes", "monthly_cap", "last_day", "is_sandbox")


def form_of(key: ApiKey, data: Any = None) -> KeyForm:
    last_day = timezone.localdate(key.expires_at - timedelta(microseconds=1)) if key.expires_at else None
    initial = {"name": key.name, "monthly_cap": key.monthly_cap, "last_day": last_day}
    return KeyForm(data, initial=initial, label_suffix="")
