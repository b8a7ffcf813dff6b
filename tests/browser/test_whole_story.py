"""From the order to the hand-over, with script and without: live, gallery, board, zip, delete, undo."""

import csv
import io
from pathlib import Path
from zipfile import ZipFile

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from tests.browser import axe
from tests.browser.people import manage
from tests.browser.test_story import generate, sign_in
from tests.browser.window import Window
from tests.ops.studio_process import StudioProcess

SANDBOX_SECONDS = "1"
PASSWORD = "a quiet northern window 7"  # noqa: S105
COLOURS = ("red", "blue", "green")
MARK = ".tile input[name=picture]"


def begin(window: Window, data_folder: Path, name: str) -> None:
    made = manage(data_folder, "add_user", name, "--password", PASSWORD, "--credits", "200")
    assert made.returncode == 0, made.stderr
    window.go("/")
    sign_in(window, name, PASSWORD)
    window.one("#prompt")


def press(window: Window, words: str, within: str = "main") -> None:
    """Press what a person reads as `words`: a button, a link or the head of a menu."""

    def found() -> WebElement | None:
        several = window.one(within).find_elements(By.CSS_SELECTOR, "a, button, summary")
        return next((one for one in several if one.is_displayed() and one.text.strip() == words), None)

    element: WebElement = window.until(found, f"no {words!r}")
    element.click()


def reads(window: Window, selector: str, words: str) -> None:
    """Wait until this part of the page, the one that comes included, reads so."""
    window.until(lambda: any(words in one.text for one in window.all(selector)), f"no {words!r} in {selector}")


def has_tiles(window: Window, number: int) -> None:
    window.until(lambda: len(window.all(".tile img")) == number, f"not {number} tiles")


def alts(window: Window) -> list[str]:
    return [str(picture.get_attribute("alt")) for picture in window.all(".tile img")]


def check_zip(path: Path, prompts: list[str], person: str) -> None:
    """The originals in the order of the selection, and a table that says the same of them as the files do."""
    with ZipFile(path) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert [name[:4] for name in names[:-2]] == [f"{number:03}-" for number in range(1, len(prompts) + 1)]
        assert names[-2:] == ["contact-sheet.html", "manifest.csv"]
        rows = list(csv.DictReader(io.StringIO(archive.read("manifest.csv").decode("utf-8-sig"))))
        assert [row["picture"] for row in rows] == names[:-2]
        assert archive.read(names[-2]).count(b"data:image/webp;base64,") == len(prompts)
        assert [row["prompt"] for row in rows] == prompts
        assert {(row["made_by"], row["model"], row["credits"], row["note"]) for row in rows} == {
            (person, "dall-e-3", "21", "")
        }
        for row in rows:
            assert len(archive.read(row["picture"])) == int(row["bytes"])


def test_from_the_order_to_the_zip_and_back_from_the_trash(
    studio: StudioProcess, window: Window, data_folder: Path, tmp_path: Path
) -> None:
    begin(window, data_folder, "mina")
    window.keep_downloads(tmp_path)
    window.driver.execute_script("window.stayed = true")

    # A card at once, which becomes the picture where it stands; then three at once.
    generate(window, "A lighthouse at dusk")
    name = window.attribute("article.card[data-state]", "id")
    window.one(f"#{name}[data-state=done] .frame img", 30)
    axe.check(window)
    window.fill("#prompt", f"A {{{'|'.join(COLOURS)}}} kettle")
    window.until(lambda: "63 credits" in window.text("#price"), "the price of three is not said")
    axe.check(window)
    window.click("#go-button")
    window.until(lambda: len(window.all(".batch article.card[data-state=done]")) == 3, "not all are done", 60)
    axe.check(window)
    assert window.driver.execute_script("return window.stayed") is True
    assert window.text(".meter").split()[0] == str(200 - 4 * 21)

    # The gallery has them, the newest first. Shift takes what lies between; a press lets one go.
    press(window, "Gallery", "nav.nav")
    has_tiles(window, 4)
    shown = alts(window)
    assert shown[3] == "A lighthouse at dusk"
    assert set(shown[:3]) == {f"A {colour} kettle" for colour in COLOURS}
    marks = window.all(MARK)
    marks[0].click()
    ActionChains(window.driver).key_down(Keys.SHIFT).click(marks[2]).key_up(Keys.SHIFT).perform()
    assert [mark.is_selected() for mark in marks] == [True, True, True, False]
    assert window.text("[data-number]") == "3 selected"
    axe.check(window)
    marks[1].click()
    assert window.text("[data-number]") == "2 selected"

    # Onto a new board, from there as a zip.
    press(window, "To a board", "#selection-bar")
    press(window, "New board…", "#selection-bar")
    window.fill("#board-name", "Kettles for May")
    axe.check(window)
    press(window, "Make it and put them there")
    reads(window, "h1", "Kettles for May")
    assert alts(window) == [shown[0], shown[2]]
    for mark in window.all(MARK):
        mark.click()
    press(window, "Download", "#selection-bar")
    check_zip(window.downloaded(tmp_path, "northlight-*.zip"), [shown[0], shown[2]], "mina")
    axe.check(window)

    # Deleting asks once, is said with a way back, and leaves the ledger alone.
    press(window, "Delete", "#selection-bar")
    window.click(".sure button")
    reads(window, ".toast", "2 pictures deleted. They can come back until")
    assert not window.all(".tile")
    axe.check(window)
    window.click(".toast button")
    reads(window, "#messages", "2 pictures are back.")
    axe.check(window)
    assert alts(window) == [shown[0], shown[2]]
    assert window.text(".meter").split()[0] == str(200 - 4 * 21)
    assert manage(data_folder, "verify_ledger").returncode == 0


