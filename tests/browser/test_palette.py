"""What the palette offers while much is under way: what one may want next; nothing that ends an order by chance."""

import pytest

from tests.browser.pages import PAGES
from tests.browser.still import Still
from tests.browser.window import Window

BY_NAME = {page.name: page for page in PAGES}
SEEN = """
const shown = `#palette [data-group=${arguments[0]}] [role=option]:not([hidden]) .label`;
return [...document.querySelectorAll(shown)].map(one => one.textContent)"""
TAKEN = "return document.querySelector('#palette [aria-selected=true] .label')?.textContent"


def offered(window: Window, group: str) -> list[str]:
    return list(window.driver.execute_script(SEEN, group))


def write(window: Window, words: str) -> None:
    window.fill("#palette-words", words)
    window.until(lambda: window.attribute("#palette-words", "value") == words, "not written")


def test_orders_under_way_are_cancelled_by_whoever_writes_so(still: Still) -> None:
    window = still.window
    still.size(1440)
    still.show(BY_NAME["studio, palette"])
    assert len(window.all("main form[action$='/cancel/'] button")) > 5
    assert offered(window, "here") == ["Describe a picture"]
    assert offered(window, "go")[:3] == ["New picture", "Keyboard shortcuts", "Studio"]
    write(window, "fox")
    assert offered(window, "here") == [], "a picture was meant"
    write(window, "cancel")
    found = offered(window, "here")
    assert found[0] == "Cancel 3 waiting"
    assert 2 <= len(found) <= 8
    write(window, "cancel fox")
    assert offered(window, "here") == ["Cancel: A fox, number 3", "Cancel: A fox, number 1"]
    window.fill("#palette-words", " ")
    assert offered(window, "here") == ["Describe a picture"], "the order of before is back"


@pytest.mark.parametrize(("who", "verb"), [("ja", "取り消"), ("ko", "취소")])
def test_the_word_for_it_is_that_of_the_language(still: Still, who: str, verb: str) -> None:
    window = still.window
    still.sign_in("mina")
    window.driver.execute_cdp_cmd("Network.setCookie", {"name": "language", "value": who, "url": window.base})
    try:
        window.go("/")
        window.click(".finder input")
        window.one("#palette[open] [role=option]")
        write(window, "fox")
        assert offered(window, "here") == []
        write(window, verb)
        assert len(offered(window, "here")) > 2
    finally:
        still.forget()


def test_the_one_order_of_a_page_can_be_cancelled_from_it(still: Still) -> None:
    window = still.window
    still.show(BY_NAME["job, waiting"])
    window.click(".finder input")
    window.one("#palette[open] [role=option]")
    assert offered(window, "here")[-1].startswith("Cancel")
    write(window, "fox")
    taken = str(window.driver.execute_script(TAKEN))
    assert not taken.startswith("Cancel")
