"""References on their way: fetched from addresses, handed to the provider, and every way that goes wrong."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from studio.accounts.models import User
from studio.jobs import flying, gathering, reference_files, references
from studio.jobs.engine import Engine
from studio.jobs.errors import BadReference
from studio.jobs.models import Image, Job, Reference
from studio.jobs.reference_links import reference_url
from studio.jobs.services import retry_job
from studio.providers.base import with_addresses
from studio.providers.catalogue import ParameterErrors
from tests.fakes.provider import FakeProvider
from tests.jobs.conftest import Ask, all_settled, ended, ledger_is_exact, wait_for
from tests.jobs.test_references import draw, keep

MODEL, NAME = "ideogram-v3-turbo", "style_reference_images"


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Settings) -> None:
    """Addresses on this machine may be named, as if it were the open internet."""
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setattr(reference_files, "ALLOWED", (ip_network("127.0.0.0/8"),))


Build = Callable[..., Job]


@pytest.fixture
def build(ask: Ask, fake: FakeProvider) -> Iterator[Build]:
    """Asks for a picture built on these; a bare name is a picture on somebody's server."""
    fake.upload_faults.clear()

    def submit(*on: str, words: str = "", **changes: object) -> Job:
        named = [value if ":" in value else f"{fake.url}/photos/{value}" for value in on]
        return ask(words, model=MODEL, params={NAME: named}, **changes)

    yield submit
    fake.upload_faults.clear()


def sent(fake: FakeProvider, job: Job) -> list[str]:
    """The addresses that the provider was told of, in its last order of this job."""
    orders = [order for key, order in fake.ledger.by_key.items() if key.startswith(str(job.pk))]
    found: list[str] = orders[-1].body["ideogramParams"][NAME]
    return found


def bytes_of(row: Reference) -> bytes:
    assert row.file is not None
    return gathering.path_of(row.file, row.format).read_bytes()


def test_addresses_are_fetched_kept_and_handed_over_in_order(engine: Engine, build: Build, fake: FakeProvider) -> None:
    job = build("fox", "owl")
    assert job.params == {NAME: [f"ref:{row.pk}" for row in in_order(job)]}
    wait_for(all_settled)
    assert ended(job) == ("COMPLETED", "")
    rows = in_order(job)
    assert [row.address.rpartition("/")[2] for row in rows] == ["fox", "owl"]
    assert all(row.fetched_at and row.sha256 and (row.width, row.height) == (48, 32) for row in rows)
    assert [fake.ledger.uploads[url] for url in sent(fake, job)] == [bytes_of(row) for row in rows]
    ledger_is_exact(job)


def in_order(job: Job) -> list[Reference]:
    by_value = {row.value: row for row in Reference.objects.filter(uses__job=job)}
    return [by_value[value] for value in job.params[NAME]]


def test_a_kept_one_is_handed_over_without_a_fetch(
    engine: Engine, build: Build, fake: FakeProvider, studio: User
) -> None:
    data = draw("JPEG")
    job = build(keep(studio, data).value)
    wait_for(all_settled)
    assert ended(job) == ("COMPLETED", "")
    assert [fake.ledger.uploads[url] for url in sent(fake, job)] == [data]
    assert fake.ledger.requests["photo"] == 0


def test_links_of_this_studio_are_known_and_not_fetched(
    engine: Engine, build: Build, fake: FakeProvider, studio: User
) -> None:
    row = keep(studio, draw())
    job = build(reference_url(row, until=timezone.now() + timedelta(hours=1)))
    assert job.params == {NAME: [row.value]}
    wait_for(all_settled)
    assert fake.ledger.requests["photo"] == 0


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("page", "reference_not_a_picture"),
        ("gone", "reference_unreachable"),
        ("large", "reference_too_large"),
        ("busy", "reference_unreachable"),
    ],
)
def test_what_cannot_be_had_fails_the_job_before_any_order(
    engine: Engine, build: Build, fake: FakeProvider, client: Client, name: str, code: str
) -> None:
    job = build("fox", name)
    wait_for(all_settled)
    assert ended(job) == ("FAILED", code)
    client.force_login(job.user)
    page = client.get(f"/jobs/{job.pk}/").text
    assert "Returned" in page
    assert "Sent to" not in page  # for nothing was
    assert fake.ledger.by_key == {}
    assert fake.ledger.requests["submit"] == fake.ledger.requests["upload"] == 0
    ledger_is_exact(job)


def test_an_address_that_is_busy_is_tried_again(engine: Engine, build: Build, fake: FakeProvider) -> None:
    job = build("busy-once")
    wait_for(all_settled)
    assert ended(job) == ("COMPLETED", "")
    assert fake.ledger.requests["photo"] == 2


def test_an_address_inside_is_refused_at_once_and_a_name_for_one_never_connected_to(
    engine: Engine, build: Build, monkeypatch: pytest.MonkeyPatch, fake: FakeProvider
) -> None:
    monkeypatch.setattr(reference_files, "ALLOWED", ())
    with pytest.raises(ParameterErrors) as caught:
        build("https://example.org/fine.png", "http://169.254.169.254/latest/meta-data/")
    assert list(caught.value.errors) == [f"{NAME}.1"]
    assert not Job.objects.exists()
    job = build(f"http://localhost:80/photos/fox?{fake.port}")
    wait_for(all_settled)
    assert ended(job) == ("FAILED", "reference_unreachable")
    assert fake.ledger.requests["photo"] == 0


