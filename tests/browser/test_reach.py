"""What axe cannot see: narrow windows, the focus and what is said when something is swapped, motion, forced colours."""

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from tests.browser.pages import PAGES, Page
from tests.browser.still import Still

BY_NAME = {page.name: page for page in PAGES}
WIDER = "const page = document.documentElement; return page.scrollWidth - page.clientWidth"
# Sentences and controls that reach over the edge of the window; strips that scroll by themselves may.
CUT = """
const scrolls = (element) => { for (let up = element; up !== document.body; up = up.parentElement) {
  if (/auto|scroll|hidden|clip/.test(getComputedStyle(up).overflowX)) return true; } return false; };
return [...document.querySelectorAll("main :is(p, h1, h2, a, button, label, input, select, textarea)")]
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && one.checkVisibility() && !scrolls(one))
  .map((one) => one.outerHTML.slice(0, 160));
"""
NARROW = ("studio, a card in each state", "studio, several models", "job, several pictures", "job, refused", "batch")
NARROW += ("gallery", "compare", "board, link", "usage", "keys", "webhooks", "models, en", "model, ja/", "signing in")


def active(still: Still) -> str:
    """The id of what has the focus, or its name and value."""
    name = "const one = document.activeElement; return one.id || `${one.name}=${one.value}`"
    return str(still.window.driver.execute_script(name))


def press(still: Still, *keys: str) -> None:
    ActionChains(still.window.driver).send_keys(*keys).perform()


# 640 x 400 is a window of 1280 x 800 at 200 %.
@pytest.mark.parametrize(("width", "height", "zoomed"), [(320, 700, 1), (640, 400, 2)])
@pytest.mark.parametrize("page", [BY_NAME[name] for name in NARROW], ids=lambda page: page.name)
def test_nothing_is_cut_or_scrolls_sideways(page: Page, still: Still, width: int, height: int, zoomed: int) -> None:
    still.size(width, height=height, zoomed=zoomed)
    still.show(page)
    assert still.window.driver.execute_script(WIDER) == 0
    assert still.window.driver.execute_script(CUT) == []


# Each way of the bar in one line, the name of the studio whole, and nothing over anything else.
BAR = """
const box = (one) => one.getBoundingClientRect();
const parts = [...document.querySelectorAll('.brand, .nav a, .finder button, .meter, .bar .initials')]
  .filter((one) => one.checkVisibility());
const told = parts.filter((one) => box(one).height > 53 || box(one).right > innerWidth);
parts.forEach((one, at) => { if (at && box(one).left < box(parts[at - 1]).right - 1) told.push(one); });
const name = document.querySelector('.brand .cut');
if (name.scrollWidth > name.clientWidth) told.push(name);
return told.map((one) => one.className + one.textContent);
"""


@pytest.mark.parametrize("language", ["en", "ja", "ko"])
def test_the_bar_stays_in_one_line_at_every_width(still: Still, language: str) -> None:
    still.sign_in("mina")
    cookie = {"name": "language", "value": language, "url": still.window.base}
    still.window.driver.execute_cdp_cmd("Network.setCookie", cookie)
    still.size(1440)
    still.window.go("/usage/")
    assert still.window.attribute("html", "lang") == language
    found = []
    for width in (1440, 1181, 1180, 1024, 881, 880, 820, 801, 800, 700, 660, 390):
        still.size(width)
        found += [f"{width}: {one}" for one in still.window.driver.execute_script(BAR)]
    still.forget()
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", ["studio, a card in each state", "job, several pictures", "administration, people"])
def test_nothing_moves_for_whoever_wants_no_motion(still: Still, name: str) -> None:
    still.size(1440)
    still.show(BY_NAME[name])
    lasts = (
        "return [...document.querySelectorAll('*')].filter(one => getComputedStyle(one).transitionDuration !== '0s')"
    )
    assert still.window.driver.execute_script(f"{lasts}.map(one => one.outerHTML.slice(0, 99))") == []
    assert still.window.driver.execute_script("return document.getAnimations().length") == 0


def test_the_first_key_leads_past_the_bar(still: Still) -> None:
    still.size(1440, height=900)
    still.show(BY_NAME["usage"])
    press(still, Keys.TAB)
    assert still.window.driver.execute_script("return document.activeElement.matches('a.skip')")
    press(still, Keys.ENTER)
    assert active(still) == "main"


