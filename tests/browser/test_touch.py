"""A phone: everything by finger, at 390 px."""

from pathlib import Path

from tests.browser import axe
from tests.browser.people import manage
from tests.browser.test_story import generate, sign_in
from tests.browser.window import Window
from tests.ops.studio_process import StudioProcess

SANDBOX_SECONDS = "0"
PASSWORD = "a quiet northern window 7"  # noqa: S105
# What a finger may press and does not hit: from its middle 21 px up and down, 11 px to both sides have to be its own.
# Links within a sentence are as high as its line (WCAG 2.5.8); of a tile that is being selected all of it is the mark.
TOO_SMALL = """
const found = [];
for (const one of document.querySelectorAll('a[href], button, summary, select, input:not([type=hidden]), textarea')) {
  if (!one.closest(arguments[0])) continue;
  if (!one.checkVisibility({visibilityProperty: true}) || one.disabled) continue;
  if (one.closest('.sr, [aria-hidden=true], .skip, .tile-mark')) continue;
  const [style, label] = [getComputedStyle(one), one.closest('label')];
  if (style.pointerEvents === 'none' || style.display === 'inline' && one.closest('p, dd, td, h2')) continue;
  one.scrollIntoView({block: 'center', inline: 'center', behavior: 'instant'});
  const box = (label ?? one).getBoundingClientRect();
  if (!box.width || !box.height) continue;
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const isOwn = ([dx, dy]) => {
    const hit = document.elementFromPoint(x + dx, y + dy);
    return hit && ((label ?? one).contains(hit) || hit.matches('label') && hit.contains(one));
  };
  if (![[0, 0], [0, -21], [0, 21], [-11, 0], [11, 0]].every(isOwn))
    found.push([one.outerHTML.slice(0, 100), Math.round(box.width), Math.round(box.height)].join(' '));
}
scrollTo({top: 0, behavior: 'instant'});
return found;
"""


def too_small(window: Window, within: str = "body") -> list[str]:
    return [f"{window.driver.current_url}: {found}" for found in window.driver.execute_script(TOO_SMALL, within)]


def test_a_day_by_finger(studio: StudioProcess, window: Window, data_folder: Path) -> None:
    made = manage(data_folder, "add_user", "rina", "--password", PASSWORD, "--credits", "200")
    assert made.returncode == 0, made.stderr
    window.size(390, height=844)
    window.touch()
    window.go("/")
    sign_in(window, "rina", PASSWORD)

    small: list[str] = []

    # Order, twice; every card's picture opens by a tap.
    generate(window, "A lighthouse at dusk")
    window.one("article.card[data-state=done]", 30)
    window.fill("#prompt", "A calm blue kettle")
    window.finger("#go-button")
    window.until(lambda: len(window.all("article.card[data-state=done]")) == 2, "no second picture", 30)
    axe.check(window)
    assert window.driver.execute_script("return matchMedia('(hover: none) and (pointer: coarse)').matches")
    small += too_small(window)
    window.finger(".tabs a:nth-child(2)")
    window.until(lambda: len(window.all(".tile img")) == 2, "not in the gallery")
    small += too_small(window)
    window.finger(".tile-open")
    picture = window.one("[data-picture]")
    assert picture.get_attribute("alt") == "A calm blue kettle"
    axe.check(window)

    # A stroke to the left shows the next one, to the right the one before.
    window.finger("[data-stage]", by=(-160, 0))
    window.until(lambda: window.attribute("[data-picture]", "alt") == "A lighthouse at dusk", "not at the next picture")
    window.finger("[data-stage]", by=(160, 0))
    window.until(lambda: window.attribute("[data-picture]", "alt") == "A calm blue kettle", "not back at the first")
    small += too_small(window)
    window.finger(".star[value='3']")
    window.until(lambda: window.attribute(".star[value='3']", "aria-pressed") == "true", "no stars")
    window.answered()

    # In the gallery a long press selects, then a tap does; what hides on a picture is not hit by mistake.
    window.finger(".tabs a:nth-child(2)")
    window.until(lambda: len(window.all(".tile img")) == 2, "not in the gallery")
    assert window.text(".tile-star.on").startswith("3")
    window.finger(".tile:nth-child(2) .tile-open", seconds=0.8)
    window.until(lambda: window.text("[data-number]") == "1 selected", "a long press does not select")
    assert window.driver.current_url.endswith("/gallery/")
    window.finger(".tile:nth-child(1) .tile-open")
    window.until(lambda: window.text("[data-number]") == "2 selected", "a tap does not select")
    axe.check(window)
    small += too_small(window)
    window.finger(".selection-bar .menu:has([data-key=b], .icon) > summary")
    window.finger(".selection-bar [open] button.menu-item:last-child")
    window.fill("#board-name", "On the train")
    axe.check(window)
    window.finger("main .button.primary")
    window.until(lambda: "On the train" in window.text("h1"), "not on the board")
    assert len(window.all(".tile img")) == 2
    axe.check(window)

    # Without a long press: the word that begins to select.
    window.finger("[data-select]")
    window.finger(".tile:nth-child(2) .tile-mark")
    window.until(lambda: window.text("[data-number]") == "1 selected", "the mark does not select")

    # Account: the menu opens, and its way out works.
    window.finger(".bar details summary")
    axe.check(window)
    small += too_small(window, ".account-menu")
    window.finger(".menu-foot button")
    window.one("input[name=password]")
    assert window.overflow() == 0
    assert not small, "\n".join(small)
