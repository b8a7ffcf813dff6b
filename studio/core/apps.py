"""The core app, and the admin site of the whole studio."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class CoreConfig(AppConfig):
    name = "studio.core"
    default = True


class AdminConfig(admin_apps.AdminConfig):
    default = False
    default_site = "studio.core.admin_site.Site"
