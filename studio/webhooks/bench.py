"""What the webhook bench shows: deliveries in words, found by filters, in pages by key."""

import json
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils import formats, timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from studio.accounts.models import User
from studio.core.ids import is_id
from studio.webhooks.models import Delivery, DeliveryAttempt, DeliveryQuerySet, Endpoint, Event, said

PAGE = 50
SOON = timedelta(minutes=2)
OWN = "own"  # the filter's word for addresses of jobs themselves


@dataclass(frozen=True)
class Filters:
    """What is asked for; an empty word asks for everything."""

    state: str = ""
    event: str = ""
    endpoint: str = ""
    job: str = ""

    @classmethod
    def read(cls, query: "dict[str, str]") -> "Filters":
        """What can be understood of a query; the rest is left out."""
        state, event, endpoint, job = (query.get(name, "") for name in ("state", "event", "endpoint", "job"))
        return cls(
            state=state if state in Delivery.Status.values else "",
            event=event if event in Event.values else "",
            endpoint=endpoint if endpoint == OWN or is_id(endpoint) else "",
            job=job if is_id(job) else "",
        )

    @property
    def query(self) -> str:
        return urlencode({name: value for name, value in vars(self).items() if value})

    def apply(self, rows: DeliveryQuerySet) -> DeliveryQuerySet:
        asked = {name: value for name, value in (("status", self.state), ("event", self.event)) if value}
        rows = rows.filter(**asked, **({"job": self.job} if self.job else {}))
        if self.endpoint == OWN:
            return rows.filter(endpoint=None)
        return rows.filter(endpoint=UUID(self.endpoint)) if self.endpoint else rows


class Row:
    """One delivery as people read it."""

    def __init__(self, delivery: Delivery) -> None:
        self.delivery = delivery

    @property
    def icon(self) -> str:
        return {"delivered": "check", "failed": "ban", "pending": "history"}[self.delivery.status]

    @cached_property
    def is_under_way(self) -> bool:
        row = self.delivery
        if row.status != Delivery.Status.PENDING or not row.attempts:
            return False
        noted: bool | None = getattr(row, "is_noted", None)
        return not (row.tries.filter(number=row.attempts).exists() if noted is None else noted)

    @property
    def waits_long(self) -> bool:
        return self.delivery.next_at > timezone.now() + SOON

    @property
    def is_moving(self) -> bool:
        """Whether there will be news within moments."""
        return self.delivery.status == Delivery.Status.PENDING and (self.is_under_way or not self.waits_long)

    @property
    def state(self) -> str:
        row = self.delivery
        if row.status == Delivery.Status.DELIVERED:
            return pgettext("webhook", "Delivered")
        if row.status == Delivery.Status.FAILED:
            return pgettext("webhook", "Not delivered")
        if self.is_under_way:
            return pgettext("webhook", "Being sent")
        if not row.attempts:
            return pgettext("webhook", "About to be sent")
        return _("Next attempt %(when)s") % {"when": moment(row.next_at)}

    @property
    def answer(self) -> str:
        """`HTTP 200`, or why there was none, of the last attempt."""
        return said(self.delivery.last_status, self.delivery.last_error)

    @property
    def address(self) -> str:
        return short(self.delivery.url)

    @property
    def body(self) -> str:
        """The JSON as it was sent, with line breaks for eyes."""
        return json.dumps(json.loads(self.delivery.body), indent=2, ensure_ascii=False)


def moment(at: object) -> str:
    """`14:05:11`, with the day where it is not today."""
    local = timezone.localtime(at)  # type: ignore[arg-type]
    is_today = local.date() == timezone.localdate()
    return formats.date_format(local, "H:i:s" if is_today else "j F, H:i:s")


def short(url: str) -> str:
    """An address without its scheme and without its query, which may hold a token."""
    parts = urlsplit(url)
    return f"{parts.netloc}{parts.path}".rstrip("/")


def page_of(
    person: User, filters: Filters, *, before: int | None, size: int | None = None
) -> tuple[list[Row], int | None]:
    """The deliveries in question, the newest first, and the key of the next page; one query."""
    size = size or PAGE
    noted = DeliveryAttempt.objects.filter(delivery=OuterRef("pk"), number=OuterRef("attempts"))
    rows = filters.apply(Delivery.objects.of(person)).annotate(is_noted=Exists(noted)).defer("body")
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[: size + 1])
    return [Row(row) for row in found[:size]], found[size - 1].pk if len(found) > size else None


def failed_lately(person: User, filters: Filters) -> DeliveryQuerySet:
    """What there is to send again, by the same filters but for the state."""
    wanted = Filters(event=filters.event, endpoint=filters.endpoint, job=filters.job)
    reachable = Q(endpoint=None) | Q(endpoint__is_enabled=True)
    rows = wanted.apply(Delivery.objects.of(person))
    return rows.filter(reachable, status=Delivery.Status.FAILED, event__in=Delivery.FINAL, is_test=False)


@dataclass(frozen=True)
class EndpointRow:
    """An endpoint as people read it."""

    endpoint: Endpoint

    @property
    def address(self) -> str:
        return short(self.endpoint.url)

    @property
    def state(self) -> str:
        if not self.endpoint.is_enabled:
            return str(self.endpoint.get_off_reason_display())
        if self.endpoint.failing_since:
            return _("On, but failing since %(when)s") % {"when": moment(self.endpoint.failing_since)}
        return _("On")

    @property
    def jobs(self) -> str:
        key = self.endpoint.api_key
        return _("jobs of key %(key)s") % {"key": key.name} if key else _("all jobs")


def host_of(url: str) -> str:
    """The host of an address with its port where it names one."""
    return urlsplit(url).netloc
