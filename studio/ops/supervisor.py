"""Keeps the studio's parts running in the foreground, and ends them all together."""

import contextlib
import os
import select
import signal
import socket
import sys
import time
import traceback
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import NoReturn

import setproctitle

RESTARTS = 3  # so many in WINDOW seconds; one more death ends everything
WINDOW = 60.0
TOGETHER = 1.0
SPARE_SECONDS = 3  # what a stop may take beyond the draining of open provider calls
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Somebody asked `up` to stop while it was still preparing."""


@dataclass
class Part:
    """One child process: forked, so that what `up` has loaded is there at once and in memory only once.

    It gets a session of its own: a signal to the terminal's group must reach `up` alone.
    """

    name: str
    title: str  # in lists of processes
    run: Callable[[], int]  # in the child; returns its exit code
    pid: int = 0
    code: int | None = None  # how it ended, minus the number of the signal that did it; None while it runs
    deaths: deque[float] = field(default_factory=deque)  # shared by parts of a kind

    def start(self) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        self.code = None
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)  # a child must not take one for `up`'s
        self.pid = os.fork()
        if not self.pid:
            _become(self.title, self.run)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)

    @property
    def is_running(self) -> bool:
        if self.pid and self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.code = os.waitstatus_to_exitcode(status)
        return bool(self.pid) and self.code is None

    def ask_to_end(self) -> None:
        if self.is_running:
            os.kill(self.pid, signal.SIGTERM)

    def kill_group(self) -> None:
        """End everything the part started, whatever state it is in."""
        if self.pid:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
        if self.is_running:
            os.waitpid(self.pid, 0)
            self.code = -signal.SIGKILL

    def may_restart(self, now: float) -> bool:
        """Count one death; False when there were too many of late. Parts of a kind that die together count once."""
        if not self.deaths or now - self.deaths[-1] > TOGETHER:
            self.deaths.append(now)
        while self.deaths[0] <= now - WINDOW:
            self.deaths.popleft()
        return len(self.deaths) <= RESTARTS


class Supervisor:
    """Starts parts, restarts those that die, stops all of them at a signal."""

    def __init__(self, *, say: Callable[[str], None], patience: float) -> None:
        self.say = say
        self.patience = patience  # seconds a stop may take before it is enforced
        self.parts: list[Part] = []
        self.asked_to_stop = False
        self.in_a_hurry = False
        self._asked_at = 0.0
        self.preparing = True
        self._wakeup, self._waker = socket.socketpair()

    def catch_signals(self) -> None:
        """From here on a signal to stop is obeyed between two steps of the preparation, and ends with exit code 0."""
        self._wakeup.setblocking(False)
        self._waker.setblocking(False)
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)  # only wakes the loop
        for number in _SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:  # nohup stays nohup
                signal.signal(number, self._on_signal)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        # The terminal and a wrapper such as `uv run` may both pass on one Ctrl-C; only a later signal is impatience.
        now = time.monotonic()
        self.in_a_hurry = self.asked_to_stop and now - self._asked_at > 1
        self._asked_at = self._asked_at or now
        self.asked_to_stop = True
        if self.preparing:
            raise Stopped

    def start(self, parts: Sequence[Part]) -> None:
        self.preparing = False
        self.parts = list(parts)
        for part in self.parts:
            if not self.asked_to_stop:
                part.start()

    def wait_until(self, is_ready: Callable[[], bool], *, seconds: float) -> bool:
        """Watch the parts until `is_ready()`; False when it was asked to stop, gave up or ran out of time."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.asked_to_stop or not self._revive():
                return False
            if is_ready():
                return True
            self._sleep(0.1)
        self.say(f"Not ready after {seconds:.0f} s.")
        return False

    def watch(self) -> bool:
        """Watch until asked to stop (True) or until a part died too often (False)."""
        while not self.asked_to_stop:
            if not self._revive():
                return False
            self._sleep(1)
        return True

    def _revive(self) -> bool:
        for part in self.parts:
            if part.is_running or self.asked_to_stop:
                continue
            if not part.may_restart(time.monotonic()):
                self.say(
                    f"{part.name} ended again ({_how(part.code)}), {RESTARTS} restarts within a minute: giving up."
                )
                return False
            self.say(f"{part.name} ended ({_how(part.code)}); starting it again.")
            part.kill_group()  # what it may have left behind
            part.start()
        return True

    def stop(self, order: Sequence[Part]) -> None:
        """End all parts: asked first, in this order; enforced when patience ends or at one more signal."""
        until = time.monotonic() + self.patience
        for part in order:
            part.ask_to_end()
        while any(part.is_running for part in self.parts):
            if time.monotonic() >= until or self.in_a_hurry:
                self.say("Not everything ended by itself; ending it now.")
                break
            self._sleep(0.2)
        for part in self.parts:
            part.kill_group()

    def _sleep(self, seconds: float) -> None:
        """At most `seconds`; a signal or the end of a child wakes at once."""
        ready, _, _ = select.select([self._wakeup], [], [], seconds)
        if ready:
            with contextlib.suppress(BlockingIOError):
                self._wakeup.recv(4096)


def _become(title: str, run: Callable[[], int]) -> NoReturn:
    """Turn a fresh fork into a process of its own that runs `run` and ends."""
    code = 1
    try:
        setproctitle.setproctitle(f"studio: {title}")
        os.setsid()
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, *_SIGNALS):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        code = run()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _how(code: int | None) -> str:
    if code is not None and code < 0:
        return signal.Signals(-code).name
    return f"exit code {code}"
