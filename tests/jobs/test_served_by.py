"""Who serves a job is said on its card, its page, its receipt, its entry in the ledger, and to programs."""

import csv
import io

import pytest
from django.test import Client

from studio.accounts.key_services import create_api_key
from studio.accounts.models import User
from studio.core.spreadsheets import csv_lines
from studio.credits import export
from studio.credits.models import Entry
from studio.jobs import lifecycle, turns
from studio.jobs.cards import Card, cards_of, with_all
from studio.jobs.models import Job
from studio.jobs.receipt import facts_of, receipt_of
from studio.jobs.services import submit_job
from studio.providers.base import Finished
from studio.providers.models import ProviderRow


@pytest.fixture
def moved(catalogue: None, alice: User) -> Job:
    """A job of alice's that Apiframe did not take three times and that is under way at the second provider."""
    for slug, name in (("apiframe", "Apiframe"), ("second", "Second best")):
        row = ProviderRow(slug=slug, kind="apiframe", name=name, base_url="http://127.0.0.1:9")
        row.set_key("afk_a-key-for-tests")
        row.save()
    job, _is_replay = submit_job(user=alice, model="dall-e-3", prompt="a fox", params={})
    for number in range(3):
        (flight,) = turns.claim("somebody", room=1)
        seconds = 0 if number < 2 else 3600
        lifecycle.requeue(flight, code="rate_limited", text="", seconds=seconds, is_unwell=False)
        Job.objects.filter(pk=job.pk).update(not_before=None)
    job.refresh_from_db()
    return job


def card_of(job: Job) -> Card:
    return cards_of(with_all(Job.objects.filter(pk=job.pk)))[0]


def served(job: Job) -> None:
    (flight,) = turns.claim("somebody", room=1)
    flight.finished = Finished([])
    lifecycle.complete(flight)


def test_the_card_says_who_serves_it_and_why_it_went_there(moved: Job, client: Client, alice: User) -> None:
    card = card_of(moved)
    assert card.details.startswith("DALL·E 3, ")
    assert card.details.endswith(", via Second best")
    assert card.moved == "Apiframe had too much to do, so the order went on to Second best."
    client.force_login(alice)
    assert card.moved in client.get("/").content.decode()
    (flight,) = turns.claim("somebody", room=1)
    assert flight.provider == "second"
    assert card.moved in client.get("/").content.decode()


def test_the_receipt_tells_the_story_in_the_order_of_time(moved: Job) -> None:
    served(moved)
    card = card_of(moved)
    assert [line.words for line in receipt_of(card).lines][:4] == [
        "Held",
        "Not taken by Apiframe, 3 times",
        "Apiframe had too much to do, so the order went on to Second best.",
        "Sent to Second best",
    ]
    assert ("Served by", "Second best") in facts_of(card)


def test_the_ledger_names_who_made_what_was_paid_for(moved: Job, client: Client, alice: User) -> None:
    served(moved)
    hold, capture = Entry.objects.filter(reference=str(moved.pk)).order_by("pk")
    assert (hold.served_by, capture.served_by) == ("", "second")
    rows = list(csv.DictReader(io.StringIO("".join(csv_lines(export.rows_for_csv(alice))))))
    assert [row["served_by"] for row in rows] == ["", "", "second"]
    client.force_login(alice)
    page = client.get("/usage/").content.decode()
    assert page.count("DALL·E 3, Second best") == 1


def test_a_program_reads_who_serves_it_now(moved: Job, client: Client, alice: User) -> None:
    key = {"X-API-Key": create_api_key(user=alice, name="a robot")[1]}
    body = {"model": "dall-e-3", "prompt": "an owl"}
    asked = {"content_type": "application/json", "headers": {**key, "Idempotency-Key": "one"}}
    first = client.post("/v2/images/generate", body, **asked)
    assert (first.status_code, first["X-Studio-Provider"]) == (202, "apiframe")
    job_id = first.json()["jobId"]
    (flight,) = [one for one in turns.claim("somebody", room=5) if one.job_id == job_id]
    lifecycle.refuse(flight, code="provider_credits", text="", params={})
    again = client.post("/v2/images/generate", body, **asked)
    assert (again["Idempotent-Replayed"], again["X-Studio-Provider"]) == ("true", "second")
    assert client.get(f"/v2/jobs/{job_id}", headers=key)["X-Studio-Provider"] == "second"
    assert client.post(f"/v2/jobs/{job_id}/cancel", headers=key)["X-Studio-Provider"] == "second"
