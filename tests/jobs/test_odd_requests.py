"""What no page of ours ever sends is answered like a page, never with an error of the studio."""

from urllib.parse import quote

import pytest

from studio.jobs.idempotency import form_key
from studio.jobs.models import Job
from tests.jobs.states import failed, queued, working

pytestmark = pytest.mark.usefixtures("catalogue")
NOBODY = "0" * 32
MANY = "9" * 5000  # digits: more than int() takes


@pytest.mark.parametrize(
    "address",
    [
        "/usage/?month=9999-12",
        "/usage/?month=0001-01",
        "/usage/ledger.csv?month=9999-12",
        f"/usage/?before={MANY}",
        f"/?before={quote('0001-01-01T00:00:00+23:59')}_{NOBODY}",
        f"/?before={quote('9999-12-31T23:59:59-23:59')}_{NOBODY}",
        f"/studio/earlier/?before={quote('0001-01-01T00:00:00+23:59')}_{NOBODY}",
        "/?from=%00&model=%00&prompt=%00%ED%A0%80",
        f"/studio/live/?oldest={MANY}&every={MANY}",
        "/studio/live/?oldest=-62135596800000&seen=%00.%00",
    ],
)
def test_addresses_nobody_wrote_for_us_open_the_page(client, alice, address):
    client.force_login(alice)
    response = client.get(address)
    assert response.status_code == 200
    assert b"".join(response.streaming_content) if response.streaming else response.content


@pytest.mark.parametrize("every", [MANY, quote("٣"), "-1", "1e3", "%00"])
def test_live_job_page_takes_any_interval(client, alice, every):
    client.force_login(alice)
    job = working(queued(alice))
    assert client.get(f"/jobs/{job.pk}/live/?seen={job.version}&every={every}").status_code == 200


def test_form_key_that_no_form_held_counts_as_none(client, alice):
    client.force_login(alice)
    assert form_key("a" * 24) == "a" * 24
    assert [form_key(key) for key in ("a\0b", "a" * 65, "é", "a b", "")] == [""] * 5
    fields = {"model": "dall-e-3", "prompt": "a blue kettle", "key": "a\0b"}
    assert client.post("/", fields).status_code == 302
    job = failed(Job.objects.get(), "provider_error")
    assert client.post(f"/jobs/{job.pk}/again/", {"key": "a\0b"}).status_code == 302
    assert Job.objects.count() == 2
