"""The lists of AI/ML API, OpenAI and servers of one's own, in their own shapes."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from studio.core.models import Lease
from studio.providers import catalogue, decide, sync, tasks
from studio.providers.aimlapi import AimlApi
from studio.providers.base import Connection
from studio.providers.models import DiaryEntry, LearntOffer, ProviderRow, VendorList
from studio.providers.openai import OpenAI
from studio.providers.services import composer_models, offers_for
from tests.factories import make_user
from tests.fakes.provider import FakeProvider

KIND = DiaryEntry.Kind


def aimlapi_row(name: str = "flux/next", **change: Any) -> dict[str, Any]:
    info = {"name": "Flux Next", "developer": "Black Forest Labs"}
    pricing = {"kind": "fixed", "units": [{"price": 0.042, "unit": "image", "per": 1}]}
    row = {"id": name, "aliases": ["flux-next"], "type": "openai/image-generations", "info": info, "pricing": pricing}
    return row | change


def add(kind: str, url: str, *, key: str = "afk_fake_0123456789", **fields: Any) -> ProviderRow:
    row = ProviderRow(slug=kind, kind=kind, name=kind, base_url=url, **fields)
    row.set_key(key)
    row.save()
    return row


def rate(price: Any, unit: str = "image", per: Any = 1) -> dict[str, Any]:
    return {"price": price, "unit": unit, "per": per}


@pytest.mark.parametrize(
    ("pricing", "cost"),
    [
        ({"kind": "fixed", "units": [rate(0.042)]}, (84_000, 84_000)),
        ({"kind": "fixed", "units": [rate(42, per=1000)]}, (84_000, 84_000)),
        ({"kind": "variants", "dimensions": ["quality"], "variants": [rate(0.06), rate(0.02)]}, (40_000, 120_000)),
        ({"kind": "fixed", "units": [rate(0.03, "megapixel")]}, None),
        ({"kind": "fixed", "units": [rate(0.03), rate(2, "token", 1_000_000)]}, None),
        ({"kind": "variable"}, None),
        ({"kind": "fixed", "units": [rate("0.03")]}, None),
        ({"kind": "fixed", "units": [rate(0.03, per=0)]}, None),
        ({"kind": "fixed", "units": []}, None),
        ({"kind": ["fixed"]}, None),
        (None, None),
    ],
    ids=str,
)
def test_dollars_for_so_many_units_are_credits_a_picture(
    fake: FakeProvider, pricing: Any, cost: tuple[int, int] | None
) -> None:
    fake.script(lists={"rows": {"aimlapi": [aimlapi_row(pricing=pricing)]}})
    found = AimlApi(Connection(fake.url, "k")).list_models()
    assert found.models
    assert (found.models[0].name, found.models[0].cost) == ("Flux Next", cost)


def test_only_image_models_are_read(fake: FakeProvider) -> None:
    chat = aimlapi_row("gpt-5", type="chat-completion")
    fake.script(lists={"rows": {"aimlapi": [chat, aimlapi_row()]}})
    found = AimlApi(Connection(fake.url, "k")).list_models()
    assert [model.id for model in found.models or ()] == ["flux/next"]


def test_openai_lists_everything_by_id_and_a_server_of_ones_own_what_it_has(fake: FakeProvider) -> None:
    names = ["gpt-5", "gpt-image-3", "dall-e-3", "whisper-1", "chatgpt-image-latest", "text-embedding-3"]
    fake.script(lists={"rows": {"openai": [{"id": name} for name in names]}})
    vendor = OpenAI(Connection(f"{fake.url}/v1", "k"))
    assert [model.id for model in vendor.list_models().models or ()] == names
    vendor.is_openai = True
    drawing = ["gpt-image-3", "dall-e-3", "chatgpt-image-latest"]
    assert [model.id for model in vendor.list_models().models or ()] == drawing


@pytest.mark.django_db(transaction=True)
def test_a_shutdown_that_is_announced_is_an_entry_and_then_a_mark(fake: FakeProvider) -> None:
    row, admin = add("aimlapi", fake.url), make_user("admin")
    fake.script(lists={"rows": {"aimlapi": [aimlapi_row()]}})
    sync.sync(row)
    decide.accept(entries=list(DiaryEntry.objects.filter(kind=KIND.NEW)), by=admin)
    on = timezone.localdate() + timedelta(days=30)
    ending = {"id": "other", "aliases": ["flux/next"], "shutdown_at": on.isoformat(), "replaced_by": "flux/last"}
    odd = [None, {"id": "flux/next", "shutdown_at": "soon"}, {"id": 7, "shutdown_at": on.isoformat()}]
    fake.script(lists={"endings": [*odd, ending]})
    [entry] = sync.sync(row).added
    assert (entry.kind, entry.after) == (KIND.SUNSET, {"on": on.isoformat(), "instead": "flux/last"})
    assert sync.sync(row).added == ()
    decide.accept(entries=[entry], by=admin)
    listing = next(listing for listing in composer_models() if listing.model.id == "flux/next")
    assert (listing.ends_on, listing.served_by) == (on, ("aimlapi",))
    with time_machine.travel(timezone.now() + timedelta(days=30)):
        listing = next(listing for listing in composer_models() if listing.model.id == "flux/next")
        assert (listing.served_by, listing.retired and listing.retired.on) == ((), on)
        assert [(entry.kind, entry.offer_model) for entry in sync.sync(row).added] == [(KIND.NEW, "flux/next")]
    fake.script(lists={"endings": []})
    [entry] = sync.sync(row).added
    assert (entry.before, entry.after) == ({"on": on.isoformat()}, {})
    decide.accept(entries=[entry], by=admin)
    assert LearntOffer.objects.get().ends_on is None


@pytest.mark.django_db(transaction=True)
def test_a_model_another_vendor_has_too_is_one_model_with_two_offers(fake: FakeProvider) -> None:
    add("apiframe", fake.url, order=1)
    row, admin = add("openai", f"{fake.url}/v1", order=2), make_user("admin")
    fake.script(lists={"rows": {"openai": [{"id": "imagen-4"}, {"id": "sdxl"}]}})
    sync.sync(row)
    facts = {entry.offer_model: entry.model for entry in DiaryEntry.objects.all()}
    assert facts == {"imagen-4": "imagen-4", "sdxl": ""}
    decide.accept(entries=list(DiaryEntry.objects.all()), by=admin)
    model = catalogue.find("imagen-4")
    assert model
    assert [route.slug for route in offers_for(model=model, params={})] == ["apiframe", "openai"]
    assert [route.slug for route in offers_for(model=model, params={"aspect_ratio": "16:9"})] == ["apiframe"]


@pytest.mark.django_db(transaction=True)
def test_a_server_of_ones_own_is_not_missed_for_what_it_never_had(fake: FakeProvider) -> None:
    row, admin = add("openai", f"{fake.url}/v1", key=""), make_user("admin")
    fake.script(lists={"rows": {"openai": [{"id": "sdxl"}, {"id": "turbo"}]}})
    sync.sync(row)
    assert set(DiaryEntry.objects.values_list("kind", flat=True)) == {KIND.NEW}
    decide.accept(entries=list(DiaryEntry.objects.filter(offer_model="sdxl")), by=admin)
    fake.script(lists={"rows": {"openai": [{"id": "turbo"}]}})
    assert [(entry.kind, entry.offer_model) for entry in sync.sync(row).added] == [(KIND.GONE, "sdxl")]


@pytest.mark.django_db
def test_lists_are_due_daily_sooner_after_a_failure_and_at_once_when_asked_for() -> None:
    now = timezone.now()
    row = add("apiframe", "https://vendor.example")
    ProviderRow.objects.create(slug="off", kind="apiframe", name="Off", enabled=False, created_at=now - timedelta(9))
    assert sync.due() == []
    ProviderRow.objects.filter(pk=row.pk).update(created_at=now - timedelta(minutes=11))
    assert sync.due() == [row]
    reading = VendorList.objects.create(provider=row.slug, tried_at=now - timedelta(hours=23))
    assert sync.due() == []
    VendorList.objects.update(error="broken")
    assert sync.due() == [row]
    VendorList.objects.update(error="", tried_at=now - timedelta(hours=25))
    assert sync.due() == [row]
    VendorList.objects.update(tried_at=now)
    assert sync.due() == []
    sync.ask([row])
    assert sync.due() == [row]
    reading.refresh_from_db()
    assert reading.asked_at


@pytest.mark.django_db(transaction=True)
def test_a_list_that_is_being_read_elsewhere_is_left_to_that_process(fake: FakeProvider) -> None:
    row = add("apiframe", fake.url)
    Lease.take("sync:apiframe", "somebody else", seconds=60)
    assert sync.run([row], owner="me") == []
    Lease.drop("sync:apiframe", "somebody else")
    assert [report.provider for report in sync.run([row], owner="me")] == ["apiframe"]
    assert Lease.take("sync:apiframe", "next", seconds=60)


@pytest.mark.django_db(transaction=True)
def test_the_queue_reads_what_is_due_in_a_thread_of_its_own(
    fake: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = add("apiframe", fake.url)
    sync.ask([row])
    tasks.read_lists()
    tasks.read_lists()
    with tasks._busy:
        pass
    assert VendorList.objects.get().read_at
    assert fake.stats()["requests"]["list"] == 1
    assert sync.due() == []
