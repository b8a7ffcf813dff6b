"""Processes that are forked share what was loaded before; this loads it and keeps it shared."""

import ctypes
import gc
import importlib.util
import os
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path

from django.apps import apps
from django.urls import get_resolver

from studio.core.connections import close_all

_M_ARENA_MAX = -8  # malloc.h
BEHIND = 5  # of 19: a quarter of what others get where all want the processor, all of it where nobody does


def load_everything() -> None:
    """Import what pages and tasks need, not once more in each process."""
    assert get_resolver().url_patterns
    for app in apps.get_app_configs():
        if app.name.startswith("studio.") and importlib.util.find_spec(f"{app.name}.tasks"):
            import_module(f"{app.name}.tasks")


def settle() -> None:
    """Make this process ready to fork others: no open connection, and nothing that touches shared memory."""
    close_all()
    gc.collect()
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        if hasattr(libc, "mallopt"):  # glibc; musl has none of this and needs none of it
            libc.mallopt(_M_ARENA_MAX, 2)  # eight arenas a core keep what threads have freed
            libc.malloc_trim(0)
    gc.freeze()  # the collector writes to what it looks at, and written memory is copied


def stand_back() -> None:
    """Leave the processor to pages and orders first; to be called by the leader of a session of its own.

    Where Linux shares the processor among sessions (sched(7), autogroup), a process's niceness counts inside its own
    only, and the session has a niceness as well.
    """
    os.nice(BEHIND)
    with suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(BEHIND))
