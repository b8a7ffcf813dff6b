"""The page of a job in a real browser: looked at closely, described, remixed, made again, left for its neighbour."""

from pathlib import Path

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.browser import axe
from tests.browser.people import manage
from tests.browser.test_story import card, generate, sign_in
from tests.browser.window import Window
from tests.ops.studio_process import StudioProcess

PASSWORD = "a quiet northern window 7"  # noqa: S105
DRAWN = "return [...document.querySelectorAll('[data-picture]')].some(one => one.naturalWidth > 0)"


def percent(window: Window) -> int:
    return int(window.text("[data-percent]").split()[0])


def transform(window: Window) -> str:
    return str(window.driver.execute_script("return document.querySelector('.lens').style.transform"))


def press(window: Window, *keys: str) -> None:
    for key in keys:
        ActionChains(window.driver).send_keys(key).perform()


def has_focus(window: Window, selector: str) -> bool:
    return bool(window.driver.execute_script("return document.activeElement.matches(arguments[0])", selector))


def finished(window: Window) -> str:
    """Wait until the job of this page has its picture; its path."""
    window.until(lambda: window.driver.execute_script(DRAWN), "no picture came", 30)
    return str(window.driver.current_url).removeprefix(window.base)


def ordered(window: Window, words: str) -> str:
    """Order this in the studio, which has no card of it, and wait on its page for the picture; its path."""
    generate(window, words)
    window.click(f"article.card:has([title='{words}']) .cover")
    window.one("[data-stage]")
    return finished(window)


def test_a_picture_is_looked_at_described_remixed_and_made_again(
    studio: StudioProcess, window: Window, data_folder: Path
) -> None:
    made = manage(data_folder, "add_user", "mina", "--password", PASSWORD, "--credits", "500")
    assert made.returncode == 0, made.stderr
    window.size(1440, height=900)
    window.go("/")
    sign_in(window, "mina", PASSWORD)

    # The page of a job lives: it is opened while the job is under way, and the focus stays where the picture comes.
    generate(window, "A harbour that takes its time [sandbox:slow=12]")
    window.click(f"#{card(window, 'working')} .cover")
    window.one(".stage-frame .cover")
    window.driver.execute_script("window.stayed = true; document.querySelector('.stage-frame .cover').focus()")
    axe.check(window)
    finished(window)
    assert window.driver.execute_script("return window.stayed") is True
    window.until(lambda: has_focus(window, "[data-stage]"), "the focus is lost")

    window.go("/")
    first = ordered(window, "A calm blue kettle on a table")
    window.driver.execute_script("window.stayed = true")

    # Buttons, keys, wheel, double click and drag.
    fit = percent(window)
    assert transform(window) == ""
    window.click("#zoom-200")
    assert percent(window) == 200
    assert window.attribute("#zoom-200", "aria-pressed") == "true"
    axe.check(window)
    stage = window.one("[data-stage]")
    before = transform(window)
    ActionChains(window.driver).drag_and_drop_by_offset(stage, 60, 40).perform()
    dragged = transform(window)
    assert dragged != before
    window.driver.execute_script("document.activeElement.blur()")
    press(window, Keys.ARROW_RIGHT)
    assert transform(window) != dragged
    assert first in window.driver.current_url  # arrows move a picture that is zoomed
    press(window, "0")
    assert (percent(window), transform(window)) == (fit, "")
    press(window, "+")
    assert percent(window) == round(fit * 1.25)
    press(window, "-")
    ActionChains(window.driver).double_click(stage).perform()
    assert percent(window) == 100
    ActionChains(window.driver).double_click(stage).perform()
    assert percent(window) == fit
    where = {"type": "mouseWheel", "x": 400, "y": 400, "deltaX": 0, "deltaY": -100}
    window.driver.execute_cdp_cmd("Input.dispatchMouseEvent", {**where, "modifiers": 2})
    window.until(lambda: percent(window) > fit, "Ctrl and the wheel do not zoom")

    # What it shows is said in place: zoom and focus survive the swap.
    zoomed = percent(window)
    window.click("#alt-open")
    window.fill("#alt-words", "A kettle with a dent")
    axe.check(window)
    window.click("#alt-save")
    words = "return document.querySelector('[data-picture]').alt"
    window.until(lambda: window.driver.execute_script(words) == "A kettle with a dent", "the alt text is not new")
    assert window.driver.execute_script("return window.stayed") is True
    window.until(lambda: percent(window) == zoomed and transform(window), "the zoom is lost")
    window.until(lambda: has_focus(window, "#alt-open"), "the focus is lost")

    # Remix: the composer is filled in; the new job tells its words apart from the old one's.
    window.click("#remix")
    assert window.attribute("#prompt", "value") == "A calm blue kettle on a table"
    second = ordered(window, "A loud blue kettle on a table")
    this = window.one(".strip .this")
    assert [one.text.split() for one in this.find_elements(By.CSS_SELECTOR, "del, ins")] == [
        ["removed:", "calm"],
        ["added:", "loud"],
    ]
    assert window.attribute(".strip li:first-child img", "alt") == "A kettle with a dent"
    axe.check(window)

    # Again: ordered at once, once, however often the button is pressed.
    assert window.text("#again .cost").startswith("21")
    ActionChains(window.driver).double_click(window.one("#again")).perform()
    window.until(lambda: not window.driver.current_url.endswith(second), "nothing was ordered")
    third = finished(window)
    assert len(window.all(".strip li")) == 2
    assert "the same words" in window.text(".strip .this")
    assert window.text(".meter").split()[0] == str(500 - 4 * 21)

    # Arrows lead through one's pictures as the gallery has them, the newest first.
    for path in (second, first):
        press(window, Keys.ARROW_RIGHT)
        window.until(lambda path=path: window.driver.current_url.endswith(path), "not at the older picture")
        finished(window)
    press(window, Keys.ARROW_LEFT)
    window.until(lambda: window.driver.current_url.endswith(second), "not back at the newer picture")
    assert third not in window.driver.current_url


def test_another_shape_fills_the_composer_and_a_call_in_the_address_is_open(
    studio: StudioProcess, window: Window, data_folder: Path
) -> None:
    manage(data_folder, "add_user", "jonas", "--password", PASSWORD, "--credits", "100")
    window.size(390, height=844)
    window.go("/")
    sign_in(window, "jonas", PASSWORD)
    generate(window, "A lighthouse at dusk")
    window.until(lambda: window.all("article.card[data-state=done] .cover"), "no picture", 30)
    path = window.attribute("article.card[data-state=done] .cover", "href").removeprefix(window.base)
    window.go(f"{path}#call-v2")
    window.until(lambda: "/v2/images/generate" in window.text("#call-v2-text"), "the call is not shown")
    axe.check(window)
    width = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert window.driver.execute_script(width) == 0
    window.click("#other-shape")
    window.click(".shapes [href*='2%3A3'], .shapes [href*='2:3']")
    window.until(
        lambda: window.all("#composer input[name=aspect_ratio][value='2:3']:checked"), "another shape is chosen"
    )
    assert window.attribute("#prompt", "value") == "A lighthouse at dusk"
