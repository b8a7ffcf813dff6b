"""What the engine asks of a provider, and every way an answer can come out.

A provider is one file with one class. Its methods block, run in call threads and never touch the database; they
return one of the outcomes below or raise one of the errors below. The engine alone decides about money and retries.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from studio.core.outbound import Origin


@dataclass(frozen=True)
class Reference:
    """A picture an order builds on, checked and stored here. `url`: where this provider finds it, or nothing."""

    id: str
    path: Path
    media_type: str
    size: int  # bytes
    url: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        """What its file is called when it is sent."""
        return f"reference{self.path.suffix}"

    def read(self) -> bytes:
        return self.path.read_bytes()


@dataclass(frozen=True)
class Order:
    """One order for pictures as the engine places it."""

    job_id: str
    attempt_id: str  # also sent as X-Client-Request-Id
    idempotency_key: str  # the same for every retry of one attempt
    model: str  # the canonical id
    offer_model: str  # what this provider calls it
    prompt: str
    params: dict[str, Any]  # the canonical parameters asked for, defaults not filled in
    wire_params: dict[str, Any]  # the same as this provider spells them
    count: int
    width: int  # the shape asked for, in pixels
    height: int
    deadline_seconds: float  # how much of the job's time is left
    webhook_url: str = field(default="", repr=False)  # "": it is not to tell us, we ask
    references: Mapping[str, Reference] = field(default_factory=dict)  # by how the parameters name them: ref:<uuid>


def with_addresses(wire_params: Any, addresses: Mapping[str, str]) -> Any:
    """`wire_params` with each text that is a key of `addresses` replaced by its address, at any depth."""
    if isinstance(wire_params, str):
        return addresses.get(wire_params, wire_params)
    if isinstance(wire_params, Mapping):
        return {name: with_addresses(value, addresses) for name, value in wire_params.items()}
    if isinstance(wire_params, list):
        return [with_addresses(value, addresses) for value in wire_params]
    return wire_params


@dataclass(frozen=True)
class Picture:
    """One finished picture: an address to fetch it from, or the bytes themselves."""

    url: str = ""
    data: bytes = b""
    revised_prompt: str = ""
    seed: int | None = None


@dataclass(frozen=True)
class Accepted:
    """An asynchronous provider took the order; ask for it by this id."""

    provider_job_id: str


@dataclass(frozen=True)
class Running:
    """Not ready yet. `progress` is 0-100 as the provider said it, or None where it says nothing."""

    progress: int | None = None


@dataclass(frozen=True)
class Finished:
    """The pictures are there. `cost` is what the provider took, in its own unit; None when it does not say.

    `extra` is what it said beside them (usage, size, quality, ...): JSON, small, without keys; kept with the job.
    `none_because` says by a code of ProviderError why an order that was made and paid for has no pictures.
    """

    pictures: list[Picture]
    cost: int | None = None
    cost_unit: str = ""
    extra: dict[str, Any] = field(default_factory=dict)
    none_because: str = ""


class ProviderError(Exception):
    """Base of the ways an order goes wrong. `code` is stable, `text` is the vendor's own words (no keys), <= 500.

    Codes: content_policy, bad_request, provider_key, provider_credits, model_gone, rate_limited, provider_unreachable,
    provider_error, nonsense, too_slow, expired, stopped, sandbox_fail. `status` is the vendor's HTTP status where it
    reported the error itself; without one the request may have got anywhere. `retry_after` is in seconds.
    """

    def __init__(
        self, code: str, text: str = "", *, status: int | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(f"{code}: {text[:500]}")
        self.code = code
        self.text = text[:500]
        self.status = status
        self.retry_after = retry_after


class NotTaken(ProviderError):
    """The order surely does not exist and may be placed again: refused connection, 429, 503 before acceptance."""


class Ambiguous(ProviderError):
    """The order may or may not exist: the connection broke, the answer made no sense."""


class Refused(ProviderError):
    """The provider will never make this: bad request, content policy, wrong key, out of credits. Nothing was made."""


class TurnedAway(Refused):
    """The order is over, nothing was made and nothing is paid for; another order, under another key, may be placed."""


class Gone(ProviderError):
    """A poll was told that this order is not known (404)."""


@dataclass(frozen=True)
class Connection:
    """How to reach a provider: from the environment or the admin's row, key decrypted."""

    base_url: str = ""
    key: str = field(default="", repr=False)


