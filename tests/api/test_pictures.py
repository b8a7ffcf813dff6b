"""Pictures on pages: only for those who may see the job, sealed, under names of ours."""

import re
import uuid

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from studio.jobs.models import Image, Job
from studio.jobs.pictures import path_of
from studio.jobs.views.pictures import file_name
from tests.api.made import PROMPT, completed

pytestmark = pytest.mark.usefixtures("catalogue", "media")


@pytest.fixture
def job(alice, media) -> Job:
    return completed(alice, copies=True)


def without_masks(response, address: str) -> str:
    """A page without what differs between any two: its own address and the masked CSRF token."""
    return re.sub(r"\b\w{64}\b", "token", response.content.decode()).replace(address, "")


def address(job: Job, variant: str) -> str:
    return f"/jobs/{job.pk}/pictures/{job.images.get().pk}/{variant}"


@pytest.mark.parametrize("variant", ["small", "large"])
def test_ones_own_copies_are_inline_webp_that_may_be_kept_for_ever(client, alice, job, variant):
    client.force_login(alice)
    response = client.get(address(job, variant))
    assert response.status_code == 200
    assert b"".join(response.streaming_content)[8:12] == b"WEBP"
    assert response["Content-Type"] == "image/webp"
    assert response["Cache-Control"] == "private, max-age=31536000, immutable"
    assert response["Content-Disposition"] == "inline"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize("variant", ["small", "large"])
def test_a_copy_somebody_else_shows_is_asked_for_again_and_gone_when_it_is_taken_back(
    client, alice, bob, job, variant, django_assert_max_num_queries
):
    Job.objects.update(visibility=Job.Visibility.TEAM)
    copy = address(job, variant)
    client.force_login(bob)
    there = client.get(copy)
    assert (there.status_code, there["Cache-Control"]) == (200, "private, no-cache")
    kept = {"If-None-Match": there["ETag"]}
    client.get(copy, headers=kept)
    with django_assert_max_num_queries(3):
        again = client.get(copy, headers=kept)
    assert (again.status_code, again.content, again["Cache-Control"]) == (304, b"", "private, no-cache")
    Image.objects.update(deleted_at=timezone.now(), deleted_by=alice)
    assert client.get(copy, headers=kept).status_code == 404
    Image.objects.update(deleted_at=None, deleted_by=None)
    Job.objects.update(visibility=Job.Visibility.ME)
    assert client.get(copy, headers=kept).status_code == 404


def test_the_original_is_a_download_named_after_the_prompt(client, alice, job):
    client.force_login(alice)
    response = client.get(address(job, "original"))
    image = job.images.get()
    assert b"".join(response.streaming_content) == path_of(image.pk, "png").read_bytes()
    assert response["Content-Disposition"] == 'attachment; filename="A-lighthouse-at-dawn-1.png"'
    assert response["Cache-Control"] == "private, no-cache"


def test_a_copy_costs_one_query_beside_session_and_person(client, alice, job, django_assert_max_num_queries):
    client.force_login(alice)
    small = address(job, "small")
    client.get(small)
    with django_assert_max_num_queries(3):
        client.get(small)


def test_strangers_get_the_same_404_as_for_a_picture_that_never_was(client, bob, job):
    client.force_login(bob)
    never = f"/jobs/{uuid.uuid4()}/pictures/{uuid.uuid4()}/small"
    absent = without_masks(client.get(never), never)
    for variant in ("small", "large", "original"):
        there = address(job, variant)
        refused = client.get(there)
        assert refused.status_code == 404
        assert without_masks(refused, there) == absent
    Job.objects.update(visibility=Job.Visibility.TEAM)
    assert client.get(address(job, "small")).status_code == 200


def test_without_a_login_nothing_is_shown(client, job):
    response = client.get(address(job, "small"))
    assert (response.status_code, response["Location"].split("?")[0]) == (302, "/accounts/login/")


def test_a_picture_belongs_to_its_job(client, alice, job):
    other = completed(alice, prompt="Another", copies=True)
    client.force_login(alice)
    assert client.get(f"/jobs/{other.pk}/pictures/{job.images.get().pk}/small").status_code == 404


