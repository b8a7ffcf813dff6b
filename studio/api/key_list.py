"""A person's keys as their page shows them."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from studio.accounts.models import ApiKey, Scope, User
from studio.core.numbers import listed
from studio.credits.key_caps import used_now
from studio.jobs.models import Job

BAR = 100
SCOPES = {
    Scope.READ: pgettext_lazy("scope", "read"),
    Scope.GENERATE: pgettext_lazy("scope", "generate"),
    Scope.WEBHOOKS: pgettext_lazy("scope", "webhooks"),
}
STATES = {
    "paused": gettext_lazy("Paused"),
    "expired": gettext_lazy("Expired"),
    "revoked": gettext_lazy("Revoked"),
}


@dataclass(frozen=True)
class KeyRow:
    """One key with what it did: `jobs` in all, `spent` credits in all, `used` credits of this month's cap."""

    key: ApiKey
    jobs: int
    spent: int
    used: int

    @property
    def state(self) -> str:
        return str(STATES.get(self.key.state, ""))

    @property
    def scopes(self) -> str:
        return listed(str(SCOPES[scope]) for scope in Scope if self.key.has_scope(scope)) or _("nothing")

    @property
    def bar(self) -> int:
        """How much of the cap is used, in percent."""
        cap = self.key.monthly_cap
        return min(BAR, -(-BAR * self.used // cap)) if cap else 0


def rows_of(person: User) -> list[KeyRow]:
    """Every key of a person, the newest first; three queries."""
    return _rows(list(ApiKey.objects.filter(user=person).order_by("-created_at")))


def row_of(key: ApiKey) -> KeyRow:
    return _rows([key])[0]


def _rows(keys: list[ApiKey]) -> list[KeyRow]:
    ids: list[UUID] = [key.pk for key in keys]
    counted = Job.objects.filter(api_key__in=ids).order_by().values_list("api_key").annotate(Count("pk"), Sum("paid"))
    did = {pk: (jobs, spent or 0) for pk, jobs, spent in counted}
    used = used_now(key.pk for key in keys if key.monthly_cap)
    return [KeyRow(key, *did.get(key.pk, (0, 0)), used.get(key.pk, 0)) for key in keys]
