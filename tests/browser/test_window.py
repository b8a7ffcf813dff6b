"""The window that the other tests look through: what a browser complains of fails them, with script and without."""

import pytest

from tests.browser import axe
from tests.browser.window import opened
from tests.ops.studio_process import StudioProcess

STYLE = "document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">planted</p>')"
PLANTED = {
    "an error": ("setTimeout(() => { throw new Error('planted') })", "planted"),
    "a promise nobody waits for": ("Promise.reject(new Error('planted'))", "planted"),
    "the console": ("console.error('planted')", "planted"),
    "a style the policy forbids": (STYLE, "Content Security Policy"),
    "a script from elsewhere": (
        "document.head.append(Object.assign(document.createElement('script'), {src: 'https://cdn.example/x.js'}))",
        "Content Security Policy",
    ),
    "a file that is not there": ("new Image().src = '/static/img/planted.png'", "404"),
}


@pytest.mark.parametrize("what", PLANTED)
def test_what_the_browser_complains_of_fails_the_test(studio: StudioProcess, what: str) -> None:
    script, said = PLANTED[what]

    def plant() -> None:
        with opened(f"http://127.0.0.1:{studio.port}") as window:
            window.go("/accounts/login/")
            window.driver.execute_script(script)
            window.until(lambda: window.listen() or window.complaints, "nobody complained")

    with pytest.raises(AssertionError, match=said):
        plant()


@pytest.mark.parametrize("has_script", [True, False])
def test_axe_in_a_story_finds_what_is_planted_and_starts_no_script(studio: StudioProcess, has_script: bool) -> None:
    with opened(f"http://127.0.0.1:{studio.port}") as window:
        window.without_script(not has_script)
        window.go("/accounts/login/")
        axe.check(window)
        assert window.driver.execute_script("return 'htmx' in window") is has_script
        window.driver.execute_script("document.querySelector('label').remove()")
        with pytest.raises(AssertionError, match="label: "):
            axe.check(window)
