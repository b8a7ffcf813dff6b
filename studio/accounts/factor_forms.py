"""The forms of second factors."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import get_totp_secret
from allauth.mfa.webauthn import forms as webauthn_forms
from django import forms
from django.utils.translation import gettext_lazy as _

from studio.core.logs import client_ip
from studio.core.models import audit

from . import factors, tries
from .adapter import too_many_tries
from .models import User

NAME_LENGTH = 60
WRONG_CODE = _("This code is wrong or was used before. Wait for the next one.")
WRONG_PASSKEY = _("This passkey was not accepted. Try again.")


@contextmanager
def counted(user: User) -> Iterator[None]:
    """A try at a code: one too many is answered with 429 before it is looked at, a right one does not count."""
    try:
        place = tries.take(account=tries.code_key(user), address=tries.address_key(client_ip.get()))
    except tries.TooManyTries as refused:
        raise ImmediateHttpResponse(too_many_tries(context.request, refused)) from refused
    try:
        yield
    except forms.ValidationError:
        audit("second_factor.failed", actor=user, target=user.username)
        if place.is_last:
            audit("second_factor.locked", actor=user, target=user.username)
        raise
    place.give_back()


class _Code(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false", "autofocus": True}
        ),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)


class CodeForm(_Code):
    """A code from the app, or a recovery code, at sign-in."""

    reauthenticated = False
    authenticator: Authenticator

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        with counted(self.user):
            found = factors.spend_code(self.user, code)
            if found is None:
                raise forms.ValidationError(WRONG_CODE)
        self.authenticator = found
        return code

    def save(self) -> None:
        post_authentication(context.request, self.authenticator, reauthenticated=self.reauthenticated)


class ConfirmCodeForm(CodeForm):
    """The same from somebody signed in."""

    reauthenticated = True


class ActivateForm(_Code):
    """The first code of an app that has just been given its secret."""

    step = 0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.secret: str = get_totp_secret(regenerate=not self.is_bound)

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        with counted(self.user):
            step = factors.matching_step(self.secret, code)
            if step is None:
                raise forms.ValidationError(_("This is not the code of the moment. Look at the app again."))
        self.step = step
        return code


class _Answer(webauthn_forms.AuthenticateWebAuthnForm):  # type: ignore[misc]
    """What the browser's passkey said; nobody can guess it, so it counts as no try."""

    def clean_credential(self) -> Authenticator:
        try:
            found: Authenticator = super().clean_credential()
        except (forms.ValidationError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise forms.ValidationError(WRONG_PASSKEY) from error
        if not found.user.is_active:
            raise forms.ValidationError(WRONG_PASSKEY)
        return found


class PasskeyForm(_Answer):
    """A passkey as the second factor, after the password."""


class ConfirmPasskeyForm(_Answer):
    reauthenticated = True


class SignInPasskeyForm(_Answer):
    """A passkey instead of name and password; the library demands that it has checked finger, face or PIN."""

    passwordless = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, user=None, **kwargs)


class AddPasskeyForm(webauthn_forms.SignupWebAuthnForm):  # type: ignore[misc]
    name = forms.CharField(label=_("Name"), required=False, max_length=NAME_LENGTH)

    def clean(self) -> dict[str, Any]:
        try:
            return super().clean()  # type: ignore[no-any-return]
        except (forms.ValidationError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise forms.ValidationError(WRONG_PASSKEY) from error


class RenamePasskeyForm(webauthn_forms.EditWebAuthnForm):  # type: ignore[misc]
    name = forms.CharField(label=_("Name"), max_length=NAME_LENGTH)
