"""Stars pressed quicker than the studio answers: each press shows at once, the last one counts, a lost one is said."""

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from tests.browser.pages import JOB
from tests.browser.still import Still
from tests.browser.window import Window

# Every request waits until `answer()` lets the eldest go; it says whether there was one.
HOLD = """
const held = [], { send } = XMLHttpRequest.prototype;
XMLHttpRequest.prototype.send = function (body) { held.push(() => send.call(this, body)); };
window.answer = () => Boolean(held.shift()?.());
window.waiting = () => held.length;
"""
BUSY = "return document.querySelectorAll('.htmx-request').length && !waiting()"
TILE = "[data-tile]:has(.tile-open img)"


@pytest.fixture
def gallery(still: Still) -> Window:
    """The gallery, in which each request is held back until the test lets it go."""
    still.size(1440, height=900)
    still.sign_in("mina")
    still.window.go("/gallery/?scope=mine")
    still.window.one(".tile-zoom")
    still.window.driver.execute_script(HOLD)
    return still.window


def stars(window: Window, selector: str) -> int:
    return int(window.attribute(selector, "data-stars"))


def answered(window: Window) -> int:
    """Answer until nothing waits; how many requests that were."""
    number = 0
    while window.driver.execute_script("return waiting()"):
        number += 1
        before = window.driver.execute_script("answer(); return document.querySelectorAll('.htmx-request').length")
        assert before <= 1, "two are under way at once"
        window.until(lambda: not window.driver.execute_script(BUSY), "no answer came")
    return number


def press(window: Window, *keys: str) -> None:
    ActionChains(window.driver).send_keys(*keys).perform()


def test_clicks_and_keys_that_no_answer_came_to_yet_all_count(gallery: Window) -> None:
    name = gallery.attribute(f"{TILE} .tile-star:not(.on)", "id")
    star = f"#{name}"
    ActionChains(gallery.driver).move_to_element(gallery.one(star)).click().perform()
    assert stars(gallery, star) == 1
    gallery.click(star)
    assert stars(gallery, star) == 0, "the second press takes it back, and shows so at once"
    assert gallery.driver.execute_script("return waiting()") == 1
    assert answered(gallery) == 2
    assert stars(gallery, star) == 0

    for key in ("s", "4", "s", "5", "3"):
        press(gallery, key)
    assert stars(gallery, star) == 3
    assert gallery.driver.execute_script("return document.activeElement.id") == name
    assert answered(gallery) == 2, "the first and the last: nobody wants those between any more"
    assert gallery.text(star).startswith("3")
    assert gallery.driver.execute_script("return document.activeElement.id") == name, "the focus is lost"
    gallery.go("/gallery/?scope=mine")
    assert stars(gallery, star) == 3
    gallery.click(star)
    gallery.one(f"{star}:not(.on)")


def test_the_lightbox_shows_a_press_at_once(gallery: Window) -> None:
    star = f"#{gallery.attribute(f'{TILE} .tile-star:not(.on)', 'id')}"
    gallery.driver.execute_script(f"document.querySelector('{star}').closest('.tile').querySelector('a').focus()")
    press(gallery, Keys.SPACE)
    gallery.one("#lightbox[open]")
    press(gallery, "2", "5")
    assert gallery.all("#lightbox [data-stars='5'][aria-pressed=true]")
    assert answered(gallery) == 2
    assert stars(gallery, star) == 5
    press(gallery, "5")
    assert answered(gallery) == 1
    assert stars(gallery, star) == 0, "the same number takes them back"


def test_a_star_that_did_not_arrive_is_said_and_taken_back(still: Still) -> None:
    window = still.window
    still.sign_in("mina")
    window.go("/gallery/?scope=mine")
    star = f"#{window.attribute(f'{TILE} .tile-star:not(.on)', 'id')}"
    window.block("*/star/*")
    ActionChains(window.driver).move_to_element(window.one(star)).click().perform()
    window.one("#toasts [data-word=offline]")
    window.until(lambda: stars(window, star) == 0, "it looks as if it had a star")
    window.block()
    window.click(star)
    window.until(lambda: "take it back" in window.attribute(star, "textContent"), "it has none")
    assert not window.all("#toasts .toast")
    window.click(star)
    window.until(lambda: "take it back" not in window.attribute(star, "textContent"), "it has one")


def test_after_a_lost_press_the_stars_there_are_need_not_be_given_again(gallery: Window) -> None:
    """Given again, they would be taken back."""
    star = f"#{gallery.attribute(f'{TILE} .tile-star:not(.on)', 'id')}"
    gallery.click(star)
    assert answered(gallery) == 1
    gallery.click(star)
    gallery.click(star)
    assert stars(gallery, star) == 1
    gallery.block("*/star/*")
    gallery.driver.execute_script("answer()")
    gallery.one("#toasts [data-word=offline]")
    gallery.block()
    answered(gallery)
    assert stars(gallery, star) == 1
    gallery.go("/gallery/?scope=mine")
    assert stars(gallery, star) == 1
    gallery.click(star)
    gallery.one(f"{star}:not(.on)")


def test_the_row_beside_a_picture_takes_the_last_press_too(still: Still) -> None:
    window = still.window
    still.size(1440)
    still.show(next(page for page in JOB if page.name == "job, several pictures"))
    window.one(".rating .star")
    window.driver.execute_script(HOLD)
    window.click(".star[value='2']")
    press(window, "5", "4")
    assert window.all(".star[value='4'][aria-pressed=true] .icon-on")
    assert not window.all(".star[value='5'] .icon-on")
    assert answered(window) == 2
    assert window.all(".star:focus"), "the focus is lost"
    still.show(next(page for page in JOB if page.name == "job, several pictures"))
    assert stars(window, ".stars") == 4
    window.click(".star[value='4']")
    window.until(lambda: stars(window, ".stars") == 0, "they are not taken back")
