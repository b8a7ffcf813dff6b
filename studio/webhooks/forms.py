"""The forms of the webhook bench."""

import uuid
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from studio.accounts.models import ApiKey, User
from studio.webhooks.endpoint_services import BadAddress, check_address
from studio.webhooks.models import Endpoint, Event

EVENT_WORDS = {
    Event.COMPLETED.value: _("Completed: the pictures are there"),
    Event.FAILED.value: _("Failed: nothing was made"),
    Event.PROGRESS.value: _("Progress: at most once a second for each job"),
}


class KeyField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of somebody's keys."""

    def label_from_instance(self, obj: ApiKey) -> str:
        return _("Of key %(key)s") % {"key": obj}


class EndpointForm(forms.Form):
    """Where to, what of, and whose jobs."""

    url = forms.CharField(
        label=_("Address"),
        max_length=2000,
        widget=forms.URLInput(attrs={"autocomplete": "off", "placeholder": "https://example.com/hooks/studio"}),
        help_text=_("https or http, ports 80, 443 and 8443, on the public internet."),
    )
    events = forms.MultipleChoiceField(
        label=_("Events"),
        choices=list(EVENT_WORDS.items()),
        widget=forms.CheckboxSelectMultiple,
        initial=["completed", "failed"],
        error_messages={"required": _("Choose at least one.")},
    )
    api_key = KeyField(
        label=_("Jobs"), required=False, queryset=ApiKey.objects.none(), empty_label=_("All of mine, studio and API")
    )

    def __init__(self, *args: Any, owner: User, endpoint: Endpoint | None = None, **kwargs: Any) -> None:
        if endpoint:
            known = {"url": endpoint.url, "events": endpoint.events, "api_key": endpoint.api_key_id}
            kwargs["initial"] = known
        kwargs["label_suffix"] = ""
        super().__init__(*args, **kwargs)
        usable = Q(revoked_at=None)
        if endpoint and endpoint.api_key_id:
            usable |= Q(pk=endpoint.api_key_id)
        jobs = self.fields["api_key"]
        assert isinstance(jobs, KeyField)
        jobs.queryset = ApiKey.objects.filter(usable, user=owner)

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        try:
            check_address(url)
        except BadAddress as refused:
            raise forms.ValidationError(refused.message) from refused
        return url


class NewEndpointForm(EndpointForm):
    """The same, with the id the new one will have: a form that comes twice is one endpoint."""

    id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
