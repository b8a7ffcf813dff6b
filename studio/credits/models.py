"""Accounts, holds and the entries that nothing ever changes."""

from datetime import date, datetime, timedelta
from typing import Any, ClassVar, NoReturn, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from studio.accounts.models import ApiKey, User


class Account(models.Model):
    """Somebody's credits. Only services.py writes here, and always together with one Entry."""

    class Kind(models.TextChoices):
        PERSON = "person", _("person")
        UNCONFIRMED = "unconfirmed", _("possible costs")

    kind = models.CharField(max_length=16, choices=Kind)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="credit_account"
    )
    balance = models.BigIntegerField(default=0, help_text="granted less spent, what is held included")
    held = models.BigIntegerField(default=0, help_text="the sum of the open holds")
    spent = models.BigIntegerField(default=0, help_text="captured since the account was opened")
    returned = models.BigIntegerField(default=0, help_text="given back from holds since the account was opened")
    seq = models.BigIntegerField(default=0, help_text="how many entries there are: the number of the last one")
    # Never goes back, whatever the hosts' clocks say: within an account the order of time is the order of numbers.
    entered_at = models.DateTimeField(null=True, blank=True, help_text="time of the last entry")

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        permissions: ClassVar = [("grant_credits", "Can grant and correct credits")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind="unconfirmed") | Q(held__gte=0, balance__gte=F("held")),
                name="credits_account_no_overdraft",
            ),
            models.CheckConstraint(
                condition=Q(kind="person", user__isnull=False) | Q(kind="unconfirmed", user__isnull=True),
                name="credits_account_person_has_user",
            ),
            models.UniqueConstraint(
                fields=["kind"], condition=Q(kind="unconfirmed"), name="credits_account_one_unconfirmed"
            ),
        ]

    def __str__(self) -> str:
        return self.user.username if self.user else str(self.get_kind_display())

    @property
    def spendable(self) -> int:
        return self.balance - self.held


class HoldQuerySet(models.QuerySet["Hold"]):
    def for_user(self, user: User) -> Self:
        return self.filter(account__user=user)

    def open(self) -> Self:
        # Not by the state: as a parameter it would keep SQLite from the indexes on the open ones.
        return self.filter(resolved_at__isnull=True)

    def overdue(self, now: datetime | None = None) -> Self:
        return self.open().filter(expires_at__lte=now or timezone.now())


class Hold(models.Model):
    """Credits set aside for one piece of work, at the most it can cost, until it is resolved exactly once."""

    class State(models.TextChoices):
        OPEN = "open", _("held")
        CAPTURED = "captured", _("captured")
        RELEASED = "released", _("returned")
        EXPIRED = "expired", _("expired")

    key = models.CharField(max_length=200, unique=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="holds")
    spender = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    reference = models.CharField(max_length=100)
    amount = models.BigIntegerField()
    captured = models.BigIntegerField(null=True, blank=True)
    state = models.CharField(max_length=16, choices=State, default=State.OPEN)
    api_key_id = models.UUIDField(null=True, blank=True)
    key_cap = models.BigIntegerField(null=True, blank=True, help_text="the key's cap per month as this was opened")
    is_sandbox = models.BooleanField(default=False)
    price_list_version = models.CharField(max_length=64, blank=True)
    formula = models.TextField(blank=True)
    opened_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        constraints: ClassVar = [
            models.CheckConstraint(  # nothing is free but what a sandbox key asks for
                condition=Q(amount__gt=0) | Q(amount=0, is_sandbox=True, api_key_id__isnull=False),
                name="credits_hold_amount",
            ),
            models.CheckConstraint(
                condition=Q(state="captured", captured__isnull=False, captured__gte=0, captured__lte=F("amount"))
                | (~Q(state="captured") & Q(captured__isnull=True)),
                name="credits_hold_captured_within_amount",
            ),
            models.CheckConstraint(
                condition=Q(state="open", resolved_at__isnull=True) | (~Q(state="open") & Q(resolved_at__isnull=False)),
                name="credits_hold_open_or_resolved",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["account"], condition=Q(resolved_at__isnull=True), name="credits_hold_open"),
            models.Index(fields=["expires_at"], condition=Q(resolved_at__isnull=True), name="credits_hold_open_due"),
            models.Index(fields=["reference"], name="credits_hold_reference"),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.amount} {self.state}"


