"""Who sees a job, on whatever page shows it."""

from functools import cache

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from studio.accounts.models import User
from studio.core.templatetags.look import icon
from studio.jobs.models import Job
from studio.jobs.visibility import ICONS, NAMES, LevelChoice, choices_for, is_changeable_by

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


@register.simple_tag
def level_icon(job: Job) -> SafeString:
    """The symbol of the level, where its words stand beside it."""
    return icon(ICONS[job.visibility], "icon-s")


@register.simple_tag
def level_mark(job: Job) -> SafeString:
    """The symbol of the level alone: its words are its title, and are read aloud. No query."""
    return _mark(job.visibility, get_language() or "")


@cache
def _mark(level: str, _language: str) -> SafeString:
    """A page has hundreds of them, of four kinds."""
    words = _("Seen by: %(who)s") % {"who": NAMES[level]}
    return format_html(
        '<span class="level-mark" title="{}">{}<span class="sr">{}</span></span>', words, icon(ICONS[level]), words
    )
