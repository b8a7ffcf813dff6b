"""The accounts app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "studio.accounts"
    verbose_name = _("People")

    def ready(self) -> None:
        from . import factor_events

        factor_events.connect()
