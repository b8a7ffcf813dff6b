"""The gallery with more than a page of pictures: by keyboard, by scrolling, by menus, and without any script."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from tests import once
from tests.browser import axe
from tests.browser.test_story import sign_in
from tests.browser.window import Window, programs
from tests.children import ROOT
from tests.factories import PASSWORD

JOBS = 150


@pytest.fixture(scope="module")
def data_folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a team made in two and a half years, in small."""
    programs()
    folder = once.studio_folder(request.config, tmp_path_factory.mktemp("gallery"))
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("STUDIO_", "DATABASE_URL"))}
    command = [sys.executable, "-m", "tests.benchmarks.seed", "--jobs", str(JOBS), "--entries", "0", "--files", "2"]
    env = {**kept, "STUDIO_DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "studio.settings"}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def mina(window: Window) -> Window:
    """A window in which mina is signed in; of the seeded pictures there are rows alone."""
    window.expected.append(r"/pictures/\S+ - Failed to load resource: .* 404")
    window.go("/accounts/login/")
    sign_in(window, "mina", PASSWORD)
    window.one("#composer")
    return window


def press(window: Window, *keys: str) -> None:
    for key in keys:
        ActionChains(window.driver).send_keys(key).perform()


def tiles(window: Window) -> int:
    return len(window.all("[data-tile]"))


def current(window: Window) -> int:
    """The place of the tile that has the focus; -1 for none."""
    script = (
        "return [...document.querySelectorAll('[data-tile]')].indexOf(document.activeElement.closest('[data-tile]'))"
    )
    return int(window.driver.execute_script(script))


def test_the_grid_by_keyboard(mina: Window) -> None:
    mina.go("/gallery/?scope=team")
    assert tiles(mina) == 60
    mina.driver.execute_script("document.querySelector('.tile-open').focus()")
    press(mina, Keys.ARROW_RIGHT)
    assert current(mina) == 1
    press(mina, Keys.ARROW_DOWN)
    below = current(mina)
    assert below > 1
    press(mina, Keys.ARROW_UP, Keys.ARROW_LEFT)
    assert current(mina) == 0
    press(mina, "0", "s")  # 0: whatever another test in this studio gave it
    assert mina.all("[data-current] .tile-star.on")
    press(mina, "4")
    mina.until(lambda: "4" in mina.text("[data-current] .tile-star.on"), "no four stars")
    assert current(mina) == 0, "the focus stays on the picture"
    axe.check(mina)
    press(mina, "x")
    mina.until(lambda: "1 selected" in mina.text("#selection-bar"), "nothing is selected")
    press(mina, "x", "/")
    assert mina.driver.switch_to.active_element.get_attribute("id") == "search"
    press(mina, "KETTLE blue", Keys.ENTER)
    mina.until(lambda: "q=KETTLE+blue" in mina.driver.current_url, "nothing was searched for")
    assert 0 < tiles(mina) < 60
    assert all("kettle" in (line.get_attribute("alt") or "") for line in mina.all(".tile-open img"))
    mina.go("/gallery/?scope=team&q=kettle+zzz")
    mina.click(".empty a.button")
    mina.until(lambda: "scope=all" in mina.driver.current_url, "it was not searched everywhere")


def test_older_pictures_come_by_themselves(mina: Window) -> None:
    mina.go("/gallery/?scope=team")
    whole = int(mina.text("#count").split()[0])
    assert whole > 61

    def scrolled() -> bool:
        mina.driver.execute_script("window.scrollTo(0, document.body.scrollHeight)")
        return tiles(mina) == whole

    mina.until(scrolled, "the older pictures did not come")
    assert mina.all(".older") == []
    months = [head.get_attribute("id") for head in mina.all(".month-head")]
    assert len(months) == len(set(months)), "no month has its heading twice"
    stops = [line for line in mina.all(".tile [tabindex='0']")]
    assert len(stops) == 3, "one picture at a time is in the order of the Tab key"


def test_whoever_presses_older_goes_on_with_the_first_of_the_older_ones(mina: Window) -> None:
    mina.go("/gallery/?scope=team")
    before = tiles(mina)
    link = "const link = document.querySelector('.older a'); link.focus({preventScroll: true});"
    mina.driver.execute_script(f"{link} htmx.trigger(link, 'click')")
    mina.until(lambda: tiles(mina) > before, "no older ones came")
    mina.until(lambda: current(mina) == before, "the focus is lost")


def test_menus_narrow_and_widen(mina: Window) -> None:
    mina.go("/gallery/?scope=team")
    whole = int(mina.text("#count").split()[0])
    mina.click("[data-facet=model] summary")
    mina.click("[data-facet=model][open] .menu-item")
    mina.one("a.facet.on[data-facet=model]")
    axe.check(mina)
    assert 0 < int(mina.text("#count").split()[0]) < whole
    mina.click("a.facet.on[data-facet=model]")
    mina.until(lambda: mina.all("details[data-facet=model]"), "the menu is not back")
    assert int(mina.text("#count").split()[0]) == whole


def test_all_of_it_without_script(mina: Window) -> None:
    mina.without_script()
    mina.go("/gallery/?scope=team")
    first = mina.attribute("[data-tile] input", "value")
    mina.click(".older a")
    mina.until(lambda: "before=" in mina.driver.current_url, "not on the next page")
    assert mina.attribute("[data-tile] input", "value") != first
    mina.click(".newest a")
    mina.until(lambda: "before=" not in mina.driver.current_url, "not on the first page")
    mina.one("[data-tile]:last-of-type .tile-open").send_keys(Keys.TAB, Keys.TAB)
    button = mina.one("[data-tile] .tile-star:not(.on)")
    name = button.get_attribute("id")
    button.send_keys(Keys.ENTER)
    mina.one(f"[id='{name}'].on")
    axe.check(mina)
    assert mina.driver.current_url.endswith("/gallery/?scope=team")
    mina.click(".spine-months li:last-child a")
    mina.until(lambda: "at=" in mina.driver.current_url, "not in another month")
    assert tiles(mina) > 0


@pytest.mark.parametrize(
    ("told", "again"), [("close", "open()"), ("popstate", "box.addEventListener('close', open, {once: true})")]
)
def test_the_lightbox_opened_again_at_once_stays_open_and_takes_one_step_back(
    mina: Window, told: str, again: str
) -> None:
    """At once: before the browser said that it was closed; and then, while the page is going back."""
    mina.go("/usage/")
    mina.go("/gallery/?scope=team")
    mina.one(".tile-zoom")
    script = f"""const [done, box] = [arguments[0], document.getElementById("lightbox")];
        const open = () => document.querySelector(".tile-zoom").click();
        open();
        ({{close: box, popstate: window}})[{told!r}].addEventListener({told!r}, () => done(true), {{once: true}});
        box.close();
        {again};"""
    assert mina.driver.execute_async_script(script) is True
    assert mina.attribute("#lightbox", "open") == "true"
    axe.check(mina)
    assert mina.driver.current_url.endswith("/gallery/?scope=team")
    press(mina, Keys.ESCAPE)
    mina.until(lambda: not mina.all("#lightbox[open]"), "it stays open")
    mina.until(lambda: not mina.driver.execute_script("return history.state?.lightbox"), "still in the history")
    mina.driver.back()
    mina.until(lambda: mina.driver.current_url.endswith("/usage/"), "the history has a step too many")
