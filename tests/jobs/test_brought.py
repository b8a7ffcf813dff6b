"""A picture brought back to the composer: by its bytes, by its metadata, or not at all."""

import hashlib
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from studio.accounts.models import User
from studio.jobs.models import Image, Job, Reference
from studio.jobs.pictures import path_of
from studio.jobs.provenance import Origin, write_copy
from studio.providers.art.metadata import encode
from tests.jobs.states import HTMX, completed, queued, touch
from tests.jobs.test_pictures import draw
from tests.jobs.test_provenance import KINDS, NASTY
from tests.jobs.test_provenance import draw as draw_as
from tests.jobs.test_provenance import keep as keep_file

pytestmark = pytest.mark.usefixtures("catalogue")


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Settings) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


def made(user: User, data: bytes, **fields: object) -> Image:
    job = completed(queued(user, "a koi {pond}"))
    touch(job, params={"aspect_ratio": "3:2", "style": "natural"}, **fields)
    image = job.images.get()
    Image.objects.filter(pk=image.pk).update(sha256=hashlib.sha256(data).hexdigest())
    return image


def bring(client: Client, data: bytes | None = None, **fields: str):
    files = {"picture": SimpleUploadedFile("x.png", data, "image/png")} if data is not None else {}
    return client.post(reverse("jobs:brought"), {"model": "dall-e-3", **fields, **files}, headers=HTMX)


def marked(job_id: str, extension: str = "png", **origin: object) -> bytes:
    data = draw_as(extension)
    image_id = keep_file(extension, data)
    write_copy(image_id, extension, (41, 30), Origin(job_id, **{"prompt": "a fox", "model": "Midjourney", **origin}))
    return path_of(image_id, f"marked.{extension}").read_bytes()


def test_its_hash_alone_brings_the_settings_back(client: Client, alice: User, media: Path) -> None:
    image = made(alice, draw())
    client.force_login(alice)
    answer = bring(client, sha256=hashlib.sha256(draw()).hexdigest())
    assert answer.status_code == 204  # the noise is another every time: these bytes nobody knows
    assert "studio:unknown" in answer["HX-Trigger"]
    Image.objects.filter(pk=image.pk).update(sha256="ab" * 32)
    text = bring(client, sha256="ab" * 32).text
    assert r"a koi \{pond\}</textarea>" in text
    assert 'value="3:2" checked' in text
    assert 'value="natural" checked' in text
    assert f'name="retry_of" value="{image.job_id}"' in text
    assert f"?reference={image.pk}" in text
    Image.objects.filter(pk=image.pk).update(sha256="cd" * 32, marked_sha256="ef" * 32)
    assert "a koi" in bring(client, sha256="ef" * 32).text


@pytest.mark.parametrize("sha256", ["", "ab", "AB" * 32, "' OR 1=1", "0" * 64])
def test_what_is_no_hash_or_nobodys_leads_nowhere(client: Client, alice: User, sha256: str) -> None:
    client.force_login(alice)
    assert bring(client, sha256=sha256).status_code == 204
    assert bring(client, job=sha256).status_code == 204


def test_the_file_itself_is_known_by_its_bytes_and_nothing_is_kept(client: Client, alice: User, media: Path) -> None:
    data = draw()
    made(alice, data)
    client.force_login(alice)
    assert "a koi" in bring(client, data).text
    assert [path for path in media.rglob("*") if path.is_file()] == []
    assert Reference.objects.count() == 0


def test_a_picture_that_somebody_may_not_see_restores_what_it_says_of_itself_and_no_more(
    client: Client, alice: User, bob: User
) -> None:
    data = draw()
    image = made(alice, data)
    client.force_login(bob)
    assert bring(client, sha256=hashlib.sha256(data).hexdigest()).status_code == 204
    assert bring(client, job=str(image.job_id)).status_code == 204
    assert "a koi" not in bring(client, data).text
    text = bring(client, marked(str(image.job_id))).text
    assert "a fox</textarea>" in text
    assert "Midjourney" in text
    assert "a koi" not in text
    assert "retry_of" not in text
    touch(Job.objects.get(pk=image.job_id), visibility="team")
    assert "a koi" in bring(client, marked(str(image.job_id))).text


def test_a_deleted_picture_is_not_known_by_its_bytes(client: Client, alice: User) -> None:
    data = draw()
    image = made(alice, data)
    Image.objects.filter(pk=image.pk).update(deleted_at=image.created_at)
    client.force_login(alice)
    assert "a koi" not in bring(client, data).text


@pytest.mark.parametrize("extension", KINDS)
def test_the_marked_copy_brings_back_words_and_model_in_every_format(
    client: Client, alice: User, extension: str
) -> None:
    client.force_login(alice)
    nobodys, words = "6d2c4f0e-0000-4000-8000-000000000001", NASTY.replace("\ud800", "")
    answer = bring(client, marked(nobodys, extension, prompt=words))
    assert answer.status_code == 200
    assert "&lt;fox&gt; &amp; &quot;bear&quot;" in answer.text
    assert "狐と熊" in answer.text
    assert "Midjourney" in answer.text


@pytest.mark.parametrize("extension", KINDS)
def test_a_sandbox_picture_names_its_model_and_the_words_stay(client: Client, alice: User, extension: str) -> None:
    from PIL import Image as Pillow

    facts = {"Software": "sandbox", "Model-Asked-For": "midjourney", "Seed": "7"}
    data = encode(Pillow.new("RGB", (40, 30)), facts, {"jpg": "jpeg"}.get(extension, extension))
    client.force_login(alice)
    text = bring(client, data, prompt="my own words").text
    assert "Midjourney" in text
    assert "my own words</textarea>" in text


def test_a_strange_picture_is_built_on_where_the_model_takes_one_and_refused_in_words_elsewhere(
    client: Client, alice: User
) -> None:
    client.force_login(alice)
    text = bring(client, draw(), prompt="in this light").text
    assert "This picture was not made here, and DALL·E 3 does not build on pictures." in text
    assert "in this light</textarea>" in text
    text = bring(client, draw(), model="nano-banana", prompt="in this light").text
    assert "it was added to build on" in text
    assert 'value="ref:' in text
    assert "in this light</textarea>" in text
    assert Reference.objects.count() == 1


@pytest.mark.parametrize("data", [b"", b"<svg/>", b"\x89PNG\r\n\x1a\n" + b"\0" * 64, draw()[:200]])
def test_what_is_no_picture_is_said_and_loses_nothing(client: Client, alice: User, data: bytes) -> None:
    client.force_login(alice)
    answer = bring(client, data, model="nano-banana", prompt="in this light")
    assert answer.status_code == 200
    assert "in this light</textarea>" in answer.text
    assert Reference.objects.count() == 0
