"""The product, and one more address that waits: what a call that waits for its picture does to a web server."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from studio.wsgi import application as studio

WAIT = 30.0  # seconds


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    if environ["PATH_INFO"] == "/wait":
        time.sleep(WAIT)
        start_response("200 OK", [("Content-Length", "0")])
        return [b""]
    return studio(environ, start_response)
