"""POST /v2/uploads: a picture that orders are built on, sent by a program."""

import datetime
import hashlib
import io
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from studio.jobs.models import Job, JobReference, Reference
from studio.jobs.reference_files import MAX_BYTES
from tests.api.conftest import GENERATE
from tests.jobs.test_pictures import draw

pytestmark = pytest.mark.usefixtures("catalogue", "media")
UPLOADS = "/v2/uploads"
BUILD = {"model": "ideogram-v3-turbo", "prompt": "In this style"}


@pytest.fixture
def upload(client, key):
    """Send files as alice: the field's name and the bytes."""

    def send(data: bytes = b"", name: str = "fox.png", *, headers: dict[str, str] | None = None, **others: bytes):
        fields: dict[str, Any] = {name: SimpleUploadedFile(f"{name}.bin", data) for name, data in others.items()}
        if data:
            fields["file"] = SimpleUploadedFile(name, data, content_type="text/html")
        return client.post(UPLOADS, fields, headers={"X-API-Key": key} if headers is None else headers)

    return send


def order(client, key, **changes: Any):
    return client.post(GENERATE, BUILD | changes, content_type="application/json", headers={"X-API-Key": key})


def test_a_picture_is_kept_and_described_as_the_vendor_does(client, upload, media):
    data = draw("JPEG")
    answer = upload(data, '../../"><script>.html')
    assert answer.status_code == 201
    told = answer.json()
    row = Reference.objects.get()
    assert told["id"] == str(row.pk)
    assert (told["kind"], told["contentType"], told["byteSize"]) == ("image", "image/jpeg", len(data))
    until = datetime.datetime.fromisoformat(told["expiresAt"])
    assert datetime.timedelta(hours=23) < until - timezone.now() <= datetime.timedelta(hours=24)
    parts = urlsplit(told["url"])
    assert parts.path == f"/files/reference/{row.pk}/reference.jpg"
    got = client.get(f"{parts.path}?{parts.query}")
    assert b"".join(got.streaming_content) == data
    assert not [path for path in media.rglob("*") if "script" in path.name or path.name.startswith("draft-")]


def test_its_address_can_be_named_in_an_order(client, key, upload):
    address = upload(draw()).json()["url"]
    answer = order(client, key, ideogramParams={"style_reference_images": [address]})
    assert answer.status_code == 202
    job = Job.objects.get()
    assert job.params["style_reference_images"] == [Reference.objects.get().value]
    assert job.input["ideogramParams"]["style_reference_images"] == [address]
    assert JobReference.objects.get().job == job


def test_the_same_picture_again_has_the_same_id_and_a_day_more(upload):
    data = draw()
    first = upload(data).json()
    Reference.objects.update(wanted_at=timezone.now() - datetime.timedelta(hours=20))
    again = upload(data).json()
    assert again["id"] == first["id"]
    assert again["expiresAt"] >= first["expiresAt"]


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"picture": draw()},
        {"data": draw(), "other": draw()},
        {"data": b"<svg xmlns='http://www.w3.org/2000/svg'/>"},
        {"data": draw("GIF")},
        {"data": draw()[:-9]},
    ],
    ids=["nothing", "other-field", "two", "svg", "gif", "cut"],
)
def test_anything_but_one_whole_picture_is_a_400_about_the_file(upload, media, files):
    answer = upload(**files)
    assert answer.status_code == 400
    assert list(answer.json()["details"]) == ["file"]
    assert not Reference.objects.exists()
    assert [path for path in media.rglob("*") if path.is_file()] == []


def test_more_than_25_mb_is_refused_and_never_on_disk(upload, media):
    answer = upload(draw() + bytes(MAX_BYTES))
    assert answer.status_code == 400
    assert "25 MB" in answer.json()["details"]["file"][0]
    assert [path for path in media.rglob("*") if path.is_file()] == []


def test_a_body_announced_beyond_all_limits_is_not_read(client, key):
    headers = {"X-API-Key": key, "Content-Length": str(10**9)}
    answer = client.generic("POST", UPLOADS, b"--x", "multipart/form-data; boundary=x", headers=headers)
    assert answer.status_code == 400
    assert "25 MB" in answer.json()["details"]["file"][0]


