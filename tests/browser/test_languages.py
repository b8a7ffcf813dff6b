"""The studio in Japanese and Korean: switched in the menu, remembered with the person, nothing left in English."""

import gettext
import re
from pathlib import Path

import pytest

from studio.providers import catalogue
from tests.browser import axe
from tests.browser.people import manage
from tests.browser.test_story import generate, sign_in
from tests.browser.window import Window
from tests.ops.studio_process import ROOT, StudioProcess

SANDBOX_SECONDS = "0"
PASSWORD = "a quiet northern window 7"  # noqa: S105
DAYS = {"ja": r"\d{1,2}月\d{1,2}日", "ko": r"\d{1,2}월 \d{1,2}일"}
LATELY = {"ja": "今日|昨日", "ko": "오늘|어제"}  # it may be midnight between
PROMPT = {"ja": "夕暮れの灯台", "ko": "해질녘의 등대"}
# What stands in the page and is not ours to translate: words of the person, code, a language said in itself.
SAID = """
const skip = 'script, style, template, code, pre, textarea, [lang]:not(html)';
const texts = [];
const walk = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
while (walk.nextNode()) if (!walk.currentNode.parentElement.closest(skip)) texts.push(walk.currentNode.textContent);
for (const name of ['aria-label', 'title', 'placeholder', 'alt'])
  for (const one of document.querySelectorAll(`[${name}]`)) if (!one.closest(skip)) texts.push(one.getAttribute(name));
return [...new Set(texts.map((text) => text.replace(/\\s+/g, ' ').trim()))].filter((text) => /[a-z]/i.test(text));
"""
HOLE = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}|%%")


def ours(language: str) -> re.Pattern[str]:
    """Finds every English text that has another one in this language; a hole in it is whatever stands there."""
    path = ROOT / "studio" / "locale" / language / "LC_MESSAGES" / "django.mo"
    with path.open("rb") as file:
        words: dict[str | tuple[str, int], str] = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    texts = set()
    for key, translated in words.items():
        text = (key if isinstance(key, str) else key[0]).rpartition("\x04")[2]
        pieces = [
            " ".join(re.sub(r"<[^>]+>", "", f"|{piece}|").split()).strip("|") for piece in HOLE.split(text.strip())
        ]
        if translated != text and (len(pieces) == 1 and text or len("".join(pieces)) > 5):
            texts.add(".+".join(re.escape(piece) for piece in pieces))
    assert len(texts) > 800
    return re.compile("|".join(sorted(texts)))


@pytest.mark.parametrize("language", ["ja", "ko"])
def test_a_language_is_switched_in_the_menu_and_speaks_everywhere(
    studio: StudioProcess, window: Window, data_folder: Path, language: str
) -> None:
    name = {"ja": "aiko", "ko": "minjun"}[language]
    made = manage(data_folder, "add_user", name, "--password", PASSWORD, "--credits", "1234")
    assert made.returncode == 0, made.stderr
    window.go("/")
    sign_in(window, name, PASSWORD)
    window.click(".bar details summary")
    window.click(f".account-menu button[name=language][value={language}]")
    window.until(lambda: window.attribute("html", "lang") == language, "the language is not switched")

    # Remembered with the person, not only on this machine.
    window.click(".bar details summary")
    window.click(".menu-foot button")
    window.one("input[name=password]")
    window.driver.delete_all_cookies()
    window.go("/accounts/login/")
    assert window.attribute("html", "lang") == "en"
    sign_in(window, name, PASSWORD)
    window.until(lambda: window.attribute("html", "lang") == language, "the language is not remembered")

    generate(window, PROMPT[language])
    window.one("article.card[data-state=done] .cover", 30).click()
    assert re.search(DAYS[language], window.text(".job-head time"))
    job = str(window.driver.current_url).removeprefix(window.base)

    english = ours(language)
    names = {model.name for model in catalogue.models()}
    left = []
    prefix = f"/{language}/models/"
    for path in (
        "/",
        "/gallery/",
        job,
        "/usage/",
        prefix,
        f"{prefix}dall-e-3/",
        "/gallery/boards/",
        "/accounts/profile/",
    ):
        for width in (820, 390):
            window.size(width, height=900)
            window.go(path)
            assert window.attribute("html", "lang") == language, path
            assert window.overflow() == 0, f"{path} is wider than {width} px"
        axe.check(window)
        left += [
            (path, text) for text in window.driver.execute_script(SAID) if text not in names and english.fullmatch(text)
        ]
        if path == "/usage/":
            assert window.text(".balance") == "1,213"
            assert re.search(LATELY[language], window.text("#ledger"))
    assert not left, "\n".join(f"{path}: {text}" for path, text in left)

    # What is wrong is said in it too.
    window.go("/")
    generate(window, "   ")
    window.until(lambda: window.text("#prompt-error"), "nothing is said")
    assert not english.fullmatch(window.text("#prompt-error"))
    axe.check(window)
    assert re.search(r"[぀-ヿ一-鿿가-힣]", window.text("#prompt-error"))
