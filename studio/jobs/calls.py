"""Calls that wait for their pictures and have not got their answer yet.

OpenAI's libraries send a call again when its connection breaks, without a name by which to know it. A row stands here
from before a call makes its job until its whole answer was taken; a call that says it is a repetition, with the same
key and body, goes on with the one that stands here, whatever became of the process that took it.
"""

import uuid
from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.utils import timezone

from studio.accounts.models import ApiKey

JOINED_FOR = timedelta(minutes=15)


class OpenCall(models.Model):
    """One such call. Its id is also the idempotency key of its job, which makes one job of twins."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    api_key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="+")
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of method, path and canonical body")
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["api_key", "fingerprint", "-created_at"], name="jobs_opencall_same"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


def open_call(api_key: ApiKey, fingerprint: str, *, is_repeated: bool) -> uuid.UUID:
    """The id of this call: a new one, or for a repetition that of the newest call it can be of."""
    if is_repeated:
        recent = OpenCall.objects.filter(created_at__gt=timezone.now() - JOINED_FOR)
        same = recent.filter(api_key=api_key, fingerprint=fingerprint).order_by("-created_at").first()
        if same is not None:
            return same.pk
    return OpenCall.objects.create(api_key=api_key, fingerprint=fingerprint).pk


def close_call(call_id: uuid.UUID) -> None:
    """The whole answer was taken: what is sent from now on is another order."""
    OpenCall.objects.filter(pk=call_id).delete()


def prune() -> None:
    """Forget calls that nothing joins any more."""
    OpenCall.objects.filter(created_at__lte=timezone.now() - JOINED_FOR).delete()
