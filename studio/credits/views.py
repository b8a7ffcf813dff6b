"""Usage: what there is to spend, what a day took, every entry, and the same as CSV."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from studio.accounts.models import ApiKey
from studio.core.http import Request
from studio.core.numbers import listed
from studio.core.spreadsheets import csv_lines
from studio.credits.chart import chart_of
from studio.credits.export import rows_for_csv
from studio.credits.models import Entry, Hold
from studio.credits.statement import statement_of
from studio.credits.things import Thing, things_of, worth

PAGE = 50
MOST_MONTHS = 60
MARKS = {"hold": "held", "capture": "spent", "release": "returned", "expire": "returned"}
# What people choose from: one word for several kinds of entry.
KINDS: dict[str, tuple[str, ...]] = {
    "held": ("hold",),
    "captured": ("capture",),
    "returned": ("release", "expire"),
    "added": ("opening", "grant", "adjust"),
}


@dataclass(frozen=True)
class Row:
    """One line of the ledger."""

    entry: Entry
    thing: Thing | None
    is_open: bool  # a hold whose outcome is not known

    @property
    def mark(self) -> str:
        return "unknown" if self.is_open else MARKS.get(self.entry.kind, "granted")

    @property
    def words(self) -> str:
        """`Held`, `Returned: refused`, `Granted by Jonas Weber`."""
        kind = str(self.entry.get_kind_display())
        if self.is_open:
            return _("Held, outcome not known yet")
        if self.entry.kind in ("release", "expire") and self.thing and self.thing.why:
            return _("Returned: %(why)s") % {"why": self.thing.why}
        if self.entry.actor:
            return _("%(kind)s by %(name)s") % {"kind": kind, "name": self.entry.actor.display_name}
        return kind

    @property
    def title(self) -> str:
        return self.thing.title if self.thing else self.entry.reason

    @property
    def model(self) -> str:
        """`DALL·E 3`, and behind it who made what was paid for."""
        if self.thing is None or not self.thing.model:
            return ""
        if self.entry.is_sandbox:
            return _("%(model)s, sandbox") % {"model": self.thing.model}
        return listed([self.thing.model, self.thing.provider if self.entry.served_by else ""])


@dataclass(frozen=True)
class LedgerDay:
    day: date
    rows: list[Row]

    @property
    def title(self) -> str:
        today = timezone.localdate()
        names = {today: _("Today"), today - timedelta(days=1): _("Yesterday")}
        return names.get(self.day) or formats.date_format(self.day, "j F" if self.day.year == today.year else "j F Y")


@require_GET
def usage(request: Request) -> HttpResponse:
    """The page; for htmx the next rows of the ledger alone."""
    month, kind, key_id = _month(request), request.GET.get("kind", ""), _key(request)
    entries = Entry.objects.of_month(request.user, month) if month else Entry.objects.for_user(request.user)
    if kind in KINDS:
        entries = entries.of_kind(*KINDS[kind])
    if key_id:
        entries = entries.filter(api_key_id=key_id)
    found, older = entries.select_related("actor").page(before=_number(request.GET.get("before")), size=PAGE)
    filters = {
        "month": month.strftime("%Y-%m") if month else "",
        "kind": kind if kind in KINDS else "",
        "key": str(key_id or ""),
    }
    context = {"ledger": _by_day(request, found), "older": older, "filters": filters}
    if request.htmx and "before" in request.GET:
        return render(request, "credits/usage.html#rows", context)
    statement = statement_of(request.user)
    held_orders = Hold.objects.open().filter(account=statement.account).count()
    return render(
        request,
        "credits/usage.html",
        {
            **context,
            "statement": statement,
            "held_orders": held_orders,
            "chart": chart_of(statement.days),
            "worth": worth(statement.account.spendable),
            "months": _months(request),
            "kinds": _kinds(),
            "keys": _keys(request),
            "is_later_page": "before" in request.GET,
        },
    )


@require_GET
def csv(request: Request) -> StreamingHttpResponse:
    """The same ledger, oldest entry first, as a file; only ever one's own."""
    month = _month(request)
    kinds = KINDS.get(request.GET.get("kind", ""), ())
    rows = rows_for_csv(request.user, month=month, kinds=kinds, key_id=_key(request))
    response = StreamingHttpResponse(csv_lines(rows), content_type="text/csv; charset=utf-8")
    name = f"ledger-{month:%Y-%m}.csv" if month else "ledger.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _by_day(request: Request, entries: list[Entry]) -> list[LedgerDay]:
    things = things_of(request.user, [entry.reference for entry in entries])
    days: dict[date, LedgerDay] = {}
    for entry in entries:
        day = timezone.localdate(entry.created_at)
        thing = things.get(entry.reference)
        is_open = bool(entry.kind == Entry.Kind.HOLD and thing and thing.is_unknown)
        days.setdefault(day, LedgerDay(day, [])).rows.append(Row(entry, thing, is_open))
    return list(days.values())


def _kinds() -> list[tuple[str, str]]:
    return [
        ("", _("All kinds")),
        ("held", _("Held")),
        ("captured", _("Captured")),
        ("returned", _("Returned")),
        ("added", _("Granted or corrected")),
    ]


def _months(request: Request) -> list[tuple[str, str]]:
    """Every month since the first entry, the newest first, and all of them."""
    first = Entry.objects.for_user(request.user).order_by("seq").values_list("created_at", flat=True).first()
    month = timezone.localdate().replace(day=1)
    oldest = (timezone.localdate(first) if first else month).replace(day=1)
    months = [("", _("All months"))]
    while month >= oldest and len(months) <= MOST_MONTHS:
        months.append((month.strftime("%Y-%m"), formats.date_format(month, "F Y")))
        month = (month - timedelta(days=1)).replace(day=1)
    return months


def _month(request: Request) -> date | None:
    """The month asked for; all of them for anything unreadable, or at an end of the calendar."""
    try:
        month = date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        return None
    return month if date.min.year < month.year < date.max.year else None


def _key(request: Request) -> UUID | None:
    """The key asked for; all of them for anything unreadable."""
    try:
        return UUID(request.GET.get("key", ""))
    except ValueError:
        return None


def _keys(request: Request) -> list[tuple[str, str]]:
    """The person's keys by name, and everything; nothing to choose from without a key."""
    keys = ApiKey.objects.filter(user=request.user).order_by("name", "created_at")
    found = [(str(key.pk), f"{key.name}, …{key.last_four}") for key in keys.only("name", "last_four")]
    return [("", _("With and without key")), *found] if found else []


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 16 else None
