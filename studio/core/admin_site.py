"""The admin site: our own rows only, behind the studio's own login."""

from collections.abc import Iterable
from typing import Any

from allauth.account.internal.flows.logout import logout
from django.conf import settings
from django.contrib.admin import AdminSite, ModelAdmin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext_lazy as _


class Site(AdminSite):
    site_title = site_header = settings.STUDIO_NAME
    index_title = _("Administration")

    def register(
        self,
        model_or_iterable: type[Model] | Iterable[type[Model]],
        admin_class: "type[ModelAdmin[Any]] | None" = None,
        **options: Any,
    ) -> None:
        """Rows of libraries (queue, e-mail addresses, groups) are not administered by hand: a queue row runs code."""
        models = [model_or_iterable] if isinstance(model_or_iterable, type) else list(model_or_iterable)
        ours = [model for model in models if model._meta.app_config.name.startswith("studio.")]
        super().register(ours, admin_class, **options)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """One way in for everybody: its limits, its second factor, its log (ADM-4)."""
        return redirect(self.name + ":index")

    def logout(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method == "POST":
            logout(request)
            return redirect(settings.LOGIN_URL)
        return redirect("account_logout")

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect(resolve_url("account_change_password"))

    password_change_done = password_change  # type: ignore[assignment]