def test_a_deleted_picture_is_gone(client, alice, job):
    client.force_login(alice)
    Image.objects.update(deleted_at=timezone.now())
    assert client.get(address(job, "small")).status_code == 404


@pytest.mark.parametrize("variant", ["small", "large"])
def test_in_the_place_of_a_copy_that_is_not_made_yet_the_picture_is_shown_as_it_came(client, alice, media, variant):
    client.force_login(alice)
    job = completed(alice)
    response = client.get(address(job, variant))
    assert (response.status_code, response["Content-Type"]) == (200, "image/png")
    assert response["Content-Disposition"] == "inline"
    assert response["Cache-Control"] == "private, no-cache"  # the copy may be there the next time
    assert b"".join(response.streaming_content) == path_of(job.images.get().pk, "png").read_bytes()


@pytest.mark.parametrize("has_copies", [True, False])
def test_a_picture_whose_files_are_gone_is_a_frame_that_says_so(client, alice, media, caplog, has_copies):
    client.force_login(alice)
    job = completed(alice, copies=has_copies)
    image = job.images.get()
    for suffix in ("png", "small.webp"):
        path_of(image.pk, suffix).unlink(missing_ok=True)
    response = client.get(address(job, "small"), headers={"Accept-Language": "ja"})
    assert (response.status_code, response["Content-Type"]) == (404, "image/svg+xml")
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "ファイルがありません" in response.text
    assert f"{image.pk} (small) is missing" in caplog.text
    original = client.get(address(job, "original"))
    assert (original.status_code, original["Content-Type"].partition(";")[0]) == (404, "text/html")


@pytest.mark.parametrize("variant", ["tiny", "png", "small.webp", "..", "%2e%2e", "originaL"])
def test_there_are_three_variants(client, alice, job, variant):
    client.force_login(alice)
    assert client.get(address(job, variant)).status_code == 404


def named(prompt: str) -> str:
    return file_name(Image(index=2, format="jpg", job=Job(prompt=prompt)))


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        (PROMPT, "A-lighthouse-at-dawn-2.jpg"),
        ('a "quoted"; word\r\nSet-Cookie: x=1', "a-quoted-word-Set-Cookie-x-1-2.jpg"),
        ("../../etc/passwd", "etc-passwd-2.jpg"),
        ("..%2f..%2f", "2f-2f-2.jpg"),
        ("夜明けの灯台", "夜明けの灯台-2.jpg"),
        ("\u202egnp.exe", "gnp-exe-2.jpg"),
        ("🌊 ~ !", "picture-2.jpg"),
        ("x" * 500, "x" * 40 + "-2.jpg"),
    ],
)
def test_the_name_of_a_download_is_words_only(prompt, name):
    assert named(prompt) == name


def test_a_name_beyond_ascii_is_written_as_rfc_6266_says(client, alice, media):
    job = completed(alice, prompt="夜明けの灯台", copies=True)
    client.force_login(alice)
    disposition = client.get(address(job, "original"))["Content-Disposition"]
    assert disposition.startswith("attachment; filename*=utf-8''%E5%A4%9C")


@given(prompt=st.text(max_size=60))
@hypothesis_settings(max_examples=300, deadline=None, database=None)
def test_no_prompt_makes_a_name_with_a_path_or_a_control_character(prompt):
    name = named(prompt)
    assert name.isprintable()
    assert not set(name) & set("/\\\"';:*?<>|\r\n")
    assert not name.startswith((".", "-"))


@given(text=st.text(max_size=80) | st.sampled_from(["../../x", "a/../../..", "%2e%2e/", "\x00", "..\\..\\x"]))
@hypothesis_settings(
    max_examples=1000, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_id_leads_out_of_the_media_folder(settings, text):
    try:
        path = path_of(text, "png")
    except ValueError:
        return
    assert path.resolve().is_relative_to(settings.MEDIA_ROOT.resolve())
    assert path.parent.parent == settings.MEDIA_ROOT
