"""The form with which staff move credits by hand."""

from django import forms
from django.utils.translation import gettext_lazy as _

from studio.credits.booking import LARGEST

GRANT, CORRECTION = "grant", "correction"


class GrantForm(forms.Form):
    """Credits for the chosen accounts; `once` names this rendered form, so that sending it twice books once."""

    what = forms.ChoiceField(
        label=_("What"),
        choices=[(GRANT, _("Grant")), (CORRECTION, _("Correction, which may be negative"))],
        initial=GRANT,
    )
    amount = forms.IntegerField(label=_("Credits for each"), min_value=-LARGEST, max_value=LARGEST)
    reason = forms.CharField(
        label=_("Reason"), max_length=500, help_text=_("It stands in the ledger, for the person too.")
    )
    once = forms.RegexField(regex=r"\A[A-Za-z0-9]{22}\Z", widget=forms.HiddenInput)

    def clean_amount(self) -> int:
        amount: int = self.cleaned_data["amount"]
        if amount == 0 or (amount < 0 and self.cleaned_data.get("what") != CORRECTION):
            raise forms.ValidationError(_("A grant is a positive number; only a correction may be negative."))
        return amount