def test_an_upload_that_fails_is_no_order_and_the_next_attempt_uploads_anew(
    engine: Engine, build: Build, fake: FakeProvider
) -> None:
    fake.upload_faults[:] = ["500", "reset"]
    job = build("fox")
    wait_for(all_settled)
    assert ended(job) == ("COMPLETED", "")
    assert [attempt.outcome for attempt in job.attempts.all()] == ["not_taken", "not_taken", "done"]
    assert (fake.ledger.requests["upload"], fake.ledger.requests["photo"], len(fake.ledger.by_key)) == (3, 1, 1)


def test_an_order_repeated_in_doubt_names_the_same_upload(engine: Engine, build: Build, fake: FakeProvider) -> None:
    job = build("fox", words="[fake:submit=accept+reset*1]")
    wait_for(all_settled)
    assert ended(job) == ("COMPLETED", "")  # another body under the same key would be a 409 there
    assert fake.ledger.requests["upload"] == 1


def test_a_public_studio_gives_a_link_that_opens_the_picture(
    engine: Engine, build: Build, fake: FakeProvider, settings: Settings, client: Client, studio: User
) -> None:
    settings.BASE_URL_WAS_SET, settings.STUDIO_BASE_URL = True, "https://studio.example.com"
    data = draw()
    job = build(keep(studio, data).value)
    wait_for(all_settled)
    (link,) = sent(fake, job)
    assert fake.ledger.requests["upload"] == 0
    assert link.startswith("https://studio.example.com/files/reference/")
    got = client.get(link.removeprefix("https://studio.example.com"))
    assert b"".join(got.streaming_content) == data  # type: ignore[attr-defined]


def test_two_jobs_that_fetch_one_reference_at_once_agree_on_its_bytes(
    start: Callable[[], Engine], build: Build, studio: User
) -> None:
    first = build("fox")
    second, _was_there = retry_job(job=first, user=studio)
    assert first.params == second.params
    start()
    wait_for(all_settled)
    assert {ended(first)[0], ended(second)[0]} == {"COMPLETED"}
    (row,) = Reference.objects.all()
    kept = {path.name.split(".")[0] for path in reference_files.settings.MEDIA_ROOT.rglob("*.png")}
    assert kept == {str(row.file), *(str(pk) for pk in Image.objects.values_list("pk", flat=True))}


def test_the_same_bytes_from_two_addresses_lie_on_disk_once(engine: Engine, build: Build, studio: User) -> None:
    build("fox?a")
    wait_for(all_settled)
    build("fox?a#b")
    wait_for(all_settled)
    rows = Reference.objects.all()
    assert len(rows) == 2
    assert len({row.sha256 for row in rows}) == len({row.file for row in rows}) == 1


def test_others_references_are_as_if_they_did_not_exist(studio: User, build: Build) -> None:
    row = keep(User.objects.get(username="bob"), draw())
    said = []
    for value in (row.value, "ref:00000000-0000-4000-8000-000000000000", "ref:x", f"image:{row.pk}"):
        with pytest.raises(ParameterErrors) as caught:
            build(value)
        said.append(caught.value.errors)
    assert all(one == said[0] for one in said)
    assert not Job.objects.exists()


def test_whoever_may_see_a_job_may_build_on_what_it_used(studio: User, build: Build) -> None:
    bob = User.objects.get(username="bob")
    row = keep(studio, draw())
    job = build(row.value)
    Job.objects.update(visibility="team")
    again, _was_there = retry_job(job=job, user=bob)
    (copy,) = Reference.objects.of(bob)
    assert again.params == {NAME: [copy.value]}
    assert copy.sha256 == row.sha256
    assert copy.file != row.file


def test_a_reference_forgotten_while_the_form_was_open_is_not_ordered(studio: User, build: Build) -> None:
    row = keep(studio, draw())
    value = row.value
    row.delete()
    with pytest.raises(ParameterErrors):
        build(value)


def test_an_order_wants_its_references_anew_and_is_refused_where_one_has_just_gone(studio: User, build: Build) -> None:
    row = keep(studio, draw())
    long_ago = timezone.now() - timedelta(hours=30)
    Reference.objects.update(wanted_at=long_ago)
    job = build(row.value)
    row.refresh_from_db()
    assert row.wanted_at > long_ago
    made = references.Plan(params={}, kept={row.pk: None, job.pk: None})
    with pytest.raises(BadReference):
        references.attach(made, Job(user=studio))


def test_a_stop_in_the_middle_of_a_fetch_puts_the_job_back_into_line(
    start: Callable[[], Engine], build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(flight: object) -> None:
        raise gathering.Later

    monkeypatch.setattr(flying.gathering, "step", never)
    running = start()
    job = build("fox")
    wait_for(lambda: Job.objects.filter(status="PROCESSING").exists())
    running.stop(seconds=0)
    job.refresh_from_db()
    assert (job.status, job.is_unknown) == ("QUEUED", False)


def test_addresses_take_the_place_of_references_at_any_depth() -> None:
    sent = with_addresses({"a": "ref:1", "b": {"c": ["ref:2", "ref:1", 3]}, "d": "ref:9"}, {"ref:1": "x", "ref:2": "y"})
    assert sent == {"a": "x", "b": {"c": ["y", "x", 3]}, "d": "ref:9"}


def test_named_in_finds_each_reference_once() -> None:
    pk = "00000000-0000-4000-8000-000000000001"
    params = {"a": f"ref:{pk}", "b": [f"ref:{pk}"], "c": "ref: is how he began", "d": 3}
    assert [str(found) for found in references.named_in(params)] == [pk]
