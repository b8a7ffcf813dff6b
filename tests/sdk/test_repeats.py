"""A call that is sent again: by its own name, or by OpenAI's libraries after a connection that broke."""

import json
import socket
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from django.utils import timezone

from studio.accounts.key_services import create_api_key
from studio.accounts.models import ApiKey, User
from studio.credits.services import account_of, adjust
from studio.jobs import calls
from studio.jobs.calls import OpenCall
from studio.jobs.models import Job
from tests.factories import make_user
from tests.fakes.provider import FakeProvider
from tests.jobs.conftest import wait_for

BODY = {"prompt": "a fox [fake:side=64]"}
Send = Callable[..., requests.Response]


@pytest.fixture
def send(address: str, key: str) -> Send:
    """POST an order; `again` is how often the library says it was sent before."""

    def post(again: int | None = None, *, key: str = key, body: Any = BODY, **headers: str) -> requests.Response:
        told = {"Authorization": f"Bearer {key}", **{name.replace("_", "-"): value for name, value in headers.items()}}
        if again is not None:
            told["x-stainless-retry-count"] = str(again)
        return requests.post(f"{address}/images/generations", json=body, headers=told, timeout=30)

    return post


@pytest.fixture
def broken(address: str, key: str) -> Callable[[], Job]:
    """Order, hang up before the answer; the job that was made."""

    def order() -> Job:
        before = set(Job.objects.values_list("pk", flat=True))
        place = urlsplit(address)
        data = json.dumps(BODY).encode()
        head = f"POST /v1/images/generations HTTP/1.1\r\nHost: {place.netloc}\r\nX-API-Key: {key}\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
        with socket.create_connection((place.hostname, place.port)) as connection:
            connection.sendall(head.encode() + data)
            wait_for(lambda: Job.objects.exclude(pk__in=before).exists())
        return Job.objects.exclude(pk__in=before).get()

    return order


def in_the_past(minutes: int) -> None:
    OpenCall.objects.update(created_at=timezone.now() - timedelta(minutes=minutes))


def test_a_repetition_joins_the_job_of_the_call_that_broke(
    send: Send, broken: Callable[[], Job], fake: FakeProvider
) -> None:
    fake.script(seconds=1)
    job = broken()
    answer = send(1)
    assert (answer.status_code, answer.headers["X-Studio-Job"]) == (200, str(job.pk))
    assert Job.objects.count() == fake.stats()["orders"] == 1


def test_a_refused_call_leaves_nothing_that_a_repetition_of_another_would_join(
    send: Send, broken: Callable[[], Job], studio: User, fake: FakeProvider
) -> None:
    fake.script(seconds=1)
    job = broken()
    adjust(user=studio, amount=21 - account_of(studio).balance, reason="spent elsewhere", actor=studio)
    refused = send()
    assert (refused.status_code, refused.json()["error"]["code"]) == (402, "insufficient_quota")
    assert OpenCall.objects.count() == 1, "that of the call that broke"
    assert send(1).headers["X-Studio-Job"] == str(job.pk)
    assert Job.objects.count() == fake.stats()["orders"] == 1


def test_refused_calls_and_their_repetitions_leave_no_rows(send: Send) -> None:
    for again in (None, 1, 2):
        assert send(again, body=BODY | {"size": "1024x1792"}).status_code == 400
    assert not OpenCall.objects.exists()


def test_a_repetition_goes_on_with_a_job_before_a_call_that_was_killed_before_it_made_one(
    send: Send, broken: Callable[[], Job], fake: FakeProvider
) -> None:
    fake.script(seconds=1)
    job = broken()
    calls.open_call(ApiKey.objects.get(name="script"), OpenCall.objects.get().fingerprint, repetition=0)
    assert send(1).headers["X-Studio-Job"] == str(job.pk)
    assert Job.objects.count() == 1


def test_calls_that_broke_side_by_side_get_each_its_own_picture(
    send: Send, broken: Callable[[], Job], fake: FakeProvider
) -> None:
    fake.script(seconds=1)
    jobs = {str(broken().pk), str(broken().pk)}
    row = OpenCall.objects.first()
    for again in (1, 2):  # they break again
        taken = [calls.open_call(row.api_key, row.fingerprint, repetition=again) for _twin in range(3)]
        assert len({*taken}) == 2, "the third takes up one that is taken: it must not buy"
    answers: list[requests.Response] = []
    twins = [threading.Thread(target=lambda: answers.append(send(3))) for _number in range(2)]
    for twin in twins:
        twin.start()
    for twin in twins:
        twin.join()
    assert {answer.headers["X-Studio-Job"] for answer in answers} == jobs
    assert Job.objects.count() == 2


def test_a_new_order_goes_on_with_a_repetition_for_seconds_only(send: Send, settings: Any) -> None:
    settings.SYNC_WAIT = 0
    first = send(1)
    OpenCall.objects.update(created_at=timezone.now() - calls.AHEAD_FOR)
    assert send(0).headers["X-Studio-Job"] != first.headers["X-Studio-Job"]


