"""What the body of a pasted call means, read by the same reader as a program's."""

from typing import Any

from studio.api import orders
from studio.jobs.bodies import PATHS, V2
from studio.jobs.pasted import NotACall, Pasted

REPORTS = ("webhookUrl", "webhook_url", "webhookEvents")  # where a program wants to be told; a person is told here


def read_body(path: str, body: dict[str, Any]) -> Pasted:
    """The order in our own names. Raises what the dialect's reader raises: StudioError."""
    if path != PATHS[V2]:
        raise NotACall(f"{path}?")
    order = orders.read_order({name: value for name, value in body.items() if name not in REPORTS})
    return Pasted(
        model=order.declared.id,
        prompt=order.prompt,
        params=order.params,
        count=order.count,
        left_out=[name for name in REPORTS if name in body],
    )
