"""OpenAI's POST {base}/images/generations: at OpenAI itself, and at self-hosted engines and gateways that speak it."""

import re
from contextlib import suppress
from typing import Any

from studio.core.outbound import Answer
from studio.providers.base import Connection, Order, ProviderError, Refused
from studio.providers.synchronous import SynchronousVendor

# Always Base64, and the parameter is refused.
_BASE64_ONLY = re.compile(r"(?:.*/)?(?:gpt-image|chatgpt-image)")
_OUT_OF_CREDITS = {"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"}


class OpenAI(SynchronousVendor):
    """Synchronous, without idempotency; a server of one's own may want no key."""

    slug = "openai"
    name = "OpenAI"
    path = "/images/generations"

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.is_openai = self.origin is not None and self.origin.host == "api.openai.com"

    def body(self, order: Order) -> dict[str, Any]:
        """Pictures are asked for as Base64, which every server knows; a model without a name is the server's own."""
        body = super().body(order)
        if not order.offer_model:
            del body["model"]
        if _BASE64_ONLY.match(order.offer_model):
            body.pop("response_format", None)
        elif not self.is_openai or order.offer_model.startswith("dall-e"):
            body.setdefault("response_format", "b64_json")
        return body

    def submit_error(self, answer: Answer) -> ProviderError:
        told = self.complaint(answer)
        if told.code in _OUT_OF_CREDITS:  # 429 at OpenAI, where waiting does not help
            return Refused("provider_credits", told.text, status=answer.status)
        if answer.status == 500 and not self.key and _is_an_object(answer):
            # An engine that wants no key bills nobody, and it is the engine itself that says it failed.
            return Refused("provider_error", told.text, status=500)
        return super().submit_error(answer)


def _is_an_object(answer: Answer) -> bool:
    with suppress(ValueError):
        return isinstance(answer.json(), dict)
    return False
