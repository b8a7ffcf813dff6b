"""A studio with everything in it in which nothing happens, and one window on it."""

import http.client
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.browser import targets
from tests.browser.pages import Page
from tests.browser.window import Window, opened
from tests.ops.studio_process import ROOT, environment, free_port

TOLD = "everything.json"


class Still:
    """`paths` and `sessions` are what tests.browser.everything printed."""

    def __init__(self, window: Window, told: dict[str, Any]) -> None:
        self.window = window
        self.paths: dict[str, str] = told["paths"]
        self.sessions: dict[str, dict[str, str]] = told["sessions"]
        self._who = ""

    def size(self, width: int, **asked: Any) -> None:
        """As `Window.size`, for somebody who wants no motion: what is measured must have arrived."""
        self.window.size(width, **{"prefers_reduced_motion": "reduce", **asked})

    @contextmanager
    def by_finger(self, is_so: bool) -> Iterator[int]:
        """A coarse pointer for a while, where it `is_so`; the least height of what such a pointer presses."""
        if is_so:
            self.window.touch()
        yield targets.FINGER if is_so else targets.MOUSE
        self.window.driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": False})

    def sign_in(self, who: str) -> None:
        if who != self._who:
            self.window.driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
            for name, value in self.sessions.get(who, {}).items():
                cookie = {"name": name, "value": value, "url": self.window.base}
                self.window.driver.execute_cdp_cmd("Network.setCookie", cookie)
        self._who = who

    def forget(self) -> None:
        """Whoever is shown something next signs in anew, without what a test put into the cookies."""
        self._who = "nobody"

    def show(self, page: Page) -> None:
        self.sign_in(page.who)
        path = page.path.format(**self.paths)
        self.window.go(path)
        led = self.window.driver.current_url.removeprefix(self.window.base)
        assert led == path, f"{page.name} leads to {led}"
        if page.act:
            self.window.driver.execute_script(page.act)
        self.window.one(page.shows)


def fill(folder: Path, program: str = "tests.browser.everything", **settings: str) -> None:
    """Put everything into a data folder, and beside it what was said of it."""
    command, environ = [sys.executable, "-m", program], environment(folder, **settings)
    filled = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=300)
    assert filled.returncode == 0, filled.stderr
    (folder / TOLD).write_text(filled.stdout.splitlines()[-1])


@contextmanager
def running(folder: Path, **settings: str) -> Iterator[Still]:
    """The web server alone on a data folder that was filled."""
    process, base = _served(environment(folder, **settings))
    try:
        with opened(base) as window:
            yield Still(window, json.loads((folder / TOLD).read_text()))
    finally:
        process.terminate()
        process.wait(30)


def _served(environ: dict[str, str]) -> tuple[subprocess.Popen[bytes], str]:
    """The web server once it answers, and its address; it ends by itself where somebody else took the free port."""
    until = time.monotonic() + 60
    while True:
        port = free_port()
        process = subprocess.Popen([sys.executable, "manage.py", "web", "--port", str(port)], cwd=ROOT, env=environ)
        while process.poll() is None:
            if _answers(port) and process.poll() is None:
                return process, f"http://127.0.0.1:{port}"
            if time.monotonic() > until:
                process.kill()
                break
            time.sleep(0.1)
        assert time.monotonic() < until, "the web server does not answer"


def _answers(port: int) -> bool:
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        connection.request("GET", "/healthz")
        return bool(connection.getresponse().read())
    except (OSError, http.client.HTTPException):
        return False
