"""The sandbox draws what was asked, takes its time, and ends as the words of the prompt say."""

import io
import time
from typing import Any

import pytest
from PIL import Image

from studio.providers.base import Connection, Refused
from studio.providers.sandbox import Sandbox
from tests.providers.conftest import MakeOrder


@pytest.fixture
def sandbox(settings: Any) -> Sandbox:
    settings.SANDBOX_SECONDS = 0
    return Sandbox(Connection())


def silent(progress: int) -> None:
    pass


def test_it_draws_in_the_size_asked_for_and_twice_the_same(sandbox: Sandbox, make_order: MakeOrder) -> None:
    first, again = (sandbox.submit(make_order(), silent).pictures[0].data for _ in range(2))
    picture = Image.open(io.BytesIO(first))
    assert (picture.format, picture.size) == ("PNG", (64, 96))
    assert first == again
    assert sandbox.submit(make_order("a planet"), silent).pictures[0].data != first


def test_it_makes_as_many_pictures_as_were_asked_for_and_invents_no_words(
    sandbox: Sandbox, make_order: MakeOrder
) -> None:
    finished = sandbox.submit(make_order(count=3, params={"output_format": "webp"}), silent)
    assert len({picture.data for picture in finished.pictures}) == 3
    assert {Image.open(io.BytesIO(picture.data)).format for picture in finished.pictures} == {"WEBP"}
    assert (finished.pictures[0].revised_prompt, finished.cost) == ("", None)


def test_a_seed_and_a_style_change_the_picture(sandbox: Sandbox, make_order: MakeOrder) -> None:
    plain, seeded, vivid = (
        sandbox.submit(make_order(params=params), silent).pictures[0].data
        for params in ({}, {"seed": 7}, {"style": "natural"})
    )
    assert len({plain, seeded, vivid}) == 3


def test_it_takes_its_time_and_reports_what_is_painted(sandbox: Sandbox, make_order: MakeOrder, settings: Any) -> None:
    settings.SANDBOX_SECONDS = 0.3
    seen: list[int] = []
    started = time.monotonic()
    sandbox.submit(make_order(), seen.append)
    assert time.monotonic() - started >= 0.3
    assert len(seen) > 3
    assert seen == sorted(seen)
    assert seen[-1] == 99


@pytest.mark.parametrize(
    ("word", "code"), [("fail", "sandbox_fail"), ("refuse", "content_policy"), ("REFUSE", "content_policy")]
)
def test_a_word_makes_it_fail(sandbox: Sandbox, make_order: MakeOrder, word: str, code: str) -> None:
    with pytest.raises(Refused) as caught:
        sandbox.submit(make_order(f"a fox [sandbox:{word}]"), silent)
    assert caught.value.code == code


def test_slow_takes_the_seconds_it_says_but_never_the_whole_deadline(sandbox: Sandbox, make_order: MakeOrder) -> None:
    started = time.monotonic()
    sandbox.submit(make_order("a fox [sandbox:slow=0.2]"), silent)
    assert time.monotonic() - started >= 0.2
    started = time.monotonic()
    sandbox.submit(make_order("a fox [sandbox:slow=900]", deadline_seconds=1.5), silent)  # in time: it is not refused
    assert time.monotonic() - started > 1.2


def test_stall_ends_at_the_deadline(sandbox: Sandbox, make_order: MakeOrder) -> None:
    started = time.monotonic()
    with pytest.raises(Refused) as caught:
        sandbox.submit(make_order("a fox [sandbox:stall]", deadline_seconds=0.2), silent)
    assert caught.value.code == "too_slow"
    assert time.monotonic() - started >= 0.2
