"""The accounts app."""

from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class AccountsConfig(AppConfig):
    name = "studio.accounts"
    verbose_name = pgettext_lazy("accounts", "People")

    def ready(self) -> None:
        from . import factor_events

        factor_events.connect()
