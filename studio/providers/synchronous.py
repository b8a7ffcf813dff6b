"""A vendor that answers an image call with the pictures: one POST, open for as long as the job may take.

There is no key under which such an order could be sent again, and nobody to ask for it afterwards: what is not
answered is in doubt for good (PRV-3).
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from studio.core.outbound import MIB, Answer
from studio.providers.base import Ambiguous, Finished, Gone, NotTaken, Order, Picture, ProviderError
from studio.providers.results import extras_of, pictures_of
from studio.providers.vendor import Vendor
from studio.providers.wording import is_busy

BYTES_A_PICTURE = 34 * MIB  # the Base64 of a PNG of 8 megapixels that cannot be compressed
MOST_BYTES = 136 * MIB


class SynchronousVendor(Vendor):
    """What both dialects of POST .../images/generations share; a vendor says where, with what body, at what cost."""

    is_asynchronous = False
    is_idempotent = False
    can_cancel = False
    path: ClassVar[str]
    too_late: ClassVar[str] = "too_slow"

    def body(self, order: Order) -> dict[str, Any]:
        """The JSON of an order."""
        return {"prompt": order.prompt, "model": order.offer_model, **order.wire_params}

    def cost(self, answer: Answer, parsed: Mapping[str, Any]) -> tuple[int | None, str]:
        """What the vendor says it took, and its unit; (None, "") where it says nothing."""
        return None, ""

    def kept(self, pictures: list[Picture], parsed: Mapping[str, Any], order: Order) -> list[Picture]:
        """Those pictures of an answer that are what was asked for, without those the vendor blanked."""
        return pictures

    def submit(self, order: Order, report: Callable[[int], None]) -> Finished:
        """Place the order and wait for its pictures. Raises NotTaken, Refused and Ambiguous."""
        seconds = order.deadline_seconds
        answer = self.send(
            "POST",
            self.path,
            headers={"X-Client-Request-Id": order.attempt_id},
            json=self.body(order),
            deadline=seconds,
            read_timeout=seconds,  # it may say nothing at all until it is done
            max_bytes=min(MOST_BYTES, 8 * MIB + order.count * BYTES_A_PICTURE),
        )
        if answer.status not in (200, 201):
            raise self.submit_error(answer)
        parsed = self.object_of(answer)
        pictures = pictures_of(parsed, prompt=order.prompt, asked_at=f"{self.base_url}{self.path}", key=self.key)
        if pictures is None:
            raise Ambiguous("nonsense", self.complaint(answer).text or "The answer has no list of pictures.")
        cost, unit = self.cost(answer, parsed)
        kept = self.kept(pictures, parsed, order)
        why = "content_policy" if pictures and not kept else ""
        return Finished(kept, cost, unit, extras_of(parsed, self.key), none_because=why)

    def submit_error(self, answer: Answer) -> ProviderError:
        """As every vendor; a 503 that says it was too busy, or when to come back, has not begun."""
        error = super().submit_error(answer)
        if answer.status == 503 and (error.retry_after is not None or is_busy(error.text)):
            return NotTaken("rate_limited", error.text, status=503, retry_after=error.retry_after)
        return error

    def poll(self, provider_job_id: str, order: Order) -> Finished:
        """Never needed, and never answered: such a vendor keeps no order."""
        raise Gone("provider_error", "This provider cannot be asked for an order.")
