"""The examples on the pages about models: jobs, as staff see them who choose."""

from django.utils.translation import gettext_lazy as _

from studio.jobs.models import Job


class Example(Job):
    """A job whose pictures the team sees, and which everybody may see as an example of its model."""

    class Meta:
        proxy = True
        verbose_name = _("example on a model page")
        verbose_name_plural = _("examples on model pages")
        default_permissions = ("view", "change")
