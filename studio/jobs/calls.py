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
from django.db.models import F
from django.utils import timezone

from studio.accounts.models import ApiKey
from studio.jobs.order_models import IdempotencyKey

SCOPE = "call"  # of the idempotency keys that calls are
JOINED_FOR = timedelta(minutes=15)
AHEAD_FOR = timedelta(seconds=10)  # what overtakes on the wire, or while a server stands still, does not do so by more
REFUSED_FOR = timedelta(seconds=75)  # the libraries wait a minute at most before they come again
MOST_REFUSED = 50  # rows kept for a key's refused calls


class OpenCall(models.Model):
    """One such call. Its id is also the idempotency key of its job, which makes one job of twins."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    api_key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="+")
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of method, path and canonical body")
    created_at = models.DateTimeField(default=timezone.now, db_index=True)
    is_ahead = models.BooleanField(default=False, help_text="a repetition came; the call that it repeats did not yet")
    callers = models.PositiveIntegerField(default=1, help_text="calls that go by this row and were not refused")
    taken_up = models.PositiveIntegerField(default=0, help_text="by which repetition: the first, the second …")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["api_key", "fingerprint", "-created_at"], name="jobs_opencall_same"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


@transaction.atomic
def open_call(api_key: ApiKey, fingerprint: str, *, repetition: int) -> uuid.UUID:
    """The id of this call: for a repetition (the first is 1) that of a call it can be of, else a new one.

    A call that comes right after its own repetition goes on with what that one began.
    """
    _queue_at(api_key.pk)  # twins see one another
    now = timezone.now()
    same = OpenCall.objects.filter(api_key=api_key, fingerprint=fingerprint, created_at__gt=now - JOINED_FOR).order_by(
        "-created_at"
    )
    if repetition:
        awaited = same.exclude(callers=0, created_at__lte=now - REFUSED_FOR)
        found = _repeated(list(awaited), api_key.user_id, repetition)
    else:
        found = same.filter(is_ahead=True, created_at__gt=now - AHEAD_FOR).first()
    if found is None:
        is_ahead = repetition > 0
        return OpenCall.objects.create(
            api_key=api_key, fingerprint=fingerprint, is_ahead=is_ahead, taken_up=repetition
        ).pk
    found.callers += 1
    found.is_ahead = found.is_ahead and repetition > 0
    found.taken_up = max(found.taken_up, repetition)
    found.save(update_fields=["callers", "is_ahead", "taken_up"])
    return found.pk


def _repeated(same: list[OpenCall], user_id: int, repetition: int) -> OpenCall | None:
    """Of calls of one order, newest first, the one to go on with.

    One that made its job comes before any that did not, which may be dead: to go on with that one would buy again.
    Of those, one that no such repetition took up yet, so that calls that broke side by side get each its own picture.
    """
    keys = [str(call.pk) for call in same]
    made = set(IdempotencyKey.objects.filter(user_id=user_id, scope=SCOPE, key__in=keys).values_list("key", flat=True))
    with_job = [call for call in same if str(call.pk) in made] or same
    free = [call for call in with_job if call.taken_up < repetition]
    return max(free, key=lambda call: call.taken_up) if free else next(iter(with_job), None)


@transaction.atomic
def refuse_call(call_id: uuid.UUID, api_key: ApiKey, *, comes_again: bool) -> None:
    """No job was made: there is nothing to go on with, unless others are about to make it.

    Where the caller `comes_again`, the row waits for its repetition, which would else seem to have overtaken it: the
    next new order would be taken for the call that it repeats.
    """
    _queue_at(api_key.pk)
    OpenCall.objects.filter(pk=call_id).update(callers=F("callers") - 1)
    refused = OpenCall.objects.filter(pk=call_id, callers=0)
    if not comes_again:
        refused.delete()
    elif refused.update(created_at=timezone.now()):
        rows = OpenCall.objects.filter(api_key=api_key, callers=0).order_by("-created_at").values_list("pk", flat=True)
        OpenCall.objects.filter(pk__in=list(rows[MOST_REFUSED:])).delete()


def _queue_at(api_key_id: uuid.UUID) -> None:
    list(ApiKey.objects.select_for_update(no_key=True).filter(pk=api_key_id).order_by())


def close_call(call_id: uuid.UUID) -> None:
    """The whole answer was taken: what is sent from now on is another order."""
    OpenCall.objects.filter(pk=call_id).delete()


def prune() -> None:
    """Forget calls that nothing joins any more."""
    OpenCall.objects.filter(created_at__lte=timezone.now() - JOINED_FOR).delete()
