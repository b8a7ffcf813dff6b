"""A person orders and looks elsewhere: the tab's title, the notice, the fade, a connection that comes back."""

from pathlib import Path

from tests.browser import axe
from tests.browser.people import manage
from tests.browser.test_story import NEW_PASSWORD, generate, sign_in
from tests.browser.window import Window
from tests.ops.studio_process import StudioProcess

HIDE = (
    "Object.defineProperty(document, 'hidden', {get: () => window.away, configurable: true});"
    "document.hasFocus = () => !window.away; window.away = arguments[0];"
    "document.dispatchEvent(new Event('visibilitychange'))"
)
LISTEN = (
    "window.notices = []; window.Notification = class { constructor(title, more) { notices.push([title, more.body]); }"
    " static permission = 'granted'; static async requestPermission() { return 'granted'; } };"
    "document.addEventListener('animationstart', (event) => { window.faded = event.animationName; }, true)"
)


def test_who_looks_elsewhere_is_told(studio: StudioProcess, window: Window, data_folder: Path) -> None:
    made = manage(data_folder, "add_user", "away", "--password", NEW_PASSWORD)
    assert made.returncode == 0, made.stderr
    script = window.driver.execute_script
    window.go("/")
    sign_in(window, "away", NEW_PASSWORD)
    window.one("#prompt")
    script(LISTEN)
    window.click("header details.menu > summary")
    window.click("[data-alert=notice]:enabled")
    window.until(lambda: script("return localStorage.alerts") == "notice", "the switch is not remembered")
    script(HIDE, True)
    generate(window, "Three pears on a table")
    window.until(lambda: window.driver.title.startswith("● ready"), "nobody was told", 60)
    assert script("return notices")[1:] == [["Picture ready", "Three pears on a table"]]
    window.until(lambda: script("return window.faded") == "arrive", "the picture did not fade in")
    axe.check(window)
    script(HIDE, False)
    window.until(lambda: window.driver.title.startswith("Studio"), "the title stays")

    # No connection is said, and taken back, without the person's doing.
    generate(window, "A pond [sandbox:slow=90]")
    window.one("article.card[data-state=working]", 30)
    window.until(lambda: window.driver.title.startswith("(1) Studio"), "the title does not count")
    script("htmx.trigger('#live', 'htmx:sendError')")
    window.until(lambda: "No connection" in window.text("#toasts"), "nothing is said")
    axe.check(window)
    script("dispatchEvent(new Event('online'))")
    window.until(lambda: not window.all("#toasts .toast"), "it stays")
