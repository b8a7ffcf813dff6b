"""What changed between two prompts: in words, and in letters where a script writes without spaces."""

import pytest

from studio.jobs.word_changes import Kind, compared, letters, only_changes


def told(before: str, after: str) -> list[str]:
    """`-gone` and `+new`, in order."""
    return [f"{'-' if one.is_gone else '+'}{one.text}" for one in only_changes(compared(before, after))]


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        ("a b c", "a x c y", ["-b", "+x", "+y"]),
        ("the same", "the  same", []),
        ("a sea, calm, at dusk", "a sea, loud, at dusk", ["-calm", "+loud"]),
        ("a sea at dusk", "a sea, at dusk", ["+,"]),
        (
            "静かな海に浮かぶ灯台、夕暮れ",
            "紫の海に浮かぶ赤い灯台、夜明け",
            ["-静かな", "+紫の", "+赤い", "-夕暮れ", "+夜明け"],
        ),
        ("파란 주전자 하나", "빨간 주전자 하나", ["-파란", "+빨간"]),
        ("보라색바다위의등대", "보라색바다위의작은등대", ["+작은"]),
        ("a 👩\u200d🚀 there", "a 👩🏽\u200d🚀 there", ["-👩\u200d🚀", "+👩🏽\u200d🚀"]),
        ("静かな海", "a calm sea", ["-静かな海", "+a calm sea"]),
        ("", "a sea", ["+a sea"]),
    ],
)
def test_the_difference_and_nothing_else_is_told(before: str, after: str, changes: list[str]) -> None:
    assert told(before, after) == changes


@pytest.mark.parametrize(
    ("before", "after"),
    [("a b, c!\n\nd", "a  x c d?"), ("灯台、海。", "海、 灯台"), ("", ""), ("x " * 900, "y " * 900 + "x")],
)
def test_both_texts_can_be_read_out_of_the_comparison(before: str, after: str) -> None:
    found = compared(before, after)
    assert "".join(one.text for one in found if one.kind is not Kind.GONE) == after
    without = "".join(one.text for one in found if one.kind is not Kind.NEW)
    assert without.split() == before.split() or "".join(without.split()) == "".join(before.split())


def test_letters_keep_their_marks_and_joiners() -> None:
    assert letters("e\u0301か\u3099👩🏽\u200d🚀") == ["e\u0301", "か\u3099", "👩🏽\u200d🚀"]


def test_a_long_text_of_few_words_is_not_compared_word_by_word() -> None:
    found = compared("start " + "a b " * 16_000 + "end", "start " + "b b a a " * 16_000 + "end")
    assert [one.kind for one in found] == [Kind.SAME, Kind.GONE, Kind.NEW, Kind.SAME]
    assert found[0].text == "start "
