"""The core app, and the admin site of the whole studio."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class CoreConfig(AppConfig):
    name = "studio.core"
    default = True

    def ready(self) -> None:
        from studio.core import checks  # noqa: F401  (registers them)


class AdminConfig(admin_apps.AdminConfig):
    default = False
    default_site = "studio.core.admin_site.Site"