def test_a_form_that_breaks_off_leaves_nothing(client, key, media):
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n' + draw()
    answer = client.generic("POST", UPLOADS, body, "multipart/form-data; boundary=x", headers={"X-API-Key": key})
    assert answer.status_code == 400
    assert [path for path in media.rglob("*") if path.name.startswith("draft-")] == []


def test_a_form_of_unannounced_length_is_read_too(client, key, media):
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
    body = io.BytesIO(head + draw() + b"\r\n--x--\r\n")
    chunked = {"wsgi.input": body, "wsgi.input_terminated": True, "CONTENT_TYPE": "multipart/form-data; boundary=x"}
    answer = client.post(UPLOADS, headers={"X-API-Key": key}, **chunked, CONTENT_LENGTH="")
    assert answer.status_code == 201
    assert not [path for path in media.iterdir() if path.name.startswith("draft-")]


def test_it_must_be_a_form(client, key):
    answer = client.post(UPLOADS, draw(), content_type="image/png", headers={"X-API-Key": key})
    assert (answer.status_code, list(answer.json())) == (415, ["error"])


def test_without_a_key_nothing_is_taken(upload, media):
    answer = upload(draw(), headers={})
    assert answer.status_code == 401
    assert not media.exists()


def test_uploads_have_their_own_rate(upload, settings):
    settings.RATE_LIMIT = (1, 60)
    assert upload(draw()).status_code == 201
    refused = upload(draw("JPEG"))
    assert refused.status_code == 429
    assert refused.headers["Retry-After"]


# --- named in orders ---


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/a.png",
        "http://[::1]/a.png",
        "http://0x7f.1/a.png",
        "https://user@example.org/a.png",
        "https://example.org:22/a.png",
        "ftp://example.org/a.png",
        "file:///etc/passwd",
        "data:image/png;base64,AAAA",
        "picture.png",
        "ref:00000000-0000-4000-8000-000000000000",
    ],
)
def test_an_address_that_leads_nowhere_is_a_400_with_its_path(client, key, address):
    answer = order(client, key, ideogramParams={"style_reference_images": ["https://example.org/a.png", address]})
    assert answer.status_code == 400
    assert list(answer.json()["details"]) == ["ideogramParams.style_reference_images.1"]
    assert not Job.objects.exists()
    assert not Reference.objects.exists()


def test_a_single_address_has_a_path_of_its_own(client, key):
    params = {"character_reference_image": "http://10.0.0.1/a.png"}
    answer = order(client, key, model="ideogram-character", ideogramParams=params)
    assert list(answer.json()["details"]) == ["ideogramParams.character_reference_image"]


def test_an_address_gets_its_row_with_the_job_and_a_replay_makes_no_other(client, key):
    body = {"ideogramParams": {"style_reference_images": ["https://example.org/a.png"] * 2}}
    headers = {"X-API-Key": key, "Idempotency-Key": "one"}
    answers = [client.post(GENERATE, BUILD | body, "application/json", headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json()["jobId"] == answers[1].json()["jobId"]
    row = Reference.objects.get()
    assert (row.source, row.address, row.file) == ("address", "https://example.org/a.png", None)
    assert Job.objects.get().params["style_reference_images"] == [row.value] * 2


def test_a_reference_of_somebody_else_is_refused_like_one_that_is_not_there(client, key, other_key, upload):
    row = upload(draw()).json()["id"]
    said = [
        order(client, other_key, ideogramParams={"style_reference_images": [value]}).json()
        for value in (f"ref:{row}", "ref:00000000-0000-4000-8000-000000000000")
    ]
    assert said[0] == said[1]
    assert not Job.objects.exists()


def test_whoever_holds_the_link_may_build_on_it_with_a_copy_of_their_own(client, bob, other_key, upload):
    data = draw()
    address = upload(data).json()["url"]
    answer = order(client, other_key, ideogramParams={"style_reference_images": [address]})
    assert answer.json() == {"error": answer.json()["error"], "creditsRequired": 3, "creditsAvailable": 0}
    copy = Reference.objects.of(bob).get()
    assert copy.sha256 == hashlib.sha256(data).hexdigest()
