"""How allauth behaves in this studio."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url

from studio.core import second_factor
from studio.core.logs import client_ip
from studio.core.models import audit

from . import services, tries
from .models import User


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People are invited."""
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        """allauth would answer JSON to whoever asks for it; programs have /v2 and /v1."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_ip.get() or "0.0.0.0"  # noqa: S104 (somebody on a socket has no address)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """The person whose credentials these are; a try too many is answered with 429 before anything is hashed."""
        login = credentials.get("username") or credentials.get("email") or ""
        known = User.by_login(login)
        try:
            place = tries.take(account=tries.account_key(known, login), address=tries.address_key(client_ip.get()))
        except tries.TooManyTries as refused:
            raise ImmediateHttpResponse(too_many_tries(request, refused)) from refused
        user = authenticate(request, username=login, password=credentials["password"])
        if user is None:
            # People type passwords into the name field: only names that exist are written down.
            audit("login.failed", actor=known, target=known.username if known else "")
            if place.is_last:
                audit("login.locked", actor=known, target=known.username if known else "")
            return None
        place.give_back()
        return user

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        audit("login.ok", actor=user, target=user.username)

    def logout(self, request: HttpRequest) -> None:
        if isinstance(request.user, User):
            audit("logout", actor=request.user, target=request.user.username)
        super().logout(request)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """On a machine where no language was chosen yet, the person's own is."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        if user.language and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            remember_language(response, user.language)
        return response

    def set_password(self, user: User, password: str) -> None:
        services.change_password(user=user, password=password)

    def get_reauthentication_methods(self, user: User | AnonymousUser) -> list[dict[str, Any]]:
        """The ways to confirm that it is oneself; where staff must show a second factor, a password is none."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if settings.STAFF_SECOND_FACTOR and isinstance(user, User) and user.is_staff and second_factor.has_one(user):
            methods = [method for method in methods if method["id"] != "reauthenticate"]
        return methods

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return resolve_url("accounts:profile")


def too_many_tries(request: HttpRequest, refused: tries.TooManyTries) -> HttpResponse:
    """429 with the time to wait."""
    response = render(request, "accounts/too_many_tries.html", {"sentence": refused.message}, status=refused.status)
    response.headers["Retry-After"] = str(refused.params["seconds"])
    response.headers["Cache-Control"] = "no-store, private"
    return response


def remember_language(response: HttpResponse, language: str) -> None:
    """The language cookie, as django.views.i18n.set_language sets it."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
