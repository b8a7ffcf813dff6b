"""Choosing a model by hand: by mouse, by keyboard, and with script switched off."""

from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from tests.browser import axe
from tests.browser.people import manage
from tests.browser.test_story import sign_in
from tests.browser.window import Window
from tests.ops.studio_process import StudioProcess

PASSWORD = "a quiet northern window 7"  # noqa: S105


@pytest.fixture(scope="module")
def _mara(studio: StudioProcess, data_folder: Path) -> None:
    manage(data_folder, "add_user", "mara", "--password", PASSWORD, "--credits", "500")


@pytest.fixture
def signed_in(window: Window, _mara: None) -> Window:
    window.go("/")
    sign_in(window, "mara", PASSWORD)
    window.one("#composer")
    return window


def name_of_model(window: Window) -> str:
    return window.text("#composer #model-button .model-name")


def test_a_model_is_searched_and_chosen_and_the_words_stay(signed_in: Window) -> None:
    window = signed_in
    window.fill("#prompt", "a blue kettle")
    window.click("#model-button")
    window.one(".picker-row")
    focused = window.driver.switch_to.active_element
    assert focused.get_attribute("id") == "picker-search"
    focused.send_keys("ideogram turbo 3")
    window.until(lambda: len(window.all(".picker-row")) == 1, "the search left more than one")
    assert "1 of" in window.text(".picker-cols")
    axe.check(window)
    window.click(".picker-row")
    window.until(lambda: name_of_model(window) == "Ideogram 3 Turbo", "the form is still another model's")
    assert "3 credits" in window.text("#price")
    assert window.attribute("#prompt", "value") == "a blue kettle"
    assert window.driver.switch_to.active_element.get_attribute("id") == "model-button"
    assert not window.one(".picker").is_displayed()

    # the form was swapped: its list, search and sorting go on working
    window.click("#model-button")
    window.one(".picker-row")
    window.click(".picker-cols button[value=price]")
    window.until(lambda: not window.all(".picker-family"), "still by family")
    prices = [element.text for element in window.all(".picker-price b")]
    assert prices.index("2") < prices.index("16") < prices.index("24")
    axe.check(window)
    window.one("#picker-search").send_keys("midjourney", Keys.ENTER)
    window.until(lambda: len(window.all(".picker-row")) == 1, "the search left more than one")
    assert window.driver.current_url.endswith("/")
    assert not [card for card in window.all("article.card") if "a blue kettle" in card.text]


def test_enter_in_a_setting_orders_and_chooses_nothing(signed_in: Window) -> None:
    window = signed_in
    window.go("/?model=kling-image&prompt=a+red+kettle")
    window.click("#model-button")
    window.one(".picker-row")
    window.one("#picker-search").send_keys(Keys.ESCAPE)
    window.click("details.more summary")
    window.one("input[name=image_fidelity]").send_keys("0.5", Keys.ENTER)
    window.one("article.card[data-state]")
    assert name_of_model(window) == "Kling Image"


def test_without_script_the_words_come_along(signed_in: Window) -> None:
    window = signed_in
    window.without_script()
    window.go("/?model=dall-e-3&prompt=a+green+kettle")
    window.click("#model-button")
    window.click("#picker-list button")
    window.until(lambda: len(window.all(".picker-row")) > 50, "no list")
    axe.check(window)
    window.click(".picker-row[value=midjourney]")
    window.until(lambda: name_of_model(window) == "Midjourney", "the form is still another model's")
    assert window.attribute("#prompt", "value") == "a green kettle"
    assert not window.all(".composer-errors")
    window.click("#model-button")
    window.one("#picker-search").send_keys("kuaishou", Keys.ENTER)
    window.until(lambda: "q=kuaishou" in window.driver.current_url, "not searched")
    assert [row.get_attribute("value") for row in window.all(".picker-row")] == ["kling-image"]
