"""The forms of people's own pages."""

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from allauth.account.fields import PasswordField, SetPasswordField
from allauth.account.models import Login
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from studio.core.logs import client_ip

from . import services, tries
from .adapter import too_many_tries
from .models import User


class LoginForm(allauth_forms.LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Name or e-mail")
        self.fields["login"].widget.attrs = {"autocomplete": "username", "autocapitalize": "none", "autofocus": True}
        self.fields["password"].widget.attrs.pop("placeholder")
        self.fields["password"].help_text = ""

    def _clean_with_password(self, credentials: dict[str, Any]) -> dict[str, Any]:
        user = get_adapter().authenticate(self.request, **credentials)
        if user is None:
            self.add_error("password", _("Name and password do not match."))
            del self.fields["login"].widget.attrs["autofocus"]
            self.fields["password"].widget.attrs["autofocus"] = True
        else:
            self.user, self._login = user, Login(user=user)
        return self.cleaned_data  # type: ignore[no-any-return]


class NewPasswordForm(forms.Form):
    """A new password, twice, checked by the validators."""

    password1 = SetPasswordField(label=_("New password"), help_text=_("At least 12 characters."))
    password2 = PasswordField(label=_("New password, again"), autocomplete="new-password")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)
        self.fields["password1"].user = user  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("password1") and data.get("password2") and data["password1"] != data["password2"]:
            self.add_error("password2", _("The two passwords differ."))
        return data

    def save(self) -> None:
        services.change_password(user=self.user, password=self.cleaned_data["password1"])


class ChangePasswordForm(NewPasswordForm):
    """The same, after the present password, whose wrong guesses count like those at the door."""

    oldpassword = PasswordField(label=_("Present password"), autocomplete="current-password")
    field_order = ("oldpassword", "password1", "password2")

    def clean_oldpassword(self) -> str:
        given: str = self.cleaned_data["oldpassword"]
        account, address = tries.account_key(self.user, ""), tries.address_key(client_ip.get())
        try:
            place = tries.take(account=account, address=address)
        except tries.TooManyTries as refused:
            raise ImmediateHttpResponse(too_many_tries(context.request, refused)) from refused
        if not self.user.check_password(given):
            raise forms.ValidationError(_("This is not your present password."))
        place.give_back()
        return given

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("password1") and data["password1"] == data.get("oldpassword"):
            self.add_error("password1", _("This is your present password. Choose another one."))
        return data


class ConfirmForm(allauth_forms.ReauthenticateForm):  # type: ignore[misc]
    """One's password once more, before something that a stolen session must not do."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["password"]
        field.widget.attrs.pop("placeholder", None)
        field.widget.attrs["autofocus"] = True
        field.help_text = ""

    def clean_password(self) -> str:
        given: str = self.cleaned_data["password"]
        if not get_adapter().reauthenticate(self.user, given):
            raise forms.ValidationError(_("This is not your present password."))
        return given


class ResetForm(forms.Form):
    """Asks for a link by mail; the answer is the same whoever asks."""

    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))

    def save(self, request: HttpRequest) -> None:
        services.request_password_mail(email=self.cleaned_data["email"])


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """What people may change about themselves; everything else of the row is not theirs to send (AZN-5)."""

    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("As the browser says")), *settings.LANGUAGES]
    )

    theme = forms.ChoiceField(
        label=_("Theme"),
        required=False,
        choices=[("", _("As the system says")), ("light", _("Light")), ("dark", _("Dark"))],
    )

    class Meta:
        model = User
        fields = ("first_name", "language", "theme")
        labels = {"first_name": _("Name shown")}
        help_texts = {"first_name": _("What others see; without one they see the name you sign in with.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["first_name"].widget.attrs["autocomplete"] = "name"
