"""What all pages of the administration share, and the audit log."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from .models import AuditEvent

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin


class StudioAdmin(ModelAdmin):
    """Nothing is deleted by hand, and an action somebody may not use is refused, not ignored (ADM-4)."""

    list_per_page = 50
    show_full_result_count = False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.method == "POST" and ACTION_CHECKBOX_NAME in request.POST:
            allowed = self.get_actions(request)
            if not set(filter(None, request.POST.getlist("action"))) <= set(allowed):
                raise PermissionDenied
        return super().changelist_view(request, extra_context)


class ReadOnlyAdmin(StudioAdmin):
    """Rows that are looked at and never touched (ADM-1)."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    list_display = (
        "at",
        "name",
        "actor",
        "target",
        "ip",
        "data",
    )
    list_filter = ("name",)
    list_select_related = ("actor",)
    search_fields = (
        "actor__username",
        "target",
        "ip",
    )
    date_hierarchy = "at"
