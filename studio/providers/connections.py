"""Which providers are connected, how they are reached, how fast they may be asked."""

from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from studio.core.addresses import is_public_host
from studio.providers.base import Connection, Provider, SendsWebhooks, TakesUploads
from studio.providers.kinds import KINDS, SANDBOX, make
from studio.providers.models import ProviderRow


@dataclass(frozen=True)
class Pace:
    """How many orders a provider may have under way at once and be given in a minute (None: no limit of ours).

    The circuit: closed is healthy; neither closed nor half open lets nothing through; half open lets one order try.
    """

    concurrent: int | None
    per_minute: int | None
    is_closed: bool
    is_half_open: bool


def is_from_environment(slug: str) -> bool:
    """Whether the environment says how this provider is reached; its row then has no key and address of its own."""
    given = _environment().get(slug)
    return bool(given and slug in KINDS and given.get("was_set", given["key"]))


def _environment() -> dict[str, dict[str, Any]]:
    return cast(dict[str, dict[str, Any]], settings.PROVIDERS_FROM_ENVIRONMENT)


def environment_address(slug: str) -> str:
    """Where the environment says this provider is; empty when it says nothing."""
    return str(_environment()[slug]["base_url"]) if is_from_environment(slug) else ""


def connection_of_row(row: ProviderRow) -> Connection:
    if is_from_environment(row.slug):
        given = _environment()[row.slug]
        return Connection(base_url=given["base_url"], key=given["key"])
    kind = KINDS.get(row.kind)
    return Connection(base_url=(row.base_url or (kind.base_url if kind else "")).rstrip("/"), key=row.key)


def is_at_own_address(row: ProviderRow) -> bool:
    """Whether this provider is reached at the address that its vendor publishes."""
    kind = KINDS.get(row.kind)
    return kind is not None and not kind.is_elsewhere(environment_address(row.slug) or row.base_url)


def connection_of(slug: str) -> Connection:
    """Raises ProviderRow.DoesNotExist."""
    return connection_of_row(ProviderRow.objects.get(slug=slug))


def provider_for(slug: str) -> Provider:
    """The provider behind a slug, made once per process and connection.

    A provider that was disabled since is still found: its open orders must be asked for. Raises
    ProviderRow.DoesNotExist, and KeyError for a row of a kind this release does not know.
    """
    row = ProviderRow.objects.get(slug=slug)
    return make(row.kind, connection_of_row(row))


def sender_of(slug: str) -> SendsWebhooks | None:
    """The provider behind a slug if it sends webhooks; None also for a slug that nobody has."""
    try:
        provider = provider_for(slug)
    except (ProviderRow.DoesNotExist, KeyError):
        return None
    return provider if isinstance(provider, SendsWebhooks) else None


def has_connection(row: ProviderRow) -> bool:
    """Whether this row says enough to be asked."""
    if row.kind not in KINDS:
        return False
    if is_from_environment(row.slug):
        return True
    return bool(row.key_encrypted) or not KINDS[row.kind].needs_key_at(row.base_url)


def enabled_rows() -> list[ProviderRow]:
    """The real providers orders may go to, in the administrator's order."""
    rows = ProviderRow.objects.filter(enabled=True).exclude(kind=SANDBOX)
    return [row for row in rows if has_connection(row)]


def has_public_address() -> bool:
    """Whether providers can fetch from this studio: its address was set, and is one of the open internet."""
    return bool(settings.BASE_URL_WAS_SET and is_public_address(settings.STUDIO_BASE_URL))


def is_public_address(url: str) -> bool:
    """Whether an address of this studio is one of the open internet; "" is not."""
    return is_public_host(urlsplit(url).hostname or "")


def can_be_shown_pictures(kind: str) -> bool:
    """Whether a provider of this kind can be given pictures to build on: by a link of ours, or by an upload."""
    return has_public_address() or issubclass(import_string(KINDS[kind].path), TakesUploads)


def sandbox_is_open(*, has_real: bool) -> bool:
    """Whether the sandbox serves requests that did not ask for it: only while no real provider is enabled."""
    return settings.SANDBOX != "off" and not has_real


def sandbox_may_be_chosen() -> bool:
    """Whether a person may choose the sandbox in the composer although real providers are enabled."""
    return bool(settings.SANDBOX == "on")


def paces() -> dict[str, Pace]:
    """The pace and circuit of every provider that may be given orders, the sandbox included."""
    now = timezone.now()
    found = {}
    for row in ProviderRow.objects.all():
        if not (row.enabled and has_connection(row)) and row.kind != SANDBOX:
            continue
        is_closed = row.opened_until is None
        is_half_open = row.opened_until is not None and row.opened_until <= now
        found[row.slug] = Pace(row.pace_concurrent, row.pace_per_minute, is_closed, is_half_open)
    return found
