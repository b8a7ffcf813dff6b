"""The core app, and the admin site of the whole studio."""

from typing import Any

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.translation import gettext_lazy as _

_BOUNDED = "studio_is_bounded"


class CoreConfig(AppConfig):
    name = "studio.core"
    verbose_name = _("Security log")
    default = True

    def ready(self) -> None:
        from django.db.backends.signals import connection_created

        from studio.core import checks, lookups  # noqa: F401  (registers them)
        from studio.core.connections import leave_pools_to_the_parent

        leave_pools_to_the_parent()
        connection_created.connect(bound_idle_transactions, dispatch_uid="bound_idle_transactions")


def bound_idle_transactions(*, connection: Any, **_kwargs: Any) -> None:
    """Let PostgreSQL end a transaction whose process stands still (suspended, swapped out): others wait for its locks.

    By a statement and not by the connection's options, which a pooler in between would refuse.
    """
    if connection.vendor == "postgresql" and not getattr(connection.connection, _BOUNDED, False):
        with connection.cursor() as cursor:
            cursor.execute("SET idle_in_transaction_session_timeout = '20s'")
        setattr(connection.connection, _BOUNDED, True)  # the pool hands the same one out many times


class AdminConfig(admin_apps.AdminConfig):
    default = False
    default_site = "studio.core.admin_site.Site"
