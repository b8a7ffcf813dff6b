"""What may stand in a prompt."""

import unicodedata

import pytest

from studio.jobs.errors import BadPrompt
from studio.jobs.prompts import clean_prompt


def clean(text: object, longest: int = 2000) -> str:
    return clean_prompt(text, model_name="DALL·E 3", longest=longest)


@pytest.mark.parametrize("text", ["", " ", "\n\t ", "\u3000"])
def test_an_empty_or_blank_prompt_is_refused(text: str) -> None:
    with pytest.raises(BadPrompt, match="Describe the picture first"):
        clean(text)


@pytest.mark.parametrize(("length", "over"), [(2001, "1 character too many"), (5001, "3,001 characters too many")])
def test_a_prompt_that_is_too_long_says_by_how_much(length: int, over: str) -> None:
    with pytest.raises(BadPrompt, match=over) as caught:
        clean("x" * length)
    assert "reads at most 2,000" in caught.value.message


def test_the_longest_prompt_is_taken_and_counted_in_characters() -> None:
    assert clean("夕" * 2000) == "夕" * 2000


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x7f", "\x9b", "\ud800"])
def test_a_control_character_is_named_with_its_place(character: str) -> None:
    with pytest.raises(BadPrompt, match=rf"Character 2 is a control character \(U\+{ord(character):04X}\)"):
        clean(f"a{character}b")


@pytest.mark.parametrize(
    "text", ["קשת בענן", "\u202eevil\u202c", "a\tb", "🦊‍🔥", "e\u0301", "a\u0000".replace("\0", "")]
)
def test_other_writing_is_kept_as_it_is(text: str) -> None:
    assert clean(text) == text


def test_line_ends_become_one_kind_and_the_ends_are_trimmed() -> None:
    assert clean("  one\r\ntwo\rthree \n") == "one\ntwo\nthree"


@pytest.mark.parametrize("value", [None, 3, ["a"], b"a"])
def test_what_is_not_text_is_refused(value: object) -> None:
    with pytest.raises(BadPrompt, match="must be text"):
        clean(value)


def test_every_control_character_and_nothing_else_is_refused() -> None:
    def is_refused(character: str) -> bool:
        try:
            clean(f"a{character}b")
        except BadPrompt:
            return True
        return False

    wrong = [
        f"U+{code:04X}"
        for code in range(0x11000)
        if is_refused(chr(code)) != (unicodedata.category(chr(code)) in ("Cc", "Cs") and chr(code) not in "\n\r\t")
    ]
    assert wrong == []
