"""Calls that wait for their pictures and have not got their answer yet.

OpenAI's libraries send a call again when its connection breaks, without a name by which to know it. A row stands here
from before a call makes its job until its whole answer was taken; a call that says it is a repetition, with the same
key and body, goes on with the one that stands here, whatever became of the process that took it.
Where the server or the database stood still, a call and its repetitions arrive together, in any order.
"""

import uuid
from datetime import timedelta
from typing import ClassVar

from django.db import models, transaction
from django.utils import timezone

from studio.accounts.models import ApiKey

JOINED_FOR = timedelta(minutes=15)


class OpenCall(models.Model):
    """One such call. Its id is also the idempotency key of its job, which makes one job of twins."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    api_key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="+")
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of method, path and canonical body")
    created_at = models.DateTimeField(default=timezone.now, db_index=True)
    is_ahead = models.BooleanField(default=False, help_text="a repetition came; the call that it repeats did not yet")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["api_key", "fingerprint", "-created_at"], name="jobs_opencall_same"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


@transaction.atomic
def open_call(api_key: ApiKey, fingerprint: str, *, is_repeated: bool) -> uuid.UUID:
    """The id of this call: for a repetition that of the newest call it can be of, else a new one.

    A call that comes after its own repetition goes on with what that one began.
    """
    list(ApiKey.objects.select_for_update(no_key=True).filter(pk=api_key.pk).order_by())  # twins see one another
    same = OpenCall.objects.filter(
        api_key=api_key, fingerprint=fingerprint, created_at__gt=timezone.now() - JOINED_FOR
    ).order_by("-created_at")
    if is_repeated:
        found = same.first()
    elif found := same.filter(is_ahead=True).first():
        OpenCall.objects.filter(pk=found.pk).update(is_ahead=False)
    return (found or OpenCall.objects.create(api_key=api_key, fingerprint=fingerprint, is_ahead=is_repeated)).pk


def close_call(call_id: uuid.UUID) -> None:
    """The whole answer was taken: what is sent from now on is another order."""
    OpenCall.objects.filter(pk=call_id).delete()


def prune() -> None:
    """Forget calls that nothing joins any more."""
    OpenCall.objects.filter(created_at__lte=timezone.now() - JOINED_FOR).delete()
