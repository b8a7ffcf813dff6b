"""How many requests a web process works on at once.

Threads that share one interpreter get in each other's way: with 25 at work, an order took 1.3 to 1.7 times the CPU it
takes with two (measured, PostgreSQL, 50 clients). Who waits here waits outside of the interpreter.
"""

from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any

AT_ONCE = 2
PATIENCE = 0.1  # seconds; then a request goes on all the same, so that two slow ones hold nobody up for longer
_WAITS = "/v1/images/"  # calls that stand still until their picture is there, and would keep a place meanwhile

Application = Callable[[dict[str, Any], Any], Any]


def gated(application: Application, *, at_once: int = AT_ONCE, patience: float = PATIENCE) -> Application:
    """The same WSGI application, of which mostly no more than `at_once` threads are at work; first come, first served.

    The place is given back when the answer begins: what streams, or waits for a slow reader, keeps none.
    """
    places: SimpleQueue[None] = SimpleQueue()
    for _place in range(at_once):
        places.put(None)

    def answer(environ: dict[str, Any], start_response: Any) -> Any:
        if environ["PATH_INFO"].startswith(_WAITS):
            return application(environ, start_response)
        try:
            places.get(timeout=patience)
        except Empty:
            return application(environ, start_response)
        try:
            return application(environ, start_response)
        finally:
            places.put(None)

    return answer
