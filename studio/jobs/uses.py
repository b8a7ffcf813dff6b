"""Who has had jobs made by a model, for administrators who learn that it ends."""

from datetime import datetime

from django.db.models import Count, Max
from django.utils.translation import gettext as _

from studio.jobs.models import Job
from studio.providers.uses import Use

MOST = 200  # lines


def jobs_of(model: str, since: datetime) -> list[Use]:
    """One line for each person and key; the sandbox's jobs are nobody's loss."""
    jobs = Job.objects.filter(model=model, created_at__gte=since, is_sandbox=False).order_by()
    counted = jobs.values("user__username", "api_key__name").annotate(number=Count("pk"), last=Max("created_at"))
    return [
        Use(line["user__username"], _through(line["api_key__name"]), line["number"], line["last"])
        for line in counted.order_by("-number")[:MOST]
    ]


def _through(key: str | None) -> str:
    return _("the studio") if key is None else _("the key %(name)s") % {"name": key}
