"""GET /v2/jobs/{id}, GET /v2/jobs, POST /v2/jobs/{id}/cancel."""

import datetime
import re
import uuid

import pytest
from django.utils import timezone

from studio.accounts.models import User
from studio.api.schemas import Job as JobShape
from studio.credits.models import Account
from studio.credits.services import grant
from studio.jobs.models import Image, Job
from tests.api.made import PROMPT, completed, failed, submitted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


@pytest.fixture
def get(client):
    """GET as whoever has the key."""
    return lambda key, path: client.get(path, headers={"X-API-Key": key})


def test_a_job_in_line(get, key, alice):
    job = submitted(alice)
    response = get(key, f"/v2/jobs/{job.pk}")
    assert (response.status_code, response["X-Studio-Provider"]) == (200, "sandbox")
    assert response.json() == {
        "id": str(job.pk),
        "status": "QUEUED",
        "model": "dall-e-3",
        "progress": 0,
        "result": None,
        "error": None,
        "creditCost": 21,
        "webhookStatus": None,
        "createdAt": job.created_at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{job.created_at.microsecond // 1000:03}Z",
        "completedAt": None,
        "expired": False,
        "input": {"model": "dall-e-3", "prompt": PROMPT},
    }


def test_the_request_is_echoed_as_it_was_sent(client, get, key):
    asked = {"model": "dall-e-3", "prompt": f"  {PROMPT}\r\n", "dalleParams": {}, "webhook_url": "https://a.example/"}
    made = client.post("/v2/images/generate", asked, content_type="application/json", headers={"X-API-Key": key})
    found = get(key, f"/v2/jobs/{made.json()['jobId']}").json()
    assert (found["input"], found["webhookStatus"]) == (asked, "pending")


def test_a_completed_job_links_its_pictures_and_they_can_be_had(client, get, key, alice):
    Account.objects.filter(user=alice).update(balance=200)
    job = completed(alice, model="gpt-image-2", pictures=3, params={"quality": "low"})
    found = get(key, f"/v2/jobs/{job.pk}").json()
    assert (found["status"], found["progress"], found["creditCost"]) == ("COMPLETED", 100, 12)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", found["completedAt"])
    links = found["result"]["images"]
    assert [link.split("?")[0].rpartition("/")[2] for link in links] == [f"{job.pk}-{n}.png" for n in (1, 2, 3)]
    assert get(key, f"/v2/jobs/{job.pk}").json()["result"]["images"] == links
    assert client.get(links[0].removeprefix("http://127.0.0.1:8000")).status_code == 200


def test_a_deleted_picture_is_no_result_any_more(get, key, alice):
    Account.objects.filter(user=alice).update(balance=200)
    job = completed(alice, model="gpt-image-2", pictures=2, params={"quality": "low"})
    Image.objects.filter(index=1).update(deleted_at=timezone.now())
    (link,) = get(key, f"/v2/jobs/{job.pk}").json()["result"]["images"]
    assert f"{job.pk}-2.png" in link


def test_after_its_days_a_completed_job_is_expired(get, key, alice, settings):
    job = completed(alice)
    settings.RESULT_DAYS = 10
    assert get(key, f"/v2/jobs/{job.pk}").json()["expired"] is False
    Job.objects.update(finished_at=timezone.now() - datetime.timedelta(days=10, seconds=1))
    assert get(key, f"/v2/jobs/{job.pk}").json()["expired"] is True


def test_a_failed_job_says_why_in_english_and_cost_nothing(client, key, alice):
    job = failed(alice)
    headers = {"X-API-Key": key, "Accept-Language": "ja"}
    found = client.get(f"/v2/jobs/{job.pk}", headers=headers).json()
    assert (found["status"], found["progress"], found["creditCost"], found["result"]) == ("FAILED", 0, 0, None)
    assert found["error"] == "DALL·E 3 refused this prompt: it goes against the content policy of the provider."
    assert "vendor words" not in str(found)


def test_an_unknown_job_is_processing_with_a_sentence(get, key, alice):
    job = submitted(alice)
    Job.objects.update(status="PROCESSING", is_unknown=True, unknown_at=timezone.now(), progress=None)
    found = get(key, f"/v2/jobs/{job.pk}").json()
    assert (found["status"], found["progress"], found["creditCost"]) == ("PROCESSING", None, 21)
    assert found["error"].startswith("Sandbox may or may not have taken this order.")


def test_progress_is_what_the_provider_says(get, key, alice):
    job = submitted(alice)
    Job.objects.update(status="PROCESSING", progress=40)
    assert get(key, f"/v2/jobs/{job.pk}").json()["progress"] == 40


def test_strangers_get_the_same_404_as_for_a_job_that_never_was(get, other_key, alice, catalogue):
    job = submitted(alice)
    absent = get(other_key, f"/v2/jobs/{uuid.uuid4()}")
    refused = get(other_key, f"/v2/jobs/{job.pk}")
    assert (refused.status_code, refused.content) == (404, absent.content)
    assert list(refused.json()) == ["error"]


@pytest.mark.parametrize("visibility", ["team", "public"])
def test_a_shared_job_is_seen_without_where_it_reports_to(get, other_key, alice, catalogue, visibility):
    job = submitted(alice, visibility=visibility, input_={"prompt": PROMPT, "webhookUrl": "https://a.example/secret"})
    found = get(other_key, f"/v2/jobs/{job.pk}")
    assert (found.status_code, found.json()["input"]) == (200, {"prompt": PROMPT})
    assert found.json()["creditCost"] is None  # money is its owner's to see


def test_a_shared_job_is_seen_without_the_addresses_of_what_it_was_built_on(get, other_key, key, alice, catalogue):
    sent = {"prompt": "https://words.example", "fluxParams": {"image_url": "HTTPS://a.example/files/x?s=1", "seed": 1}}
    sent |= {"images": ["data:image/png;base64,AA", "ref:1"], "image_url": "http://a.example/1"}
    job = submitted(alice, visibility="team", input_=sent)
    told = {"prompt": "https://words.example", "fluxParams": {"seed": 1}, "images": ["ref:1"]}
    assert get(other_key, f"/v2/jobs/{job.pk}").json()["input"] == told
    assert get(key, f"/v2/jobs/{job.pk}").json()["input"] == sent


@pytest.mark.parametrize("bad", ["1", "x", "../me", "01890a5d-ac96-774b-bcce-b302099a80570", "%00", "null"])
def test_an_id_that_is_none_is_refused(get, key, bad):
    response = get(key, f"/v2/jobs/{bad}")
    assert response.status_code in (400, 404)
    assert "error" in response.json()


def test_a_single_job_takes_a_fixed_number_of_queries(get, key, alice, django_assert_num_queries):
    Account.objects.filter(user=alice).update(balance=200)
    job = completed(alice, model="gpt-image-2", pictures=4, params={"quality": "low"})
    get(key, f"/v2/jobs/{job.pk}")
    with django_assert_num_queries(3):
        get(key, f"/v2/jobs/{job.pk}")


def listed(response) -> list[str]:
    assert response.status_code == 200, response.content
    return [job["id"] for job in response.json()["jobs"]]


def rich(user: User) -> None:
    grant(user=user, amount=10_000, reason="test", actor=None)


def test_jobs_are_listed_newest_first_without_their_input(get, key, alice, bob, catalogue):
    rich(alice), rich(bob)
    mine = [submitted(alice, prompt=f"Number {number}") for number in range(3)]
    submitted(bob)
    response = get(key, "/v2/jobs")
    assert listed(response) == [str(job.pk) for job in reversed(mine)]
    assert (response.json()["hasMore"], response.json()["nextCursor"]) == (False, None)
    assert set(response.json()["jobs"][0]) == set(JobShape.model_fields) - {"input"}
    assert "models" not in response.json()


def test_pages_meet_without_gap_or_overlap_even_at_one_moment(get, key, alice, catalogue):
    rich(alice)
    for number in range(7):
        submitted(alice, prompt=f"Number {number}")
    Job.objects.update(created_at=timezone.now())
    found, path, pages = [], "/v2/jobs?limit=3", 0
    while path:
        response = get(key, path)
        found += listed(response)
        cursor, pages = response.json()["nextCursor"], pages + 1
        assert response.json()["hasMore"] is bool(cursor)
        path = f"/v2/jobs?limit=3&cursor={cursor}" if cursor else ""
    assert (len(found), len(set(found)), pages) == (7, 7, 3)


def test_a_job_made_meanwhile_does_not_move_the_next_page(get, key, alice, catalogue):
    rich(alice)
    for number in range(4):
        submitted(alice, prompt=f"Number {number}")
    first = get(key, "/v2/jobs?limit=2")
    submitted(alice, prompt="Later")
    second = get(key, f"/v2/jobs?limit=2&cursor={first.json()['nextCursor']}")
    assert len({*listed(first), *listed(second)}) == 4


def test_lists_are_narrowed(get, key, alice, catalogue):
    rich(alice)
    plain, other, done = submitted(alice), submitted(alice, model="openai/gpt-image-2"), completed(alice)
    assert listed(get(key, "/v2/jobs?status=COMPLETED")) == [str(done.pk)]
    assert listed(get(key, "/v2/jobs?model=gpt-image-2")) == [str(other.pk)]
    assert listed(get(key, "/v2/jobs?model=openai/gpt-image-2")) == [str(other.pk)]
    assert listed(get(key, "/v2/jobs?model=never-heard")) == []
    assert listed(get(key, f"/v2/jobs?search={plain.pk}")) == [str(plain.pk)]
    assert listed(get(key, f"/v2/jobs?search={uuid.uuid4()}")) == []
    assert len(listed(get(key, "/v2/jobs?unheard=of"))) == 3


def test_the_models_asked_of_are_named_on_request(get, key, alice, bob, catalogue):
    rich(alice), rich(bob)
    submitted(alice), submitted(alice, model="openai/gpt-image-2"), submitted(alice), submitted(bob, model="imagen-4")
    found = get(key, "/v2/jobs?include_models=true&limit=1").json()
    assert (found["models"], len(found["jobs"])) == (["dall-e-3", "openai/gpt-image-2"], 1)


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("status=DONE", "status"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=x", "limit"),
        ("scope=all", "scope"),
        ("search=x", "search"),
        ("include_models=yes", "include_models"),
        ("cursor=x", "cursor"),
        ("cursor=%FF%00", "cursor"),
        ("cursor=" + "A" * 32, "cursor"),
        ("cursor=" + "_" * 32, "cursor"),
        ("cursor=" + "A" * 500, "cursor"),
        ("cursor=é", "cursor"),
        ("model=%00", "model"),
        ("model=" + "x" * 101, "model"),
    ],
)
def test_a_wrong_query_is_400_by_name(get, key, query, path):
    response = get(key, f"/v2/jobs?{query}")
    if query == "cursor=" + "A" * 32:  # a moment that was: the beginning of time
        assert listed(response) == []
        return
    assert (response.status_code, list(response.json()["details"])) == (400, [path])


