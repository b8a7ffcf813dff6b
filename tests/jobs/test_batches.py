"""Several orders by one click: all or none, one price, each as if it had been ordered alone."""

from typing import Any

import pytest
from django_q.models import OrmQ

from studio.accounts.models import User
from studio.credits.audit import verify
from studio.credits.errors import InsufficientCredits, KeyReused
from studio.credits.holds import Part, hold_all
from studio.credits.models import Account, Entry, Hold
from studio.jobs import batches
from studio.jobs.batches import BatchTooLarge, Wish, cancel_waiting, submit_batch
from studio.jobs.errors import BadPrompt, IdempotencyConflict
from studio.jobs.idempotency import Claim
from studio.jobs.models import Batch, IdempotencyKey, Job
from studio.jobs.services import submit_job
from studio.providers.catalogue import ParameterErrors
from studio.providers.errors import ModelOff, UnknownModel
from studio.providers.models import ModelRow
from tests.factories import make_user
from tests.jobs.states import completed, working

CLAIM = Claim(key="a form", scope="form", fingerprint="the same")
DALLE, GPT = Wish("dall-e-3", {"style": "natural"}), Wish("gpt-image-2", {"quality": "low"}, 2)

pytestmark = pytest.mark.usefixtures("catalogue")


@pytest.fixture
def rich(db: None) -> User:
    return make_user("rich", credits=10_000)


def submit(user: User, **changes: Any) -> tuple[Batch, bool]:
    asked = {"user": user, "words": "a {red|blue} fox", "prompts": ["a red fox", "a blue fox"], "wishes": [DALLE, GPT]}
    return submit_batch(**{**asked, **changes})


def nothing_is_left() -> bool:
    rows = (Batch, Job, OrmQ, Hold, IdempotencyKey)
    return [model.objects.count() for model in rows] == [0] * len(rows) and list(verify()) == []


def test_every_prompt_is_asked_of_every_model_row_by_row(rich: User) -> None:
    batch, was_there = submit(rich)
    jobs = list(batch.jobs.order_by("created_at"))
    assert [(job.prompt, job.model, job.count) for job in jobs] == [
        ("a red fox", "dall-e-3", 1),
        ("a red fox", "gpt-image-2", 2),
        ("a blue fox", "dall-e-3", 1),
        ("a blue fox", "gpt-image-2", 2),
    ]
    assert (batch.prompt, batch.model_ids, batch.number, was_there) == (
        "a {red|blue} fox",
        ["dall-e-3", "gpt-image-2"],
        4,
        False,
    )
    assert OrmQ.objects.count() == 4