class Provider(Protocol):
    """One vendor, or the sandbox."""

    slug: str  # the kind, which offers name; several rows of one kind differ in their connection
    name: str
    is_asynchronous: bool  # submit returns Accepted, poll asks; otherwise submit returns Finished
    is_idempotent: bool  # an order sent again under the same key is the same order
    can_cancel: bool
    origin: Origin | None  # its own address, trusted because the operator set it; None: it has none

    def __init__(self, connection: Connection) -> None: ...

    def submit(self, order: Order, report: Callable[[int], None]) -> Accepted | Finished:
        """Place the order. `report(progress)` may be called by synchronous providers. Raises ProviderError."""
        ...

    def poll(self, provider_job_id: str, order: Order) -> Running | Finished:
        """Ask for an accepted order.

        Raises Refused or TurnedAway (it failed there), Gone; NotTaken and Ambiguous (ask again, the order exists).
        """
        ...


@runtime_checkable
class SendsWebhooks(Protocol):
    """A provider that tells the address in `Order.webhook_url` when an order is finished.

    What it tells is never believed, only taken as a reason to ask.
    """

    def has_signed(self, body: bytes, headers: Mapping[str, str]) -> bool:
        """Whether these very bytes were signed with this connection's key; takes the same time wherever they differ."""
        ...

    def job_told_of(self, message: Mapping[str, Any]) -> str:
        """The provider's own id of the order that a message is about; "" where it says none."""
        ...


@runtime_checkable
class TakesUploads(Protocol):
    """A provider that keeps a picture we send it for as long as an order needs it."""

    def upload(self, reference: Reference, *, deadline: float) -> str:
        """Send one picture; returns the address to name it by in the order. `deadline` in seconds.

        Raises NotTaken and Refused: no order exists in either case.
        """
        ...


@dataclass(frozen=True)
class ListedModel:
    """An image model as a vendor's own list has it.

    `cost` is the least and the most a picture takes there, in whole `cost_unit`s; None: it does not say.
    """

    id: str
    aliases: tuple[str, ...] = ()
    name: str = ""
    made_by: str = ""
    cost: tuple[int, int] | None = None
    cost_unit: str = ""


@dataclass(frozen=True)
class Ending:
    """The day a vendor stops serving a model, and the vendor's id of what it recommends instead, or ""."""

    on: date
    instead: str = ""


@dataclass(frozen=True)
class ModelList:
    """What a vendor sells. `models` is None where nothing changed since the `etag` that was sent.

    `endings` are by the vendor's id; None where this vendor announces none, or could not be asked.
    """

    models: tuple[ListedModel, ...] | None
    etag: str = ""
    endings: Mapping[str, Ending] | None = None


@runtime_checkable
class ListsModels(Protocol):
    """A provider that can be asked which image models it has."""

    def list_models(self, *, etag: str = "") -> ModelList:
        """Read the list; checked, nothing else in it than image models. Raises ProviderError, which says why not."""
        ...


@dataclass(frozen=True)
class Known:
    """What a provider says an order was for; empty where it does not say."""

    model: str = ""  # as it calls it
    prompt: str = ""


@runtime_checkable
class Lookup(Protocol):
    """A provider that can be asked for any order of this account by its id."""

    def look_up(self, provider_job_id: str) -> Known:
        """Raises Gone (no such order), NotTaken and Ambiguous (ask again)."""
        ...


@dataclass(frozen=True)
class ListedOrder:
    """One order as the vendor's own list has it. `status`: "running", "done", "failed"; `cost` in its unit, if told."""

    id: str
    status: str
    model: str
    cost: int | None
    made_at: datetime


@runtime_checkable
class ListsOrders(Protocol):
    """A provider that lists what was ordered, newest first."""

    def list_orders(self, *, after: str, of_team: bool) -> tuple[list[ListedOrder], str]:
        """One page and where the next begins ("": nowhere); `of_team`: those of all keys of the account.

        Raises ProviderError, with status 403 where this key may not see those of all.
        """
        ...
