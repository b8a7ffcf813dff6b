"""The credits app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CreditsConfig(AppConfig):
    name = "studio.credits"
    verbose_name = _("Credits")
