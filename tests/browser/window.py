"""A Chromium window that remembers everything the browser complained about."""

import os
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

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


# An honest 4xx (a wrong field, somebody else's job) is also written to the console.
HONEST = re.compile(r"Failed to load resource: the server responded with a status of (400|404|422|429)")


class Window:
    """One window on one studio; `complaints` has every console error and every violation of the policy."""

    def __init__(self, base: str) -> None:
        browser, driver = programs()
        options = webdriver.ChromeOptions()
        options.binary_location = browser
        for flag in FLAGS:
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.base = base
        self.driver = webdriver.Chrome(options=options, service=Service(driver))
        self.complaints: list[str] = []
        self.size(1440)

    def size(self, width: int, *, height: int = 1400, dark: bool = False, zoomed: float = 1) -> None:
        told = {"width": width, "height": height, "deviceScaleFactor": zoomed, "mobile": width < 600}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", told)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})

    def go(self, path: str) -> None:
        self.driver.get(self.base + path)
        self.listen()

    def listen(self) -> None:
        for line in self.driver.get_log("browser"):
            if line["level"] in ("SEVERE", "WARNING") and not HONEST.search(line["message"]):
                self.complaints.append(f"{self.driver.current_url}: {line['message']}")

    def requests(self) -> list[str]:
        """The addresses asked for since the last call."""
        import json

        told = [json.loads(line["message"])["message"] for line in self.driver.get_log("performance")]
        return [m["params"]["request"]["url"] for m in told if m["method"] == "Network.requestWillBeSent"]

    def all(self, selector: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector: str, seconds: float = 10) -> WebElement:
        found: list[WebElement] = self.until(lambda: self.all(selector), f"no {selector}", seconds)
        return found[0]

    def text(self, selector: str) -> str:
        return str(self.one(selector).text)

    def fill(self, selector: str, words: str) -> None:
        field = self.one(selector)
        field.clear()
        if len(words) < 200:
            field.send_keys(words)
        else:  # as if pasted: typing thousands of letters takes the driver minutes
            paste = "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input', {bubbles: true}))"
            self.driver.execute_script(paste, field, words)

    def click(self, selector: str) -> None:
        self.one(selector).click()

    def until(self, check: Callable[[], Any], otherwise: str, seconds: float = 15) -> Any:
        """The first true answer of `check`; what is swapped under our hands is looked at again."""
        until = time.monotonic() + seconds
        while True:
            try:
                if answer := check():
                    return answer
            except (StaleElementReferenceException, WebDriverException):
                pass
            if time.monotonic() > until:
                shown = self.driver.find_element(By.TAG_NAME, "body").text[:1500]
                raise AssertionError(f"{otherwise} after {seconds} s at {self.driver.current_url}:\n{shown}")
            time.sleep(0.05)

    def picture(self, path: Path) -> None:
        self.driver.save_screenshot(str(path))

    def close(self) -> None:
        self.driver.quit()
