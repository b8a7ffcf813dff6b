"""The providers app."""

from typing import Any

from django.apps import AppConfig
from django.db import connection
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ProvidersConfig(AppConfig):
    name = "studio.providers"
    verbose_name = _("Providers")

    def ready(self) -> None:
        from studio.providers import checks, overlay  # noqa: F401  (the checks register themselves)
        from studio.providers.catalogue import registry

        registry.look_by(overlay.look)
        post_migrate.connect(_load, sender=self, dispatch_uid="studio.providers.load_catalogue")


def _load(**_kwargs: Any) -> None:
    """After every migrate (and every flush of a test) the database has what this release ships."""
    from studio.providers.models import ModelPrice  # models can be imported only when all apps are ready
    from studio.providers.services import load_catalogue

    if ModelPrice._meta.db_table in connection.introspection.table_names():  # not after a migration back to nothing
        load_catalogue()
