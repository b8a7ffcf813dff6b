"""The whole studio on one host: prepare, start the parts, say that it is ready, stop everything together."""

import socket
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.db import Error, connections

from studio.core import heartbeat, lifeline
from studio.ops import address, first, port, prepare, processes, web
from studio.ops.cluster import Cluster
from studio.ops.supervisor import SPARE_SECONDS, Part, Stopped, Supervisor

READY_WITHIN = 120.0
Say = Callable[[str], None]


def run(*, host: str, port_number: int, say: Say, warn: Say) -> int:
    """Run until asked to stop; the exit code. Raises ImproperlyConfigured before anything is started."""
    supervisor = Supervisor(say=warn, patience=settings.DRAIN_SECONDS + SPARE_SECONDS)
    supervisor.catch_signals()
    administrator: list[str] = []
    try:
        for warning in prepare.check_configuration():
            warn(f"Warning: {warning}")
        with prepare.lock_data_folder(), port.listen(host, port_number) as listener:
            prepare.check_database()
            _bring_up_to_date(say, administrator)
            connections.close_all()
            return _serve(supervisor, listener, _address(host, port_number, warn), say, administrator)
    except Stopped:
        return 0
    finally:
        for line in administrator:  # a password is shown once, so also when the start came to nothing
            say(line)


def prepare_only(*, say: Say, warn: Say) -> None:
    """Everything `run` does before it starts a part. Hosts that do this at once wait for one another."""
    for warning in prepare.check_configuration():
        warn(f"Warning: {warning}")
    prepare.check_database()
    administrator: list[str] = []
    try:
        _bring_up_to_date(say, administrator)
    finally:
        for line in administrator:
            say(line)


def _address(host: str, port_number: int, warn: Say) -> str:
    ours = address.for_people(host, port_number)
    if host in address.WILDCARDS and not settings.BASE_URL_WAS_SET:
        warn(f"Warning: people elsewhere need STUDIO_BASE_URL; without it the studio's address is {ours}.")
    return ours


def _bring_up_to_date(say: Say, administrator: list[str]) -> None:
    if prepare.migrate():
        say("The database is up to date.")
    first.load_catalogue()
    if prepare.collect_static():
        say("Static files are collected.")
    administrator += first.first_administrator()


def _serve(supervisor: Supervisor, listener: socket.socket, ours: str, say: Say, administrator: list[str]) -> int:
    lifeline.arm()
    processes.load_everything()
    processes.settle()
    web_parts = web.parts(listener)
    queue_part = Part("The queue", "qcluster", lambda: _queue(listener))
    try:
        supervisor.start([queue_part, *web_parts])
        if not supervisor.wait_until(lambda: _queue_beats(queue_part) and _web_answers(ours), seconds=READY_WITHIN):
            return 0 if supervisor.asked_to_stop else 1
        say(f"Studio is ready at {ours}")
        while administrator:
            say(administrator.pop(0))
        return 0 if supervisor.watch() else 1
    finally:
        listener.close()  # nobody new is let in while the rest is finished
        supervisor.stop([*web_parts, queue_part])


def _queue(listener: socket.socket) -> int:
    listener.close()  # while it drains, nobody may wait at a door that no one opens
    processes.stand_back()
    return Cluster().run()


def _queue_beats(queue: Part) -> bool:
    try:
        return heartbeat.age_seconds(f"{socket.gethostname()}:{queue.pid}") is not None
    except Error:
        return False
    finally:
        connections.close_all()


def _web_answers(ours: str) -> bool:
    place = urlsplit(ours)
    host = settings.ALLOWED_HOSTS[0].lstrip(".")
    try:
        with socket.create_connection((place.hostname or "", place.port or 80), timeout=5) as probe:
            probe.sendall(f"GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
            return b" 200 " in probe.recv(64)
    except OSError:
        return False
