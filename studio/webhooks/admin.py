"""Administration of webhooks: looked at, never touched."""

from django.contrib import admin

from studio.core.admin import ReadOnlyAdmin
from studio.core.paging import BoundedPaginator
from studio.webhooks.bench import host_of
from studio.webhooks.models import Delivery, Endpoint


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """Whether programs are reached. Addresses and bodies are their owners': they hold tokens and links to pictures."""

    paginator = BoundedPaginator
    list_display = (
        *("created_at", "event", "job", "host", "status"),
        *("attempts", "last_status", "last_error", "delivered_at"),
    )
    list_filter = ("status", "event", "is_test")
    search_fields = ("=job", "=message_id")
    fields = (
        "message_id",
        "owner",
        "job",
        "event",
        "host",
        "api_key",
        "endpoint",
        *list_display[4:],
        "next_at",
        "created_at",
    )


@admin.register(Endpoint)
class EndpointAdmin(ReadOnlyAdmin):
    """Who has programs told where, without paths and without secrets."""

    list_display = (
        *("__str__", "owner", "host", "is_enabled", "off_reason", "off_at"),
        *("failing_since", "created_at", "deleted_at"),
    )
    list_filter = ("is_enabled", "off_reason")
    list_select_related = ("owner",)
    search_fields = ("=id", "owner__username")
    fields = (
        *("id", "owner", "host", "api_key", "on_progress", "on_completed", "on_failed", "secret_number"),
        *("is_enabled", "off_reason", "off_at", "failing_since", "created_at", "deleted_at"),
    )
    readonly_fields = ("host",)

    @admin.display(description="host")
    def host(self, row: Endpoint) -> str:
        return host_of(row.url)
