"""A Chromium window that remembers everything the browser complained about."""

import atexit
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from urllib3.exceptions import HTTPError

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-component-extensions-with-background-pages",
    "--disable-default-apps",
    "--disable-breakpad",
    "--in-process-gpu",
    "--disable-software-rasterizer",
    "--process-per-site",
    "--renderer-process-limit=1",
    "--disable-features=Translate,OptimizationHints,MediaRouter,DialMediaRouteProvider,"
    "SpareRendererForSitePerProcess,PaintHolding,BackForwardCache",
]


def programs() -> tuple[str, str]:
    """Chromium and its driver; skips the test where there is none, unless they are required."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    if browser and driver:
        return browser, driver
    if "browser" in os.environ.get("STUDIO_TEST_REQUIRE", ""):
        pytest.fail("Chromium and chromedriver are required (STUDIO_TEST_REQUIRE) and not on this machine.")
    pytest.skip("Chromium and chromedriver are not on this machine.")


_idle: dict[bool, list[webdriver.Chrome]] = {True: [], False: []}  # started and used by nobody, by `keeps_requests`


def _driver(keeps_requests: bool) -> webdriver.Chrome:
    """A browser that knows nothing of whoever had it before; starting one takes longer than most of what it is for."""
    if _idle[keeps_requests]:
        return _idle[keeps_requests].pop()
    browser, driver = programs()
    options = webdriver.ChromeOptions()
    options.binary_location = browser
    for flag in FLAGS:
        options.add_argument(flag)
    if keeps_requests:  # every event of the network through the driver: a tenth of all that a browser costs here
        options.add_experimental_option("perfLoggingPrefs", {"enablePage": False})
    kinds = ("browser", "performance") if keeps_requests else ("browser",)
    options.set_capability("goog:loggingPrefs", dict.fromkeys(kinds, "ALL"))
    started = webdriver.Chrome(options=options, service=Service(driver))
    atexit.register(_quit, started)
    return started


def _quit(driver: webdriver.Chrome) -> None:
    with suppress(WebDriverException, OSError, HTTPError):
        driver.quit()


def _forget_all(driver: webdriver.Chrome, origin: str) -> None:
    """A fresh tab, in which nothing is emulated, and nothing kept of what was done in the others."""
    tabs = driver.window_handles
    driver.switch_to.new_window("tab")
    fresh = driver.current_window_handle
    for tab in tabs:
        driver.switch_to.window(tab)
        driver.close()
    driver.switch_to.window(fresh)
    driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
    driver.execute_cdp_cmd("Network.clearBrowserCache", {})
    driver.execute_cdp_cmd("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
    driver.execute_cdp_cmd("Browser.resetPermissions", {})
    driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "default"})
    driver.get_log("browser")


TRIES = 10
FAILED = re.compile(r"^(\S+) - Failed to load resource: the server responded with a status of (\d+)")
FILES = ("/static/", "/pictures/")  # what is below them is never wrong to ask for


def is_honest(message: str, page: str) -> bool:
    """Whether a line of the console is of a wrong field, of asking too often, or of a `page` that is not there."""
    failed = FAILED.match(message)
    if not failed or any(folder in failed[1] for folder in FILES):
        return False
    # For what is no page of ours (/healthz) a browser looks for a mark by itself.
    is_there = failed[1] != page and not failed[1].endswith("/favicon.ico")
    return failed[2] in ("400", "422", "429") or (failed[2] == "404" and not is_there)


class Window:
    """One window on one studio; `complaints` has every console error and every violation of the policy.

    `expected` are patterns of those that a test brings about itself.
    """

    def __init__(self, base: str, *, keeps_requests: bool = False) -> None:
        self.base = base
        self._keeps_requests = keeps_requests
        self.driver = _driver(keeps_requests)
        self.complaints: list[str] = []
        self.expected: list[str] = []
        self.has_script = True
        self.size(1440)

    def size(self, width: int, *, height: int = 1400, dark: bool = False, zoomed: float = 1, **media: str) -> None:
        """`media`: more that a person's system asks for, as `prefers_reduced_motion="reduce"`."""
        told = {"width": width, "height": height, "deviceScaleFactor": zoomed, "mobile": width < 600}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", told)
        asked = {"prefers_color_scheme": "dark" if dark else "light", **media}
        features = [{"name": name.replace("_", "-"), "value": value} for name, value in asked.items()]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    def without_script(self, is_so: bool = True) -> None:
        """From the next page on no script of ours runs, as where somebody blocks it; or again all do."""
        self.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": is_so})
        self.has_script = not is_so

    def keep_downloads(self, folder: Path) -> None:
        told = {"behavior": "allow", "downloadPath": str(folder)}
        self.driver.execute_cdp_cmd("Browser.setDownloadBehavior", told)

    def downloaded(self, folder: Path, pattern: str) -> Path:
        """The one file of this name in the folder, when all of it is there."""
        self.until(lambda: list(folder.glob(pattern)) and not list(folder.glob("*.crdownload")), f"no {pattern}")
        [path] = folder.glob(pattern)
        return path

    def overflow(self) -> int:
        """How many pixels the page is wider than the window."""
        wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
        return int(self.driver.execute_script(wide))

    def touch(self) -> None:
        """A screen for fingers: no hover, a coarse pointer."""
        told = {"enabled": True, "maxTouchPoints": 5}
        self.driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", told)

    def finger(self, selector: str, by: tuple[int, int] = (0, 0), seconds: float = 0) -> None:
        """Put a finger on the middle of this, keep it there, move it, take it off."""
        element = self.one(selector)
        middle = """arguments[0].scrollIntoView({block: 'center', behavior: 'instant'});
            const box = arguments[0].getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]"""
        x, y = self.driver.execute_script(middle, element)
        self._finger("touchStart", x, y)
        time.sleep(seconds)
        for step in range(1, 6) if any(by) else ():
            self._finger("touchMove", x + by[0] * step / 5, y + by[1] * step / 5)
        self._finger("touchEnd")

    def _finger(self, kind: str, *at: float) -> None:
        points = [dict(zip("xy", at, strict=True))] if at else []
        self.driver.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def go(self, path: str) -> None:
        self.driver.get(self.base + path)
        self.listen()

    def listen(self) -> None:
        for line in self.driver.get_log("browser"):
            told, page = line["message"], self.driver.current_url
            if line["level"] not in ("SEVERE", "WARNING") or is_honest(told, page):
                continue
            if not any(re.search(pattern, told) for pattern in self.expected):
                self.complaints.append(f"{page}: {told}")

    def is_content(self) -> None:
        """Fails with what the browser has complained of since the last time."""
        self.listen()
        told, self.complaints = self.complaints, []
        assert not told, "\n".join(told)

    def block(self, *addresses: str) -> None:
        """Requests for these (`*` stands for anything) fail as if there were no connection; without any, none do."""
        self.driver.execute_cdp_cmd("Network.enable", {})
        self.driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": list(addresses)})
        self.expected.append("ERR_BLOCKED_BY_CLIENT")

    def has_connection(self, is_so: bool) -> None:
        """From now on, or none: every request fails at once."""
        self.driver.execute_cdp_cmd("Network.enable", {})  # before that nothing is emulated
        told = {"offline": not is_so, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        self.driver.execute_cdp_cmd("Network.emulateNetworkConditions", told)

    def requests(self) -> list[str]:
        """The addresses asked for since the last call, of a window that `keeps_requests`."""
        import json

        told = [json.loads(line["message"])["message"] for line in self.driver.get_log("performance")]
        return [m["params"]["request"]["url"] for m in told if m["method"] == "Network.requestWillBeSent"]

    def all(self, selector: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector: str, seconds: float = 10) -> WebElement:
        found: list[WebElement] = self.until(lambda: self.all(selector), f"no {selector}", seconds)
        return found[0]

    def _with(self, selector: str, act: Callable[[WebElement], Any]) -> Any:
        """What `act` says of the first of these; of the next one where it was swapped while we held it."""
        for _each in range(TRIES):
            try:
                return act(self.one(selector))
            except StaleElementReferenceException:
                continue
            except WebDriverException as error:  # the same, as the driver says it where a page is just being left
                if "does not belong to the document" not in str(error):
                    raise
        raise AssertionError(f"{selector} is swapped all the time")

    def answered(self) -> None:
        """Wait until the server has what was pressed: the next page of who leaves before may not."""
        self.until(lambda: not self.all(".htmx-request"), "no answer")

    def text(self, selector: str) -> str:
        return str(self._with(selector, lambda element: element.text))

    def attribute(self, selector: str, name: str) -> str:
        """As the driver says it: of a field `value` is what is in it now. Empty where there is none."""
        return str(self._with(selector, lambda element: element.get_attribute(name)) or "")

    def fill(self, selector: str, words: str) -> None:
        self._with(selector, lambda field: self._fill(field, words))

    def _fill(self, field: WebElement, words: str) -> None:
        field.clear()
        if len(words) < 200:
            field.send_keys(words)
        else:  # as if pasted: typing thousands of letters takes the driver minutes
            paste = "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input', {bubbles: true}))"
            self.driver.execute_script(paste, field, words)

    def click(self, selector: str) -> None:
        self._with(selector, lambda element: element.click())

    def until(self, check: Callable[[], Any], otherwise: str, seconds: float = 15) -> Any:
        """The first true answer of `check`; what is swapped under our hands is looked at again."""
        began, until = time.monotonic(), time.monotonic() + seconds
        while True:
            try:
                if answer := check():
                    return answer
            except (StaleElementReferenceException, WebDriverException):
                pass
            if time.monotonic() > until:
                shown = self.driver.find_element(By.TAG_NAME, "body").text[:1500]
                raise AssertionError(f"{otherwise} after {seconds} s at {self.driver.current_url}:\n{shown}")
            time.sleep(0.1 if time.monotonic() < began + 0.5 else 0.3)  # each look costs the page some work

    def picture(self, path: Path) -> None:
        self.driver.save_screenshot(str(path))

    def close(self) -> None:
        try:
            _forget_all(self.driver, self.base)
            if self._keeps_requests:
                self.requests()
        except (WebDriverException, OSError, HTTPError):
            _quit(self.driver)
        else:
            _idle[self._keeps_requests].append(self.driver)


@contextmanager
def opened(base: str, *, keeps_requests: bool = False) -> Iterator[Window]:
    """A window for a while; at its end the browser has not complained of anything."""
    window = Window(base, keeps_requests=keeps_requests)
    try:
        yield window
        window.is_content()
    finally:
        window.close()
