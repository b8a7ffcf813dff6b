"""Everything by keys: the palette finds and opens, `?` says what is bound, the lightbox walks through the grid."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from tests.browser import axe
from tests.browser.conftest import ADMIN_PASSWORD
from tests.browser.test_gallery import current, press
from tests.browser.test_story import generate, sign_in
from tests.browser.window import Window, programs
from tests.ops.studio_process import StudioProcess

WORDS = ("A red kettle", "Paper koi in a dark pond", "Six ridges, one small sun")


@pytest.fixture(scope="module")
def studio(data_folder: Path) -> Iterator[StudioProcess]:
    programs()
    process = StudioProcess(data_folder, STUDIO_ADMIN_PASSWORD=ADMIN_PASSWORD, STUDIO_SANDBOX_SECONDS="0").ready()
    yield process
    process.close()


def held(window: Window, key: str) -> None:
    ActionChains(window.driver).key_down(Keys.CONTROL).send_keys(key).key_up(Keys.CONTROL).perform()


def run(window: Window, script: str) -> object:
    return window.driver.execute_script(f"return {script}")


def is_open(window: Window, name: str) -> bool:
    return bool(run(window, f"Boolean(document.getElementById('{name}')?.open)"))


def active(window: Window) -> str:
    """What Enter would take in the palette."""
    return str(run(window, "document.querySelector('#palette [aria-selected=true] .label')?.textContent"))


def test_palette_sheet_lightbox_and_the_switch_by_keys_alone(window: Window) -> None:
    window.go("/")
    sign_in(window, "admin", ADMIN_PASSWORD)
    for words in WORDS:
        window.one("#prompt")
        generate(window, words)
        window.until(lambda words=words: window.all(f"article.done [title='{words}']"), f"{words} is not there", 40)

    # While somebody writes a key is a letter; Ctrl+K opens the palette all the same, Escape gives the field back.
    window.fill("#prompt", "gs?/n")
    assert run(window, "document.activeElement.value") == "gs?/n"
    held(window, "k")
    window.until(lambda: is_open(window, "palette"), "no palette")
    window.until(lambda: run(window, "document.activeElement.id") == "palette-words", "nowhere to write")
    axe.check(window)
    press(window, Keys.ESCAPE)
    window.until(lambda: not is_open(window, "palette"), "it stays open")
    assert run(window, "document.activeElement.id") == "prompt"

    # A model by a few letters; a picture by its words.
    held(window, "k")
    press(window, "fx pro")
    window.until(lambda: "Flux" in active(window), "no model")
    press(window, Keys.ENTER)
    window.until(lambda: "model=flux" in window.driver.current_url, "the model was not opened")
    held(window, "k")
    window.until(lambda: is_open(window, "palette"), "no palette")
    press(window, "koi pond")
    window.until(lambda: window.all("#palette [data-group=pictures] img"), "the picture was not found")
    axe.check(window)
    press(window, Keys.ARROW_DOWN)
    assert active(window) == WORDS[1]
    assert run(window, "document.activeElement.getAttribute('aria-activedescendant')")
    press(window, Keys.ENTER)
    window.until(lambda: "/jobs/" in window.driver.current_url, "the picture was not opened")

    # What the job page offers is found there too, and pressed where it stands.
    held(window, "k")
    window.until(lambda: is_open(window, "palette"), "no palette")
    labels = str(run(window, "document.querySelector('#palette [data-group=here]').textContent"))
    assert "Seen by: You alone" in labels
    assert "Nobody else" not in labels, "a menu is called by its first line"
    axe.check(window)
    press(window, "remix", Keys.ENTER)
    window.until(lambda: "from=" in window.driver.current_url, "no remix")
    assert window.attribute("#prompt", "value") == WORDS[1]

    # Two keys go to a page; `?` shows what is bound there, and nothing else.
    run(window, "document.activeElement.blur()")
    press(window, "g", "g")
    window.until(lambda: "/gallery/" in window.driver.current_url, "not in the gallery")
    window.one(".tile-zoom")
    press(window, "?")
    window.until(lambda: is_open(window, "keys-sheet"), "no sheet")
    window.until(lambda: "Show large" in window.text(".keys-list"), "the grid's keys are not said")  # it fades in
    said = window.text(".keys-list")
    assert "Search pictures" in said
    assert "Generate" not in said
    axe.check(window)
    press(window, Keys.ESCAPE)
    window.until(lambda: not is_open(window, "keys-sheet"), "the sheet stays open")

    # Space shows the picture of the grid large; arrows walk, digits give stars, Escape leads back to that tile.
    window.driver.execute_script("document.querySelector('.tile-open').focus()")
    press(window, Keys.SPACE)
    window.until(lambda: is_open(window, "lightbox"), "no lightbox")
    window.until(lambda: window.text("#lightbox [data-words]") == WORDS[2], "another picture")  # it fades in
    press(window, Keys.ARROW_RIGHT)
    assert window.text("#lightbox [data-words]") == WORDS[1]
    window.until(lambda: str(run(window, "document.querySelector('[data-large]').src")).endswith("large"), "not large")
    press(window, "4")
    window.until(lambda: window.all("#lightbox [data-stars='4'][aria-pressed=true]"), "no four stars")
    axe.check(window)
    press(window, "x")
    assert window.all("#lightbox [data-choose][aria-pressed=true]")
    press(window, Keys.ESCAPE)
    window.until(lambda: not is_open(window, "lightbox"), "it stays open")
    assert current(window) == 1
    assert "1 selected" in window.text("#selection-bar"), "Escape let go of the selection behind the picture"
    press(window, Keys.SPACE)
    window.until(lambda: is_open(window, "lightbox"), "no lightbox")
    window.driver.back()
    window.until(lambda: not is_open(window, "lightbox"), "the way back does not close it")
    assert window.driver.current_url.endswith("/gallery/")

    # Switched off, a single key does nothing, here and on the next page; the others do as before.
    press(window, "?")
    window.until(lambda: is_open(window, "keys-sheet"), "no sheet")
    window.click("#single-keys")
    press(window, Keys.ESCAPE)
    window.go("/usage/")
    press(window, "?", "g", "s", "n")
    held(window, "k")
    window.until(lambda: is_open(window, "palette"), "Ctrl+K is off too")
    assert window.driver.current_url.endswith("/usage/")
    assert not is_open(window, "keys-sheet")


def test_a_key_without_a_connection_says_so_and_does_its_work_later(window: Window) -> None:
    window.go("/")
    sign_in(window, "admin", ADMIN_PASSWORD)
    window.one("#composer")
    for what in ("*/static/js/bound*", "*/palette/*"):
        window.go("/usage/")
        window.block(what)
        press(window, "?")
        window.one("#toasts [data-word=offline]")
        window.block()
        press(window, "?")
        window.until(lambda: is_open(window, "keys-sheet"), f"it is dead for ever without {what}")
    window.go("/usage/")
    window.block("*/palette/*")
    press(window, "n")
    window.one("#toasts [data-word=offline]")
    window.block()
    press(window, "n")
    window.one("#composer")


def test_ctrl_enter_is_the_browsers_but_in_the_composer(window: Window) -> None:
    """On a link it opens another tab."""
    taken = """return !document.querySelector(arguments[0]).dispatchEvent(
        new KeyboardEvent("keydown", {key: "Enter", ctrlKey: true, bubbles: true, cancelable: true}))"""
    window.go("/")
    sign_in(window, "admin", ADMIN_PASSWORD)
    assert window.one("#prompt")
    assert window.driver.execute_script(taken, "#prompt") is True
    assert window.driver.execute_script(taken, ".nav a") is False
    window.go("/usage/")
    assert window.driver.execute_script(taken, ".nav a") is False
