"""References at a vendor that only fetches pictures by their address and takes no uploads."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from studio.accounts.models import User
from studio.jobs import reference_files, turns
from studio.jobs.engine import Engine
from studio.jobs.models import Job
from studio.jobs.services import submit_job
from studio.providers.catalogue import ImageModel, Kind, Offer, Parameter, Rule, Wire, registry
from studio.providers.catalogue.families import imagen
from studio.providers.errors import NoOffer
from studio.providers.models import ProviderRow
from studio.providers.services import load_catalogue
from tests.fakes.provider import FakeProvider
from tests.jobs.conftest import all_settled, ended, wait_for
from tests.jobs.test_references import draw, keep
from tests.proof import KEY


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Settings) -> None:
    """Addresses on this machine may be named, as if it were the open internet."""
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setattr(reference_files, "ALLOWED", (ip_network("127.0.0.0/8"),))


@pytest.fixture
def by_link(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A model that only a vendor sells who fetches pictures by their address and takes no uploads."""
    model = ImageModel(
        id="from-a-picture",
        name="From a picture",
        family="Test",
        good_at="Tests",
        prompt_max=100,
        parameters=(Parameter("image", Kind.PICTURE, "Picture", is_required=True),),
        sizes={},
        price=Rule(flat=1),
        usual_seconds=(1, 2),
        offers=(Offer("aimlapi", "from-a-picture", wires={"image": Wire("image_url")}),),
    )
    monkeypatch.setattr(imagen, "MODELS", (*imagen.MODELS, model))
    registry.forget()
    yield model.id
    monkeypatch.undo()
    registry.forget()


def test_a_vendor_that_can_only_fetch_is_not_asked_by_a_studio_nobody_reaches(
    by_link: str, studio: User, settings: Settings, fake: FakeProvider
) -> None:
    load_catalogue()
    ProviderRow.objects.filter(slug="apiframe").update(enabled=False)
    row = ProviderRow(slug="aimlapi", kind="aimlapi", name="AI/ML API", base_url="https://api.aimlapi.com", order=1)
    row.set_key("k")
    row.save()
    asked = {"model": by_link, "prompt": "x", "params": {"image": keep(studio, draw()).value}}
    with pytest.raises(NoOffer, match="STUDIO_BASE_URL"):
        submit_job(user=studio, **asked)
    settings.BASE_URL_WAS_SET, settings.STUDIO_BASE_URL = True, "https://studio.example.com"
    assert submit_job(user=studio, **asked)[0].provider == "aimlapi"


def test_a_worker_that_died_while_fetching_left_no_order_behind(
    by_link: str, start: Callable[[], Engine], studio: User, settings: Settings, fake: FakeProvider
) -> None:
    """Also where an order cannot be asked for: with the picture not there yet, it cannot have been placed."""
    load_catalogue()
    settings.BASE_URL_WAS_SET, settings.STUDIO_BASE_URL = True, "https://studio.example.com"
    ProviderRow.objects.filter(slug="apiframe").update(enabled=False)
    row = ProviderRow(slug="aimlapi", kind="aimlapi", name="AI/ML API", base_url=fake.url, order=1)
    row.set_key(KEY)
    row.save()
    params = {"image": f"{fake.url}/photos/fox"}
    words = "x [fake:side=64][fake:submit=429*1][fake:retry-after=0]"  # refused once: in doubt, that would be unknown
    job, _was_there = submit_job(user=studio, model=by_link, prompt=words, params=params)
    (flight,) = turns.claim("a worker that dies", room=1)
    assert not flight.vendor.is_idempotent
    Job.objects.update(lease_expires_at=timezone.now() - timedelta(seconds=1))
    start()
    wait_for(all_settled)
    assert ended(job) == ("COMPLETED", "")
    assert len(fake.ledger.by_key) == 1


def test_an_order_that_was_placed_with_a_link_is_known_as_placed_after_the_studios_address_was_taken_away(
    by_link: str, start: Callable[[], Engine], studio: User, settings: Settings, fake: FakeProvider
) -> None:
    load_catalogue()
    settings.BASE_URL_WAS_SET, settings.STUDIO_BASE_URL = True, "https://studio.example.com"
    ProviderRow.objects.filter(slug="apiframe").update(enabled=False)
    row = ProviderRow(slug="aimlapi", kind="aimlapi", name="AI/ML API", base_url=fake.url, order=1)
    row.set_key(KEY)
    row.save()
    params = {"image": keep(studio, draw()).value}
    job, _was_there = submit_job(user=studio, model=by_link, prompt="x", params=params)
    turns.claim("a worker that dies in the call", room=1)
    Job.objects.update(lease_expires_at=timezone.now() - timedelta(seconds=1))
    settings.BASE_URL_WAS_SET = False
    start()
    wait_for(all_settled)
    assert ended(job) == ("unknown", "stopped")
    assert not fake.ledger.orders
