"""What the body of a pasted call means, read by the same reader as a program's."""

from typing import Any

from studio.api import orders, sync_orders
from studio.jobs.bodies import PATHS, V2
from studio.jobs.pasted import Pasted

# Where a program wants to be told, and how to be answered; a person is told and answered here.
REPORTS = ("webhookUrl", "webhook_url", "webhookEvents")
ANSWERS = ("response_format", "user")


def read_body(path: str, body: dict[str, Any]) -> Pasted:
    """The order in our own names. Raises what the dialect's reader raises: StudioError."""
    left_out = REPORTS if path == PATHS[V2] else ANSWERS
    said = {name: value for name, value in body.items() if name not in left_out}
    order = orders.read_order(said) if path == PATHS[V2] else sync_orders.read_order(said)
    return Pasted(
        model=order.declared.id,
        prompt=order.prompt,
        params=order.params,
        count=order.count,
        left_out=[name for name in left_out if name in body],
    )