def test_the_whole_story_without_script(
    studio: StudioProcess, window: Window, data_folder: Path, tmp_path: Path
) -> None:
    window.without_script()
    begin(window, data_folder, "jonas")
    window.keep_downloads(tmp_path)

    # Another model by the plain list, its words kept; then the order, and the page loaded again until it is there.
    window.fill("#prompt", "A kettle on a blue table")
    window.click("#model-button")
    press(window, "Show all models")
    window.click(".picker-list button[value='flux-2-pro']")
    reads(window, "#composer .model-name", "Flux 2 Pro")
    assert window.attribute("#prompt", "value") == "A kettle on a blue table"
    axe.check(window)
    window.click("input[name=aspect_ratio][value='3:2']")
    window.click("#go-button")
    reads(window, ".meter", str(200 - 4))

    def has(number: int) -> bool:
        window.go("/")
        return len(window.all("article.card[data-state=done] img")) == number

    window.until(lambda: has(1), "no picture", 30)
    window.fill("#prompt", "A lighthouse at dusk")
    window.click("input[name=style][value=natural]")
    window.click("#go-button")
    reads(window, ".meter", str(200 - 4 - 21))
    window.until(lambda: has(2), "no second picture", 30)
    axe.check(window)

    # The page of the job: stars, who sees it, the words that stand for it, its neighbour.
    window.click("article.card[data-state=done] .cover")
    reads(window, ".receipt", "You paid")
    window.click(".star[value='4']")
    window.one(".star[value='4'][aria-pressed=true]")
    window.click("#visibility summary")
    window.click("#visibility button[value=team]")
    reads(window, "#visibility", "Seen by: Team")
    axe.check(window)
    window.click("#alt-open")
    axe.check(window)
    window.fill("#alt-words", "A white lighthouse, its lamp lit")
    window.click("#alt-save")
    reads(window, "#alt", "A white lighthouse, its lamp lit")
    window.click("#after")
    window.one("[data-picture][alt='A kettle on a blue table']")

    # The gallery: search, a star on a picture, both on a board.
    window.go("/gallery/")
    window.fill("#search", "kettle")
    window.one("#search").send_keys(Keys.ENTER)
    has_tiles(window, 1)
    assert alts(window) == ["A kettle on a blue table"]
    axe.check(window)
    ActionChains(window.driver).move_to_element(window.one(".tile")).perform()
    window.click(".tile-star")
    window.one(".tile-star[aria-pressed=true]")
    window.answered()
    window.go("/gallery/?scope=starred")
    has_tiles(window, 2)
    for mark in window.all(MARK):
        mark.click()
    press(window, "To a board", "#selection-bar")
    press(window, "New board…", "#selection-bar")
    window.fill("#board-name", "May")
    axe.check(window)
    press(window, "Make it and put them there")
    reads(window, ".board-head h1", "May")
    has_tiles(window, 2)
    shown = alts(window)

    # The zip, of one of them.
    assert shown[0] == "A white lighthouse, its lamp lit"
    axe.check(window)
    window.click(MARK)
    press(window, "Download", "#selection-bar")
    check_zip(window.downloaded(tmp_path, "northlight-*.zip"), ["A lighthouse at dusk"], "jonas")

    # Deleting by the page that asks, and the way back.
    window.click(".tile-open")
    window.click("#more")
    press(window, "Delete", ".job-head")
    reads(window, "h1", "Delete 1 picture?")
    axe.check(window)
    press(window, "Delete")
    reads(window, "#messages", "1 picture deleted. It can come back until")
    reads(window, "#stage", "The picture was deleted.")
    axe.check(window)
    press(window, "Undo")
    reads(window, "#messages", "1 picture is back.")
    axe.check(window)
    window.go("/gallery/")
    has_tiles(window, 2)

    # Another language, as a person's own; and out.
    window.click(".bar summary")
    window.click(".account-menu button[name=language][value=ja]")
    window.one("html[lang=ja]")
    axe.check(window)
    window.click(".bar summary")
    window.click(".menu-foot button")
    window.one("input[name=password]")
    assert manage(data_folder, "verify_ledger").returncode == 0
