"""Blind duels: nothing tells the model before the vote, one vote a person and pair, and what all votes say."""

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from studio.accounts.models import User
from studio.gallery import duels as verbs
from studio.gallery.duels import Ballot, NoDuel, ballot_of, standings, start, vote
from studio.gallery.models import Duel, Vote
from studio.jobs.models import Image, Job
from studio.jobs.pictures import path_of
from tests.gallery.conftest import Make
from tests.jobs.states import completed

By = Callable[..., Image]
LIST = reverse("gallery:duels")
START = reverse("gallery:start_duel")


@pytest.fixture
def by(make: Make) -> By:
    """A finished picture of a prompt by a model; fields are the job's."""

    def picture(user: User, model: str, prompt: str = "a blue kettle", **job: Any) -> Image:
        image = make(user, prompt, visibility="team")
        Job.objects.filter(pk=image.job_id).update(**{"model": model, "is_sandbox": False, **job})
        return Image.objects.select_related("job").get(pk=image.pk)

    return picture


@pytest.fixture
def three(by: By, alice: User) -> Ballot:
    """Alice's duel of three models, as she sees it."""
    models = [("dall-e-3", 21), ("flux-1.1-pro", 7), ("flux/dev", 4)]
    images = [by(alice, model, unit_price=price) for model, price in models]
    return ballot_of(alice, start(alice, [image.pk for image in images]).pk)


def address(ballot: Ballot, number: int, name: str = "pair") -> str:
    return reverse(f"gallery:{name}", args=[ballot.duel.pk, number])


def side_of(ballot: Ballot, model: str) -> tuple[Any, str]:
    """The first pair in which this model stands, and its side there."""
    for pair in ballot.pairs:
        for side in ("left", "right"):
            if pair.picture(side).job.model == model:
                return pair, side
    raise AssertionError(model)


def test_pairs_are_of_the_same_words_by_different_models_alone(by: By, alice: User) -> None:
    a, b = by(alice, "dall-e-3"), by(alice, "flux/dev", "a  blue kettle")
    same_model, other_words = by(alice, "dall-e-3"), by(alice, "flux/dev", "a red kettle")
    drawn, free = by(alice, "flux-1.1-pro", is_sandbox=True), by(alice, "flux-1.1-pro", unit_price=0)
    every = [image.pk for image in (a, b, same_model, other_words, drawn, free)]
    ballot = ballot_of(alice, start(alice, every).pk)
    met = {frozenset((pair.left.pk, pair.right.pk)) for pair in ballot.pairs}
    assert met == {frozenset((a.pk, b.pk)), frozenset((same_model.pk, b.pk))}


@pytest.mark.parametrize("models", [[], ["dall-e-3"], ["dall-e-3", "dall-e-3"]])
def test_without_two_models_there_is_no_duel(by: By, alice: User, client: Client, models: list[str]) -> None:
    ids = [by(alice, model).pk for model in models]
    with pytest.raises(NoDuel):
        start(alice, ids)
    client.force_login(alice)
    answer = client.post(START, {"picture": ids, "back": "/gallery/"}, follow=True)
    assert "A duel needs pictures of the same prompt by different models." in answer.text
    assert Duel.objects.count() == 0


def test_the_same_pictures_are_one_duel(by: By, alice: User, bob: User) -> None:
    ids = [by(alice, "dall-e-3").pk, by(alice, "flux/dev").pk]
    assert start(alice, ids) == start(bob, ids[::-1])


def test_the_order_is_each_voters_own_and_stays(three: Ballot, alice: User, by: By) -> None:
    def seen(user: User) -> list[tuple[uuid.UUID, uuid.UUID]]:
        return [(pair.left.pk, pair.right.pk) for pair in ballot_of(user, three.duel.pk).pairs]

    others = [User.objects.create_user(f"voter{number}") for number in range(8)]
    assert seen(alice) == seen(alice)
    assert len({tuple(seen(user)) for user in others}) > 3
    assert {frozenset(pair) for pair in seen(others[0])} == {frozenset(pair) for pair in seen(alice)}


