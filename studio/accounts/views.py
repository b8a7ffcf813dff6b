"""People's own pages: allauth's, with the studio's answers, and the studio's own."""

from typing import Any

from allauth.account import views as allauth_views
from allauth.account.internal.flows.login import perform_login
from allauth.account.internal.flows.logout import logout
from allauth.account.models import Login
from allauth.usersessions.models import UserSession
from allauth.usersessions.views import ListUserSessionsView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django.views.i18n import set_language

from studio.core.http import Request
from studio.core.logs import client_ip
from studio.core.models import count

from . import services, tries
from .adapter import remember_language, too_many_tries
from .devices import device_name
from .factor_adapter import can_use_passkeys
from .forms import NewPasswordForm, ProfileForm
from .models import User

RESETS_AN_HOUR = 20  # from one address


class Unprocessable:
    """A form that is wrong is a 422."""

    def form_invalid(self, form: Any) -> HttpResponse:
        context = self.get_context_data(form=form)  # type: ignore[attr-defined]
        return self.render_to_response(context, status=422)  # type: ignore[attr-defined, no-any-return]


class LoginView(Unprocessable, allauth_views.LoginView):  # type: ignore[misc]
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**kwargs)
        return found | {"can_use_passkeys": can_use_passkeys(self.request)}


class PasswordChangeView(Unprocessable, allauth_views.PasswordChangeView):  # type: ignore[misc]
    def get_default_success_url(self) -> str:
        return "/" if self.was_forced else str(super().get_default_success_url())

    def form_valid(self, form: Any) -> HttpResponse:
        self.was_forced = self.request.user.must_change_password
        return super().form_valid(form)  # type: ignore[no-any-return]


class PasswordSetView(Unprocessable, allauth_views.PasswordSetView):  # type: ignore[misc]
    pass


class PasswordResetView(Unprocessable, allauth_views.PasswordResetView):  # type: ignore[misc]
    pass


class SessionsView(ListUserSessionsView):  # type: ignore[misc]
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        for session in context["sessions"]:
            session.device = device_name(session.user_agent)
        context["sessions"].sort(key=lambda session: (not session.is_current(), -session.last_seen_at.timestamp()))
        return context


login = LoginView.as_view()
password_change = PasswordChangeView.as_view()
password_set = PasswordSetView.as_view()
sessions = SessionsView.as_view()


@require_http_methods(["GET", "POST"])
def password_reset(request: HttpRequest) -> HttpResponse:
    """Ask for a link by mail, or, in a studio without mail, whom to ask."""
    if not settings.EMAIL_IS_SET:
        return render(request, "account/password_reset.html")
    if request.method == "POST":
        address = tries.address_key(client_ip.get())
        if count(f"reset:{address}", seconds=3600) > RESETS_AN_HOUR:
            return too_many_tries(request, tries.TooManyTries(3600))
    return PasswordResetView.as_view()(request)  # type: ignore[no-any-return]


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Set a password by a link; one sentence and nothing else for a link that does not work."""
    try:
        person = services.find_invitation(token).user
        form = NewPasswordForm(request.POST or None, user=person)
        if form.is_valid():
            person = services.accept_invitation(token=token, password=form.cleaned_data["password1"])
            return _unkept(perform_login(request, Login(user=person)))
    except services.LinkSpent as error:
        spent = render(request, "accounts/invitation.html", {"sentence": error.message}, status=error.status)
        return _unkept(spent)
    context = {"form": form, "person": person, "is_new": person.last_login is None}
    return _unkept(render(request, "accounts/invitation.html", context, status=422 if form.is_bound else 200))


def _unkept(response: HttpResponse) -> HttpResponse:
    """The address holds a token: no cache may keep the page.

    Other sites do not learn it by the studio's `same-origin`. Not `no-referrer`: under that browsers send the form
    with `Origin: null`, which the CSRF check refuses.
    """
    response.headers["Cache-Control"] = "no-store, private"
    return response


@require_http_methods(["GET", "POST"])
def profile(request: Request) -> HttpResponse:
    """One's name, language and theme."""
    person = User.objects.get(pk=request.user.pk)  # the page shows who is signed in, not what is being typed
    form = ProfileForm(request.POST or None, instance=person)
    if not form.is_valid():
        return render(request, "accounts/profile.html", {"form": form}, status=422 if form.is_bound else 200)
    if form.changed_data:
        person.save(update_fields=form.changed_data)
    with override(person.language or get_language()):  # the page that says so is in the language chosen just now
        messages.success(request, _("Saved."))
    response = redirect("accounts:profile")
    if person.language:
        remember_language(response, person.language)
    elif "language" in form.changed_data:
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME, samesite="Lax")
    return response


@require_POST
def theme(request: Request) -> HttpResponse:
    """Light, dark or as the system says, remembered with the person."""
    chosen = request.POST.get("theme", "")
    if chosen not in ("", "light", "dark"):
        return HttpResponse(status=422)
    User.objects.filter(pk=request.user.pk).update(theme=chosen)
    return _back(request)


@never_cache
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """The switch of languages, for everybody; remembered in a cookie and with whoever is signed in."""
    chosen = request.POST.get("language", "")
    if isinstance(request.user, User) and chosen in dict(settings.LANGUAGES):
        User.objects.filter(pk=request.user.pk).update(language=chosen)
    return set_language(request)


@require_POST
def session_end(request: Request, pk: int) -> HttpResponse:
    """Sign out one device of one's own."""
    session = get_object_or_404(UserSession, user=request.user, pk=pk)
    if session.session_key == request.session.session_key:
        logout(request)
        return redirect(settings.LOGIN_URL)
    services.end_session(session=session, by=request.user)
    messages.success(request, _("Signed out there."))
    return redirect("usersessions_list")


def _back(request: HttpRequest) -> HttpResponse:
    """To the page of this studio the form names, otherwise to the studio."""
    url = request.POST.get(REDIRECT_FIELD_NAME, "")
    is_ours = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return redirect(url if is_ours else "/")
