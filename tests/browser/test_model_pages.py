"""A stranger finds a model, reads of it in another language, tries it, and lands in the studio after signing in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver.support.ui import Select

from tests.browser.conftest import ADMIN_PASSWORD
from tests.browser.test_story import sign_in
from tests.browser.window import Window, programs
from tests.ops.studio_process import StudioProcess


@pytest.fixture(scope="module")
def studio(data_folder: Path) -> Iterator[StudioProcess]:
    programs()
    process = StudioProcess(data_folder, STUDIO_ADMIN_PASSWORD=ADMIN_PASSWORD, STUDIO_SANDBOX_SECONDS="0").ready()
    yield process
    process.close()


def test_a_stranger_goes_from_the_list_to_a_filled_composer(window: Window) -> None:
    window.size(390)
    window.go("/models/")
    assert window.attribute("html", "lang") == "en"
    window.fill("#find-words", "dense pages")
    window.click(".find button")
    window.until(lambda: len(window.all(".entry")) == 1, "the search left more than one")
    assert window.attribute("#find-words", "value") == "dense pages"
    window.click(".entry-name")
    assert window.text("h1") == "Qwen Image 2 Pro"

    window.click('.public-foot a[lang="ko"]')
    assert window.attribute("html", "lang") == "ko"
    assert "지면을 만듭니다" in window.text(".lead")
    window.click(".questions summary")
    assert window.one(".questions details[open] p").is_displayed()
    window.click('label[for="in-openai-python"]')
    assert "from openai import OpenAI" in window.text(".tabbed .code-box:nth-of-type(3)")
    assert window.driver.execute_script("return document.documentElement.scrollWidth <= innerWidth")

    window.fill("#try-prompt", "등대 & 안개")
    window.click(".try-model button")
    sign_in(window, "admin", ADMIN_PASSWORD)
    assert window.attribute("#prompt", "value") == "등대 & 안개"
    assert window.text("#model-button .model-name") == "Qwen Image 2 Pro"


def test_a_maker_is_chosen_by_a_plain_form_and_the_language_stays(window: Window) -> None:
    window.size(1440, dark=True)
    window.go("/ja/models/")
    Select(window.one("#find-maker")).select_by_visible_text("Recraft")
    window.click(".find button")
    window.until(lambda: len(window.all(".entry")) == 1, "the maker left more than one")
    assert window.driver.current_url.endswith("/ja/models/?q=&maker=Recraft")
