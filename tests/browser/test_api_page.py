"""The page about the API in a real browser: a key is used and kept nowhere; a pasted call fills in the composer."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By

from tests.browser.people import manage
from tests.browser.window import Window, opened
from tests.ops.studio_process import StudioProcess

KEPT = "return JSON.stringify([localStorage, sessionStorage, document.cookie, location.href, history.state])"


@pytest.fixture(scope="module")
def key(studio: StudioProcess, data_folder: Path) -> str:
    return manage(data_folder, "create_api_key", "admin").stdout.strip()


@pytest.fixture
def window(studio: StudioProcess) -> Iterator[Window]:
    """One that knows what it asked for."""
    with opened(f"http://127.0.0.1:{studio.port}", keeps_requests=True) as window:
        yield window


def test_a_route_is_tried_with_ones_own_key_which_is_kept_nowhere(window: Window, key: str) -> None:
    window.go("/docs/api/")
    window.fill("#try-key", key)
    article = window.one("#me")
    article.find_element(By.CSS_SELECTOR, "[data-try-box] summary").click()
    window.requests()
    article.find_element(By.CSS_SELECTOR, "form button").click()
    window.until(lambda: window.text("#me [data-status]").startswith("200"), "no answer")
    assert '"role": "OWNER"' in window.text("#me [data-content]")
    assert "x-request-id:" in window.text("#me [data-headers]")
    assert '-H "X-API-Key: $STUDIO_API_KEY"' in window.text("#me [data-command]")
    assert key not in window.driver.execute_script(KEPT)
    assert key not in window.attribute("main", "innerHTML")
    assert [address for address in window.requests() if not address.startswith(window.base)] == []


def test_an_order_from_the_page_is_followed_by_a_look_at_its_job(window: Window, key: str) -> None:
    window.go("/docs/api/")
    window.fill("#try-key", key)
    for route in ("generate", "get_job"):
        window.click(f"#{route} [data-try-box] summary")
        window.click(f"#{route} form button")
        window.until(lambda name=route: window.text(f"#{name} [data-status]")[:1] == "2", f"no answer of {route}")
    assert '"prompt": "A lighthouse in the fog"' in window.text("#get_job [data-content]")


def test_languages_change_without_a_request(window: Window) -> None:
    window.go("/docs/api/?dialect=v1")
    window.requests()
    window.click("label[for=in-openai-python]")
    assert "from openai import OpenAI" in window.text("#text-openai-python")
    assert not window.one("#text-curl").is_displayed()
    asked = [url for url in window.requests() if "/static/img/icon-" not in url]  # the manifest's, when Chromium likes
    assert asked == []