def test_nothing_tells_the_model_before_the_vote(
    three: Ballot, alice: User, client: Client, tmp_path: Path, settings: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    client.force_login(alice)
    pair = three.pairs[0]
    page = client.get(address(three, pair.number))
    main = page.text.partition("<main")[2].partition("</main>")[0]
    told = ["dall", "flux", "21 credits", "7 credits", "4 credits", "apiframe"]
    for image in (pair.left, pair.right):
        told += [str(image.pk), str(image.job_id), image.pk.hex, f"/jobs/{image.job_id}"]
        path_of(image.pk, "large.webp").parent.mkdir(parents=True, exist_ok=True)
        path_of(image.pk, "large.webp").write_bytes(b"RIFF")
    assert [word for word in told if word.lower() in main.lower()] == []
    for side in ("left", "right"):
        answer = client.get(reverse("gallery:duel_picture", args=[three.duel.pk, pair.number, side]))
        assert answer.status_code == 200
        headers = " ".join(f"{name}: {value}" for name, value in answer.items()).lower()
        assert [word for word in told if word.lower() in headers] == []
        assert answer["Content-Disposition"] == "inline"


def test_after_the_vote_all_is_told(three: Ballot, alice: User, client: Client) -> None:
    client.force_login(alice)
    pair, side = side_of(three, "dall-e-3")
    other = pair.picture("right" if side == "left" else "left")
    answer = client.post(address(three, pair.number, "vote"), {"choice": side}, follow=True).text
    assert "You chose DALL·E 3" in answer
    assert "21 credits" in answer
    assert f"{other.job.unit_price} credits" in answer
    assert f"/jobs/{other.job_id}/" in answer
    assert "1 of 3 pairs voted" in answer


def test_what_the_pictures_cost_is_told_to_whose_money_it_was(three: Ballot, bob: User, client: Client) -> None:
    client.force_login(bob)
    pair, side = side_of(ballot_of(bob, three.duel.pk), "dall-e-3")
    answer = client.post(address(three, pair.number, "vote"), {"choice": side}, follow=True).text
    assert "You chose DALL·E 3" in answer
    assert "credits" not in answer.partition("duel-pair")[2].partition("</ul>")[0]


def test_a_vote_is_never_changed(three: Ballot, alice: User, client: Client) -> None:
    client.force_login(alice)
    pair, side = side_of(three, "dall-e-3")
    for choice in (side, "right" if side == "left" else "left", "tie", "nonsense", ""):
        client.post(address(three, pair.number, "vote"), {"choice": choice})
    assert Vote.objects.count() == 1
    assert verbs.said_of(pair) == ((1, 0, 0) if side == "left" else (0, 1, 0))


def test_a_pair_voted_on_in_another_duel_is_voted_on(three: Ballot, alice: User) -> None:
    pair = three.pairs[0]
    vote(alice, three.duel, pair, "left")
    smaller = ballot_of(alice, start(alice, [pair.left.pk, pair.right.pk]).pk)
    assert smaller.next is None
    again = vote(alice, smaller.duel, smaller.pairs[0], "tie")
    assert again.verdict != "tie"


def test_the_database_itself_takes_one_vote_a_person_and_pair(three: Ballot, alice: User) -> None:
    made = vote(alice, three.duel, three.pairs[0], "tie")
    made.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        made.save(force_insert=True)
    made.one_id, made.other_id = made.other_id, made.one_id
    with pytest.raises(IntegrityError), transaction.atomic():
        made.save(force_insert=True)


def test_only_pairs_that_a_voter_may_see_are_theirs(three: Ballot, alice: User, bob: User, client: Client) -> None:
    client.force_login(bob)
    hidden = three.pairs[0].left
    Job.objects.filter(pk=hidden.job_id).update(visibility="me")
    seen = ballot_of(bob, three.duel.pk)
    assert len(seen.pairs) == 1
    for pair in ballot_of(alice, three.duel.pk).pairs:
        assert pair.number in (1, 2, 3)
    there = {pair.number for pair in seen.pairs}
    for number in {1, 2, 3, 4} - there:
        assert client.get(address(three, number)).status_code == 404
        assert client.post(address(three, number, "vote"), {"choice": "left"}).status_code == 404
        picture = reverse("gallery:duel_picture", args=[three.duel.pk, number, "left"])
        assert client.get(picture).status_code == 404
    Job.objects.update(visibility="me")
    absent = client.get(reverse("gallery:duel", args=[uuid.uuid4()]))
    private = client.get(reverse("gallery:duel", args=[three.duel.pk]))
    assert absent.status_code == private.status_code == 404
    assert "a blue kettle" not in client.get(LIST).text
    assert Vote.objects.count() == 0


def test_somebody_elses_private_pictures_make_no_duel(three: Ballot, bob: User, client: Client) -> None:
    Job.objects.update(visibility="me")
    Duel.objects.all().delete()
    client.force_login(bob)
    client.post(START, {"picture": [str(pair.left.pk) for pair in three.pairs] + [str(three.pairs[0].right.pk)]})
    assert Duel.objects.count() == 0


def test_wins_per_100_credits_over_all_votes_of_the_team(three: Ballot, alice: User) -> None:
    voters = [alice, *(User.objects.create_user(f"voter{number}") for number in range(2))]
    for voter in voters:
        ballot = ballot_of(voter, three.duel.pk)
        for pair in ballot.pairs:
            models = {pair.left.job.model: "left", pair.right.job.model: "right"}
            better = "dall-e-3" if "dall-e-3" in models else ""
            vote(voter, ballot.duel, pair, models.get(better, "tie"))
    found = {one.model: one for one in standings(is_sandbox=False)}
    dalle, pro, dev = found["dall-e-3"], found["flux-1.1-pro"], found["flux/dev"]
    assert (dalle.wins, dalle.losses, dalle.ties, dalle.credits) == (6, 0, 0, 6 * 21)
    assert (pro.wins, pro.losses, pro.ties, pro.credits) == (0, 3, 3, 6 * 7)
    assert (dev.wins, dev.losses, dev.ties) == (0, 3, 3)
    assert round(dalle.per_hundred, 2) == round(100 / 21, 2)
    assert standings(is_sandbox=True) == []


def test_few_votes_say_so_instead_of_a_rank_and_the_sandbox_stands_apart(
    three: Ballot, by: By, alice: User, client: Client
) -> None:
    client.force_login(alice)
    pair, side = side_of(three, "flux/dev")
    vote(alice, three.duel, pair, side)
    page = client.get(LIST).text
    assert "only 1 vote yet" in page
    assert "In the sandbox" not in page
    drawn = [by(alice, model, "a fox", is_sandbox=True).pk for model in ("dall-e-3", "flux/dev")]
    ballot = ballot_of(alice, start(alice, drawn).pk)
    vote(alice, ballot.duel, ballot.pairs[0], "left")
    assert "In the sandbox" in client.get(LIST).text
    assert sum(one.votes for one in standings(is_sandbox=False)) == 2


def test_a_batch_and_a_comparison_lead_to_a_duel(three: Ballot, alice: User, client: Client) -> None:
    client.force_login(alice)
    ids = [str(pair.left.pk) for pair in three.pairs]
    shown = client.get(
        reverse("gallery:compare"), {"picture": [str(three.pairs[0].left.pk), str(three.pairs[0].right.pk)]}
    ).text
    assert f'action="{START}"' in shown
    assert ids
    answer = client.post(START, {"picture": list({*ids, *(str(pair.right.pk) for pair in three.pairs)})})
    assert answer["Location"] == reverse("gallery:duel", args=[three.duel.pk])


def test_many_duels_are_listed_with_as_many_queries_as_one(three: Ballot, by: By, alice: User, client: Client) -> None:
    client.force_login(alice)
    client.get(LIST)
    counts = []
    for more in (0, 5):
        for number in range(more):
            start(alice, [by(alice, model, f"fox {number}").pk for model in ("dall-e-3", "flux/dev")])
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_duels_one_may_not_see_take_no_place_in_the_list(
    three: Ballot, by: By, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verbs, "LATEST", 2)
    for number in range(3):
        start(bob, [by(bob, model, f"fox {number}").pk for model in ("dall-e-3", "flux/dev")])
    newest, other = (by(bob, model, "an owl") for model in ("dall-e-3", "flux/dev"))
    fox = [by(bob, model, "a fox").pk for model in ("dall-e-3", "flux/dev")]
    mixed = start(bob, [newest.pk, other.pk, *fox])
    Job.objects.filter(user=bob).update(visibility="me")
    Job.objects.filter(pk__in=[newest.job_id, Image.objects.get(pk=fox[0]).job_id]).update(visibility="team")
    assert [ballot.duel for ballot in verbs.latest(alice)] == [three.duel]  # two pictures of that one, and no pair
    assert verbs.latest(bob)[0].duel == mixed
    assert len(verbs.latest(bob)) == 2
    first = start(alice, list(three.pairs[0].key))
    assert {ballot.duel for ballot in verbs.latest(alice)} == {first, three.duel}


def test_what_is_done_says_what_one_chose(three: Ballot, alice: User, client: Client) -> None:
    client.force_login(alice)
    for pair in three.pairs:
        vote(alice, three.duel, pair, "tie")
    page = client.get(reverse("gallery:duel", args=[three.duel.pk])).text
    assert "You voted on all 3 pairs" in page
    assert page.count(": a tie") == 3


def test_a_batch_of_several_models_becomes_a_duel(make: Make, alice: User, client: Client) -> None:
    from studio.credits.services import grant
    from studio.jobs.batches import Wish, submit_batch

    grant(user=alice, amount=500, reason="for the test", actor=None)
    wishes = [Wish("dall-e-3", {}), Wish("gpt-image-2", {"quality": "low"})]
    batch, _was_there = submit_batch(user=alice, words="a fox", prompts=["a fox"], wishes=wishes)
    client.force_login(alice)
    page = client.get(reverse("jobs:batch", args=[batch.pk])).text
    assert f'action="{START}"' in page
    client.post(START, {"batch": str(batch.pk)})
    assert Duel.objects.count() == 0  # nothing is ready yet
    for job in batch.jobs.all():
        completed(job)
    client.post(START, {"batch": str(batch.pk)})
    assert Duel.objects.get().images.count() == 2
