"""Administration of jobs: looked at, cancelled or settled with a reason; and what the queue is doing."""

from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from studio.accounts.models import User
from studio.core.admin import ReadOnlyAdmin
from studio.core.ids import is_id
from studio.core.paging import BoundedPaginator
from studio.jobs import queue_state, statement_admin
from studio.jobs.errors import NotCancellable, NotSettled
from studio.jobs.models import Attempt, Image, Job
from studio.jobs.services import cancel_job, confirm_unknown, find_unknown, look_up_unknown, release_unknown
from studio.jobs.unknown import why_not_asked
from studio.providers import catalogue

if TYPE_CHECKING:
    Inline = admin.TabularInline[Any, Any]
else:
    Inline = admin.TabularInline

__all__ = ["JobAdmin", "statement_admin"]
MOST_AT_ONCE = 500


class ReasonForm(forms.Form):
    """Why somebody else's job is ended by hand; its owner reads it."""

    reason = forms.CharField(label=_("reason"), max_length=200, help_text=_("The owner of the job reads this."))
    outcome = forms.ChoiceField(
        label=_("what is not known"),
        widget=forms.RadioSelect,
        initial="release",
        choices=[
            ("release", _("Close it: nobody knows what became of the order. The possible cost is booked apart.")),
            ("confirm", _("Close it: the order was made and paid for. Its cost is booked apart as a sure one.")),
            ("find", _("Fetch its pictures: I know the provider’s id of this order. It is paid for when they come.")),
        ],
    )
    provider_job_id = forms.CharField(label=_("the provider’s id of the order"), max_length=100, required=False)

    def __init__(self, data: Any, *, jobs: "list[Job]") -> None:
        super().__init__(data)
        if not any(job.is_unknown for job in jobs):
            del self.fields["outcome"], self.fields["provider_job_id"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("outcome") == "find" and not data.get("provider_job_id"):
            self.add_error("provider_job_id", _("Enter the id under which the provider knows the order."))
        return data


class StateFilter(admin.SimpleListFilter):
    """The states, and the two that need somebody: unknown, and waiting for more than an hour."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*((status.value, status.label) for status in Job.Status), ("unknown", _("Not known"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        if self.value() == "unknown":
            return queryset.filter(is_unknown=True, status=Job.Status.PROCESSING)
        return queryset.filter(status=self.value()) if self.value() else queryset


class ModelFilter(admin.SimpleListFilter):
    """The models of the catalogue, read from its declarations and not from all the jobs there are."""

    title = _("model")
    parameter_name = "model"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(model.id, model.name) for model in catalogue.models()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        return queryset.filter(model=self.value()) if self.value() else queryset


class LookedAt(Inline):
    """Rows under a job that are looked at and never touched."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("jobs.view_job")


class AttemptInline(LookedAt):
    model = Attempt
    fields: ClassVar = (
        *("number", "provider", "provider_job_id", "outcome", "error_code", "error_text"),
        *("created_at", "accepted_at", "finished_at"),
    )
    readonly_fields = fields


class ImageInline(LookedAt):
    model = Image
    fields: ClassVar = (
        *("index", "format", "width", "height", "size", "sha256", "copies_made_at"),
        *("deleted_at", "deleted_by", "purged_at"),
    )
    readonly_fields = fields


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    paginator = BoundedPaginator
    list_display = (
        *("created_at", "page", "user", "model", "provider", "state"),
        *("price", "paid"),
    )
    list_display_links = ("created_at",)
    list_filter = (StateFilter, ModelFilter, "is_sandbox", "source")
    list_select_related = ("user",)
    ordering = ("-created_at", "-pk")
    search_fields = ("pk",)  # makes the field appear; get_search_results says what it looks at
    search_help_text = _("Job id, the provider's id of the order, or the name of a person")
    inlines = (AttemptInline, ImageInline)
    actions = ("end_jobs", "look_up_jobs")
    change_list_template = "admin/jobs/job_list.html"
    change_form_template = "admin/jobs/job_form.html"

    def has_end_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("jobs.change_job")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Job], search_term: str
    ) -> tuple[QuerySet[Job], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        people = list(User.objects.filter(username__icontains=term).values_list("pk", flat=True)[:100])
        orders = list(Attempt.objects.filter(provider_job_id=term).values_list("job_id", flat=True)[:100])
        found = Q(user__in=people) | Q(pk__in=orders)
        with suppress(ValueError):
            found |= Q(pk=UUID(term))
        return queryset.filter(found), False

    @admin.display(description=_("prompt"))
    def page(self, job: Job) -> str:
        words = Truncator(" ".join(job.prompt.split())).chars(60)
        return format_html('<span title="{}" dir="auto">{}</span>', job.pk, words)

    @admin.display(description=_("state"), ordering="status")
    def state(self, job: Job) -> str:
        """What became of it, and by which code where it was not made."""
        if job.is_unknown:
            return str(_("Not known"))
        has_failed = job.status == Job.Status.FAILED and job.error_code
        return f"{job.get_status_display()}: {job.error_code}" if has_failed else job.get_status_display()

    @admin.action(description=_("Cancel, or settle what is not known"), permissions=["end"])
    def end_jobs(self, request: HttpRequest, queryset: QuerySet[Job]) -> HttpResponse:
        chosen = "&".join(f"{ACTION_CHECKBOX_NAME}={pk}" for pk in queryset.values_list("pk", flat=True)[:MOST_AT_ONCE])
        return HttpResponseRedirect(f"{reverse('admin:jobs_job_end')}?{chosen}")

    @admin.action(description=_("Ask the provider now what became of it"), permissions=["end"])
    def look_up_jobs(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        _ask(request, list(queryset.filter(is_unknown=True)[:MOST_AT_ONCE]))

    def ask_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """The same for one job, from its page."""
        if not self.has_end_permission(request):
            raise PermissionDenied
        _ask(request, [get_object_or_404(Job, pk=pk)])
        return HttpResponseRedirect(reverse("admin:jobs_job_change", args=[pk]))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        job = Job.objects.filter(pk=object_id, is_unknown=True).first() if is_id(object_id) else None
        context = dict(extra_context or {})
        if job is not None and self.has_end_permission(request):
            context |= {"is_to_settle": True, "why_not_asked": why_not_asked(job)}
        return super().change_view(request, object_id, form_url, context)

    def get_urls(self) -> list[URLPattern]:
        site = self.admin_site
        ours = [
            path("end/", site.admin_view(self.end_view), name="jobs_job_end"),
            path("<uuid:pk>/ask/", site.admin_view(require_POST(self.ask_view)), name="jobs_job_ask"),
            path("queue/", site.admin_view(self.queue_view), name="jobs_job_queue"),
        ]
        return [*ours, *super().get_urls()]

    def end_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for the reason, then cancel what waits and close what is not known; the rest is left as it is."""
        if not self.has_end_permission(request):
            raise PermissionDenied
        ids = [pk for pk in request.GET.getlist(ACTION_CHECKBOX_NAME)[:MOST_AT_ONCE] if is_id(pk)]
        chosen = Job.objects.filter(pk__in=ids).active().select_related("user")
        jobs = [job for job in chosen if job.status == Job.Status.QUEUED or job.is_unknown]
        form = ReasonForm(request.POST or None, jobs=jobs)
        if request.method == "POST" and form.is_valid():
            _end(request, jobs, **form.cleaned_data)
            return HttpResponseRedirect(reverse("admin:jobs_job_changelist"))
        context = {**self.admin_site.each_context(request), "title": _("Cancel, or settle what is not known")}
        context |= {"form": form, "jobs": jobs, "left": len(ids) - len(jobs), "opts": self.opts}
        return render(request, "admin/jobs/end.html", context, status=422 if form.errors else 200)

    def queue_view(self, request: HttpRequest) -> HttpResponse:
        """Signs of life, rows of the queue, and the line of every provider."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": _("The queue at this moment"),
            "processes": queue_state.processes(),
            "rows": queue_state.queue_rows(),
            "lines": queue_state.lines(),
            "opts": self.opts,
        }
        return render(request, "admin/jobs/queue.html", context)


def _ask(request: HttpRequest, jobs: list[Job]) -> None:
    person = request.user
    assert isinstance(person, User)
    asked = 0
    for job in jobs:
        try:
            look_up_unknown(job=job, actor=person, ip=request.META.get("REMOTE_ADDR"))
            asked += 1
        except NotSettled as refused:
            messages.warning(request, f"{job.pk}: {refused.message}")
    words = ngettext("%(count)d job is being asked for.", "%(count)d jobs are being asked for.", asked)
    messages.success(request, words % {"count": asked})


def _end(
    request: HttpRequest, jobs: list[Job], reason: str, outcome: str = "release", provider_job_id: str = ""
) -> None:
    """One transaction for each job: what moved on in the meantime is left to itself."""
    person = request.user
    assert isinstance(person, User)
    told: dict[str, Any] = {"reason": reason, "ip": request.META.get("REMOTE_ADDR")}
    done = named = 0
    for job in jobs:
        try:
            with transaction.atomic():
                if not job.is_unknown:
                    cancel_job(job=job, user=person, **told)
                    done += 1
                elif outcome == "find":
                    find_unknown(job=job, actor=person, provider_job_id=provider_job_id.strip(), **told)
                    named += 1
                else:
                    settle = confirm_unknown if outcome == "confirm" else release_unknown
                    done += settle(job=job, actor=person, **told)
        except (NotCancellable, NotSettled) as refused:
            messages.warning(request, f"{job.pk}: {refused.message}")
    if named:
        messages.success(request, _("The provider is asked for this order now. Its pictures come when it has them."))
        return
    ended = ngettext("%(count)d job was ended and paid back.", "%(count)d jobs were ended and paid back.", done)
    messages.success(request, ended % {"count": done})
