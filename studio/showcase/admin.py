"""Staff choose which pictures stand on the pages about models."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from studio.accounts.models import User
from studio.core.admin import ReadOnlyAdmin
from studio.core.paging import BoundedPaginator
from studio.jobs.models import Image, Job
from studio.jobs.visibility import set_visibility
from studio.providers import catalogue
from studio.showcase.models import Example

SHOWN = 4  # pictures of a job in the list
Level = Job.Visibility


class ShownFilter(admin.SimpleListFilter):
    """What stands on a page, or may."""

    title = _("shown to")
    parameter_name = "shown"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("everybody", _("everybody")), ("team", _("the team"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Example]) -> QuerySet[Example]:
        if self.value() == "everybody":
            return queryset.filter(visibility=Level.PUBLIC)
        return queryset.exclude(visibility=Level.PUBLIC) if self.value() == "team" else queryset


@admin.register(Example)
class ExampleAdmin(ReadOnlyAdmin):
    """Finished jobs with pictures that this person may see; what somebody keeps to themselves is not among them."""

    list_display = ("pictures", "words", "model_name", "user", "finished_at", "is_shown")
    list_display_links = None
    list_filter = (ShownFilter,)
    list_select_related = ("user",)
    ordering = ("-finished_at", "-pk")
    paginator = BoundedPaginator
    actions = ("show", "take_back")

    def has_choose_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("showcase.change_example")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Example]:
        seen = Job.objects.visible_to(request.user).filter(status=Job.Status.COMPLETED, user__is_active=True)
        shown = Image.objects.there().filter(job=OuterRef("pk")).exclude(copies_made_at=None)
        rows: QuerySet[Example] = super().get_queryset(request).filter(pk__in=seen.values("pk"))
        return rows.filter(Exists(shown)).prefetch_related("images")

    @admin.display(description=_("pictures"))
    def pictures(self, job: Example) -> str:
        shown = [image for image in job.images.all() if image.deleted_at is None and image.copies_made_at]
        links = ((reverse("jobs:picture", args=[job.pk, image.pk, "small"]),) for image in shown[:SHOWN])
        return format_html_join(" ", '<img src="{}" alt="" height="72" loading="lazy">', links)

    @admin.display(description=_("prompt"))
    def words(self, job: Example) -> str:
        words = Truncator(" ".join(job.prompt.split())).chars(80)
        return format_html('<a href="{}" dir="auto">{}</a>', reverse("jobs:job", args=[job.pk]), words)

    @admin.display(description=_("model"), ordering="model")
    def model_name(self, job: Example) -> str:
        model = catalogue.find(job.model)
        return model.name if model else job.model

    @admin.display(description=_("on the model’s page"), boolean=True)
    def is_shown(self, job: Example) -> bool:
        return job.visibility == Level.PUBLIC

    @admin.action(description=_("Show the pictures to everybody, on the page of the model"), permissions=["choose"])
    def show(self, request: HttpRequest, queryset: QuerySet[Example]) -> None:
        _set(request, queryset, Level.PUBLIC)

    @admin.action(description=_("Take them off that page; the team still sees them"), permissions=["choose"])
    def take_back(self, request: HttpRequest, queryset: QuerySet[Example]) -> None:
        _set(request, queryset.filter(visibility=Level.PUBLIC), Level.TEAM)


def _set(request: HttpRequest, jobs: QuerySet[Example], level: str) -> None:
    person = request.user
    assert isinstance(person, User)
    count = set_visibility(user=person, jobs=list(jobs.values_list("pk", flat=True)), level=level)
    words = ngettext("%(count)d picture was changed.", "%(count)d pictures were changed.", count)
    messages.success(request, words % {"count": count})
