"""Passkeys in a real Chromium, with an authenticator that the driver plays."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver.common.virtual_authenticator import VirtualAuthenticatorOptions

from tests.browser.people import manage
from tests.browser.window import Window, opened
from tests.ops.studio_process import StudioProcess

PASSWORD = "a quiet northern window"  # noqa: S105
FACTOR = "/accounts/second-factor/"


@pytest.fixture
def window(studio: StudioProcess) -> Iterator[Window]:
    """On localhost, the one name without https that browsers make passkeys for."""
    with opened(f"http://localhost:{studio.port}") as window:
        options = VirtualAuthenticatorOptions(
            transport=VirtualAuthenticatorOptions.Transport.INTERNAL,
            has_resident_key=True,
            has_user_verification=True,
            is_user_verified=True,
        )
        window.driver.add_virtual_authenticator(options)
        yield window
        window.driver.remove_virtual_authenticator()


def is_at(window: Window, path: str) -> None:
    window.until(lambda: window.driver.current_url == window.base + path, f"the browser did not come to {path}")


def test_a_passkey_is_added_and_signs_in_alone_and_as_second_factor(
    studio: StudioProcess, window: Window, data_folder: Path
) -> None:
    manage(data_folder, "add_user", "mara", "--password", PASSWORD)
    window.go("/accounts/login/")
    window.fill("[name=login]", "mara")
    window.fill("[name=password]", PASSWORD)
    window.click("form:not([data-passkey]) .button.primary")
    is_at(window, "/")

    window.go(f"{FACTOR}passkeys/add/")
    window.fill("[name=password]", PASSWORD)
    window.click(".account .button.primary")
    is_at(window, f"{FACTOR}passkeys/add/")
    window.fill("[name=name]", "Telephone")
    window.click(".account .button.primary")
    is_at(window, f"{FACTOR}codes/")
    assert len(window.all(".codes li")) == 10
    window.go(FACTOR)
    assert "Telephone" in window.text(".devices")

    def leave() -> None:
        window.go("/accounts/logout/")
        window.click(".split .button.primary")
        is_at(window, "/accounts/login/")

    leave()
    window.go("/accounts/login/?next=/accounts/sessions/")
    window.click("[data-passkey] .button")
    is_at(window, "/accounts/sessions/")

    leave()
    window.fill("[name=login]", "mara")
    window.fill("[name=password]", PASSWORD)
    window.click("form:not([data-passkey]) .button.primary")
    is_at(window, f"{FACTOR}sign-in/")
    window.click("[data-passkey] .button")
    is_at(window, "/")

    leave()
    window.driver.remove_all_credentials()
    window.click("[data-passkey] .button")
    window.until(lambda: "No passkey was given." in window.text(".split-main"), "nothing was said")
