"""No process outlives the one that started it, not even when that one is killed without a word.

On Linux the kernel does it (PR_SET_PDEATHSIG); elsewhere a thread looks twice a second whether the parent is still
there. A child made by fork is armed by a hook, so the whole tree below an armed process goes down link by link.
"""

import ctypes
import os
import signal
import sys
import threading
import time
from functools import cache

_PR_SET_PDEATHSIG = 1
_forker: tuple[int, bool] = (0, True)  # the process that is forking, and whether its main thread does


@cache
def arm() -> None:
    """From now on every process forked from this one, and from those, ends with its parent."""
    os.register_at_fork(before=_before_fork, after_in_child=_in_child)


def _before_fork() -> None:
    global _forker
    _forker = (os.getpid(), threading.current_thread() is threading.main_thread())


def _in_child() -> None:
    # The kernel takes the end of the forking *thread* for the parent's death, so only a main thread may be trusted.
    parent, by_main_thread = _forker
    _end_with(parent, by_kernel=by_main_thread)


def _end_with(parent: int, *, by_kernel: bool) -> None:
    if not (by_kernel and sys.platform == "linux" and _libc().prctl(_PR_SET_PDEATHSIG, signal.SIGKILL) == 0):
        threading.Thread(target=_look_for, args=(parent,), name="lifeline", daemon=True).start()
    if os.getppid() != parent:  # it died before the kernel was asked
        _end()


def _look_for(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    _end()


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _end() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
