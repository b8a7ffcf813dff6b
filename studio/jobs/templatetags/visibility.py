"""Who sees a job, on whatever page shows it."""

from django import template

from studio.accounts.models import User
from studio.jobs.models import Job
from studio.jobs.visibility import NAMES, LevelChoice, choices_for, is_changeable_by

register = template.Library()


@register.simple_tag
def levels_of(job: Job, user: User) -> list[LevelChoice]:
    """The levels `user` may give this job; none where it is not theirs to change. No query."""
    return choices_for(user, job.visibility) if is_changeable_by(user, job) else []


@register.simple_tag
def levels(user: User) -> list[LevelChoice]:
    """The levels `user` may give to what is selected."""
    return choices_for(user)


@register.filter
def seen_by(job: Job) -> str:
    """The level in words."""
    return str(NAMES[job.visibility])
