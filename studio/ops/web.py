"""The web server: granian's WSGI worker, in several processes on one socket that is ours.

Each process is a part of our supervisor's, so granian's own main process, which would only watch over them, is left
out: it would cost as much memory as one more worker.
"""

import resource
import signal
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from granian._granian import SocketHolder
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer

from studio.api import waiting
from studio.core import lifeline
from studio.ops import port, processes
from studio.ops.arrivals import Arrivals, hang_up_at
from studio.ops.gate import gated
from studio.ops.supervisor import Part

PROCESSES = 2
SPARE_THREADS = 56  # of a process in which all calls that may wait for their pictures happen to wait
CONNECTIONS = 8192  # of one process; most are idle and cost a few kB. Whoever comes after them waits to be accepted.
OTHER_FILES = 512  # that a process may have open beside its connections, at most
HEAD_SECONDS = 30  # for the head of a request, counted from the connection or from the last answer


class _Server(MPServer):
    """One worker that is this very process, on a socket that is already open."""

    def __init__(self, listener: socket.socket, **options: Any) -> None:
        super().__init__("studio.wsgi", **options)
        self.listener = listener

    def _init_shared_socket(self) -> None:
        self._shd = SocketHolder(self.listener.detach(), False, port.BACKLOG)  # type: ignore[call-arg, assignment]
        self._ssp = None
        self._sso = None

    def _spawn_workers(self, spawn_target: Any, target_loader: Any) -> None:
        self._spawn_worker(idx=0, target=spawn_target, callback_loader=target_loader).inner.run()  # until SIGTERM
        self.signal_handler_interrupt()  # type: ignore[no-untyped-call]


def parts(listener: socket.socket) -> list[Part]:
    """The web server's processes, for a supervisor. While one is started anew, the others answer."""
    deaths: deque[float] = deque()
    return [
        Part(f"Web server {number}", f"web {number}", lambda: serve(listener), deaths=deaths)
        for number in range(1, PROCESSES + 1)
    ]


def serve(listener: socket.socket) -> int:
    """Answer requests until SIGTERM, then finish those that are open and return 0."""
    lifeline.arm()
    processes.load_everything()
    arrivals = Arrivals(hang_up_at(listener.getsockname()[1]))
    application = arrivals.watched(gated(get_wsgi_application()))
    listener.setblocking(False)
    _hurry_at_a_signal(waiting.stop, arrivals.end)
    threads = settings.SYNC_MAX_WAITING + SPARE_THREADS  # made as they are needed, ended when they are not
    server = _Server(
        listener,
        process_name="granian {}:{}".format(*listener.getsockname()),
        interface=Interfaces.WSGI,
        blocking_threads=threads,
        backpressure=_most_connections(),
        http=HTTPModes.http1,  # the header's time does not run while granian finds out which one is spoken
        http1_settings=HTTP1Settings(header_read_timeout=HEAD_SECONDS * 1000),
        log_level=LogLevels.error,
    )
    processes.settle()
    threading.Thread(target=arrivals.watch, name="arrivals", daemon=True).start()
    server.serve(target_loader=lambda: application, wrap_loader=False)
    return 0


def _most_connections() -> int:
    """As many as there may be files: granian accepts nothing any more once a connection has failed for want of one."""
    _now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + OTHER_FILES
    files = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(files, _now), most))
    return max(files - OTHER_FILES, OTHER_FILES)


def _hurry_at_a_signal(*stops: Callable[[], object]) -> None:
    """Call `stops` when this process is told to stop: granian's handler only begins to wait for what is open."""
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
    threading.Thread(target=_listen, args=[ours, theirs, stops], name="signals", daemon=True).start()


def _listen(ours: socket.socket, _theirs: socket.socket, stops: Iterable[Callable[[], object]]) -> None:
    """Both ends stay open with this thread."""
    while number := ours.recv(1):
        if number[0] in (signal.SIGTERM, signal.SIGINT):
            for stop in stops:
                stop()
