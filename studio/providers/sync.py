"""Reads vendors' lists of models and writes what they say and our catalogue does not into the price diary."""

import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from studio.core.models import Lease
from studio.core.outbound import NotSent
from studio.providers import overlay
from studio.providers.base import Ending, ListedModel, ListsModels, ModelList, ProviderError
from studio.providers.connections import connection_of_row, enabled_rows
from studio.providers.differences import Difference, differences
from studio.providers.kinds import make
from studio.providers.models import DiaryEntry, ProviderRow, VendorList

log = logging.getLogger(__name__)

EVERY = timedelta(days=1)
AGAIN_AFTER = timedelta(hours=1)  # a failed reading
FIRST_AFTER = timedelta(minutes=10)  # a new provider's first reading
LEASE_SECONDS = 300.0  # longer than the readings of one provider can take


@dataclass(frozen=True)
class Report:
    """What came of one reading: `error` says why there was none; `added` are the entries it wrote."""

    provider: str
    error: str = ""
    added: tuple[DiaryEntry, ...] = field(default_factory=tuple)
    over: int = 0  # entries that are no longer so
    listed: int = 0  # image models in the list


def rows_with_lists() -> list[ProviderRow]:
    """The enabled providers that can be asked for a list."""
    found = []
    for row in enabled_rows():
        try:
            provider = make(row.kind, connection_of_row(row))
        except NotSent:
            continue  # an address that is none; its orders say so
        if isinstance(provider, ListsModels):
            found.append(row)
    return found


def due() -> list[ProviderRow]:
    """The providers whose list is to be read now: asked for by hand, or once a day."""
    now = timezone.now()
    readings = {reading.provider: reading for reading in VendorList.objects.all()}
    found = []
    for row in rows_with_lists():
        reading = readings.get(row.slug)
        if reading is None:
            is_due = row.created_at <= now - FIRST_AFTER
        else:
            tried = reading.tried_at
            was_asked = reading.asked_at is not None and (tried is None or tried < reading.asked_at)
            wait = AGAIN_AFTER if reading.error else EVERY
            is_due = was_asked or (tried is not None and tried <= now - wait)
        if is_due:
            found.append(row)
    return found


def ask(rows: list[ProviderRow]) -> None:
    """Have these lists read soon: the next look for what is due finds it, whatever becomes of this process."""
    now = timezone.now()
    for row in rows:
        VendorList.objects.update_or_create(provider=row.slug, defaults={"asked_at": now})


def run(rows: list[ProviderRow], *, owner: str) -> list[Report]:
    """Read the lists of these providers; one that another process reads at this moment is left to it."""
    reports = []
    for row in rows:
        lease = f"sync:{row.slug}"
        if not Lease.take(lease, owner, seconds=LEASE_SECONDS):
            continue
        try:
            reports.append(sync(row))
        finally:
            Lease.drop(lease, owner)
    return reports


def sync(row: ProviderRow) -> Report:
    """Read one provider's list and bring the diary up to it; a bad answer changes nothing but its error.

    Never inside a transaction: it talks to the network.
    """
    connection = connection_of_row(row)
    reading, _new = VendorList.objects.get_or_create(provider=row.slug)
    is_same_place = reading.address == connection.base_url and reading.listed is not None
    try:
        provider = make(row.kind, connection)
        assert isinstance(provider, ListsModels)
        found = provider.list_models(etag=reading.etag if is_same_place else "")
    except (ProviderError, NotSent) as error:
        text = _text_of(error)
        VendorList.objects.filter(pk=reading.pk).update(tried_at=timezone.now(), error=text[:500])
        log.warning("The list of models of %s could not be read: %s", row.slug, text)
        return Report(row.slug, error=text)
    return _write(row, found, address=connection.base_url)


def _text_of(error: ProviderError | NotSent) -> str:
    if isinstance(error, ProviderError) and error.code == "provider_unreachable":
        return _("It could not be reached: %(text)s") % {"text": error.text}
    return error.text if isinstance(error, ProviderError) else str(error)


@transaction.atomic
def _write(row: ProviderRow, found: ModelList, *, address: str) -> Report:
    reading = VendorList.objects.select_for_update().get(provider=row.slug)
    now = timezone.now()
    if found.models is not None:
        reading.listed = [asdict(model) for model in found.models]
        reading.etag, reading.address = found.etag, address
    if found.endings is not None:
        reading.endings = {name: [ending.on.isoformat(), ending.instead] for name, ending in found.endings.items()}
    reading.read_at = reading.tried_at = now
    reading.error = ""
    reading.save()
    overlay.refresh()
    listed = [_model(facts) for facts in reading.listed or []]
    added, over = _bring_up(row, differences(row, listed, _endings(reading.endings)))
    return Report(row.slug, added=tuple(added), over=over, listed=len(listed))


def _model(facts: Mapping[str, Any]) -> ListedModel:
    cost = facts.get("cost")
    return ListedModel(
        **{**facts, "aliases": tuple(facts.get("aliases", ())), "cost": (cost[0], cost[1]) if cost else None}
    )


def _endings(stored: Mapping[str, Any] | None) -> dict[str, Ending] | None:
    if stored is None:
        return None
    return {name: Ending(date.fromisoformat(on), instead) for name, (on, instead) in stored.items()}


def _bring_up(row: ProviderRow, found: list[Difference]) -> tuple[list[DiaryEntry], int]:
    """Write the differences there are now; the same one twice is one entry, and one that is no more is over."""
    now = timezone.now()
    entries = DiaryEntry.objects.filter(provider=row.slug, state__in=DiaryEntry.STANDING)
    standing = {(entry.kind, entry.offer_model): entry for entry in entries}
    added, seen, over = [], [], []
    for one in found:
        entry = standing.pop((one.kind, one.offer_model), None)
        if entry is not None and entry.state == DiaryEntry.State.IGNORED and not one.is_same_as(entry):
            over.append(entry.pk)
            entry = None
        if entry is None:
            added.append(one.entry(row.slug, now))
        elif (entry.before, entry.after, entry.model) != (one.before, one.after, one.model):
            changed = {"before": one.before, "after": one.after, "model": one.model, "last_seen": now}
            DiaryEntry.objects.filter(pk=entry.pk).update(**changed)
        else:
            seen.append(entry.pk)
    over += [entry.pk for entry in standing.values()]
    DiaryEntry.objects.filter(pk__in=seen).update(last_seen=now)
    ended = DiaryEntry.objects.filter(pk__in=over, state__in=DiaryEntry.STANDING).update(state=DiaryEntry.State.OVER)
    DiaryEntry.objects.bulk_create(added)
    return added, ended
