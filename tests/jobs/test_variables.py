"""Variables in a prompt: what braces mean, and what does not mean anything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.jobs.errors import BadPrompt
from studio.jobs.variables import LONGEST, escaped, parse

TEXTS = st.text(alphabet=st.sampled_from("ab {|}\\\n夕:"), max_size=24)


def test_a_choice_makes_a_prompt_of_each_option() -> None:
    template = parse("a {red|blue|dark green} car")
    assert template.choices == [["red", "blue", "dark green"]]
    assert template.number == 3
    assert template.expand() == ["a red car", "a blue car", "a dark green car"]
    assert template.blanks == []


def test_two_choices_are_combined_and_the_last_changes_first() -> None:
    assert parse("{赤い|青い}車、{朝|夜}").expand() == ["赤い車、朝", "赤い車、夜", "青い車、朝", "青い車、夜"]


def test_text_without_choices_is_one_prompt_as_it_is() -> None:
    text = 'a | b, C:\\temp\\\\x, \\| and {"mood": "calm"}, {}, { , }, :{ or :} '
    template = parse(text)
    assert (template.expand(), template.number, template.choices, template.blanks) == ([text], 1, [], [])


def test_white_space_round_an_option_does_not_count() -> None:
    assert parse("{ red | blue }car").expand() == ["redcar", "bluecar"]


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("a {|very} old house", ["a old house", "a very old house"]),
        ("{old|} house", ["old house", "house"]),
        ("a house{, at dusk|}", ["a house, at dusk", "a house"]),
        ("a{|b} c", ["a c", "ab c"]),
        ("{|}", [""]),
    ],
)
def test_an_empty_option_leaves_no_second_space(text: str, made: list[str]) -> None:
    assert parse(text).expand() == made


def test_twins_are_made_once() -> None:
    template = parse("{red|red|blue} car")
    assert template.expand() == ["red car", "blue car"]


def test_choices_may_lie_in_options() -> None:
    template = parse("{{dark|light} blue|red} {car|van}")
    assert template.number == 6
    assert template.choices == [["{dark|light} blue", "red"], ["car", "van"]]
    made = ["dark blue car", "dark blue van", "light blue car", "light blue van", "red car", "red van"]
    assert template.expand() == made


@pytest.mark.parametrize(
    ("text", "made"),
    [
        (r"\{red|blue\} car", ["{red|blue} car"]),
        (r"{a\|b|c\}}", ["a|b", "c}"]),
        (r"\\{a|b}", ["\\a", "\\b"]),
        (r"\\\{a", [r"\{a"]),
        (r"\{name\}", ["{name}"]),
    ],
)
def test_a_backslash_makes_a_sign_ordinary(text: str, made: list[str]) -> None:
    assert parse(text).expand() == made


def test_blanks_are_named_once_and_filled_everywhere() -> None:
    template = parse("{product} on a {light|dark} table, {product}, {colour of wood} {1x}")
    assert template.blanks == ["product", "colour of wood"]
    filled = template.filled({"product": "a kettle", "colour of wood": "{oak|ash}"})
    assert filled == "a kettle on a {light|dark} table, a kettle, {oak|ash} {1x}"
    assert parse(filled).number == 4


def test_a_blank_that_is_not_filled_stays() -> None:
    template = parse("{product} by {maker}")
    assert template.filled({"maker": "Aiko"}) == "{product} by Aiko"
    assert template.expand() == ["{product} by {maker}"]


def test_blanks_inside_choices_are_filled_too() -> None:
    template = parse("{{who}, alone|a crowd} at {where}")
    assert template.blanks == ["who", "where"]
    filled = template.filled({"who": "a child", "where": "sea"})
    assert parse(filled).expand() == ["a child, alone at sea", "a crowd at sea"]


@pytest.mark.parametrize(("text", "position"), [("a {red|blue car", 3), ("{a|{b} c", 1), ("x\n{a|b} {c|", 9)])
def test_a_choice_without_an_end_is_refused_with_its_place(text: str, position: int) -> None:
    with pytest.raises(BadPrompt, match=f"begins at character {position} is not closed") as caught:
        parse(text)
    assert caught.value.params["position"] == position


def test_more_than_forty_eight_prompts_are_refused_before_they_are_made() -> None:
    assert len(parse("{a|b|c|d|e|f}{1|2|3|4}{x|y}").expand()) == 48
    with pytest.raises(BadPrompt, match="These words make 49 prompts; 48 is the most"):
        parse("{" + "|".join(map(str, range(49))) + "}").expand()
    with pytest.raises(BadPrompt, match=r"make 10¹²\+ prompts"):
        parse("{a|b}" * 2000).expand()


def test_choices_may_not_be_deeper_than_anybody_reads() -> None:
    deep = "a"
    for _number in range(7):
        deep = f"{{{deep}|b}}"
    with pytest.raises(BadPrompt, match="begins at character 1 holds choices too deep"):
        parse(deep)


@pytest.mark.parametrize("sign", ["{", "}", "{}", "\\", "|", "{a}", "{\n}"])
def test_long_rows_of_signs_are_themselves(sign: str) -> None:
    text = sign * (LONGEST // len(sign))
    assert parse(text).expand() == [text]
    assert parse("{a|b}" * LONGEST).number == 1, "longer than any prompt: not looked through"


@given(TEXTS)
def test_any_text_can_be_written_so_that_it_makes_itself(text: str) -> None:
    assert parse(escaped(text)).expand() == [text]


@given(TEXTS)
def test_what_is_made_is_as_many_as_said_or_fewer(text: str) -> None:
    try:
        template = parse(text)
        made = template.expand()
    except BadPrompt:
        return
    assert 1 <= len(made) <= template.number
    assert template.filled({}) == text


def test_only_what_needs_it_is_escaped() -> None:
    assert escaped('a } and a | b, {"a": 1}') == 'a } and a | b, {"a": 1}'
    assert escaped("a {name}") == r"a \{name\}"  # a blank would be asked for
    assert escaped("{a|b}") == r"\{a|b\}"