def test_each_order_is_written_and_held_as_if_it_had_been_placed_alone(rich: User) -> None:
    """Field by field, but for what tells orders apart."""
    other = make_user("other", credits=10_000)
    batch, _replay = submit(rich)
    together = list(batch.jobs.order_by("created_at"))
    apart = [
        submit_job(user=other, model=wish.model, prompt=prompt, params=wish.params, count=wish.count)[0]
        for prompt in ("a red fox", "a blue fox")
        for wish in (DALLE, GPT)
    ]
    own = {"id", "user", "batch", "created_at"}
    for one, alone in zip(together, apart, strict=True):
        alone.refresh_from_db()
        fields = [field.name for field in Job._meta.concrete_fields if field.name not in own]
        assert {name: getattr(one, name) for name in fields} == {name: getattr(alone, name) for name in fields}
    for model in (Hold, Entry):
        own = {"id", "key", "account", "spender", "reference", "opened_at", "expires_at", "created_at", "hold"}
        names = [field.name for field in model._meta.concrete_fields if field.name not in own]
        rows = [list(model.objects.filter(account__user=user).order_by("pk").values(*names)) for user in (rich, other)]
        assert rows[0] == rows[1]
    account, alone = (Account.objects.get(user=user) for user in (rich, other))
    assert (account.held, account.seq, account.balance) == (alone.held, alone.seq, alone.balance)
    assert batch.price == account.held == sum(job.price for job in together)
    assert list(verify()) == []


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"prompts": ["a red fox", " "]}, BadPrompt),
        ({"prompts": ["a red fox", "x" * 5001]}, BadPrompt),
        ({"prompts": []}, BatchTooLarge),
        ({"prompts": [f"{n}" for n in range(25)]}, BatchTooLarge),
        ({"wishes": [DALLE, Wish("dall-e-9", {})]}, UnknownModel),
        ({"wishes": [DALLE, Wish("gpt-image-2", {"quality": "loud"})]}, ParameterErrors),
        ({"wishes": [DALLE, Wish("dall-e-3", {}, 2)]}, ParameterErrors),
    ],
)
def test_one_bad_order_leaves_nothing_of_all(rich: User, changes: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        submit(rich, claim=CLAIM, **changes)
    assert nothing_is_left()


def test_a_model_that_is_off_leaves_nothing_of_all(rich: User) -> None:
    ModelRow.objects.filter(model="gpt-image-2").update(enabled=False)
    with pytest.raises(ModelOff):
        submit(rich, claim=CLAIM)
    assert nothing_is_left()


def test_too_few_credits_for_all_leave_nothing(alice: User) -> None:
    with pytest.raises(InsufficientCredits) as caught:
        submit(alice, claim=CLAIM, prompts=[f"fox {n}" for n in range(5)], wishes=[DALLE])
    assert caught.value.params == {"required": 105, "available": 100, "missing": 5}
    assert nothing_is_left()


@pytest.mark.parametrize("place", ["enqueue", "hold_all"])
def test_an_error_half_way_leaves_nothing(rich: User, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    calls: list[int] = []

    def broken(*_args: Any, **_kwargs: Any) -> None:
        calls.append(1)
        if len(calls) == 3 or place == "hold_all":
            raise RuntimeError("half way")

    monkeypatch.setattr(batches, place, broken)
    with pytest.raises(RuntimeError):
        submit(rich, claim=CLAIM)
    assert nothing_is_left()


def test_the_same_form_again_is_the_same_batch_also_when_the_credits_are_gone(alice: User) -> None:
    first, _replay = submit(alice, claim=CLAIM, wishes=[DALLE])
    assert [submit(alice, claim=CLAIM, wishes=[DALLE]) for _time in range(3)] == [(first, True)] * 3
    assert Hold.objects.count() == 2


def test_the_same_form_with_other_words_is_a_conflict(rich: User) -> None:
    submit(rich, claim=CLAIM)
    with pytest.raises(IdempotencyConflict):
        submit(rich, claim=Claim("a form", "form", "other"))
    submit_job(user=rich, model="dall-e-3", prompt="x", params={}, claim=Claim("one job", "form", "x"))
    with pytest.raises(IdempotencyConflict):
        submit(rich, claim=Claim("one job", "form", "x"))
    assert Batch.objects.count() == 1


def test_what_is_in_line_is_cancelled_and_the_rest_said(rich: User) -> None:
    batch, _replay = submit(rich)
    jobs = list(batch.jobs.order_by("created_at"))
    completed(jobs[0])
    working(jobs[1])
    lone = submit_job(user=rich, model="dall-e-3", prompt="alone", params={})[0]
    done = cancel_waiting(batch=batch, user=rich)
    assert (done.number, done.credits) == (2, jobs[2].price + jobs[3].price)
    assert done.refusals == ("Sandbox already has this order and cannot take it back.",)
    assert cancel_waiting(batch=batch, user=rich).number == 0
    lone.refresh_from_db()
    assert lone.status == "QUEUED"
    assert list(verify()) == []


def test_nobody_cancels_the_batch_of_another(rich: User) -> None:
    batch, _replay = submit(rich)
    assert cancel_waiting(batch=batch, user=make_user("mallory")).number == 0
    assert batch.jobs.filter(status="QUEUED").count() == 4


def test_holds_with_a_key_that_was_used_are_refused_together(rich: User) -> None:
    hold_all(user=rich, parts=[Part(5, "a", "r")], seconds=60)
    with pytest.raises(KeyReused):
        hold_all(user=rich, parts=[Part(5, "b", "r"), Part(5, "a", "r")], seconds=60)


def test_of_each_batch_only_what_may_be_seen_is_there(rich: User, bob: User) -> None:
    batch, _replay = submit(rich)

    def seen(user: User) -> bool:
        return Batch.objects.visible_to(user, jobs=Job.objects.visible_to(user)).filter(pk=batch.pk).exists()

    assert (seen(rich), seen(bob)) == (True, False)
    Job.objects.filter(pk=batch.jobs.all()[0].pk).update(visibility="team")
    assert seen(bob)