def test_a_new_price_leaves_the_focus_where_it_is(still: Still) -> None:
    still.size(1440, height=900)
    still.show(BY_NAME["studio, nothing yet"])
    before = still.window.driver.execute_script(
        "document.getElementById('price').dataset.old = 1;"
        "const other = document.querySelector('#composer input[name=style]:not(:checked)');"
        "other.focus(); other.click(); return `${other.name}=${other.value}`"
    )
    still.window.until(lambda: not still.window.all("#price[data-old]"), "the price is not asked for")
    assert active(still) == before


def test_a_cancelled_card_says_so_once_and_keeps_the_focus_near(still: Still) -> None:
    still.size(1440, height=900)
    still.show(BY_NAME["job, waiting"])
    button = still.window.one("button[id^=cancel-]")
    button.send_keys(Keys.ENTER)
    said = "return document.getElementById('announcer').textContent"
    still.window.until(lambda: "Cancelled" in still.window.driver.execute_script(said), "nothing is said of it")
    still.window.until(lambda: active(still) not in ("", "undefined=undefined"), "the focus is lost")
    regions = "return document.querySelectorAll('[aria-live=polite]').length"
    assert still.window.driver.execute_script(regions) == 1


def test_an_open_menu_gives_the_focus_back_at_escape(still: Still) -> None:
    still.size(1440, height=900)
    still.show(BY_NAME["gallery"])
    summary = still.window.one(".facet-menu > summary")
    summary.send_keys(Keys.ENTER)
    assert still.window.all(".facet-menu[open]")
    press(still, Keys.TAB, Keys.ESCAPE)
    assert not still.window.all(".facet-menu[open]")
    assert still.window.driver.execute_script("return document.activeElement.matches('.facet-menu > summary')")


def test_a_card_that_is_swapped_keeps_the_focus(still: Still) -> None:
    """As an answer to a look brings it: out of band, in the place of the one with the same id."""
    still.size(1440, height=900)
    still.show(BY_NAME["studio, a card in each state"])
    swap = """
    const link = document.querySelector('article.card[data-state=working] a.cover'), card = link.closest('article');
    link.focus();
    const next = card.cloneNode(true);
    next.setAttribute('hx-swap-oob', 'true'); next.dataset.fresh = '1';
    htmx.swap('#live', '<div id="live"></div>' + next.outerHTML, {swapStyle: 'outerHTML'});
    return link.id"""
    link = still.window.driver.execute_script(swap)
    still.window.one("article.card[data-fresh]")
    still.window.until(lambda: active(still) == link, "the focus is lost")


def test_a_star_keeps_the_focus(still: Still) -> None:
    still.size(1440, height=900)
    still.show(BY_NAME["gallery"])
    star = still.window.one(".tile-star:not(.on)")
    name = star.get_attribute("id")
    still.window.driver.execute_script("arguments[0].focus()", star)
    press(still, Keys.ENTER)
    still.window.one(f"#{name}.on")
    still.window.until(lambda: active(still) == name, "the focus is lost")
    press(still, Keys.ENTER)
    still.window.one(f"#{name}:not(.on)")


def test_what_opens_over_the_page_gives_the_focus_back(still: Still) -> None:
    still.size(1440, height=900)
    still.show(BY_NAME["gallery"])
    focused = "return document.activeElement.matches(arguments[0])"
    first = ".tile-open:has(img)"
    for key, dialog in ((Keys.SPACE, "#lightbox"), ("?", "#keys-sheet")):
        still.window.driver.execute_script(f"document.querySelector('{first}').focus()")
        press(still, key)
        still.window.one(f"{dialog}[open]")
        press(still, Keys.ESCAPE)
        still.window.until(lambda name=dialog: not still.window.all(f"{name}[open]"), "it stays open")
        still.window.until(lambda: still.window.driver.execute_script(focused, first), f"lost behind {dialog}")
    finder = still.window.one(".finder input")
    finder.click()
    still.window.one("#palette[open]")
    press(still, Keys.ESCAPE)
    still.window.until(lambda: not still.window.all("#palette[open]"), "it stays open")
    assert not still.window.driver.execute_script(focused, "body"), "the focus is lost behind the palette"


def test_every_picture_has_words_or_is_said_to_be_decoration(still: Still) -> None:
    still.size(1440)
    for name in NARROW:
        still.show(BY_NAME[name])
        without = "return [...document.images].filter(one => !one.hasAttribute('alt')).map(one => one.src)"
        assert still.window.driver.execute_script(without) == []
    still.show(BY_NAME["job, several pictures"])
    words = "return document.querySelector('[data-picture]').alt"
    assert still.window.driver.execute_script(words) == "A garden in four seasons"


