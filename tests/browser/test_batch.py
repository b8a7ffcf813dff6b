"""Several orders by one click, as a person lives it."""

from pathlib import Path

from tests.browser import axe
from tests.browser.people import manage
from tests.browser.window import Window
from tests.ops.studio_process import StudioProcess

IN_FIRST_ROW = """const tops = [...document.querySelectorAll('#batch-flow > .card')].map((card) => card.offsetTop);
    return tops.filter((top) => top === tops[0]).length"""
PASSWORD = "a quiet northern window 7"  # noqa: S105


def test_variables_and_two_models_from_the_words_to_the_table(
    studio: StudioProcess, window: Window, data_folder: Path
) -> None:
    made = manage(data_folder, "add_user", "rina", "--password", PASSWORD, "--credits", "200")
    assert made.returncode == 0, made.stderr
    window.go("/")
    window.fill("input[name=login]", "rina")
    window.fill("input[name=password]", PASSWORD)
    window.click("main button.primary")

    # A second model is added from the open list, which closes; the form says what it will not use.
    window.click("#model-button")
    window.click("#beside-flux-2-pro")
    window.until(lambda: "Flux 2 Pro" in window.text("#beside"), "the second model is not there")
    assert not window.all("details.model[open]"), "the list stays open over the button"
    focused = "return document.activeElement.id"
    window.until(lambda: window.driver.execute_script(focused) == "model-button", "the focus is lost")
    window.click("input[name=style][value=natural]")
    window.until(lambda: "does not use Style" in window.text("#beside"), "what is not used is not said")

    # The words make three prompts: what that is and costs is said while writing.
    window.fill("#prompt", "A {red|blue|green} kettle")
    window.until(lambda: "3 prompts × 2 models = 6 pictures" in window.text("#made-line"), "the sum is not said")
    window.until(lambda: "75 credits" in window.text("#price"), "the price is not that of all")  # 3 x (21 + 4)
    assert window.text("#prompt-count") == "14 of 4,000", "the longest of what they make is counted"
    assert "6 pictures, 125 left after this" in window.text("#price")
    assert "38 % of what you have" in window.text("#price")
    window.click("#made-line")
    axe.check(window)
    assert window.text("#made-list").splitlines() == ["A red kettle", "A blue kettle", "A green kettle"]

    # One click, one group; it fills where it stands, without the page being loaded anew.
    window.driver.execute_script("window.stayed = true")
    window.click("#go-button")
    window.until(lambda: "6 pictures, 75 credits" in window.text(".batch-head"), "no group")
    assert len(window.all("form.composer")) == 1
    axe.check(window)
    order = [card.get_attribute("id") for card in window.all(".batch article.card")]
    assert len(order) == 6
    assert window.text(".meter").split()[0] == "125"
    window.until(
        lambda: (
            window.text(".batch-head").startswith("6 pictures, 75 credits")
            and len(window.all(".batch article.card[data-state=done]")) == 6
        ),
        "not all are done",
        90,
    )
    assert [card.get_attribute("id") for card in window.all(".batch article.card")] == order
    assert window.driver.execute_script("return window.stayed") is True

    # The page of the batch: prompts down, models across; and back with the same words and models.
    window.click(".batch-head a")
    assert [head.text for head in window.all(".compare thead th[scope=col]")][1:] == ["DALL·E 3", "Flux 2 Pro"]
    rows = [row.text for row in window.all(".compare tbody th")]
    assert rows == [f"A {colour} kettle\nCompare" for colour in ("red", "blue", "green")]
    assert len(window.all(".compare td img")) == 6
    axe.check(window)
    window.click(".batch-page .buttons a")
    assert window.attribute("#prompt", "value") == "A {red|blue|green} kettle"
    window.until(lambda: "6 pictures, 50 left after this" in window.text("#price"), "the same again is not counted")

    # Too few for all: nothing is placed, and the way out is said.
    window.fill("#prompt", "A {red|blue|green|white|black|grey} kettle")
    window.until(lambda: "25 too few" in window.text("#price"), "too few is not said")
    axe.check(window)
    window.click("#go-button")
    window.until(lambda: not window.all("#beside li"), "the dearest model is not left out")

    # Of one model: a sheet that fills while one looks, of as many pictures a row as there is room for.
    window.go("/?model=dall-e-2")
    window.fill("#prompt", "A {red|blue|green|white|black|grey} kettle")
    window.until(lambda: "6 prompts" in window.text("#made-line"), "the sum is not said")
    window.click("#go-button")
    window.click("#active-jobs .batch[aria-label^='6 pictures, 24 credits'] .batch-head a")
    window.one("#batch-flow")
    window.driver.execute_script("window.stayed = true")
    done = "#batch-flow > article.card[data-state=done]"
    window.until(lambda: len(window.all(done)) == 6, "not all are done", 90)
    assert window.driver.execute_script("return window.stayed") is True
    for width, columns in ((390, 2), (820, 3), (1440, 3)):
        window.size(width)
        assert window.driver.execute_script(IN_FIRST_ROW) == columns, f"at {width}"
        assert window.overflow() == 0
        axe.check(window)
    assert manage(data_folder, "verify_ledger").returncode == 0
