"""No connection: whatever is pressed says so, stands as it stood, and does its work when it is pressed again."""

import base64

from selenium.webdriver.common.keys import Keys

from tests.browser.still import Still
from tests.browser.test_references import HAND_OVER
from tests.browser.window import Window
from tests.jobs.test_pictures import draw

OFFLINE = "#toasts [data-word=offline]"
DARK = "[data-theme-switch] button[value=dark]"


def worn(window: Window) -> tuple[str, str]:
    """The theme of the page, and the one that the menu says."""
    pressed = window.attribute("[data-theme-switch] [aria-pressed=true]", "value")
    return window.attribute("html", "data-theme"), pressed


def test_a_theme_that_cannot_be_remembered_changes_back_and_says_why(still: Still) -> None:
    window = still.window
    still.size(1440)
    still.sign_in("mina")
    window.go("/usage/")
    window.block("*/theme/*")
    window.click("header .menu summary")
    window.click(DARK)
    window.one(OFFLINE)
    assert worn(window) == ("", "")
    window.block()
    window.click(DARK)
    window.until(lambda: not window.all(OFFLINE), "it still says so")
    assert worn(window) == ("dark", "dark")
    window.go("/usage/")
    assert worn(window) == ("dark", "dark")
    window.click("header .menu summary")
    window.click("[data-theme-switch] button[value='']")
    window.until(lambda: worn(window) == ("", ""), "not as the system says")


def test_what_is_fetched_when_it_is_used_first_says_that_it_cannot_be(still: Still) -> None:
    window = still.window
    still.sign_in("mina")
    window.go("/?prompt=")
    window.block("*/static/js/*")
    window.click("header .menu summary")  # its switches come with a script: they stay off, nothing else happens
    window.one("header .menu[open] summary").send_keys(Keys.ESCAPE)
    for use in (drop, up):
        use(window)
        window.one(OFFLINE)
        window.click("#toasts [data-word=close]")
        window.until(lambda: not window.all(OFFLINE), "it cannot be closed")
    window.block()
    window.block("*/studio/brought/*")  # the script is there, the studio is not
    drop(window)
    window.one(OFFLINE)
    window.block()
    up(window)
    window.until(lambda: window.attribute("#prompt", "value"), "no earlier words")


def drop(window: Window) -> None:
    window.driver.execute_script(HAND_OVER, base64.b64encode(draw()).decode(), "drop", "#prompt")


def up(window: Window) -> None:
    window.one("#prompt").send_keys(Keys.ARROW_UP)
