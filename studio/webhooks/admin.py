"""Administration of webhooks: looked at, never touched."""

from django.contrib import admin

from studio.core.admin import ReadOnlyAdmin
from studio.core.paging import BoundedPaginator
from studio.webhooks.models import Delivery


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """Whether programs are reached. Addresses and bodies are their owners': they hold tokens and links to pictures."""

    paginator = BoundedPaginator
    list_display = (
        *("created_at", "event", "job", "host", "status"),
        *("attempts", "last_status", "last_error", "next_at", "delivered_at"),
    )
    list_filter = ("status", "event")
    search_fields = ("=job", "=message_id")
    fields = ("message_id", "job", "event", "host", "api_key", *list_display[4:], "created_at")
