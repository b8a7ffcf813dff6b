"""The whole story as a person lives it: sign in, describe, watch, keep, account; and a power cut in the middle."""

import os
import re
import signal
from pathlib import Path

import pytest

from tests import once
from tests.browser import axe
from tests.browser.people import manage
from tests.browser.window import Window, opened
from tests.ops.studio_process import StudioProcess

NEW_PASSWORD = "a quiet northern window 7"  # noqa: S105


def sign_in(window: Window, name: str, password: str) -> None:
    window.fill("input[name=login]", name)
    window.fill("input[name=password]", password)
    window.click("main button.primary")


def card(window: Window, state: str, seconds: float = 20) -> str:
    """The id of the first card in this state."""
    found = window.one(f"article.card[data-state={state}]", seconds)
    return str(found.get_attribute("id"))


def generate(window: Window, prompt: str) -> None:
    window.fill("#prompt", prompt)
    window.click("#go-button")


def credits_to_spend(window: Window) -> str:
    return window.text(".meter").split()[0].replace(",", "")


def test_a_first_day(studio: StudioProcess, window: Window, data_folder: Path) -> None:
    password = next(line for line in studio.lines if "Password:" in line).split()[-1]

    # A new administrator signs in with the printed password and has to choose another one.
    window.go("/")
    assert "/accounts/login/" in window.driver.current_url
    sign_in(window, "admin", "certainly wrong")
    assert "do not match" in window.text("main")
    axe.check(window)
    sign_in(window, "admin", password)
    window.until(lambda: "password/change" in window.driver.current_url, "the password need not be changed")
    axe.check(window)
    window.fill("input[name=oldpassword]", password)
    window.fill("input[name=password1]", NEW_PASSWORD)
    window.fill("input[name=password2]", NEW_PASSWORD)
    window.click("main button.primary")
    window.until(lambda: window.driver.current_url.endswith("/"), "not in the studio")

    # The composer has DALL-E 3 chosen, offers what the model offers, and says the price before the click.
    assert window.text("#composer .model-name") == "DALL·E 3"
    assert "21 credits" in window.text("#price")
    assert "479 left after this" in window.text("#price").replace("\n", " ")
    window.click("input[name=aspect_ratio][value='2:3']")
    window.click("input[name=style][value=natural]")

    # A card at once, then the picture, without loading the page anew.
    window.driver.execute_script("window.stayed = true")
    generate(window, "A lighthouse on a small island at dusk, the lamp already turning")
    first = window.one("article.card[data-state]")
    name = str(first.get_attribute("id"))
    assert "479" in window.text(".meter")
    window.until(lambda: window.one(f"#{name} .frame img"), "no picture", 30)
    window.until(
        lambda: window.driver.execute_script(f"return document.querySelector('#{name} .frame img').naturalWidth") > 0,
        "the picture did not load",
    )
    assert window.driver.execute_script("return window.stayed") is True
    assert credits_to_spend(window) == "479"
    said = "return document.querySelector('[aria-live]').textContent"
    window.until(lambda: "Picture ready" in window.driver.execute_script(said), "nothing was said of it")
    axe.check(window)

    # After the last job ended nothing is asked for any more.
    window.until(lambda: not window.all("#live[hx-get]"), "it still polls")
    assert window.all("[data-poll], [hx-trigger*=every]") == []

    # The receipt.
    window.click(f"#{name} .cover")
    receipt = window.text(".receipt")
    for word in ("Held", "Sent to Sandbox", "Captured", "You paid", "entry"):
        assert word in receipt

    # Usage: every entry with the running balance, and the same as CSV.
    window.go("/usage/")
    ledger = window.text("#ledger")
    assert "Captured" in ledger
    assert "479" in ledger
    csv = window.driver.execute_async_script(
        "const done = arguments[0]; fetch(document.querySelector('a[href*=csv]').href).then(r => r.text()).then(done)"
    )
    assert csv.count("\n") >= 4
    assert "21" in csv
    assert manage(data_folder, "verify_ledger").returncode == 0