def test_it_joins_also_a_job_that_has_ended_meanwhile(
    send: Send, broken: Callable[[], Job], fake: FakeProvider
) -> None:
    fake.script(seconds=0.5)
    job = broken()
    wait_for(lambda: Job.objects.filter(status="COMPLETED").exists())
    assert send(2).headers["X-Studio-Job"] == str(job.pk)


def test_the_keys_of_the_body_may_stand_in_another_order(
    send: Send, broken: Callable[[], Job], fake: FakeProvider
) -> None:
    fake.script(seconds=0.5)
    job = broken()
    assert send(1, body=dict(reversed(BODY.items()))).headers["X-Studio-Job"] == str(job.pk)


@pytest.mark.parametrize("again", [None, 0])
def test_the_same_order_anew_is_another_job(
    send: Send, broken: Callable[[], Job], fake: FakeProvider, again: int | None
) -> None:
    fake.script(seconds=0.5)
    job = broken()
    assert send(again).headers["X-Studio-Job"] != str(job.pk)


def test_what_was_answered_is_not_joined(send: Send) -> None:
    first = send()
    wait_for(lambda: not OpenCall.objects.exists())
    assert send(1).headers["X-Studio-Job"] != first.headers["X-Studio-Job"]


def test_another_body_another_key_and_another_hour_join_nothing(
    send: Send, broken: Callable[[], Job], studio: User, fake: FakeProvider
) -> None:
    fake.script(seconds=0.5)
    job = str(broken().pk)
    others = [
        send(1, body={**BODY, "quality": "standard"}),
        send(1, key=create_api_key(user=studio, name="second")[1]),
        send(1, key=create_api_key(user=make_user("dora", credits=100), name="hers")[1]),
    ]
    in_the_past(16)
    others.append(send(1))
    assert job not in {answer.headers["X-Studio-Job"] for answer in others}
    assert [answer.status_code for answer in others] == [200] * 4


def test_a_call_told_that_the_picture_is_still_being_made_can_be_taken_up_again(send: Send, settings: Any) -> None:
    settings.SYNC_WAIT = 0.2
    slow = {"prompt": "a fox [fake:side=64][fake:seconds=1]"}
    late = send(body=slow)
    assert (late.status_code, late.json()["error"]["code"]) == (504, "still_running")
    settings.SYNC_WAIT = 20
    answer = send(1, body=slow)
    assert (answer.status_code, answer.headers["X-Studio-Job"]) == (200, late.headers["X-Studio-Job"])


def test_a_replay_under_a_name_waits_for_the_same_job(send: Send, fake: FakeProvider) -> None:
    fake.script(seconds=0.5)
    answers: list[requests.Response] = []
    twins = [threading.Thread(target=lambda: answers.append(send(Idempotency_Key="one"))) for _number in range(3)]
    for twin in twins:
        twin.start()
    for twin in twins:
        twin.join()
    assert {answer.json()["data"][0]["url"] for answer in answers} == {answers[0].json()["data"][0]["url"]}
    assert sorted("Idempotent-Replayed" in answer.headers for answer in answers) == [False, True, True]
    later = send(Idempotency_Key='"one"')
    assert (later.headers["Idempotent-Replayed"], later.json()) == ("true", answers[0].json())
    assert Job.objects.count() == fake.stats()["orders"] == 1


def test_a_name_belongs_to_one_body_one_person_and_one_dialect(send: Send, address: str, key: str) -> None:
    first = send(Idempotency_Key="one")
    other = send(Idempotency_Key="one", body={"prompt": "a hare [fake:side=64]"})
    assert (other.status_code, other.json()["error"]["code"]) == (409, "idempotency_conflict")
    assert other.headers["x-should-retry"] == "false"
    v2 = {"X-API-Key": key, "Idempotency-Key": "one"}
    order = {**BODY, "model": "dall-e-3"}
    assert requests.post(address.replace("/v1", "/v2/images/generate"), json=order, headers=v2).status_code == 409
    hers = send(Idempotency_Key="one", key=create_api_key(user=make_user("dora", credits=100), name="hers")[1])
    assert (hers.status_code, hers.headers["X-Studio-Job"] == first.headers["X-Studio-Job"]) == (200, False)


@pytest.mark.parametrize("name", ["", '""', "x" * 256, "é".encode().decode("latin-1")])
def test_a_bad_name_is_refused(send: Send, name: str) -> None:
    answer = send(Idempotency_Key=name)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_idempotency_key")
    assert not Job.objects.exists()


def test_a_name_is_free_again_after_a_refusal(send: Send) -> None:
    assert send(Idempotency_Key="one", body={**BODY, "size": "1024x1792"}).status_code == 400
    assert send(Idempotency_Key="one").status_code == 200
