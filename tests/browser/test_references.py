"""Pictures to build on, as a browser sends them: chosen, dropped, pasted, and without any script."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser import axe
from tests.browser.conftest import ADMIN_PASSWORD
from tests.browser.test_story import generate, sign_in
from tests.browser.window import Window, programs
from tests.jobs.test_pictures import draw
from tests.ops.studio_process import StudioProcess

MODEL = "/?model=nano-banana"
CHOSEN = ".pictures .squares input[type=checkbox][checked]"
HAND_OVER = """
const bytes = Uint8Array.from(atob(arguments[0]), (c) => c.charCodeAt(0));
const file = new File([bytes], "dropped.png", {type: "image/png"});
const data = new DataTransfer();
data.items.add(file);
const at = document.querySelector(arguments[2]);
const event = arguments[1] === "paste"
  ? new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true})
  : new DragEvent(arguments[1], {dataTransfer: data, bubbles: true, cancelable: true});
at.dispatchEvent(event);
"""


@pytest.fixture(scope="module")
def studio(data_folder: Path) -> Iterator[StudioProcess]:
    programs()
    given = {"STUDIO_ADMIN_PASSWORD": ADMIN_PASSWORD, "STUDIO_SANDBOX_SECONDS": "0"}
    process = StudioProcess(data_folder, **given).ready()
    yield process
    process.close()


@pytest.fixture
def at_work(window: Window, tmp_path: Path) -> Path:
    """Signed in; a picture on the person's own disk."""
    path = tmp_path / "fox.png"
    path.write_bytes(draw())
    window.go("/")
    sign_in(window, "admin", ADMIN_PASSWORD)
    window.one("#prompt")
    return path


def is_drawn(window: Window, selector: str) -> None:
    script = f"return [...document.querySelectorAll({selector!r})].every((img) => img.naturalWidth > 0)"
    window.until(lambda: window.all(selector) and window.driver.execute_script(script), f"{selector} is not drawn")


def test_a_file_is_there_once_chosen_and_more_come_by_drop_and_paste(window: Window, at_work: Path) -> None:
    window.go(MODEL)
    window.fill("#prompt", "A harbour in this light")
    window.one("input[data-pictures]").send_keys(str(at_work))
    window.until(lambda: len(window.all(CHOSEN)) == 1, "the chosen file is not shown")
    assert window.attribute("#prompt", "value") == "A harbour in this light"
    for how, where, size in (("drop", "#prompt", (50, 30)), ("paste", "#prompt", (60, 30))):
        before = len(window.all(CHOSEN))
        window.driver.execute_script(HAND_OVER, base64.b64encode(draw(size=size)).decode(), how, where)
        window.until(lambda count=before: len(window.all(CHOSEN)) == count + 1, f"{how} did nothing")
    is_drawn(window, ".pictures-in > .squares img")
    axe.check(window)
    window.click(".pictures .square:first-child input")
    window.click("#go-button")
    card = "article.card:has(a[title='A harbour in this light'])"
    window.one(f"{card} .caption svg image")
    window.one(f"{card}[data-state=done]", 20)
    window.click(f"{card} .caption a")
    window.until(lambda: len(window.all(".built-on img")) == 2, "the page shows not what it was built on")
    is_drawn(window, ".built-on img")
    axe.check(window)
    link = window.attribute(".menu-item[href*='reference=']", "href")
    window.go(str(link).removeprefix(window.base))
    window.until(lambda: len(window.all(CHOSEN)) == 1, "the picture is not chosen")


def test_a_file_that_is_no_picture_is_refused_where_it_was_chosen(window: Window, at_work: Path) -> None:
    at_work.write_bytes(b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    window.go(MODEL)
    window.one("input[data-pictures]").send_keys(str(at_work))
    window.until(lambda: "fox.png" in window.text(".pictures .error"), "nothing was said")
    axe.check(window)
    assert not window.all(CHOSEN)


def test_without_script_a_file_survives_a_refusal_and_is_ordered_with(window: Window, at_work: Path) -> None:
    window.without_script()
    window.go(MODEL)
    window.one("input[data-pictures]").send_keys(str(at_work))
    window.click("#go-button")  # no words yet
    window.one("#prompt-error")
    axe.check(window)
    assert len(window.all(CHOSEN)) == 1
    generate(window, "A garden in the morning")
    window.until(lambda: "?like=" in window.driver.current_url, "it was not placed")
    window.one("article.card:has(a[title='A garden in the morning']) .caption svg image")
