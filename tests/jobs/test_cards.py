"""What a card says in each state, and how long pictures take here."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from studio.jobs import times
from studio.jobs.cards import Card, cards_of, with_all
from studio.jobs.models import Job
from studio.jobs.times import Band, starts_in, usual
from studio.jobs.words import cells_of, in_line
from studio.providers import catalogue
from tests.jobs.states import completed, failed, queued, touch, unknown, working

pytestmark = pytest.mark.usefixtures("catalogue")


@pytest.fixture(autouse=True)
def _nothing_learnt():
    times.forget()
    yield
    times.forget()


def card_of(job: Job) -> Card:
    return cards_of(with_all(Job.objects.filter(pk=job.pk)))[0]


@pytest.mark.parametrize(
    ("make", "state", "money"),
    [
        (queued, "waiting", "held"),
        (lambda user: working(queued(user), 40), "working", "held"),
        (lambda user: unknown(queued(user)), "unknown", "unknown"),
        (lambda user: completed(queued(user)), "done", "spent"),
        (lambda user: completed(queued(user), has_copies=False), "arriving", "spent"),
        (lambda user: completed(queued(user), deleted_at=timezone.now()), "deleted", "spent"),
        (lambda user: failed(working(queued(user)), "too_slow", seconds=600), "not-made", "returned"),
    ],
)
def test_state_and_mark_of_money_follow_the_job(alice, make, state, money):
    card = card_of(make(alice))
    assert (card.state, card.money_kind, card.amount) == (state, money, 21)


@pytest.mark.parametrize(
    ("place", "words"),
    [(1, "Next"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (21, "21st"), (113, "113th")],
)
def test_place_in_line_is_an_ordinal(place, words):
    assert in_line(place) == f"{words} in line"


def test_the_queue_is_drawn_with_ones_own_square_last_and_cut_when_long(alice):
    squares = card_of(queued(alice, place=3)).squares
    assert [square["is_mine"] for square in squares] == [False, False, True]
    assert len(card_of(queued(alice, "long", place=90)).squares) == 12


def test_a_job_that_was_turned_away_says_why_it_waits(alice):
    card = card_of(queued(alice, place=1, wait_reason="rate_limited"))
    assert card.place_words == "Waiting for another try"
    assert card.why_waiting == "Sandbox has too much to do at the moment. It is asked again by itself."
    assert card.starts_in == ""


def test_a_provider_that_reports_nothing_moves_by_time_and_stops_at_95(alice):
    job = working(queued(alice))
    Job.objects.filter(pk=job.pk).update(started_at=timezone.now() - timedelta(seconds=3600))
    card = card_of(job)
    assert card.percent == 95
    assert card.usual_words == "longer than usual"
    assert card.so_far == "60 min so far"


def test_a_reported_percentage_is_shown_as_it_is_and_tells_what_is_left(alice):
    card = card_of(working(queued(alice), 50))
    assert card.percent == 50
    assert card.left_words == "2–4 s to go"  # half of what the sandbox usually takes


def test_the_band_is_the_declared_one_until_this_install_has_its_own_experience(alice):
    model = catalogue.find("dall-e-3")
    assert usual(model, is_sandbox=False) == Band(*model.usual_seconds)
    now = timezone.now()
    for seconds in (40, 41, 42, 43, 44, 45, 46, 47, 48, 900):
        job = completed(queued(alice, f"kettle {seconds}", visibility="me")) if seconds < 43 else None
        if job is not None:
            Job.objects.filter(pk=job.pk).update(
                is_sandbox=False, started_at=now - timedelta(seconds=seconds), finished_at=now
            )
    times.forget()
    assert usual(model, is_sandbox=False) == Band(*model.usual_seconds)  # three are not enough
    base = Job.objects.filter(status="COMPLETED").first()
    for seconds in (43, 44, 45, 46, 47, 48, 900):
        fields = {field.attname: getattr(base, field.attname) for field in Job._meta.fields if field.attname != "id"}
        Job.objects.create(**{**fields, "started_at": now - timedelta(seconds=seconds), "finished_at": now})
    assert usual(model, is_sandbox=False) == Band(*model.usual_seconds)  # remembered for a while
    times.forget()
    assert usual(model, is_sandbox=False) == Band(41, 48)  # the one that took a quarter of an hour does not count


def test_what_is_left_and_when_it_starts_never_promise_too_much():
    assert Band(20, 35).left(62) == Band(7, 14)
    assert Band(20, 35).left(100) == Band(1, 2)
    assert starts_in(8, Band(20, 35), 4) == Band(40, 70)
    assert starts_in(3, Band(20, 35), None) is None
    assert Band(150, 400).text == "2–7 min"


def test_fewer_pictures_than_ordered_say_what_was_captured_and_what_is_back(alice):
    card = card_of(completed(queued(alice, count=4), pictures=3))
    assert card.is_partly
    assert card.partly == "3 of 4 pictures were made. 12 credits were captured, 4 are back."


def test_cells_are_six_colours_three_by_two(alice):
    image = completed(queued(alice)).images.get()
    places = re.findall(r'x="(\d)" y="(\d)".*?fill="#a0b0c0"', cells_of(image))
    assert [f"{x}{y}" for x, y in places] == ["00", "10", "20", "01", "11", "21"]
    for broken in ("broken", "a0b0c0" * 5, "a0b0c0" * 7, '"><i>' * 9):
        image.cells = broken
        assert cells_of(image) == ""


def test_settled_by_names_the_day_when_it_is_not_today(alice):
    job = unknown(queued(alice))
    touch(job, unknown_at=timezone.now())
    assert "," in card_of(job).settled_by
    touch(job, unknown_at=timezone.now() - timedelta(hours=24))
    assert "," not in card_of(job).settled_by


def test_what_is_left_follows_the_pace_once_that_shows() -> None:
    assert Band(4, 8).left(15, elapsed=6) == Band(27, 41)
    assert Band(4, 8).left(5, elapsed=1) == Band(3, 8)
