"""The composer under the hands: what was written comes back, by a reload, by the arrow keys, after a sign-out."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from tests.browser import axe
from tests.browser.conftest import ADMIN_PASSWORD
from tests.browser.people import manage
from tests.browser.test_story import generate, sign_in
from tests.browser.window import Window, programs
from tests.ops.studio_process import StudioProcess

MINA_PASSWORD = "a quiet northern window 7"  # noqa: S105


@pytest.fixture(scope="module")
def studio(data_folder: Path) -> Iterator[StudioProcess]:
    programs()
    given = {"STUDIO_ADMIN_PASSWORD": ADMIN_PASSWORD, "STUDIO_SANDBOX_SECONDS": "0"}
    process = StudioProcess(data_folder, **given).ready()
    manage(data_folder, "add_user", "mina", "--password", MINA_PASSWORD)
    yield process
    process.close()


@pytest.fixture
def at_work(window: Window) -> Window:
    window.go("/")
    sign_in(window, "admin", ADMIN_PASSWORD)
    window.one("#prompt")
    return window


def words(window: Window) -> str:
    return window.attribute("#prompt", "value")


def value(window: Window, selector: str) -> str:
    return window.attribute(selector, "value")


def drafts(window: Window) -> list[str]:
    return list(window.driver.execute_script("return Object.keys(localStorage).filter((n) => n.startsWith('draft:'))"))


def test_a_draft_survives_a_reload_with_its_model_and_settings_and_goes_with_the_order(at_work: Window) -> None:
    window = at_work
    window.go("/?model=flux-2-flex")
    window.fill("#prompt", "A fox asleep in a garden")
    window.click("details.more summary")
    slide = "arguments[0].value = 4; arguments[0].dispatchEvent(new Event('input', {bubbles: true}))"
    window.driver.execute_script(slide, window.one(".slider:has([name=guidance]) [type=range]"))
    assert value(window, "[name=guidance]") == "4"
    window.one("[name=steps]").send_keys("30")
    assert value(window, ".slider:has([name=steps]) [type=range]") == "30"
    window.go("/")
    window.until(lambda: value(window, "#composer [name=model]") == "flux-2-flex", "the model is lost")
    assert words(window) == "A fox asleep in a garden"
    assert (value(window, "[name=guidance]"), value(window, "[name=steps]")) == ("4", "30")
    window.one("#prompt").send_keys(Keys.CONTROL, Keys.ENTER)
    window.until(lambda: not drafts(window), "the order did not take the draft with it")
    window.one("article.card[data-state]:has(a[title='A fox asleep in a garden'])")
    window.go("/")
    assert words(window) == ""
    assert value(window, "#composer [name=model]") == "dall-e-3"


def test_a_draft_that_comes_back_is_counted_and_priced(at_work: Window) -> None:
    window = at_work
    window.go("/")
    window.fill("#prompt", "A {red|blue} car")
    window.until(lambda: "Generate 2" in window.text("#go-button"), "typed words are not priced")
    window.go("/")
    assert words(window) == "A {red|blue} car"
    window.until(lambda: window.text("[data-count]") == "10 of 4,000", "the words are not counted")
    window.until(lambda: "Generate 2" in window.text("#go-button"), "the button tells the price of nothing")
    window.one("#prompt").clear()


def test_an_error_goes_when_the_words_it_was_about_change(at_work: Window) -> None:
    window = at_work
    window.go("/")
    window.fill("#prompt", "A {red|blue car")
    window.one("#prompt").send_keys(Keys.CONTROL, Keys.ENTER)
    window.until(lambda: "not closed" in window.text("#prompt-error"), "nothing was said")
    axe.check(window)
    window.one("#prompt").send_keys("}")
    assert window.all("#prompt-error, .words.wrong, #prompt[aria-invalid]") == []
    window.one("#prompt").clear()


def test_a_draft_outlives_a_sign_out_and_is_nobody_elses(at_work: Window) -> None:
    window = at_work
    window.fill("#prompt", "A letter that is not finished")
    window.driver.delete_cookie("session")
    window.click("#go-button")
    window.until(lambda: "You were signed out. Your draft is kept." in window.text(".toast"), "nothing was said")
    assert words(window) == "A letter that is not finished"
    window.click(".toast a")
    sign_in(window, "admin", ADMIN_PASSWORD)
    window.until(lambda: words(window) == "A letter that is not finished", "the draft is lost")
    window.driver.delete_cookie("session")
    window.go("/")
    sign_in(window, "mina", MINA_PASSWORD)
    window.one("#prompt")
    assert words(window) == ""
    assert drafts(window) == []


def test_a_key_is_never_kept_in_a_draft(at_work: Window) -> None:
    window = at_work
    window.fill("#prompt", "curl https://api.apiframe.ai/v2/images/generate -H 'X-API-Key: afk_0123456789abcdef'")
    window.fill("#prompt", "my key is afk_0123456789abcdef")
    stored = window.driver.execute_script("return JSON.stringify(localStorage)")
    assert "afk_0" not in stored


def test_the_arrow_keys_walk_through_earlier_prompts(at_work: Window) -> None:
    window = at_work
    for text in ("A red kettle", "A green kettle", "A kettle in silver light"):
        window.go("/")
        generate(window, text)
        window.until(lambda: not drafts(window), "not placed")
    window.go("/")
    window.fill("#prompt", "mine")
    field = window.one("#prompt")
    field.send_keys(Keys.ARROW_UP)
    assert words(window) == "mine"
    window.fill("#prompt", "")
    field.send_keys(Keys.ARROW_UP)
    window.until(lambda: "silver" in words(window), "nothing came")
    field.send_keys(Keys.ARROW_UP)
    window.until(lambda: words(window) == "A green kettle", "not the second")
    assert "2 of" in window.text("[data-step]")
    axe.check(window)
    field.send_keys(Keys.ARROW_UP)
    window.until(lambda: words(window) == "A red kettle", "not further back")
    field.send_keys(Keys.ARROW_DOWN)
    window.until(lambda: words(window) == "A green kettle", "not forward")
    field.send_keys(Keys.ESCAPE)
    window.until(lambda: words(window) == "", "one's own did not come back")
    assert not window.one("[data-step]").is_displayed()


def test_what_will_be_sent_follows_the_form(at_work: Window) -> None:
    window = at_work
    window.go("/?model=flux-2-flex&prompt=a+fox")
    window.click("#sending summary")
    window.until(lambda: "5 characters" in window.text("#sending"), "nothing is shown")
    window.click("details.more summary")
    window.one("[name=guidance]").send_keys("3.5")
    window.until(lambda: "guidance: 3.5" in window.text("#sending"), "it does not follow")
    assert "Guidance: 3.5" in window.text("#sending")
    axe.check(window)


def test_a_button_that_leads_elsewhere_never_orders(at_work: Window) -> None:
    """htmx takes up what it swapped in a moment after it can be seen."""
    window = at_work
    window.go("/")
    window.fill("#prompt", "A kettle that nobody ordered")
    early = """const button = document.createElement('button');
        button.setAttribute('form', 'composer'); button.setAttribute('formaction', '/presets/new/');
        button.formNoValidate = true; document.body.append(button); button.click()"""
    window.driver.execute_script(early)
    window.until(lambda: window.driver.current_url.endswith("/presets/new/"), "it does not lead there")
    assert value(window, "#preset-name") == "A kettle that nobody ordered"
    window.go("/")
    assert not window.all("a[title='A kettle that nobody ordered']")


def test_a_preset_with_a_blank_is_kept_and_used(at_work: Window) -> None:
    window = at_work
    window.go("/?model=ideogram-v3-turbo")
    window.fill("#prompt", "A poster of {subject}")
    window.click("#composer .choice:has([value='3:2']) input")
    window.until(lambda: window.all("#blanks [name='blank-subject']"), "no field for the blank")
    window.click("#presets summary")
    window.one("#presets-rows")
    window.click("#presets-in button[form=composer]")
    chosen = "return [document.activeElement.id, getSelection().toString()]"
    selected = ["preset-name", "A poster of {subject}"]
    window.until(lambda: window.driver.execute_script(chosen) == selected, "the name is not selected")
    window.fill("#preset-name", "Posters")
    assert not window.all("#prompt-error")  # the composer itself was not sent
    window.click(".presets-naming .primary")
    window.one(".preset-row")
    window.go("/?model=dall-e-3&prompt=other")
    window.click("#presets summary")
    window.one("#presets-rows")
    window.click(".preset-row")
    window.until(lambda: words(window) == "A poster of {subject}", "the preset was not used")
    assert value(window, "#composer [name=model]") == "ideogram-v3-turbo"
    assert window.one("[name=aspect_ratio][value='3:2']").is_selected()
    assert not window.one(".presets-pop").is_displayed()
    focused = "return document.activeElement.name"
    window.until(lambda: window.driver.execute_script(focused) == "blank-subject", "the blank has not the cursor")
    axe.check(window)
    window.one("[name=blank-subject]").send_keys("an owl", Keys.CONTROL, Keys.ENTER)
    window.one("article.card[data-state]:has(a[title='A poster of an owl'])")


BRING = """
const [path, where] = arguments;
return fetch(path).then((answer) => answer.blob()).then((blob) => {
  const data = new DataTransfer();
  data.items.add(new File([blob], "back.png", {type: "image/png"}));
  const event = new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true});
  document.querySelector(where).dispatchEvent(event);
});
"""


def test_a_picture_of_ours_dropped_on_the_words_brings_its_settings_back(at_work: Window) -> None:
    window = at_work
    window.go("/?model=ideogram-v3-turbo")
    window.click("#composer .choice:has([value='3:2']) input")
    generate(window, "A lamp on a pier")
    made = "article.card:has(a[title='A lamp on a pier'])"
    window.one(f"{made}[data-state=done]", 40)
    path = window.attribute(f"{made} a[download]", "href")
    window.go("/?model=dall-e-3&prompt=other")
    window.driver.execute_script(BRING, path, "#prompt")
    window.until(lambda: words(window) == "A lamp on a pier", "its words did not come back")
    assert value(window, "#composer [name=model]") == "ideogram-v3-turbo"
    assert window.one("[name=aspect_ratio][value='3:2']").is_selected()
    assert "Build on it instead" in window.text(".composer-note")
    window.until(lambda: "Settings restored from back.png." in window.text("#toasts"), "it is not said")
    axe.check(window)
    window.click("#toasts [data-undo]")
    window.until(lambda: words(window) == "other", "the form did not come back")
    assert value(window, "#composer [name=model]") == "dall-e-3"
    assert not window.all("#toasts .toast")
    kept = "return JSON.stringify(localStorage)"
    window.until(lambda: "A lamp" not in window.driver.execute_script(kept), "the draft is another one")
    window.go("/?model=dall-e-3&prompt=other")
    window.driver.execute_script(BRING, "/static/img/samples/koi.webp", "#prompt")
    window.until(lambda: "was not made here" in window.text(".composer-note"), "nothing was said")
    axe.check(window)
    assert words(window) == "other"


def test_an_order_that_meets_no_studio_says_so_and_is_made_once_when_pressed_again(at_work: Window) -> None:
    window = at_work
    window.go("/?model=dall-e-3")
    before = len(window.all("[id^=job-]"))
    window.fill("#prompt", "A kettle on a blue stove")
    window.one("[data-placing] .placing:not([aria-disabled])")
    window.has_connection(False)
    window.click("[data-placing] .placing")
    window.until(lambda: "press again" in window.text(".toast[data-word=not-ordered]"), "nothing is said")
    assert words(window) == "A kettle on a blue stove"
    axe.check(window)
    window.has_connection(True)
    window.driver.get_log("browser")  # the browser's own word about it
    window.click("[data-placing] .placing")
    window.until(lambda: len(window.all("[id^=job-]")) == before + 1, "it was not ordered")
    assert not window.all(".toast[data-word=not-ordered]")
