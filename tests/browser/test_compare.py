"""Two pictures compared in sync, and a blind duel, in a real browser."""

from pathlib import Path

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from tests.browser import axe
from tests.browser.people import manage
from tests.browser.test_story import sign_in
from tests.browser.window import Window
from tests.ops.studio_process import StudioProcess

PASSWORD = "a quiet northern window 7"  # noqa: S105
DRAWN = "return [...document.querySelectorAll('main img')].every(one => one.complete && one.naturalWidth)"
TRANSFORMS = "return [...document.querySelectorAll('.lens')].map(one => one.style.transform)"
ORDER = """
const form = document.querySelector('form.composer'), data = new URLSearchParams(new FormData(form));
data.set('prompt', 'A lighthouse at dusk'); data.append('also', 'flux-1.1-pro');
const send = () => fetch('/', {method: 'POST', body: data, headers: {'X-CSRFToken': data.get('csrfmiddlewaretoken')}});
return send().then(answer => answer.text()).then(text => {
  data.set('shown', new DOMParser().parseFromString(text, 'text/html').querySelector('[name=shown]').value);
  return send();
}).then(answer => answer.url);
"""


def test_two_pictures_zoom_alike_and_a_duel_is_voted_by_keys(
    studio: StudioProcess, window: Window, data_folder: Path
) -> None:
    made = manage(data_folder, "add_user", "yuna", "--password", PASSWORD, "--credits", "500")
    assert made.returncode == 0, made.stderr
    window.size(1440, height=900)
    window.go("/")
    sign_in(window, "yuna", PASSWORD)
    window.one("form.composer")
    batch = window.driver.execute_script(ORDER).partition("batch=")[2]
    window.go(f"/batches/{batch}/")
    window.until(lambda: len(window.all(".compare .cover img, .compare img")) == 2, "the pictures are not ready", 40)

    window.click(".row-compare")
    window.until(lambda: window.driver.execute_script(DRAWN), "the pictures are not drawn")
    assert "/gallery/compare/?picture=" in window.driver.current_url
    assert window.driver.execute_script(TRANSFORMS) == ["", ""]
    window.click("#zoom-200")
    ActionChains(window.driver).drag_and_drop_by_offset(window.all("[data-stage]")[1], 60, 40).perform()
    one, other = window.driver.execute_script(TRANSFORMS)
    assert one
    assert one.partition("scale")[2] == other.partition("scale")[2]
    axe.check(window)
    ActionChains(window.driver).send_keys("+").perform()
    window.until(lambda: window.driver.execute_script(TRANSFORMS)[0] != one, "plus does not zoom")
    moved = window.driver.execute_script(TRANSFORMS)
    assert moved[0].partition("scale")[2] == moved[1].partition("scale")[2]
    ActionChains(window.driver).send_keys("0").perform()
    window.until(lambda: window.driver.execute_script(TRANSFORMS) == ["", ""], "0 does not show all of it")
    names = [each.text for each in window.all(".side-name")]
    window.click("#earlier-2")
    window.until(lambda: [each.text for each in window.all(".side-name")] == names[::-1], "they are not swapped")

    window.click("#start-duel")
    window.one("#vote-left")
    page = window.text("main")
    assert not any(name in page for name in names)
    axe.check(window)
    ActionChains(window.driver).send_keys(Keys.ARROW_RIGHT).perform()
    window.one("#next")
    assert "You chose" in window.text("main h1")
    axe.check(window)
    assert all(name in window.text("main") for name in names)
    ActionChains(window.driver).send_keys(" ").perform()
    window.until(lambda: "one pair there is" in window.text("main h1"), "space does not go on")
    axe.check(window)
    window.go("/gallery/duels/")
    assert "only 1 vote yet" in window.text(".standings")
    axe.check(window)