class KeyMonth(models.Model):
    """What a key with a cap spent and holds of one calendar month (UTC): the sums of the holds opened in it."""

    api_key = models.ForeignKey(ApiKey, on_delete=models.PROTECT, related_name="months", db_index=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    held = models.BigIntegerField(default=0)
    spent = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["api_key", "starts_at"], name="credits_keymonth_once"),
            models.CheckConstraint(condition=Q(held__gte=0, spent__gte=0), name="credits_keymonth_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.api_key_id} {self.starts_at:%Y-%m}: {self.used}"

    @property
    def used(self) -> int:
        return self.held + self.spent


class EntryQuerySet(models.QuerySet["Entry"]):
    """Reads. The account is always named by a scalar subquery, so that the index on (account, seq) gives the order."""

    def for_user(self, user: User) -> Self:
        return self.filter(account=Account.objects.filter(user=user).values("pk")[:1])

    def of_kind(self, *kinds: str) -> Self:
        return self.filter(kind__in=kinds) if len(kinds) > 1 else self.filter(kind=kinds[0])

    def of_month(self, user: User, month: date) -> Self:
        """The user's entries of the calendar month that `month` lies in, in the current time zone."""
        start, end = month_bounds(month)
        own = self.for_user(user)
        # Time never goes back within an account, so a month is a range of numbers: two index probes.
        first = own.filter(created_at__gte=start).order_by("created_at", "seq").values("seq")[:1]
        last = own.filter(created_at__lt=end).order_by("-created_at", "-seq").values("seq")[:1]
        return own.filter(seq__gte=first, seq__lte=last)

    def page(self, *, before: int | None = None, size: int = 50) -> "tuple[list[Entry], int | None]":
        """The newest `size` entries older than number `before` of one account, and the `before` of the next page."""
        rows = self.filter(seq__lt=before) if before is not None else self
        found = list(rows.order_by("-seq")[: size + 1])
        return found[:size], (found[size - 1].seq if len(found) > size else None)

    def update(self, **_kwargs: Any) -> NoReturn:
        raise TypeError("Ledger entries are only ever added.")

    def delete(self) -> NoReturn:
        raise TypeError("Ledger entries are only ever added.")


class Entry(models.Model):
    """One line of the ledger; its id is the entry number people see. A trigger refuses every UPDATE."""

    class Kind(models.TextChoices):
        OPENING = "opening", _("Opening credits")
        GRANT = "grant", _("Granted")
        HOLD = "hold", _("Held")
        CAPTURE = "capture", _("Captured")
        RELEASE = "release", _("Returned")
        EXPIRE = "expire", _("Returned, the hold expired")
        ADJUST = "adjust", _("Corrected")
        UNCONFIRMED = "unconfirmed", _("Possible cost")

    RESOLUTIONS = (Kind.CAPTURE, Kind.RELEASE, Kind.EXPIRE)

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="entries", db_index=False)
    seq = models.BigIntegerField(help_text="number within the account, without gaps")
    kind = models.CharField(max_length=16, choices=Kind)
    key = models.CharField(max_length=220, unique=True)
    change = models.BigIntegerField(help_text="signed change of what is to spend")
    held_change = models.BigIntegerField(default=0)
    spent = models.BigIntegerField(default=0)
    spendable_after = models.BigIntegerField()
    held_after = models.BigIntegerField()
    # Running totals: the sum over any span of time is the difference of two rows, however many lie between.
    spent_total = models.BigIntegerField()
    returned_total = models.BigIntegerField()
    reference = models.CharField(max_length=100, blank=True, help_text="what it was for: a job's id")
    hold = models.ForeignKey(
        Hold, null=True, blank=True, on_delete=models.PROTECT, related_name="entries", db_index=False
    )
    actor = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    reason = models.TextField(blank=True)
    spender = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    api_key_id = models.UUIDField(null=True, blank=True)
    is_sandbox = models.BooleanField(default=False)
    price_list_version = models.CharField(max_length=64, blank=True)
    formula = models.TextField(blank=True)
    served_by = models.CharField(
        max_length=50, blank=True, db_default="", help_text="who made what was paid for: a provider's slug"
    )
    created_at = models.DateTimeField()

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "seq"], name="credits_entry_seq"),
            models.UniqueConstraint(fields=["hold"], condition=Q(kind="hold"), name="credits_entry_one_opening"),
            models.UniqueConstraint(
                fields=["hold"],
                condition=Q(kind__in=["capture", "release", "expire"]),
                name="credits_entry_one_resolution",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["opening", "grant"], change__gt=0, held_change=0, spent=0)
                | Q(kind="hold", held_change__gte=0, change=-F("held_change"), spent=0)
                | Q(
                    kind="capture",
                    change__gte=0,
                    held_change__lte=0,
                    spent__gte=0,
                    change=-F("held_change") - F("spent"),
                )
                | Q(kind__in=["release", "expire"], held_change__lte=0, change=-F("held_change"), spent=0)
                | (Q(kind="adjust", held_change=0, spent=0) & ~Q(change=0))
                | Q(kind="unconfirmed", held_change=0, spent__gt=0, change=-F("spent")),
                name="credits_entry_sums",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["hold", "capture", "release", "expire"], hold__isnull=False)
                | (~Q(kind__in=["hold", "capture", "release", "expire"]) & Q(hold__isnull=True)),
                name="credits_entry_hold_named",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["grant", "adjust", "unconfirmed"]) | ~Q(reason=""),
                name="credits_entry_reason_given",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["account", "created_at", "seq"], name="credits_entry_time"),
            models.Index(fields=["account", "kind", "seq"], name="credits_entry_kind"),
            models.Index(fields=["reference"], name="credits_entry_reference"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.kind} {self.change:+d}"

    @property
    def number(self) -> int:
        return self.pk

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise TypeError("Ledger entries are only ever added.")


def month_bounds(month: date) -> tuple[datetime, datetime]:
    """First moment of the calendar month that `month` lies in and of the next one, in the current time zone."""
    first = month.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return day_start(first), day_start(following)


def day_start(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day))
