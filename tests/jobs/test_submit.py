"""Submitting: one transaction, one hold, one queue row; or nothing at all."""

import pickle
import threading
from typing import Any

import pytest
from django.core.signing import b64_decode
from django.db import connection
from django_q.models import OrmQ
from django_q.signing import SignedPackage

from studio.accounts.models import User
from studio.credits.errors import InsufficientCredits
from studio.credits.models import Account, Entry, Hold
from studio.jobs import services
from studio.jobs.errors import BadPrompt, IdempotencyConflict, NotCancellable
from studio.jobs.idempotency import Claim, fingerprint, parse_key
from studio.jobs.models import IdempotencyKey, Job
from studio.jobs.services import cancel_job, retry_job, submit_job
from studio.providers.catalogue import ParameterErrors
from studio.providers.errors import UnknownModel
from tests.factories import make_user

CLAIM = Claim(key="one", scope="live", fingerprint=fingerprint("POST", "/v2/images/generate", {"prompt": "a fox"}))


def submit(user: User, **changes: Any) -> tuple[Job, bool]:
    return submit_job(**{"user": user, "model": "dall-e-3", "prompt": "a fox", "params": {}, **changes})


def nothing_is_left() -> bool:
    return (Job.objects.count(), OrmQ.objects.count(), Hold.objects.count(), IdempotencyKey.objects.count()) == (0,) * 4


