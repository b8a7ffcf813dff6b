"""Who sees a job: the levels as a person may set them, and the verb that sets one."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from studio.accounts.models import User
from studio.core.errors import StudioError
from studio.core.models import audit
from studio.jobs.models import Image, Job, JobQuerySet

Level = Job.Visibility


class NotYours(StudioError):
    """A level that this person may not set; what exists is not told by it."""

    code = "not_allowed"
    status = 403

    def __init__(self) -> None:
        super().__init__(_("Only the staff can show a picture to everybody."))


@dataclass(frozen=True)
class LevelChoice:
    """One level in a list to choose from."""

    value: str
    name: str | Promise
    what: str | Promise
    icon: str
    is_now: bool = False


NAMES: dict[str, str | Promise] = {
    Level.ME: pgettext_lazy("seen by", "You alone"),
    Level.TEAM: pgettext_lazy("seen by", "Team"),
    Level.LINK: pgettext_lazy("seen by", "Links alone"),
    Level.PUBLIC: pgettext_lazy("seen by", "Everybody"),
}
# The symbol of each, which stands beside the words where they are set and alone where a picture is one of many.
ICONS: dict[str, str] = {Level.ME: "lock", Level.TEAM: "users", Level.LINK: "link", Level.PUBLIC: "globe"}
_WHAT: dict[str, str | Promise] = {
    Level.ME: _("No other member sees picture or prompt. Administrators can read the prompt."),
    Level.TEAM: _("Every member sees picture, prompt and settings, and pictures from outside that it builds on."),
    Level.LINK: _(
        "No member sees it. Whoever has the link of a board it is on sees the picture alone, without prompt and name."
    ),
    Level.PUBLIC: _(
        "Every member sees picture, prompt and settings, and pictures from outside that it builds on. "
        "Links and the open page of its model may show the picture."
    ),
}


def choices_for(user: User, now: str = "") -> list[LevelChoice]:
    """The levels `user` may choose from; `now` is the present one."""
    return [
        LevelChoice(level.value, NAMES[level], _WHAT[level], ICONS[level], level == now)
        for level in Level
        if level != Level.PUBLIC or user.is_staff or level == now
    ]


def changeable_by(user: User) -> JobQuerySet:
    """The jobs whose level `user` may change: one's own; for staff also those the team sees, up to everybody and back.

    Staff never open what somebody keeps to themselves.
    """
    if user.is_staff:
        return Job.objects.visible_to(user)
    return Job.objects.of(user)


def is_changeable_by(user: User, job: Job) -> bool:
    """Whether `changeable_by` would have this row."""
    return job.user_id == user.pk or (user.is_staff and job.is_visible_to(user))


@transaction.atomic
def set_visibility(*, user: User, jobs: Iterable[UUID], level: str) -> int:
    """Show the jobs among `jobs` that this person may change at `level`; returns how many pictures they have.

    Others are as if they did not exist. What was so already counts and is not written again. Somebody else's job is
    only moved between the team and everybody. Raises NotYours.
    """
    wanted = Level(level)
    found = changeable_by(user).filter(pk__in=list(jobs))
    # Locked one after the other in one order, so that two who change the same do not wait for each other.
    rows = list(found.order_by("pk").select_for_update(of=("self",)).only("pk", "user_id", "visibility"))
    if wanted == Level.PUBLIC and not user.is_staff and any(row.visibility != wanted for row in rows):
        raise NotYours
    rows = [row for row in rows if row.user_id == user.pk or _is_staffs(row.visibility, wanted)]
    changed = [row for row in rows if row.visibility != wanted]
    Job.objects.filter(pk__in=[row.pk for row in changed]).update(visibility=wanted, version=F("version") + 1)
    for row in changed:
        if row.user_id != user.pk or Level.PUBLIC in (wanted, row.visibility):
            audit("job.visibility", actor=user, target=row.pk, before=row.visibility, after=wanted)
    return Image.objects.there().filter(job__in=[row.pk for row in rows]).count()


def _is_staffs(before: str, after: str) -> bool:
    """What staff may do to somebody else's: choose it as an example, and take it back to the team."""
    return after == Level.PUBLIC or (before == Level.PUBLIC and after == Level.TEAM) or before == after


def open_to_links() -> Q:
    """Of pictures: those that a board's link may show."""
    return Q(job__visibility__in=Job.LINKED, job__user__is_active=True, deleted_at=None)
