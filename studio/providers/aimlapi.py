"""AI/ML API: one synchronous POST /v1/images/generations, each model with its own parameters and shape of answer."""

from collections.abc import Mapping
from typing import Any

from studio.core.outbound import Answer
from studio.providers import lists
from studio.providers.base import Connection, Ending, ListedModel, ModelList, Order, Picture, ProviderError
from studio.providers.synchronous import SynchronousVendor
from studio.providers.vendor import REFUSALS, whole_number

COST_UNIT = "aimlapi"
CREDITS_PER_DOLLAR = 2_000_000
IMAGES = ("openai/image-generations", "image")  # the second in answers of early 2026
PER_PICTURE = ("image", "generation", "request")


class AimlApi(SynchronousVendor):
    """Synchronous, without idempotency. A wrong key is 401; 403 says that the account is empty."""

    slug = "aimlapi"
    name = "AI/ML API"
    path = "/v1/images/generations"
    refusals = REFUSALS | {403: "provider_credits"}

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.base_url = self.base_url.removesuffix("/v1")  # how its address is written for OpenAI's libraries

    def cost(self, answer: Answer, parsed: Mapping[str, Any]) -> tuple[int | None, str]:
        meta = parsed.get("meta")
        usage = meta.get("usage") if isinstance(meta, Mapping) else None
        said = usage.get("credits_used") if isinstance(usage, Mapping) else None
        cost = whole_number(answer.headers.get("x-aimlapi-credits-used"))
        cost = whole_number(said) if cost is None else cost
        return (None, "") if cost is None else (cost, COST_UNIT)

    def kept(self, pictures: list[Picture], parsed: Mapping[str, Any], order: Order) -> list[Picture]:
        """Without those its safety checker made black, unless the order switched the checker off."""
        flags = parsed.get("has_nsfw_concepts")
        if not isinstance(flags, list) or order.wire_params.get("enable_safety_checker") is False:
            return pictures
        return [picture for at, picture in enumerate(pictures) if not (at < len(flags) and flags[at] is True)]

    def list_models(self, *, etag: str = "") -> ModelList:
        """Read GET /v1/models?include=pricing and what it announces to end (facts B1). Raises ProviderError."""
        answer = lists.get(self, "/v1/models?include=pricing", etag=etag)
        if answer.status == 304:
            return ModelList(None, etag, self._endings())
        found = lists.read(self.object_of(answer).get("data"), _listed)
        return ModelList(found, lists.etag_of(answer), self._endings())

    def _endings(self) -> dict[str, Ending] | None:
        """GET /v1/models/deprecations by id and alias: `shutdown_at` is an ISO day or null; None: not to be had."""
        try:
            rows = self.object_of(lists.get(self, "/v1/models/deprecations")).get("data")
        except ProviderError:
            return None  # the list itself is there, and says what is sold today
        if not isinstance(rows, list) or len(rows) > lists.MOST_MODELS:
            return None
        found: dict[str, Ending] = {}
        for row in rows:
            on = lists.day(row.get("shutdown_at")) if isinstance(row, dict) else None
            if on is not None:
                ending = Ending(on, lists.model_id(row.get("replaced_by")) or "")
                found |= dict.fromkeys(lists.names([row.get("id"), *lists.names(row.get("aliases"))]), ending)
        return found


def _listed(row: Mapping[str, Any]) -> ListedModel | None:
    if row.get("type") not in IMAGES:
        return None
    told = row.get("info")
    info = told if isinstance(told, Mapping) else {}
    cost = _cost(row.get("pricing"))
    return ListedModel(
        str(row["id"]),
        aliases=lists.names(row.get("aliases")),
        name=lists.words(info.get("name")),
        made_by=lists.words(info.get("developer")),
        cost=cost,
        cost_unit=COST_UNIT if cost else "",
    )


def _cost(pricing: Any) -> tuple[int, int] | None:
    """The least and the most credits a picture takes; None where it depends on anything but the picture.

    `price` is US dollars for `per` units. `fixed` has them in `units`, `variants` by what was asked for.
    """
    if not isinstance(pricing, Mapping):
        return None
    rates = pricing.get({"fixed": "units", "variants": "variants"}.get(str(pricing.get("kind")), ""))
    if not isinstance(rates, list) or not rates:
        return None
    amounts = []
    for rate in rates:
        if not isinstance(rate, Mapping) or rate.get("unit") not in PER_PICTURE:
            return None
        price, per = lists.number(rate.get("price")), lists.number(rate.get("per"))
        if price is None or not per:
            return None
        amounts.append(price / per * CREDITS_PER_DOLLAR)
    return lists.cost(min(amounts), max(amounts))
