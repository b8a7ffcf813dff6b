"""Every language says everything, in the same placeholders, and as it writes days and numbers."""

import ast
import re
from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.conf import settings
from django.template import Context, Template
from django.test import Client
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from studio.accounts.models import User
from studio.accounts.tasks import mail_password_link
from studio.core.numbers import credits_text, grouped
from studio.credits.errors import InsufficientCredits
from tests.tools import messages

# The languages in which a text without a translation is an error. The others only say how much they lack.
COMPLETE: tuple[str, ...] = ("ja", "ko")

LANGUAGES = [language for language in messages.LANGUAGES if messages.path_of(language).exists()]
each_language = pytest.mark.parametrize("language", LANGUAGES)
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[#0 +-]*\d*(?:\.\d+)?[a-zA-Z]|%%|\{\w*\}|</?[a-z]+[^>]*>")
SOURCES = [*(messages.ROOT / "studio").rglob("*.py")]
TEMPLATES = [path for path in (messages.ROOT / "templates").rglob("*") if path.is_file()]


def translated(language: str) -> list[Any]:
    return [message for message in messages.load(language) if message.id and messages.words_of(message)]


def placeholders(text: str) -> tuple[set[str], Counter[str]]:
    """What is named, which a sentence may say once or twice, and what is counted: `%s`, `%%`, tags."""
    found = PLACEHOLDER.findall(text)
    named = {each for each in found if each.startswith(("%(", "{"))}
    return named, Counter(each for each in found if each not in named)


def test_every_language_of_the_settings_has_a_catalogue():
    assert [code for code, _name in settings.LANGUAGES] == ["en", *messages.LANGUAGES]


@each_language
def test_the_compiled_catalogue_is_that_of_the_written_one(language):
    """`python -m tests.tools.messages` writes both; nobody needs msgfmt."""
    assert messages.path_of(language, "mo").read_bytes() == messages.compiled(messages.load(language))


@each_language
def test_no_translation_is_doubtful(language):
    catalogue = messages.load(language)
    assert [message.id for message in catalogue if message.id and message.fuzzy] == []
    assert list(catalogue.obsolete) == []


@each_language
def test_a_translation_has_the_placeholders_and_tags_of_its_text(language):
    """A plural text stands for every number in Japanese and Korean, so its one form has what the plural has."""
    differing = {}
    for message in translated(language):
        text = message.id[1] if isinstance(message.id, tuple) else message.id
        if placeholders(text) != placeholders(messages.words_of(message)):
            differing[text] = messages.words_of(message)
    assert differing == {}


@each_language
def test_a_translation_has_one_form_for_every_number_and_the_spaces_of_its_text(language):
    for message in translated(language):
        text = message.id[0] if isinstance(message.id, tuple) else message.id
        words = messages.words_of(message)
        assert isinstance(message.string, tuple | list) == isinstance(message.id, tuple), text
        assert isinstance(message.string, str) or len(message.string) == 1, text
        assert words.startswith("\n") == text.startswith("\n"), text
        assert words.endswith("\n") == text.endswith("\n"), text


def test_everything_the_product_says_is_translated():
    """`python -m tests.tools.messages` brings the texts in; what it counts as left is to be written."""
    said = messages.texts()
    for language in COMPLETE:
        catalogue = messages.load(language)
        left = [each for each in said if not messages.words_of(messages.found(catalogue, each))]
        assert left == [], language
        assert len(catalogue) == len(said), f"{language} holds what nobody says any more"


@each_language
@pytest.mark.parametrize(
    ("text", "one", "other"),
    [
        ("Open", "picture", "price diary"),
        ("Keep", "do not delete", ""),
        ("More", "menu", ""),
        ("Person", "who made it", ""),
    ],
)
def test_a_word_with_two_meanings_is_translated_twice(language, text, one, other):
    """To open a picture is not to be undecided, and who keeps pictures does not save them."""
    words = messages.words_of(messages.load(language).get(text, one))
    assert words
    assert words != messages.words_of(messages.load(language).get(text, other or None))


# Titles of windows and whole sentences have their own commas.
APART = r"{% block \w*title\w* %}.*?{% endblock[^%]*%}|{% blocktranslate\b.*?{% endblocktranslate %}|{#.*?#}"
GLUED = re.compile(r"[%}]}(?:</\w+>)*[,.] (?:<[^>]*>)*{[{%].*")


def test_what_stands_between_two_texts_is_the_languages_own():
    """`{% comma %}`: a comma or a stop of ours would stand in a line of Japanese."""
    glued = {path: GLUED.findall(re.sub(APART, "words", path.read_text(), flags=re.DOTALL)) for path in TEMPLATES}
    assert {path.name: found for path, found in glued.items() if found} == {}


def test_texts_are_found_in_code_and_in_templates(tmp_path):
    code = tmp_path / "code.py"
    code.write_text(
        'x = [_("One " "text"), ngettext("%(n)d job", "%(n)d jobs", n), pgettext("money", "held"), _(name)]\n'
        'y = gettext_lazy("""Lazy.""") % {"at": _("Now")}\n'
    )
    assert list(messages.texts_of_code(code)) == [
        ("", "One text", ""),
        ("", "%(n)d job", "%(n)d jobs"),
        ("money", "held", ""),
        ("", "Lazy.", ""),
        ("", "Now", ""),
    ]
    page = tmp_path / "page.html"
    page.write_text(
        '  <p title="{% translate \'Title\' %}">{% translate "Words" context "card" %} don\'t</p>\n'
        "{% blocktranslate trimmed count n=n with who=who %}\n  {{ who }} has one\n"
        "{% plural %}\n  {{ who }} has {{ n }}, 50 %\n{% endblocktranslate %}\n{# _('No') #}{{ _('Yes')|upper }}"
    )
    assert list(messages.texts_of_template(page)) == [
        ("", "Title", ""),
        ("card", "Words", ""),
        ("", "%(who)s has one", "%(who)s has %(n)s, 50 %%"),
        ("", "Yes", ""),
    ]


def test_a_text_with_two_plurals_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    (tmp_path / "studio").mkdir()
    (tmp_path / "studio" / "a.py").write_text('ngettext("one", "many", 2)')
    (tmp_path / "studio" / "b.py").write_text('_("one"), ngettext("one", "a lot", 2)')
    with pytest.raises(ValueError, match="another plural"):
        messages.texts()


def test_a_catalogue_is_filled_kept_and_compiled(tmp_path, monkeypatch):
    monkeypatch.setattr(messages, "LOCALE", tmp_path)
    held, hold = messages.Text("money", "held", ""), messages.Text("", "%(n)d hold", "%(n)d holds")
    monkeypatch.setattr(messages, "texts", lambda: [held, hold])
    messages.write("ja", messages.merged("ja", {held: "確保中"}))
    assert messages.missing(messages.load("ja")) == [hold]
    messages.write("ja", messages.merged("ja", {hold: "確保 %(n)d 件"}))
    assert messages.missing(messages.load("ja")) == []
    monkeypatch.setattr(messages, "texts", lambda: [hold])
    messages.write("ja", messages.merged("ja"))
    kept = messages.load("ja")
    assert [(message.id, message.string) for message in kept if message.id] == [(hold[1:], ("確保 %(n)d 件",))]


# --- Days and numbers ---


def asked_patterns() -> set[str]:
    """Every pattern of a day that code or a template asks for."""
    asked: set[str] = set()
    for path in TEMPLATES:
        asked |= set(re.findall(r"""\|date:["']([^"']+)["']""", path.read_text()))
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("date_format"):
                parts = [part for argument in node.args[1:] for part in ast.walk(argument)]
                asked |= {
                    each.value for each in parts if isinstance(each, ast.Constant) and isinstance(each.value, str)
                }
    return asked


def test_every_pattern_of_a_day_is_known_to_every_language():
    """A pattern of figures alone, such as H:i, is everybody's; one with a day or month is named in core/formats."""
    asked = {pattern for pattern in asked_patterns() if re.search(r"[DlMFNEbjaAPS]", pattern)}
    assert "j F Y, H:i" in asked
    for language in messages.LANGUAGES:
        patterns = __import__(f"studio.core.formats.{language}.formats", fromlist=["PATTERNS"]).PATTERNS
        assert asked - patterns.keys() == set(), language


@pytest.mark.parametrize(
    ("language", "day", "moment"),
    [
        ("en", "21 November", "21 November 2026, 14:02"),
        ("ja", "11月21日", "2026年11月21日 14:02"),
        ("ko", "11월 21일", "2026년 11월 21일 14:02"),
    ],
)
def test_a_day_is_written_as_the_language_writes_it(language, day, moment):
    template = Template('{{ at|date:"j F" }}|{{ at|date:"j F Y, H:i" }}')
    with translation.override(language):
        assert date_format(date(2026, 11, 21), "j F") == day
        shown = template.render(Context({"at": datetime(2026, 11, 21, 14, 2, tzinfo=UTC)}, autoescape=False))
    assert shown == f"{day}|{moment}"


@each_language
def test_amounts_have_the_same_figures_in_every_language(language):
    with translation.override(language):
        assert grouped(-1234567) == "−1,234,567"
        assert "1,234" in credits_text(1234)


# --- Whose language it is ---


def test_mails_are_in_the_language_of_who_reads_them(alice, mailoutbox, settings):
    User.objects.filter(pk=alice.pk).update(email="alice@example.com", language="ja")
    with translation.override("ko"):
        mail_password_link(alice.pk)
    with translation.override("ja"):
        assert mailoutbox[0].subject == gettext("Set a password for %(studio)s") % {"studio": settings.STUDIO_NAME}


@each_language
def test_a_refusal_is_said_in_the_readers_language(language):
    with translation.override(language):
        said = InsufficientCredits(required=21, available=4).message
        assert said == ngettext(
            "This takes %(required)d and you have %(available)d to spend: %(missing)d credit is missing.",
            "This takes %(required)d and you have %(available)d to spend: %(missing)d credits are missing.",
            17,
        ) % {"required": 21, "available": 4, "missing": 17}


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_the_page_says_which_language_it_is_in_and_what_that_hangs_on(language, client: Client, db: None) -> None:
    page = client.get("/accounts/login/", headers={"Accept-Language": language})
    assert f'<html lang="{language}"' in page.text
    assert page["Content-Language"] == language
    assert {"Accept-Language", "Cookie"} <= {name.strip() for name in page["Vary"].split(",")}


@pytest.mark.parametrize("language", messages.LANGUAGES)
@pytest.mark.parametrize("path", ["/v2/models", "/v2/jobs/nothing", "/v1/models", "/healthz"])
def test_programs_are_answered_in_english_whatever_they_ask_for(language, path, client: Client, db: None) -> None:
    asked = client.get(path, headers={"Accept-Language": language, "Cookie": f"language={language}"})
    plain = client.get(path)
    strip = re.compile(r"req_\w+|[0-9a-f]{16,}")
    assert strip.sub("", asked.text) == strip.sub("", plain.text)
    assert asked.text.isascii()
