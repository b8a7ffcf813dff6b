"""Which process holds a lease, and whether it can still be alive."""

import hashlib
import os
import socket
from contextlib import suppress
from functools import cache
from pathlib import Path


def _read(path: str) -> str:
    with suppress(OSError):
        return Path(path).read_text()
    return ""


@cache
def _place() -> str:
    """This boot of this machine and this process namespace; empty where that cannot be told."""
    boot = _read("/proc/sys/kernel/random/boot_id").strip()
    with suppress(OSError):
        namespace = os.readlink("/proc/self/ns/pid")
        if boot:
            return hashlib.sha256(f"{boot} {namespace}".encode()).hexdigest()[:16]
    return ""


def _born(pid: int) -> str:
    """When a process started, in clock ticks since boot, so that a pid used again is not mistaken for it.

    Empty when there is none, or only what is left of one that nobody has waited for.
    """
    fields = _read(f"/proc/{pid}/stat").rpartition(")")[2].split()
    return fields[19] if fields and fields[0] not in "ZX" else ""


def name_of_this_process() -> str:
    """`host/place/pid/born`, unique among all processes of all hosts."""
    return f"{socket.gethostname()[:40]}/{_place()}/{os.getpid()}/{_born(os.getpid())}"


def is_surely_dead(owner: str) -> bool:
    """True only for a process of this very machine and namespace that does not exist any more."""
    parts = owner.split("/")
    if len(parts) != 4 or not parts[1] or parts[1] != _place() or not parts[2].isdecimal():
        return False
    return _born(int(parts[2])) != parts[3]
