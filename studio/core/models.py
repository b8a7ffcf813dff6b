"""Rows without product words: counters, leases, the audit log."""

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any, ClassVar

from django.conf import settings
from django.db import connection, models, transaction
from django.utils import timezone

from studio.core.at_once import Together
from studio.core.logs import client_ip


class Counter(models.Model):
    """How often something happened in one window of time; atomic across processes."""

    key = models.CharField(max_length=200)
    window = models.BigIntegerField(help_text="number of the window: seconds since 1970 // length of the window")
    count = models.IntegerField(default=0)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "window"], name="core_counter_once_per_window")]

    def __str__(self) -> str:
        return f"{self.key} {self.window}: {self.count}"


class Lease(models.Model):
    """Who may do a thing that only one process on all hosts may do, and until when; also used as a heartbeat."""

    name = models.CharField(max_length=100, primary_key=True)
    owner = models.CharField(max_length=200, blank=True)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}: {self.owner}"

    @classmethod
    def take(cls, name: str, owner: str, *, seconds: float) -> bool:
        """Take or renew the lease `name` for `owner`; False while somebody else holds it."""
        now = timezone.now()
        until = now + timedelta(seconds=seconds)
        free = models.Q(owner=owner) | models.Q(expires_at__lt=now)
        if cls.objects.filter(free, name=name).update(owner=owner, expires_at=until):
            return True
        with transaction.atomic():
            _row, created = cls.objects.get_or_create(name=name, defaults={"owner": owner, "expires_at": until})
        return created

    @classmethod
    def drop(cls, name: str, owner: str) -> None:
        cls.objects.filter(name=name, owner=owner).update(owner="", expires_at=timezone.now())


class Reading(models.Model):
    """The last value of something that is measured now and then, for whoever watches (OBS-2)."""

    name = models.CharField(max_length=100, primary_key=True)
    value = models.BigIntegerField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"

    @classmethod
    def note(cls, name: str, value: int) -> None:
        cls.objects.update_or_create(name=name, defaults={"value": value, "at": timezone.now()})


class AuditEvent(models.Model):
    """One security event: who did what to whom, from where (OBS-4). Only ever added."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="audit_events"
    )
    name = models.CharField(max_length=64, db_index=True)
    target = models.CharField(max_length=200, blank=True)
    ip = models.GenericIPAddressField(null=True, blank=True)
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.name} {self.target}"


def count(key: str, *, seconds: int, by: int = 1) -> int:
    """Add `by` to the counter of the present window of `seconds` and return its new value; exact across processes.

    Inside a transaction the row stays locked until it ends, and a rollback takes the count back.
    """
    return count_each({key: seconds}, by=by)[key]


def count_each(windows: Mapping[str, int], *, by: int = 1) -> dict[str, int]:
    """The same of several counters, by the seconds of their windows, in one statement and in the order given."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(rows=_marks(len(windows)), unless=""), _windows(windows, by))
        return {key: int(number) for key, number in cursor.fetchall()}


def count_at_once(together: Together, windows: Mapping[str, tuple[int, int]]) -> None:
    """Add one to each counter, by the most it may reach and the seconds of its window; fails beyond."""
    mosts = [value for key, (most, _seconds) in windows.items() for value in (key, most)]
    values = _windows({key: seconds for key, (_most, seconds) in windows.items()}, 1)
    together.add("counted", _count_up_to(len(windows)), [*values, *mosts], rows=len(windows))


@cache
def _count_up_to(number: int) -> str:
    unless = " WHERE core_counter.count < (CASE" + " WHEN excluded.key = %s THEN %s" * number + " END)"
    return _COUNT.format(rows=_marks(number), unless=unless)


def _marks(number: int) -> str:
    return ", ".join(["(%s, %s, %s, %s)"] * number)


def _windows(windows: Mapping[str, int], by: int) -> list[Any]:
    now = timezone.now()
    values: list[Any] = []
    for key, seconds in windows.items():
        expires_at = connection.ops.adapt_datetimefield_value(now + timedelta(seconds=2 * seconds))
        values += [key, int(now.timestamp()) // seconds, by, expires_at]
    return values


# One statement, so that nobody can count between the look and the write.
_COUNT = """
INSERT INTO core_counter (key, "window", count, expires_at) VALUES {rows}
ON CONFLICT (key, "window") DO UPDATE SET count = core_counter.count + excluded.count{unless}
RETURNING key, count
"""


def audit(name: str, *, actor: Any = None, target: object = "", ip: str | None = None, **data: Any) -> None:
    """Write one security event; `data` must hold no secret. Inside a request the address is known without `ip`."""
    AuditEvent.objects.create(
        name=name, actor=actor, target=str(target)[:200], ip=ip or client_ip.get() or None, data=data
    )
