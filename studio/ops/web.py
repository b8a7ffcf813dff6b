"""The web server: granian, on a socket that is ours, with workers forked from a process that has loaded everything."""

import multiprocessing
import socket
from typing import Any

from django.core.wsgi import get_wsgi_application
from granian._granian import SocketHolder
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

from studio.core import lifeline
from studio.ops import port, processes

WORKERS = 1
THREADS = 8
KILL_AFTER = 26  # seconds an open request may take to end when the server stops


class _Server(MPServer):
    """Serves a socket that is already open, so that restarting the server refuses no connection."""

    def __init__(self, listener: socket.socket, **options: Any) -> None:
        super().__init__("studio.wsgi", **options)
        self.listener = listener

    def _init_shared_socket(self) -> None:
        self._shd = SocketHolder(self.listener.detach(), False, port.BACKLOG)  # type: ignore[call-arg, assignment]
        self._ssp = None
        self._sso = None


def serve(listener: socket.socket) -> int:
    """Answer requests until SIGTERM, then return 0; its workers end with this process, whatever ends it."""
    lifeline.arm()
    processes.load_everything()
    application = get_wsgi_application()
    multiprocessing.set_start_method("fork", force=True)
    listener.setblocking(False)
    address = "{}:{}".format(*listener.getsockname())
    server = _Server(
        listener,
        process_name=f"granian {address}",
        interface=Interfaces.WSGI,
        workers=WORKERS,
        blocking_threads=THREADS,
        workers_kill_timeout=KILL_AFTER,
        log_level=LogLevels.error,
    )
    processes.settle()
    server.serve(target_loader=lambda: application, wrap_loader=False)
    return 0
