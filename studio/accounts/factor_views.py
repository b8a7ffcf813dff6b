"""The pages of second factors: allauth's, with the studio's answers."""

from typing import Any

from allauth.account import views as account_views
from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.base import views as base
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.totp.internal.flows import activate_totp as activate
from allauth.mfa.webauthn import views as webauthn
from allauth.mfa.webauthn.internal import auth as webauthn_auth
from allauth.mfa.webauthn.internal.flows import perform_passwordless_login
from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from studio.core import second_factor
from studio.core.logs import client_ip
from studio.core.models import count

from . import factor_forms, factors, tries
from .adapter import too_many_tries
from .factor_adapter import can_use_passkeys
from .forms import ConfirmForm
from .views import Unprocessable

PASSKEYS_IN_5_MINUTES = 60  # questions from one address, each of which is a session


class Index(base.IndexView):  # type: ignore[misc]
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**kwargs)
        held = found["authenticators"]
        codes = held.get(Authenticator.Type.RECOVERY_CODES)
        return found | {
            "app": held.get(Authenticator.Type.TOTP),
            "passkeys": [key.instance for key in held.get(Authenticator.Type.WEBAUTHN, [])],
            "codes_left": len(codes.get_unused_codes()) if codes else 0,
            "has_codes": bool(codes),
            "can_use_passkeys": can_use_passkeys(self.request),
            "must_have_one": settings.STAFF_SECOND_FACTOR
            and self.request.user.is_staff
            and not second_factor.has_one(self.request.user),
        }


@method_decorator(never_cache, name="dispatch")
class Authenticate(base.AuthenticateView):  # type: ignore[misc]
    form_class = factor_forms.CodeForm
    webauthn_form_class = factor_forms.PasskeyForm

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(), status=422)  # type: ignore[no-any-return]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**kwargs)
        held = set(Authenticator.objects.filter(user=self.stage.login.user).values_list("type", flat=True))
        return found | {
            "has_app": Authenticator.Type.TOTP in held,
            "has_passkey": Authenticator.Type.WEBAUTHN in held,
            "can_use_passkeys": can_use_passkeys(self.request),
        }


class Confirm(Unprocessable, account_views.ReauthenticateView):  # type: ignore[misc]
    form_class = ConfirmForm


class ConfirmByCode(Unprocessable, base.ReauthenticateView):  # type: ignore[misc]
    form_class = factor_forms.ConfirmCodeForm


class ConfirmByPasskey(webauthn.ReauthenticateWebAuthnView):  # type: ignore[misc]
    form_class = factor_forms.ConfirmPasskeyForm

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)  # type: ignore[no-any-return]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**kwargs)
        return found | kwargs | {"can_use_passkeys": can_use_passkeys(self.request)}


class ActivateApp(Unprocessable, totp.ActivateTOTPView):  # type: ignore[misc]
    form_class = factor_forms.ActivateForm

    def form_valid(self, form: Any) -> HttpResponse:
        """The code that proved the app is spent with it."""
        try:
            with transaction.atomic():
                app, codes = activate(self.request, form)
                factors.take_step(app, form.step)
        except IntegrityError:  # the same form, sent twice at once
            return redirect("mfa_index")
        _shown(self.request, app)
        self.did_generate_recovery_codes = bool(codes)
        return redirect(self.get_success_url())


class AddPasskey(Unprocessable, webauthn.AddWebAuthnView):  # type: ignore[misc]
    form_class = factor_forms.AddPasskeyForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Every passkey can sign in alone: it is kept on the device and checks finger, face or PIN."""
        found: dict[str, Any] = super().get_context_data(**kwargs)
        found["js_data"] = {"creation_options": webauthn_auth.begin_registration(self.request.user, True)}
        return found | kwargs | {"can_use_passkeys": can_use_passkeys(self.request)}

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
        _shown(self.request, Authenticator.objects.filter(user=self.request.user, type="webauthn").latest("pk"))
        return response


class RenamePasskey(Unprocessable, webauthn.EditWebAuthnView):  # type: ignore[misc]
    form_class = factor_forms.RenamePasskeyForm
    success_url = reverse_lazy("mfa_index")


class SignInByPasskey(webauthn.LoginWebAuthnView):  # type: ignore[misc]
    form_class = factor_forms.SignInPasskeyForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        address = tries.address_key(client_ip.get())
        if count(f"passkey:{address}", seconds=tries.WINDOW) > PASSKEYS_IN_5_MINUTES:
            return too_many_tries(request, tries.TooManyTries(tries.WINDOW))
        return super().dispatch(request, *args, **kwargs)  # type: ignore[no-any-return]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The question that the browser puts to the passkey."""
        return JsonResponse({"request_options": webauthn_auth.begin_authentication(user=None)})

    def form_valid(self, form: Any) -> HttpResponse:
        authenticator = form.cleaned_data["credential"]
        login = Login(user=authenticator.user, redirect_url=get_next_redirect_url(self.request))
        return perform_passwordless_login(self.request, authenticator, login)  # type: ignore[no-any-return]

    def form_invalid(self, form: Any) -> HttpResponse:
        messages.error(self.request, _("This passkey was not accepted. Sign in with name and password."))
        return redirect("account_login")


def _shown(request: HttpRequest, authenticator: Authenticator) -> None:
    """A factor just set up is one just shown."""
    record_authentication(request, request.user, "mfa", id=authenticator.pk, type=authenticator.type)


index = Index.as_view()
authenticate = Authenticate.as_view()
confirm = Confirm.as_view()
confirm_by_code = ConfirmByCode.as_view()
confirm_by_passkey = ConfirmByPasskey.as_view()
activate_app = ActivateApp.as_view()
deactivate_app = totp.deactivate_totp
codes = recovery_codes.view_recovery_codes
new_codes = recovery_codes.generate_recovery_codes
download_codes = recovery_codes.download_recovery_codes
add_passkey = AddPasskey.as_view()
rename_passkey = RenamePasskey.as_view()
remove_passkey = webauthn.RemoveWebAuthnView.as_view(success_url=reverse_lazy("mfa_index"))
sign_in_by_passkey = SignInByPasskey.as_view()
