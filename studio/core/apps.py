"""The core app, and the admin site of the whole studio."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "studio.core"
    verbose_name = _("Security log")
    default = True

    def ready(self) -> None:
        from studio.core import checks  # noqa: F401  (registers them)


class AdminConfig(admin_apps.AdminConfig):
    default = False
    default_site = "studio.core.admin_site.Site"
