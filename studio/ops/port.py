"""The address `up` serves: taken once, before anything is started, and handed on to the web server."""

import errno
import os
import socket
from contextlib import suppress
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

BACKLOG = 1024


def listen(host: str, port: int) -> socket.socket:
    """A listening socket on `host`:`port`; raises ImproperlyConfigured, naming who holds a taken port."""
    try:
        family, kind, proto, _name, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError, OverflowError):
        raise ImproperlyConfigured(f"{host} is no address of this machine. Choose one with --host.") from None
    listener = socket.socket(family, kind, proto)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Accepted connections inherit it: without it an answer on a kept connection waits 40 ms for an acknowledgement.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise ImproperlyConfigured(_why_not(host, port, error)) from None
    return listener


def _why_not(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        holder = holder_of(port)
        by = f" by {holder}" if holder else ""
        return f"port {port} on {host} is taken{by}. Stop that, or choose another port with --port."
    if error.errno == errno.EACCES:
        return f"port {port} is reserved for the system. Choose one above 1023 with --port."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is no address of this machine. Choose one with --host."
    return f"cannot listen on {host}:{port}: {error.strerror or error}."


def holder_of(port: int) -> str:
    """`name (process id)` of whoever listens on `port`, where /proc can tell; otherwise an empty string."""
    sockets = {f"socket:[{inode}]" for inode in _inodes_of(port)}
    if not sockets:
        return ""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # processes end while we look, and others' are closed to us
            if any(os.readlink(entry) in sockets for entry in (folder / "fd").iterdir()):
                return f"{_name_of(folder)} (process {folder.name})"
    return "another user's process"


def _inodes_of(port: int) -> list[str]:
    """Socket inodes that listen on `port`, from the kernel's tables (fields: see proc(5), /proc/net/tcp)."""
    found = []
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with suppress(OSError):
            for line in Path(table).read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port:
                    found.append(fields[9])
    return found


def _name_of(folder: Path) -> str:
    words = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
    name = Path(words[0]).name if words and words[0] else (folder / "comm").read_text().strip()
    return " ".join([name, *words[1:3]]).strip()
