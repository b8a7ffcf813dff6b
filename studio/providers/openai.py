"""OpenAI's POST {base}/images/generations: at OpenAI itself, and at self-hosted engines and gateways that speak it."""

import re
from contextlib import suppress
from typing import Any

from studio.core.outbound import Answer
from studio.providers import lists
from studio.providers.base import Connection, ListedModel, ModelList, Order, ProviderError, Refused
from studio.providers.synchronous import SynchronousVendor

# Always Base64, and the parameter is refused.
_BASE64_ONLY = re.compile(r"(?:.*/)?(?:gpt-image|chatgpt-image)")
_DRAWS = re.compile(r"dall-e|(?:.*[-/])?image", re.ASCII)  # among the many models that OpenAI lists by their ids alone
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

    def list_models(self, *, etag: str = "") -> ModelList:
        """Read GET {base}/models, which has ids and nothing else; a server of one's own is taken by its word.

        Raises ProviderError.
        """
        answer = lists.get(self, "/models", etag=etag)
        if answer.status == 304:
            return ModelList(None, etag)
        found = lists.read(self.object_of(answer).get("data"), self._listed)
        return ModelList(found, lists.etag_of(answer))

    def _listed(self, row: dict[str, Any]) -> ListedModel | None:
        name = str(row["id"])
        return ListedModel(name) if not self.is_openai or _DRAWS.match(name) else None


def _is_an_object(answer: Answer) -> bool:
    with suppress(ValueError):
        return isinstance(answer.json(), dict)
    return False
