"""AI/ML API: one synchronous POST /v1/images/generations, each model with its own parameters and shape of answer."""

from collections.abc import Mapping
from typing import Any

from studio.core.outbound import Answer
from studio.providers.base import Connection, Order, Picture, Refused
from studio.providers.synchronous import SynchronousVendor
from studio.providers.vendor import REFUSALS, whole_number

COST_UNIT = "aimlapi"  # 2,000,000 of its credits are a dollar


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
        shown = [picture for at, picture in enumerate(pictures) if not (at < len(flags) and flags[at] is True)]
        if pictures and not shown:
            raise Refused("content_policy", "The safety checker blanked the pictures.")
        return shown
