"""Boards in the hand: a link made with its board, its password from outside, the menu of boards, the contact sheet."""

import base64
from pathlib import Path
from typing import Any

from tests.browser import axe
from tests.browser.still import Still
from tests.browser.window import Window

PASSWORD = "papier 26"


def loaded(window: Window) -> bool:
    """Whether there are pictures and every one of them is drawn."""
    pictures = window.all("main img")
    return bool(pictures) and all(
        window.driver.execute_script("return arguments[0].complete && arguments[0].naturalWidth > 0", one)
        for one in pictures
    )


def press(window: Window, words: str, within: str = "main") -> None:
    def found() -> Any:
        return [one for one in window.all(f"{within} :is(a, button)") if one.is_displayed() and one.text == words]

    window.until(found, f"no {words}")[0].click()


def test_a_link_board_has_its_link_at_once_and_asks_for_the_password_it_is_given(still: Still) -> None:
    window = still.window
    still.sign_in("mina")
    still.size(390)
    window.go("/gallery/boards/")
    window.fill("#board-name", "For the client")
    window.click("input[name=kind][value=link]")
    press(window, "Make the board")
    window.until(lambda: window.text(".board-head h1") == "For the client", "no board")
    link = window.text("#board-address")
    assert link.startswith(f"{window.base}/b/")
    assert "Works until" in window.text(".board-link")
    assert "Opens without a password." in window.text(".board-link")
    window.click("[data-copy='#board-address']")
    window.until(lambda: "Copied" in window.text("body"), "nothing was copied")
    press(window, "Share")
    window.until(lambda: window.driver.current_url.endswith("/change/#share"), "not shared")
    assert window.overflow() <= 0
    window.fill("#set-password", PASSWORD)
    press(window, "Ask for this password")
    window.until(lambda: "Asks for a password." in window.text(".board-link"), "no password")
    assert window.text("#board-address") == link  # the same link, which now asks
    axe.check(window)


def test_whoever_has_the_password_sees_the_pictures_with_and_without_script(still: Still) -> None:
    window = still.window
    still.sign_in("")
    for has_script in (True, False):
        if not has_script:
            window.without_script()
        try:
            still.size(390, dark=True)
            window.go(still.paths["door"])
            assert len(window.all("main input")) == 1
            window.fill("#password", "not this one")
            press(window, "Show the pictures")
            window.until(lambda: window.text("#password-error") == "This is not the password.", "nothing was said")
            axe.check(window)
            window.fill("#password", PASSWORD)
            press(window, "Show the pictures")
            window.until(lambda: window.text("h1") == "Behind a password", "no pictures")
            window.until(lambda: loaded(window), "the pictures are not drawn")
            assert window.overflow() <= 0
            axe.check(window)
            assert not window.driver.get_cookies()
        finally:
            window.without_script(False)


def test_the_menu_of_boards_narrows_and_widens(still: Still) -> None:
    window = still.window
    still.sign_in("mina")
    still.size(1440)
    window.go("/gallery/")
    whole = int(window.text("#count").split()[0])
    window.click("[data-facet=board] summary")
    axe.check(window, within="[data-facet=board]")
    press(window, "Autumn, team", "[data-facet=board]")
    window.one("a.facet.on[data-facet=board]")
    assert int(window.text("#count").split()[0]) == 5 < whole
    window.click("a.facet.on[data-facet=board]")
    window.until(lambda: int(window.text("#count").split()[0]) == whole, "not widened")


def test_neither_back_nor_reload_asks_to_send_a_selection_again(still: Still) -> None:
    window = still.window
    still.sign_in("mina")
    still.size(1440)

    def come_back() -> None:
        window.go("/usage/")
        window.driver.back()

    for leave in (window.driver.refresh, come_back):
        window.go("/gallery/")
        window.driver.execute_script("arguments[0].click()", window.one("main input[name=picture]"))
        window.click("#selection-bar summary[data-key=b]")
        press(window, "Another or a new board…", "#selection-bar")
        window.until(lambda: window.text("main h1") == "Put 1 picture on a board", "not asked")
        leave()
        assert window.driver.current_url == f"{window.base}/gallery/"
        window.one("main input[name=picture]")


def test_the_contact_sheet_is_whole_in_itself_and_prints_on_a4(still: Still, tmp_path: Path) -> None:
    from studio.gallery.contact_sheet import Frame, sheet

    small = tmp_path / "small.webp"
    _draw(small)
    words = ("A lighthouse at dusk", "夕暮れの港に浮かぶ七つの紙灯籠", "창가에 놓인 파란 주전자 " * 9)
    frames = [Frame(n, f"{n:03}-a.png", words[n % 3], 800, 600, small) for n in range(1, 31)]
    frames.append(Frame(31, note="Deleted or closed meanwhile"))
    page = tmp_path / "contact-sheet.html"
    page.write_bytes(b"".join(sheet(frames, number=31, language="ja")))
    small.unlink()
    window = still.window
    for width in (390, 1440):
        still.size(width)
        window.driver.get(page.as_uri())
        assert len(window.all("img")) == 30
        assert loaded(window)
        assert window.overflow() <= 0
        ratios = "return [...document.images].every((one) => Math.abs(one.width / one.height - 4 / 3) < .03)"
        assert window.driver.execute_script(ratios)
    printed = window.driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True, "printBackground": True})
    data = base64.b64decode(printed["data"])
    assert data.count(b"/Type /Page\n") in (2, 3)
    window.go("/healthz")


def _draw(path: Path) -> None:
    from PIL import Image

    Image.effect_noise((800, 600), 60).convert("RGB").save(path, "WEBP")
