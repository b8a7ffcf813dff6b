"""`gridUrl`: the four pictures of a Midjourney order in one, beside their own addresses."""

import io
import json
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from PIL import Image as Pillow

from studio.accounts.models import ApiKey
from studio.jobs import reports
from studio.jobs.links import results_of
from studio.jobs.models import Image, Job
from studio.jobs.pictures import remove
from studio.jobs.reference_links import linked_file
from studio.jobs.trash import delete_pictures, purge
from studio.webhooks.models import Delivery
from tests.api.made import completed

pytestmark = pytest.mark.usefixtures("catalogue", "media")


@pytest.fixture
def job(alice) -> Job:
    return completed(alice, model="midjourney", pictures=4)


def grid_url(job: Job) -> str:
    return str(results_of(job, Image.objects.there().filter(job=job))["gridUrl"])


def get(client, url: str):
    parts = urlsplit(url)
    return client.get(f"{parts.path}?{parts.query}")


def body(response) -> bytes:
    return b"".join(response.streaming_content)


def test_a_midjourney_job_says_where_its_grid_is_and_others_have_none(client, key, alice, job):
    headers = {"X-API-Key": key}
    result = client.get(f"/v2/jobs/{job.pk}", headers=headers).json()["result"]
    assert (len(result["images"]), list(result)) == (4, ["images", "gridUrl"])
    assert urlsplit(result["gridUrl"]).path.endswith(f"/{job.pk}-grid.png")
    listed = client.get("/v2/jobs", headers=headers).json()["jobs"]
    assert [one["result"] for one in listed] == [result]
    other = completed(alice)
    assert list(client.get(f"/v2/jobs/{other.pk}", headers=headers).json()["result"]) == ["images"]


def test_a_picture_that_is_gone_for_good_is_gone_from_the_grid_too(client, alice, job, media):
    assert get(client, grid_url(job)).status_code == 200
    assert len(list(media.rglob("*.grid.png"))) == 1
    third = job.images.get(index=3)
    delete_pictures(user=alice, ids=[third.pk])
    Image.objects.filter(pk=third.pk).update(deleted_at=timezone.now() - timedelta(days=31))
    assert purge() == 1
    assert not list(media.rglob("*.grid.png"))


def test_a_webhook_says_it_too(alice, key, job):
    told = {"webhook_url": "https://example.com/told", "webhook_events": ["completed"]}
    Job.objects.filter(pk=job.pk).update(api_key=ApiKey.objects.get(), **told)
    reports.ended(job.pk)
    assert json.loads(Delivery.objects.get().body)["result"]["gridUrl"] == grid_url(job)


def test_its_link_shows_the_four_in_their_order(client, job):
    for _first_and_again in range(2):
        response = get(client, grid_url(job))
        assert (response.status_code, response["Content-Type"]) == (200, "image/png")
        assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
        with Pillow.open(io.BytesIO(body(response))) as grid:
            assert grid.size == (120, 80)
            middles = [grid.getpixel(at) for at in ((30, 20), (90, 20), (30, 60), (90, 60))]
        assert middles == [(40 * index, 90, 120) for index in (1, 2, 3, 4)]


def test_without_one_of_the_four_there_is_no_grid(client, key, job):
    url = grid_url(job)
    assert get(client, url).status_code == 200
    job.images.filter(index=3).update(deleted_at=timezone.now())
    assert get(client, url).status_code == 404
    result = client.get(f"/v2/jobs/{job.pk}", headers={"X-API-Key": key}).json()["result"]
    assert (list(result), len(result["images"])) == (["images"], 3)


def test_its_link_is_signed_for_that_name_and_for_the_job_alone(client, alice, job):
    plain = results_of(job, list(job.images.all()))["images"][0]
    assert get(client, plain.replace("-1.png", "-grid.png")).status_code == 404
    assert get(client, grid_url(job).replace("-grid.png", "-1.png")).status_code == 404
    assert linked_file(grid_url(job)) is None, "an order is not built on its first picture instead"


def test_its_file_goes_with_the_first_picture(client, job, media):
    assert get(client, grid_url(job)).status_code == 200
    first = job.images.get(index=1)
    assert [path.name for path in media.rglob("*.grid.png")] == [f"{first.pk}.grid.png"]
    remove(first.pk)
    assert not list(media.rglob("*.grid.png"))
    assert get(client, grid_url(job)).status_code == 404