def test_a_job_holds_its_price_and_is_queued(catalogue: None, alice: User) -> None:
    job, is_replay = submit(alice, params={"aspect_ratio": "2:3", "style": "natural"})
    account = Account.objects.get(user=alice)
    assert (job.status, job.price, is_replay) == ("QUEUED", 21, False)
    assert (account.balance, account.held) == (100, 21)
    assert (job.width, job.height) == (1024, 1536)
    assert OrmQ.objects.count() == 1
    entry = Entry.objects.get(key=job.hold_key)
    assert (entry.reference, entry.is_sandbox, entry.price_list_version) == (str(job.pk), True, "1")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"prompt": ""}, BadPrompt),
        ({"prompt": "x" * 5001}, BadPrompt),
        ({"model": "dall-e-9"}, UnknownModel),
        ({"params": {"style": "loud"}}, ParameterErrors),
        ({"params": {"seed": 3}}, ParameterErrors),
        ({"params": {"style": None}}, ParameterErrors),
        ({"count": 2}, ParameterErrors),
        ({"count": True}, ParameterErrors),
        ({"params": {"user": 1, "status": "COMPLETED"}}, ParameterErrors),
    ],
)
def test_a_bad_request_leaves_nothing(
    catalogue: None, alice: User, changes: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        submit(alice, claim=CLAIM, **changes)
    assert nothing_is_left()


def test_too_few_credits_say_how_many_are_missing_and_leave_nothing(catalogue: None, bob: User) -> None:
    with pytest.raises(InsufficientCredits) as caught:
        submit(bob, claim=CLAIM)
    assert caught.value.params == {"required": 21, "available": 0, "missing": 21}
    assert nothing_is_left()


@pytest.mark.parametrize("place", ["enqueue", "credits.hold"])
def test_an_error_half_way_leaves_nothing(
    catalogue: None, alice: User, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    def broken(*_args: Any, **_kwargs: Any) -> None:
        raise RuntimeError("half way")

    monkeypatch.setattr(f"studio.jobs.services.{place}", broken)
    with pytest.raises(RuntimeError):
        submit(alice, claim=CLAIM)
    assert nothing_is_left()


def test_the_queue_holds_identifiers_only(catalogue: None, alice: User) -> None:
    job, _replay = submit(alice, prompt="a very secret fox")
    row = OrmQ.objects.get()
    task = SignedPackage.loads(row.payload)
    assert task["args"] == (str(job.pk),)
    raw = pickle.dumps(task) + b64_decode(row.payload.split(":")[0].encode().lstrip(b"."))
    assert b"secret fox" not in raw


def test_the_same_key_again_is_the_same_job_and_one_hold(catalogue: None, alice: User) -> None:
    first, _replay = submit(alice, claim=CLAIM)
    for _time in range(10):
        again, is_replay = submit(alice, claim=CLAIM)
        assert (again.pk, is_replay) == (first.pk, True)
    assert Hold.objects.count() == 1


def test_the_same_key_is_replayed_even_when_the_credits_are_gone(catalogue: None, alice: User) -> None:
    first, _replay = submit(alice, claim=CLAIM)
    for _time in range(3):
        submit(alice)
    assert submit(alice, claim=CLAIM)[0].pk == first.pk


def test_the_same_key_with_another_request_is_a_conflict(catalogue: None, alice: User) -> None:
    submit(alice, claim=CLAIM)
    other = Claim("one", "live", fingerprint("POST", "/v2/images/generate", {"prompt": "a hen"}))
    with pytest.raises(IdempotencyConflict):
        submit(alice, prompt="a hen", claim=other)
    assert Job.objects.count() == 1


def test_a_key_belongs_to_its_person_and_scope(catalogue: None, alice: User) -> None:
    carol = make_user("carol", credits=100)
    jobs = {submit(alice, claim=CLAIM)[0].pk, submit(carol, claim=CLAIM)[0].pk}
    jobs.add(submit(alice, claim=Claim("one", "sandbox", CLAIM.fingerprint))[0].pk)
    assert len(jobs) == 3


def test_the_fingerprint_is_blind_to_order_and_space() -> None:
    assert fingerprint("POST", "/v2", {"a": 1, "b": [1]}) == fingerprint("POST", "/v2", {"b": [1], "a": 1})
    assert fingerprint("POST", "/v2", {"a": 1}) != fingerprint("POST", "/v1", {"a": 1})


@pytest.mark.parametrize(("raw", "key"), [('"abc"', "abc"), ("abc", "abc"), ("x" * 255, "x" * 255)])
def test_quoted_and_bare_keys_are_one(raw: str, key: str) -> None:
    assert parse_key(raw) == key


@pytest.mark.parametrize("raw", ["", '""', "   ", "x" * 256, "a\tb", "schlüssel", "a\x00"])
def test_a_bad_key_is_refused(raw: str) -> None:
    with pytest.raises(services.idempotency.BadIdempotencyKey):
        parse_key(raw)


@pytest.mark.django_db(transaction=True)
def test_parallel_twins_make_one_job(catalogue: None) -> None:
    dora = make_user("dora", credits=1000)
    found: list[Any] = []
    start = threading.Barrier(8)

    def send() -> None:
        start.wait()
        try:
            found.append(submit(User.objects.get(pk=dora.pk), claim=CLAIM)[0].pk)
        except Exception as error:
            found.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert (Job.objects.count(), Hold.objects.count()) == (1, 1)


def test_a_waiting_job_is_cancelled_and_its_credits_are_back(catalogue: None, alice: User) -> None:
    job, _replay = submit(alice)
    cancel_job(job=job, user=alice)
    account = Account.objects.get(user=alice)
    assert (job.status, job.paid, account.held, account.balance) == ("CANCELLED", 0, 0, 100)
    with pytest.raises(NotCancellable, match="over already"):
        cancel_job(job=job, user=alice)


def test_a_job_under_way_is_not_cancelled(catalogue: None, alice: User) -> None:
    job, _replay = submit(alice)
    Job.objects.filter(pk=job.pk).update(status="PROCESSING")
    with pytest.raises(NotCancellable, match="Sandbox already has this order"):
        cancel_job(job=job, user=alice)
    assert Account.objects.get(user=alice).held == 21


def test_a_retry_is_a_new_job_that_points_at_the_old_one(catalogue: None, alice: User) -> None:
    job, _replay = submit(alice, params={"style": "natural"})
    cancel_job(job=job, user=alice)
    again, _replay = retry_job(job=job, user=alice)
    assert again.pk != job.pk
    assert (again.retry_of, again.params, again.status) == (job, {"style": "natural"}, "QUEUED")
    assert Hold.objects.filter(state="open").count() == 1