def test_a_refusal_a_failure_a_cancel_and_a_retry(studio: StudioProcess, window: Window, data_folder: Path) -> None:
    made = manage(data_folder, "add_user", "mina", "--password", NEW_PASSWORD, "--credits", "50")
    assert made.returncode == 0, made.stderr
    window.go("/")
    sign_in(window, "mina", NEW_PASSWORD)

    generate(window, "A portrait [sandbox:refuse]")
    refused = card(window, "not-made")
    told = window.text(f"#{refused}")
    assert "DALL·E 3 refused this prompt" in told
    assert "Nothing was charged." in told
    assert re.search(r"21 credits are back, entry \d+", told)
    axe.check(window)
    assert credits_to_spend(window) == "50"

    generate(window, "A town [sandbox:fail]")
    window.until(lambda: len(window.all("article.card[data-state=not-made]")) == 2, "the failure is not shown")
    assert credits_to_spend(window) == "50"

    # Too few: 50 credits carry two pictures of 21; the third is refused with what is missing.
    generate(window, "One [sandbox:slow=90]")
    one = card(window, "working")
    window.until(lambda: re.search(r"\d+ %", window.text(f"#{one}")), "no progress was shown")
    axe.check(window)
    generate(window, "Two [sandbox:slow=90]")
    window.until(lambda: len(window.all("article.card[data-state=working]")) == 2, "two are not under way")
    window.go("/")
    assert "13 too few" in window.text("#price")
    assert "You have 8" in window.text("#price")
    axe.check(window)

    # The wrong field says what is wrong and keeps the words.
    manage(data_folder, "grant_credits", "mina", "200", "--reason", "a longer day")
    window.go("/")
    generate(window, "x" * 4001)
    window.until(lambda: "1 character too many" in window.text("#composer"), "the length is not refused")
    axe.check(window)
    assert len(window.attribute("#prompt", "value")) == 4001


def test_a_stranger_gets_404_and_an_expired_login_comes_back(
    studio: StudioProcess, window: Window, data_folder: Path
) -> None:
    manage(data_folder, "add_user", "jonas", "--password", NEW_PASSWORD)
    window.go("/")
    sign_in(window, "jonas", NEW_PASSWORD)
    generate(window, "A slow island [sandbox:slow=30]")
    mine = card(window, "working")
    path = window.attribute(f"#{mine} .cover", "href").removeprefix(window.base)

    # The session ends in mid-poll: the page says so and leads to the login page, and back to the studio.
    window.driver.delete_all_cookies()
    window.until(lambda: "You were signed out." in window.text(".toast"), "the poll did not notice", 10)
    axe.check(window)
    window.click(".toast a")
    sign_in(window, "jonas", NEW_PASSWORD)
    window.until(lambda: window.driver.current_url == f"{window.base}/", "not back in the studio")
    assert window.one(f"#{mine}")

    with opened(window.base) as other:
        manage(data_folder, "add_user", "aiko", "--password", NEW_PASSWORD)
        other.go(path)
        sign_in(other, "aiko", NEW_PASSWORD)
        other.until(lambda: "not yours to see" in other.text("main"), "a stranger sees the job")
        axe.check(other)


@pytest.mark.parametrize("prompt", ["", "   "])
def test_an_empty_prompt_is_refused_in_place(
    studio: StudioProcess, window: Window, data_folder: Path, prompt: str
) -> None:
    manage(data_folder, "add_user", "kai", "--password", NEW_PASSWORD)
    window.go("/")
    sign_in(window, "kai", NEW_PASSWORD)
    generate(window, prompt)
    window.until(lambda: "Describe the picture first" in window.text("#composer"), "nothing is said")
    assert not window.all("article.card[data-state]")


def test_a_power_cut_in_the_middle_is_charged_once(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    folder = once.studio_folder(request.config, tmp_path / "studio")
    settings = {"STUDIO_SANDBOX_SECONDS": "4", "STUDIO_ADMIN_PASSWORD": "the first northern window"}
    studio = StudioProcess(folder, **settings).ready()
    try:
        with opened(f"http://127.0.0.1:{studio.port}") as window:
            window.go("/")
            sign_in(window, "admin", "the first northern window")
            window.until(lambda: window.all("#prompt"), "not signed in")
            generate(window, "Six ridges in fog")
            name = card(window, "working")
            window.go("/healthz")
            window.expected.append("favicon.ico .*ERR_CONNECTION_RE(FUSED|SET)")  # the browser's own wish
            os.kill(studio.popen.pid, signal.SIGKILL)
            studio.popen.wait(10)
            studio = StudioProcess(folder, port=studio.port, **settings).ready()
            window.go("/")
            window.until(lambda: window.one(f"#{name} .frame img"), "the job did not finish", 60)
            assert credits_to_spend(window) == "479"
        assert manage(folder, "verify_ledger").returncode == 0
    finally:
        studio.close()
