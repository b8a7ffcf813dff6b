"""Matching a vendor's own list of orders with our books: one row for each time, one for each line that differs."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class StatementRun(models.Model):
    """One matching. What is the same is only counted."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        BROKEN = "broken", _("broken off")

    provider = models.CharField(_("provider"), max_length=50)
    since = models.DateTimeField(_("since"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    is_of_team = models.BooleanField(_("orders of all keys"), default=True)
    listed = models.PositiveIntegerField(_("orders there"), default=0)
    ours = models.PositiveIntegerField(_("of them ours"), default=0)
    others = models.PositiveIntegerField(_("of other programs"), default=0)
    differing = models.PositiveIntegerField(_("differing"), default=0)
    error = models.CharField(_("error"), max_length=500, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        ordering: ClassVar[list[str]] = ["-id"]

    def __str__(self) -> str:
        return f"{self.provider} {self.started_at:%Y-%m-%d %H:%M}"


class StatementLine(models.Model):
    """One order that is not the same there and here."""

    class Kind(models.TextChoices):
        CHARGED_UNKNOWN = "charged_unknown", _("charged there, not known here")
        CHARGED_FAILED = "charged_failed", _("charged there, not made here")
        REFUNDED = "refunded", _("paid here, refunded there")
        MISSING = "missing", _("paid here, not there")
        COST = "cost", _("another cost than noted here")
        MODEL = "model", _("another model than ordered here")

    run = models.ForeignKey(StatementRun, on_delete=models.CASCADE, related_name="lines")
    kind = models.CharField(_("difference"), max_length=16, choices=Kind)
    job = models.ForeignKey("jobs.Job", on_delete=models.CASCADE, related_name="+")
    provider_job_id = models.CharField(_("order there"), max_length=200)
    there = models.CharField(_("there"), max_length=200)
    here = models.CharField(_("here"), max_length=200)
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("line of a statement")
        verbose_name_plural = _("lines of statements")
        ordering: ClassVar[list[str]] = ["kind", "-made_at", "provider_job_id"]

    def __str__(self) -> str:
        return f"{self.provider_job_id} {self.kind}"
