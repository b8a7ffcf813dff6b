"""/files/: finished pictures for whoever holds the link, and for nobody else."""

import datetime
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from studio.accounts.models import User
from studio.core.logs import redact
from studio.jobs.links import result_url
from studio.jobs.models import Image, Job
from studio.jobs.pictures import path_of
from tests.api.made import completed

pytestmark = pytest.mark.usefixtures("catalogue", "media")


@pytest.fixture
def job(alice, media) -> Job:
    return completed(alice)


@pytest.fixture
def link(job) -> str:
    """The link without scheme and host."""
    return local(result_url(job, job.images.get()))


def local(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def body(response) -> bytes:
    return b"".join(response.streaming_content)


def test_the_link_gives_the_original_bytes_to_anybody(client, job, link):
    image = job.images.get()
    response = client.get(link)
    assert response.status_code == 200
    assert body(response) == path_of(image.pk, "png").read_bytes()
    assert response["Content-Length"] == str(image.size)
    assert response["Content-Type"] == "image/png"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response["X-Robots-Tag"] == "noindex"
    assert "Set-Cookie" not in response
    assert "Cookie" not in response.get("Vary", "")


def test_the_link_is_absolute_and_the_same_at_every_read(settings, job, time_machine):
    settings.STUDIO_BASE_URL = "https://studio.example"
    image = job.images.get()
    first = result_url(job, image)
    time_machine.move_to(timezone.now() + datetime.timedelta(days=3))
    assert result_url(Job.objects.get(pk=job.pk), image) == first
    assert first.startswith(f"https://studio.example/files/{image.pk}/{job.pk}-1.png?e=")


def test_one_query_and_no_session_even_with_a_cookie(client, alice, link, django_assert_num_queries):
    client.force_login(alice)
    with django_assert_num_queries(1):
        assert client.get(link).status_code == 200


def test_after_its_days_the_link_is_410(client, settings, job, link, time_machine):
    settings.RESULT_DAYS = 90
    time_machine.move_to(job.finished_at + datetime.timedelta(days=90, seconds=-2), tick=False)
    assert client.get(link).status_code == 200
    time_machine.move_to(job.finished_at + datetime.timedelta(days=90, seconds=1), tick=False)
    response = client.get(link)
    assert (response.status_code, response["Content-Type"]) == (410, "text/plain; charset=utf-8")


def test_a_deleted_picture_is_404_at_once(client, link):
    Image.objects.update(deleted_at=timezone.now())
    assert client.get(link).status_code == 404


def test_pictures_of_a_deactivated_person_are_404_at_once(client, link):
    User.objects.update(is_active=False)
    assert client.get(link).status_code == 404


def test_a_lost_file_is_404_and_not_an_error(client, job, link):
    path_of(job.images.get().pk, "png").unlink()
    assert client.get(link).status_code == 404


def test_no_part_of_a_link_can_be_changed(client, job, link, alice):
    other = completed(alice, prompt="Another").images.get()
    image = job.images.get()
    path, query = link.split("?")
    expires, signature = (part.split("=", 1)[1] for part in query.split("&"))
    wrong = [
        path,
        f"{path}?e={expires}",
        f"{path}?s={signature}",
        f"{path}?e={int(expires) + 1}&s={signature}",
        f"{path}?e={expires}&s={signature[:-1]}",
        f"{path}?e={expires}&s={signature}x",
        f"{path}?e={expires}&s={signature.swapcase()}",
        f"{path}?e={expires}&s=%00é",
        link.replace(".png", ".html"),
        link.replace(str(image.pk), str(other.pk)),
    ]
    for address in wrong:
        response = client.get(address)
        assert response.status_code == 404, address
        assert b"PNG" not in response.content


def test_another_secret_key_signs_other_links(client, settings, link):
    settings.SECRET_KEY = "x" * 50
    assert client.get(link).status_code == 404


def test_head_says_what_get_would_give_without_the_bytes(client, job, link):
    response = client.head(link)
    assert (response.status_code, response.content) == (200, b"")
    assert response["Content-Length"] == str(job.images.get().size)


def test_what_the_caller_has_already_is_not_sent_again(client, link):
    etag = client.get(link)["ETag"]
    assert client.get(link, headers={"If-None-Match": etag}).status_code == 304
    assert client.get(link, headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize(
    ("asked", "first", "last"), [("bytes=0-9", 0, 9), ("bytes=10-", 10, None), ("bytes=-5", -5, None)]
)
def test_a_part_can_be_asked_for(client, job, link, asked, first, last):
    image = job.images.get()
    data = path_of(image.pk, "png").read_bytes()
    response = client.get(link, headers={"Range": asked})
    wanted = data[first:] if last is None else data[first : last + 1]
    assert (response.status_code, body(response)) == (206, wanted)
    assert response["Content-Length"] == str(len(wanted))
    start = len(data) + first if first < 0 else first
    assert response["Content-Range"] == f"bytes {start}-{start + len(wanted) - 1}/{len(data)}"


@pytest.mark.parametrize("asked", ["bytes=999999-", "bytes=-0"])
def test_a_part_that_is_not_there_is_416(client, link, asked):
    assert client.get(link, headers={"Range": asked}).status_code == 416


@pytest.mark.parametrize("asked", ["bytes=9-3", "bytes=0-1,4-5", "lines=0-1", "bytes=-", "bytes=" + "9" * 99 + "-"])
def test_what_is_no_single_range_gives_the_whole(client, link, asked):
    assert client.get(link, headers={"Range": asked}).status_code == 200


def test_a_range_of_an_older_version_gives_the_whole(client, link):
    assert client.get(link, headers={"Range": "bytes=0-1", "If-Range": '"older"'}).status_code == 200


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_a_link_can_only_be_read(client, link, method):
    assert getattr(client, method)(link).status_code == 405


def test_a_log_line_does_not_keep_what_opens_the_link(link):
    signature = link.rpartition("=")[2]
    assert signature not in redact(f'"GET {link} HTTP/1.1" 200')
