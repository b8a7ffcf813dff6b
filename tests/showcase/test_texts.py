"""What we say of the models: all of it in three languages, of a length that is read, in the house's words."""

import re

import pytest

from studio.providers import catalogue
from studio.providers.catalogue import ImageModel
from studio.showcase.questions import REWRITES, questions
from studio.showcase.texts import QUESTIONS, texts

LANGUAGES = ("en", "ja", "ko")
LENGTHS = {"en": (60, 330), "ja": (30, 170), "ko": (35, 190)}  # characters of what is said of a model or a family
# The house's words (the name of a maker is a name), and in Japanese and Korean the registers that are not ours.
NOT_A_NAME = r"(?<!Stability )(?<![A-Za-z])AI(?![A-Za-z])"
WORDS = {
    "en": r"!|—|\b(?:oops|please|magic\w*|sorry|amazing|stunning|powerful|seamless\w*)\b",
    "ja": r"[!！]|魔法|マジック|すみません|申し訳|ください|ございま|させていただ|いただけ",
    "ko": r"[!！]|마법|매직|죄송|주세요|세요|[어아해]요\.",
}
FORBIDDEN = {language: re.compile(f"{NOT_A_NAME}|(?i:{words})") for language, words in WORDS.items()}
SHIPPED = catalogue.models()


def said(language: str) -> dict[str, str]:
    """Every text of one language, by what it is of."""
    found = {**texts().families, **texts().models}
    found |= {f"{name} {n}": each for name, both in texts().questions.items() for n, each in enumerate(both)}
    return {name: each[language] for name, each in found.items()}


def test_every_model_and_every_family_is_told_in_three_languages_and_nothing_else_is():
    assert set(texts().models) == {model.id for model in SHIPPED}
    assert set(texts().families) == {model.family for model in SHIPPED}
    for each in (*texts().models.values(), *texts().families.values()):
        assert set(each) == set(LANGUAGES)
        assert len(set(each.values())) == len(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_is_neither_a_word_nor_a_novel(language):
    least, most = LENGTHS[language]
    told = {**texts().families, **texts().models}
    assert {name: len(each[language]) for name, each in told.items() if not least <= len(each[language]) <= most} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_model_has_two_to_five_sentences(language):
    end = {"en": r"[.](?:\s|$)", "ja": "。", "ko": r"[.](?:\s|$)"}[language]
    counts = {name: len(re.findall(end, each[language])) for name, each in texts().models.items()}
    assert {name: count for name, count in counts.items() if not 2 <= count <= 5} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_is_one_that_we_do_not_use(language):
    assert {name: text for name, text in said(language).items() if FORBIDDEN[language].search(text)} == {}


def test_each_text_is_in_its_own_language():
    kana, hangul = re.compile("[\u3040-\u30ff]"), re.compile("[\uac00-\ud7a3]")
    for name, text in said("en").items():
        assert not kana.search(text), name
        assert not hangul.search(text), name
    assert [name for name, text in said("ja").items() if not kana.search(text) or hangul.search(text)] == []
    assert [name for name, text in said("ko").items() if not hangul.search(text) or kana.search(text)] == []


def test_japanese_is_polite_and_korean_formal_to_the_last_sentence():
    for name, text in said("ja").items():
        assert re.search(r"(?:す|せん|した|か)。$", text), name
    for name, text in said("ko").items():
        assert re.search(r"(?:다\.|까\?)$", text), name


def test_japanese_counts_with_a_thin_space():
    wide = re.compile(r"\d[ ]?(?:枚|クレジット)")
    assert {name: text for name, text in said("ja").items() if wide.search(text)} == {}


NUMBERS = {"four": 4, "ten": 10, "fourteen": 14, "three": 3}


@pytest.mark.parametrize("model", SHIPPED, ids=lambda model: model.id)
def test_what_is_said_in_numbers_is_what_is_declared(model: ImageModel) -> None:
    """`up to four pictures an order`, `up to fourteen pictures`, `no seed`: a declaration that changes is noticed."""
    text = texts().models[model.id]["en"]
    if found := re.search(r"up to (\w+) (?:pictures an order|an order)", text):
        assert NUMBERS[found[1]] == model.most, text
    if found := re.search(r"up to (\w+) (?:reference pictures|references|pictures to change)", text):
        most = max(p.most or 0 for p in model.parameters if p.is_picture)
        assert NUMBERS[found[1]] == most, text
    if "one picture an order" in text.lower():
        assert model.most == 1, text
    if "no seed" in text.lower():
        assert "seed" not in model.by_name, text
    if "a seed" in text.lower() and "no seed" not in text.lower() and "is no seed" not in text.lower():
        assert "seed" in model.by_name, text
    if re.search(r"no reference pictures", text):
        assert not any(p.is_picture and p.place != "api" for p in model.parameters), text


def test_every_question_is_asked_of_somebody_with_the_same_blanks_in_each_language():
    blanks = re.compile(r"\{\w+\}")
    for name, (ask, answer) in texts().questions.items():
        for each in (ask, answer):
            assert len({frozenset(blanks.findall(each[language])) for language in LANGUAGES}) == 1, name
    assert QUESTIONS.exists()
    assert set(REWRITES) <= {model.id for model in SHIPPED}


@pytest.mark.django_db
@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize("level", ["me", "team"])
def test_a_model_answers_four_to_six_questions_with_every_blank_filled(level, settings):
    from studio.providers.services import composer_models

    settings.DEFAULT_VISIBILITY = level
    for listing in composer_models():
        found = questions(listing)
        assert 4 <= len(found) <= 6
        assert not any(re.search(r"[{}]", text) for both in found for text in both)
    assert any("Every member" in answer for _ask, answer in found) is (level == "team")