def test_the_team_is_listed_for_staff_only(get, key, staff_key, alice, catalogue):
    rich(alice)
    hidden, shared = completed(alice), completed(alice, visibility="team")
    assert get(key, "/v2/jobs?scope=team").status_code == 403
    response = get(staff_key, "/v2/jobs?scope=team")
    assert listed(response) == [str(shared.pk), str(hidden.pk)]
    assert [job["result"] is None for job in response.json()["jobs"]] == [False, True]
    assert listed(get(staff_key, "/v2/jobs")) == []


def test_a_list_takes_a_fixed_number_of_queries(get, key, alice, catalogue, django_assert_num_queries):
    rich(alice)
    for _number in range(6):
        completed(alice), failed(alice)
    get(key, "/v2/jobs")
    with django_assert_num_queries(4):
        assert len(listed(get(key, "/v2/jobs"))) == 12


def cancel(client, key, job_id):
    return client.post(f"/v2/jobs/{job_id}/cancel", headers={"X-API-Key": key})


def test_a_job_nobody_took_is_cancelled_and_its_credits_are_back(client, key, alice):
    job = submitted(alice)
    response = cancel(client, key, job.pk)
    assert (response.status_code, response.json()["status"], response.json()["creditCost"]) == (200, "CANCELLED", 0)
    assert (response.json()["error"], response.json()["input"] is not None) == (None, True)
    assert Account.objects.get(user=alice).spendable == 100


