"""Administration of statements: every matching, its differing lines with their jobs, and the button for a new one."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from studio.accounts.people import person_of
from studio.core import queue
from studio.core.admin import ReadOnlyAdmin
from studio.core.models import audit
from studio.jobs import statement
from studio.jobs.models import StatementLine, StatementRun
from studio.providers.models import ProviderRow


@admin.register(StatementRun)
class StatementRunAdmin(ReadOnlyAdmin):
    list_display = ("started_at", "provider", "state", "listed", "ours", "others", "differences", "is_of_team", "error")
    list_display_links = ("started_at",)
    list_filter = ("provider", "state")
    readonly_fields = ("differences",)
    change_list_template = "admin/jobs/statements.html"

    @admin.display(description=_("differing"))
    def differences(self, run: StatementRun) -> str:
        if not run.differing:
            return str(run.differing)
        url = reverse("admin:jobs_statementline_changelist")
        return format_html('<a href="{}?run__id__exact={}">{}</a>', url, run.pk, run.differing)

    def get_urls(self) -> list[URLPattern]:
        begin = self.admin_site.admin_view(require_POST(self.begin_view))
        return [path("begin/", begin, name="jobs_statementrun_begin"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        context = {**(extra_context or {}), "may_begin": request.user.has_perm("jobs.change_job")}
        return super().changelist_view(request, context)

    def begin_view(self, request: HttpRequest) -> HttpResponse:
        """Have the queue read the lists of all enabled providers that have one."""
        if not request.user.has_perm("jobs.change_job"):
            raise PermissionDenied
        slugs = [row.slug for row in ProviderRow.objects.filter(enabled=True) if statement.has_list(row.slug)]
        for slug in slugs:
            run = statement.begin(slug, actor=person_of(request))
            audit("statement.asked", actor=run.actor, target=slug, ip=request.META.get("REMOTE_ADDR"))
            queue.enqueue("studio.jobs.tasks.match_statement", run.pk)
        if slugs:
            messages.success(request, _("The lists of orders will be read in a moment. Look again in a minute."))
        else:
            messages.warning(request, _("No provider is connected that has a list of orders."))
        return HttpResponseRedirect(reverse("admin:jobs_statementrun_changelist"))


@admin.register(StatementLine)
class StatementLineAdmin(ReadOnlyAdmin):
    list_display = ("kind", "made_at", "provider_job_id", "there", "here", "its_job", "run")
    list_display_links = None
    list_filter = ("kind", "run")
    list_select_related = ("run",)
    search_fields = ("provider_job_id",)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False  # reached from the run it belongs to

    @admin.display(description=_("job"))
    def its_job(self, line: StatementLine) -> str:
        return format_html('<a href="{}">{}</a>', reverse("admin:jobs_job_change", args=[line.job_id]), line.job_id)
