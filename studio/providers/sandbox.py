"""The sandbox: a provider that draws the picture itself, with no key and no network, and says so on it."""

import re
import time
from collections.abc import Callable

from django.conf import settings

from studio.core.outbound import Origin
from studio.providers import catalogue
from studio.providers.art import Painting, encode, paint
from studio.providers.base import Connection, Finished, Order, Picture, Refused

_WORDS = re.compile(r"\[sandbox:(fail|refuse|stall|slow=(\d{1,9}(?:\.\d{1,3})?))\]", re.IGNORECASE)


class Sandbox:
    """Draws while the order waits; the same order gives the same bytes, so it may be given again at any time."""

    slug = "sandbox"
    name = "Sandbox"
    is_asynchronous = False
    is_idempotent = True
    can_cancel = False
    origin: Origin | None = None

    def __init__(self, connection: Connection) -> None:
        pass

    def submit(self, order: Order, report: Callable[[int], None]) -> Finished:
        """Draw the order's pictures over STUDIO_SANDBOX_SECONDS; the words of the contract force other ends.

        Raises Refused ("sandbox_fail", "content_policy", "too_slow").
        """
        clock = _Clock(order, report)
        word = _WORDS.search(order.prompt)
        outcome = word[1].lower().partition("=")[0] if word else ""
        if outcome == "stall":
            clock.wait_for(order.deadline_seconds)
            raise Refused("too_slow")
        if outcome:
            clock.wait_for(clock.seconds / 4 if outcome != "slow" else 0)
        if outcome == "fail":
            raise Refused("sandbox_fail", "The prompt asked the sandbox to fail.")
        if outcome == "refuse":
            raise Refused("content_policy", "The prompt asked the sandbox to refuse it.")
        if word and outcome == "slow":
            clock.seconds = min(float(word[2]), order.deadline_seconds * 0.9)
        pictures = [self._draw(order, index, clock) for index in range(order.count)]
        return Finished(pictures)

    def _draw(self, order: Order, index: int, clock: "_Clock") -> Picture:
        seed = order.params.get("seed")
        painting = Painting(
            model=order.model,
            prompt=order.prompt,
            width=order.width,
            height=order.height,
            style=str(order.params.get("style", "vivid")),
            seed=seed if isinstance(seed, int) else None,
            index=index,
        )
        page = paint(painting, lambda done, total: clock.reach((index + done / total) / order.count))
        return Picture(data=encode(page, painting=painting, format=_format(order)))

    def poll(self, provider_job_id: str, order: Order) -> Finished:
        """Never needed: submit draws. Kept so that an order is asked for the same way everywhere."""
        return self.submit(order, lambda progress: None)


class _Clock:
    """Spreads the drawing over the seconds it is to take; honest: a share is reported once it is painted."""

    def __init__(self, order: Order, report: Callable[[int], None]) -> None:
        self.seconds: float = settings.SANDBOX_SECONDS
        self.deadline = order.deadline_seconds
        self.report = report
        self.started = time.monotonic()

    def reach(self, share: float) -> None:
        """Wait until this share of the time is over. Raises Refused at the deadline."""
        self.report(min(99, int(share * 100)))
        self.wait_for(self.seconds * share)

    def wait_for(self, seconds: float) -> None:
        until = self.started + min(seconds, self.deadline)
        time.sleep(max(0.0, until - time.monotonic()))
        if time.monotonic() - self.started >= self.deadline:
            raise Refused("too_slow")


def _format(order: Order) -> str:
    """The file format asked for, or what this model makes when nothing is asked; PNG where that is not known."""
    model = catalogue.find(order.model)
    usual = model.defaults.get("output_format", "png") if model else "png"
    asked = str(order.params.get("output_format", usual))
    return {"jpg": "jpeg"}.get(asked, asked)