@pytest.mark.parametrize("status", ["PROCESSING", "COMPLETED", "FAILED", "CANCELLED"])
def test_later_it_is_409_with_the_reason(client, key, alice, status):
    job = submitted(alice)
    Job.objects.update(status=status, finished_at=None if status == "PROCESSING" else timezone.now())
    response = cancel(client, key, job.pk)
    assert (response.status_code, list(response.json())) == (409, ["error"])
    assert Job.objects.get().status == status


def test_only_the_owner_cancels(client, other_key, alice, catalogue):
    job = submitted(alice, visibility="team")
    assert cancel(client, other_key, job.pk).status_code == 404
    assert cancel(client, other_key, uuid.uuid4()).status_code == 404
    assert Job.objects.get().status == "QUEUED"


@pytest.mark.parametrize(
    ("address", "path", "sentence"),
    [
        ("/v2/jobs/xyz", "id", "id must be an id such as 6f1e2c1a-5b0e-4c6c-9f0e-0a1b2c3d4e5f."),
        ("/v2/jobs?search=7", "search", "search must be an id such as 6f1e2c1a-5b0e-4c6c-9f0e-0a1b2c3d4e5f."),
        ("/v2/jobs?limit=a", "limit", "limit must be a whole number."),
        ("/v2/jobs?limit=0", "limit", "limit must be at least 1."),
        ("/v2/jobs?limit=101", "limit", "limit must be at most 100."),
        ("/v2/jobs?status=DONE", "status", "status must be one of QUEUED, PROCESSING, COMPLETED, FAILED, CANCELLED."),
        ("/v2/jobs?scope=all", "scope", "scope must be one of user, team."),
        ("/v2/jobs?cursor=" + "a" * 101, "cursor", "cursor may have at most 100 characters."),
    ],
)
def test_what_is_wrong_in_an_address_is_said_in_our_words(client, key, address, path, sentence):
    answer = client.get(address, headers={"X-API-Key": key})
    assert (answer.status_code, answer.json()["details"]) == (400, {path: [sentence]})