def test_forced_colours_leave_frames_marks_and_the_ring_visible(still: Still) -> None:
    """Everything drawn in a colour of ours is drawn in one of the system's instead."""
    still.size(1440, forced_colors="active")
    still.show(BY_NAME["studio, a card in each state"])
    ring = "document.querySelector('#go-button').focus(); const one = getComputedStyle(document.activeElement);"
    assert still.window.driver.execute_script("return matchMedia('(forced-colors: active)').matches")
    press(still, Keys.TAB)
    assert still.window.driver.execute_script(f"{ring} return one.outlineStyle") != "none"
    edge = "return getComputedStyle(document.querySelector('.card.told .frame')).borderTopStyle"
    outline = "return getComputedStyle(document.querySelector('.card.told .frame')).outlineStyle"
    drawn = {still.window.driver.execute_script(edge), still.window.driver.execute_script(outline)}
    assert drawn != {"none"}, "a frame without a picture is not seen"


@pytest.mark.parametrize("script", [True, False], ids=["script", "without-script"])
def test_after_deleting_the_focus_is_on_undo_and_after_that_on_the_picture(still: Still, script: bool) -> None:
    still.size(1440)
    still.sign_in("mina")
    still.window.without_script(not script)
    try:
        still.window.go("/gallery/")
        tile = still.window.all(".tile-open:has(img)")[2].get_attribute("id")
        still.window.driver.find_element("css selector", f".tile:has(#{tile}) input[name=picture]").send_keys(
            Keys.SPACE
        )
        still.window.click("[data-key=Delete]")
        still.window.click(".sure .button")
        still.window.one(".toasts button:focus")
        assert not still.window.all(f"#{tile}")
        press(still, Keys.ENTER)
        still.window.one(f"#{tile}:focus")

        # On a page without the picture in a grid it is the sentence.
        still.window.go(str(still.window.one(f"#{tile}").get_attribute("href")).removeprefix(still.window.base))
        still.window.click(".job-head .more > summary")
        still.window.click("[data-key=Delete]")
        still.window.click("main .button.primary")
        still.window.one(".toasts button:focus")
        press(still, Keys.ENTER)
        still.window.one("#messages .note:focus")
    finally:
        still.window.without_script(False)


def box(still: Still, selector: str) -> dict[str, float]:
    measure = "const {left, right, top, bottom, width} = document.querySelector(arguments[0]).getBoundingClientRect();"
    found: dict[str, float] = still.window.driver.execute_script(
        f"{measure} return {{left, right, top, bottom, width}}", selector
    )
    return found


def test_what_narrows_the_gallery_is_seen_without_a_swipe(still: Still) -> None:
    still.size(390)
    still.show(BY_NAME["gallery, not made"])  # the last of the words to narrow by
    applied = box(still, ".facet.on")
    assert applied["left"] >= 0
    assert applied["right"] <= 390


def test_of_a_batch_the_bar_and_the_way_to_cancel_share_a_line_on_a_telephone(still: Still) -> None:
    still.size(390)
    still.show(BY_NAME["batch"])
    bar, cancel = box(still, ".batch-bar"), box(still, ".batch-head .end .link")
    assert cancel["top"] < (bar["top"] + bar["bottom"]) / 2 < cancel["bottom"]
    assert bar["right"] < cancel["left"]


def test_the_frame_without_a_picture_is_as_wide_as_the_picture_would_be(still: Still) -> None:
    still.size(1440)
    still.show(BY_NAME["job, refused"])
    assert box(still, ".stage-frame .frame")["width"] == box(still, ".viewer")["width"]


@pytest.mark.parametrize("name", ["usage", "webhooks", "profile", "docs", "models, en"])
def test_lists_to_choose_from_look_like_the_menus(still: Still, name: str) -> None:
    still.size(1440)
    still.show(BY_NAME[name])
    drawn = """return [...document.querySelectorAll('main select')].map((one) => getComputedStyle(one))
        .map((style) => [style.appearance, style.backgroundImage.includes('chevron')])"""
    lists = still.window.driver.execute_script(drawn)
    assert lists
    assert all(one == ["none", True] for one in lists)


def test_the_name_of_the_studio_is_whole_at_twice_the_size(still: Still) -> None:
    still.size(720, height=450, zoomed=2)  # a window of 1440 x 900 at 200 %
    still.show(BY_NAME["studio, a card in each state"])
    whole = "const name = document.querySelector('.brand span'); return [name.scrollWidth, name.clientWidth]"
    needed, there = still.window.driver.execute_script(whole)
    assert needed <= there
    assert box(still, ".brand")["right"] <= box(still, ".nav")["left"] + 8  # where its first word begins
