"""What the live region tells of itself: squares of the queue, sums, a count for the tab, news of what ended."""

import json
import re
from html import unescape

import pytest
from django.utils import timezone

from studio.accounts.models import User
from studio.jobs.batches import Wish, submit_batch
from studio.jobs.days import groups
from studio.jobs.models import Job
from studio.jobs.sheet import live_region
from tests.factories import make_user
from tests.jobs.states import HTMX, completed, failed, queued, touch, working

pytestmark = pytest.mark.usefixtures("catalogue")


def live_of(text: str) -> dict[str, str]:
    """The attributes of the element that asks."""
    tag = re.search(r'<div id="live"[^>]*>', text)
    return {name: unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag[0])}


def look(client, text: str) -> str:
    return client.get(live_of(text)["hx-get"], headers=HTMX).text


def news(text: str) -> list[dict[str, object]]:
    return json.loads(live_of(text).get("data-news", "[]"))


def squares(text: str, job: Job) -> list[bool]:
    """The queue on a card: whether each square is the reader's."""
    card = text[text.index(f'id="job-{job.pk}"') :].partition("</article>")[0]
    drawn = re.search(r'<svg class="queue".*?</svg>', card)[0]
    return ['class="mine"' in square for square in re.findall("<rect[^>]*>", drawn)]


def test_others_in_line_are_hollow_squares_and_nothing_else_of_them_is_in_the_page(client, alice):
    mina = make_user("mina", credits=100)
    theirs = [queued(mina, f"a secret castle {n}", place=place) for n, place in enumerate((1, 3))]
    mine = [queued(alice, f"my kettle {place}", place=place) for place in (2, 4)]
    client.force_login(alice)
    page = client.get("/").text
    assert squares(page, mine[0]) == [False, True]
    assert squares(page, mine[1]) == [False, True, False, True]
    for job in theirs:
        for word in (str(job.pk), job.pk.hex, "secret", "mina"):
            assert word not in page.lower()


def test_places_at_another_provider_are_another_line(client, alice):
    first, second = queued(alice, "one", place=1), queued(alice, "two", place=3)
    Job.objects.filter(pk=first.pk).update(provider="elsewhere")
    client.force_login(alice)
    assert squares(client.get("/").text, second) == [False, False, True]


def test_a_long_queue_is_cut_at_its_front(client, alice):
    before, job = queued(alice, "one", place=25), queued(alice, "two", place=30)
    client.force_login(alice)
    drawn = squares(client.get("/").text, job)
    assert len(drawn) == 12
    assert [n for n, is_mine in enumerate(drawn) if is_mine] == [6, 11]
    assert before.place == 25


def test_the_page_says_how_many_orders_are_under_way_and_nothing_when_all_is_over(client, alice):
    client.force_login(alice)
    first, second = working(queued(alice)), queued(alice)
    page = client.get("/").text
    assert live_of(page)["data-active"] == "2"
    completed(first)
    text = look(client, page)
    assert live_of(text)["data-active"] == "1"
    completed(second)
    assert "data-active" not in live_of(look(client, text))


def test_what_ended_is_news_once_with_words_picture_and_place(client, alice):
    client.force_login(alice)
    good, bad, other = working(queued(alice, "a blue kettle")), working(queued(alice, "x" * 200)), queued(alice)
    page = client.get("/").text
    assert news(page) == []
    completed(good)
    failed(bad, "content_policy")
    text = look(client, page)
    found = {item["url"]: item for item in news(text)}
    picture = good.images.get()
    assert found.keys() == {f"/jobs/{good.pk}/", f"/jobs/{bad.pk}/"}
    told = found[f"/jobs/{good.pk}/"]
    assert (told["title"], told["body"], told["is_ready"]) == ("Picture ready", "a blue kettle", True)
    assert told["icon"] == f"/jobs/{good.pk}/pictures/{picture.pk}/small"
    failure = found[f"/jobs/{bad.pk}/"]
    assert (failure["title"], failure["is_ready"], failure["icon"]) == ("Not made, nothing was charged", False, "")
    assert failure["body"] == f"{'x' * 79}…"
    touch(other, progress=10)
    assert news(look(client, text)) == []


def test_only_a_picture_that_has_just_come_fades_in(client, alice):
    client.force_login(alice)
    first, second = working(queued(alice, "first")), working(queued(alice, "second"))
    page = client.get("/").text
    completed(first)
    text = look(client, page)
    assert len(re.findall(r'<article class="card done [^"]*arriving', text)) == 1
    queued(alice, "from a program")  # the whole region comes anew, with the picture that stands there already
    completed(second)
    text = look(client, text)
    shown = dict(re.findall(r'<article class="card done ([^"]*)" id="job-([^"]+)"', text))
    assert {pk: "arriving" in classes for classes, pk in shown.items()} == {str(first.pk): False, str(second.pk): True}
    assert "arriving" not in client.get("/").text


def test_a_picture_that_is_being_unpacked_is_no_news_yet(client, alice):
    client.force_login(alice)
    job = working(queued(alice))
    page = client.get("/").text
    completed(job, has_copies=False)
    text = look(client, page)
    assert news(text) == []
    job.images.update(copies_made_at=timezone.now())
    touch(job)
    assert [item["title"] for item in news(look(client, text))] == ["Picture ready"]


def test_now_says_what_is_ready_beside_what_is_under_way(client, alice):
    client.force_login(alice)
    first, second = working(queued(alice)), working(queued(alice))
    page = client.get("/").text
    completed(first)
    text = look(client, page)
    assert "1 under way, 21 credits held, 1 ready" in text
    completed(second)
    assert "all done: 2 pictures, 42 credits" in look(client, text)


def test_a_batch_is_one_piece_of_news_and_is_counted_in_its_day_when_it_is_over(client, alice):
    batch, _replay = submit_batch(user=alice, words="a {…}", prompts=["a", "b", "c"], wishes=[Wish("dall-e-3", {})])
    one, two, three = batch.jobs.order_by("created_at", "pk")
    alone = completed(queued(alice, "alone"))
    client.force_login(alice)
    page = client.get("/").text
    completed(one)
    text = look(client, page)
    assert news(text) == []
    ((group,), _older) = groups(alice)
    assert ([card.job.pk for card in group.cards], group.sums) == ([alone.pk], "1 picture, 21 credits")
    failed(two, "content_policy")
    completed(three)
    (told,) = news(look(client, text))
    assert (told["url"], told["body"]) == (f"/batches/{batch.pk}/", "2 of 3 pictures, 42 credits")
    assert (told["is_ready"], told["tag"]) == (True, f"batch-{batch.pk}")
    assert groups(alice)[0][0].sums == "3 pictures, 63 credits"


def test_a_day_counts_what_stands_under_it_and_not_what_stands_under_now(alice: User) -> None:
    done, _waiting = completed(queued(alice, "alone")), queued(alice, "waiting")
    ((group,), _older) = groups(alice)
    assert ([card.job.pk for card in group.cards], group.sums) == ([done.pk], "1 picture, 21 credits")
    assert live_region(alice).heading == "1 under way, 21 credits held"
