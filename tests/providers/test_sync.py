"""Vendors' lists of models, read without trust; what differs stands in the price diary, once."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from studio.accounts.key_services import create_api_key
from studio.accounts.models import User
from studio.jobs.models import Job
from studio.providers import catalogue, decide, overlay, sync
from studio.providers.catalogue import registry
from studio.providers.catalogue.offer import Ended
from studio.providers.catalogue.overlay import Overlay
from studio.providers.models import DiaryEntry, ModelPrice, ProviderRow, VendorList
from studio.providers.services import composer_models, offers_for, price_of
from tests.factories import make_user
from tests.fakes.provider import FakeProvider

pytestmark = pytest.mark.django_db(transaction=True)  # nothing talks to the network inside a transaction
KIND, STATE = DiaryEntry.Kind, DiaryEntry.State
AURORA = {"id": "aurora-1", "label": "Aurora 1", "modality": "image", "costMin": 9, "costMax": 9, "pricingMode": "flat"}


@pytest.fixture
def row(fake: FakeProvider) -> ProviderRow:
    """Apiframe's fake, connected."""
    row = ProviderRow(slug="apiframe", kind="apiframe", name="Apiframe", base_url=fake.url, order=10)
    row.set_key("afk_fake_0123456789")
    row.save()
    return row


@pytest.fixture
def admin() -> User:
    return make_user("admin", credits=100, is_staff=True, is_superuser=True)


def entries(**filters: Any) -> list[tuple[str, str, str]]:
    found = DiaryEntry.objects.filter(**filters).order_by("pk")
    return [(entry.kind, entry.offer_model, entry.state) for entry in found]


def read_again(row: ProviderRow, fake: FakeProvider, **lists: Any) -> sync.Report:
    fake.script(lists=lists)
    return sync.sync(row)


def test_a_list_that_says_what_we_declare_adds_nothing(row: ProviderRow) -> None:
    report = sync.sync(row)
    assert (report.error, report.added) == ("", ())
    assert report.listed == sum(offer.provider == "apiframe" for m in catalogue.models() for offer in m.offers)


def test_every_difference_is_one_entry_however_often_it_is_read(row: ProviderRow, fake: FakeProvider) -> None:
    lists = {"added": {"apiframe": [AURORA]}, "gone": ["imagen-4"], "cost": {"dall-e-3": [25, 25]}}
    report = read_again(row, fake, **lists)
    told = {entry.kind: entry for entry in report.added}
    assert set(told) == {KIND.NEW, KIND.GONE, KIND.REPRICED}
    assert told[KIND.NEW].after == {"cost": [9, 9], "unit": "apiframe", "name": "Aurora 1", "made_by": ""}
    assert (told[KIND.REPRICED].before, told[KIND.REPRICED].after) == (
        {"cost": [21, 21], "unit": "apiframe"},
        {"cost": [25, 25], "unit": "apiframe"},
    )
    assert (told[KIND.GONE].offer_model, told[KIND.GONE].model) == ("imagen-4", "imagen-4")
    again = sync.sync(row)
    assert again.added == ()
    assert DiaryEntry.objects.count() == 3


def test_an_open_entry_follows_what_it_tells(row: ProviderRow, fake: FakeProvider) -> None:
    read_again(row, fake, cost={"dall-e-3": [25, 25]})
    read_again(row, fake, cost={"dall-e-3": [30, 30]})
    [entry] = DiaryEntry.objects.all()
    assert entry.after["cost"] == [30, 30]
    read_again(row, fake, cost={})
    assert entries() == [(KIND.REPRICED, "dall-e-3", STATE.OVER)]


def test_what_was_ignored_stays_so_until_it_changes_again(row: ProviderRow, fake: FakeProvider, admin: User) -> None:
    read_again(row, fake, cost={"dall-e-3": [25, 25]}, added={"apiframe": [AURORA]})
    assert decide.ignore(entries=list(DiaryEntry.objects.all()), by=admin, note="later") == 2
    dearer = {**AURORA, "costMin": 12, "costMax": 12}
    read_again(row, fake, added={"apiframe": [dearer]})
    assert entries(state=STATE.OPEN) == []
    read_again(row, fake, cost={"dall-e-3": [26, 26]})
    assert entries(state=STATE.OPEN) == [(KIND.REPRICED, "dall-e-3", STATE.OPEN)]


def test_a_model_that_comes_back_closes_its_gone(row: ProviderRow, fake: FakeProvider, admin: User) -> None:
    read_again(row, fake, gone=["imagen-4", "dall-e-2"])
    decide.ignore(entries=list(DiaryEntry.objects.filter(offer_model="dall-e-2")), by=admin)
    assert read_again(row, fake, gone=[]).over == 2
    read_again(row, fake, gone=["imagen-4", "dall-e-2"])
    assert {name for _kind, name, _state in entries(state=STATE.OPEN)} == {"imagen-4", "dall-e-2"}


def test_an_accepted_model_is_basic_and_unpriced_until_it_has_a_price(
    row: ProviderRow, fake: FakeProvider, admin: User
) -> None:
    read_again(row, fake, added={"apiframe": [AURORA]})
    [entry] = DiaryEntry.objects.all()
    assert decide.accept(entries=[entry], by=admin) == 1
    model = catalogue.find("aurora-1")
    assert model is not None
    assert (model.is_basic, model.name, model.parameters) == (True, "Aurora 1", ())
    listing = next(listing for listing in composer_models() if listing.model.id == "aurora-1")
    assert (listing.rule, listing.served_by) == (None, ("Apiframe",))
    [route] = offers_for(model=model, params={})
    assert (route.offer.model, route.cost, route.cost_unit) == ("aurora-1", 9, "apiframe")
    assert read_again(row, fake).added == ()


def test_an_accepted_model_is_ordered_through_the_api(
    row: ProviderRow, fake: FakeProvider, admin: User, client: Client
) -> None:
    assert "aurora-1" not in client.get("/v2/openapi.json").text
    read_again(row, fake, added={"apiframe": [AURORA]})
    decide.accept(entries=list(DiaryEntry.objects.all()), by=admin, rules={"aurora-1": catalogue.Rule(flat=9)})
    key = {"X-API-Key": create_api_key(user=admin, name="test")[1]}
    assert "aurora-1" in client.get("/v2/openapi.json").text
    body = {"prompt": "northern lights", "model": "aurora-1"}
    answer = client.post("/v2/images/generate", body, content_type="application/json", headers=key)
    assert answer.status_code == 202
    job = Job.objects.get()
    assert (job.provider, job.offer_model, job.price) == ("apiframe", "aurora-1", 9)
    odd = client.post("/v2/images/generate", {**body, "params": {"a": 1}}, content_type="application/json", headers=key)
    assert odd.status_code == 400


def test_a_price_taken_with_it_is_a_new_version(row: ProviderRow, fake: FakeProvider, admin: User) -> None:
    read_again(row, fake, added={"apiframe": [AURORA]}, cost={"dall-e-3": [25, 25]})
    new, other = DiaryEntry.objects.get(kind=KIND.NEW), DiaryEntry.objects.get(kind=KIND.REPRICED)
    rules = {"dall-e-3": decide.proposal(other, catalogue.Rule(flat=21)), "aurora-1": decide.proposal(new, None)}
    decide.accept(entries=[new, other], by=admin, rules={name: rule for name, rule in rules.items() if rule})
    aurora, dalle = catalogue.find("aurora-1"), catalogue.find("dall-e-3")
    assert aurora
    assert dalle
    assert price_of(model=aurora, params={}).credits == 9
    assert (price_of(model=dalle, params={}).credits, price_of(model=dalle, params={}, version=1).credits) == (25, 21)
    [route] = offers_for(model=dalle, params={})
    assert route.cost == 25
    assert not ModelPrice.objects.filter(model="imagen-4", price_list_id__gt=1).exists()


def test_what_was_accepted_as_gone_is_not_routed_to_until_it_is_back(
    row: ProviderRow, fake: FakeProvider, admin: User
) -> None:
    read_again(row, fake, gone=["imagen-4"])
    decide.accept(entries=list(DiaryEntry.objects.all()), by=admin)
    listing = next(listing for listing in composer_models() if listing.model.id == "imagen-4")
    assert listing.served_by == ()
    assert read_again(row, fake).added == ()
    report = read_again(row, fake, gone=[])
    assert [(entry.kind, entry.model) for entry in report.added] == [(KIND.NEW, "imagen-4")]
    decide.accept(entries=list(report.added), by=admin)
    listing = next(listing for listing in composer_models() if listing.model.id == "imagen-4")
    assert (listing.served_by, listing.model.is_basic) == (("Apiframe",), False)


def test_a_model_that_the_release_calls_ended_is_sold_again_when_that_was_accepted(
    row: ProviderRow, fake: FakeProvider, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    imagen = catalogue.find("imagen-4")
    assert imagen
    ended = tuple(replace(offer, ended=Ended(date(2026, 5, 12))) for offer in imagen.offers)
    monkeypatch.setitem(registry._shipped(), "imagen-4", replace(imagen, offers=ended))
    monkeypatch.setattr(overlay, "is_at_own_address", lambda row: True)
    registry.lay(Overlay())
    report = sync.sync(row)
    assert [(entry.kind, entry.offer_model, entry.model) for entry in report.added] == [
        (KIND.NEW, "imagen-4", "imagen-4")
    ]
    decide.accept(entries=list(report.added), by=admin)
    model = catalogue.find("imagen-4")
    assert model
    assert [route.offer.model for route in offers_for(model=model, params={})] == ["imagen-4"]
    assert sync.sync(row).added == ()


def test_deciding_twice_decides_once(row: ProviderRow, fake: FakeProvider, admin: User) -> None:
    read_again(row, fake, added={"apiframe": [AURORA]})
    [entry] = DiaryEntry.objects.all()
    rule = {"aurora-1": catalogue.Rule(flat=9)}
    assert [decide.accept(entries=[entry], by=admin, rules=rule) for _ in range(2)] == [1, 0]
    assert ModelPrice.objects.filter(model="aurora-1").count() == 1
    assert decide.ignore(entries=[entry], by=admin) == 0


def test_what_changed_after_it_was_looked_at_is_not_accepted(row: ProviderRow, fake: FakeProvider, admin: User) -> None:
    read_again(row, fake, cost={"dall-e-3": [25, 25]})
    looked_at = list(DiaryEntry.objects.all())
    read_again(row, fake, cost={"dall-e-3": [90, 90]})
    assert decide.accept(entries=looked_at, by=admin) == 0


BAD: list[Any] = [
    None,
    "models",
    {"a": 1},
    [],
    [1, "two", None],
    [{"id": "ok", "modality": "video"}],
    [{"id": f"x{n}", "modality": "image"} for n in range(5001)],
    [{"id": "a" * 101, "modality": "image"}, {"id": "../etc", "modality": "image"}],
]


@pytest.mark.parametrize("rows", BAD, ids=range(len(BAD)))
def test_a_list_that_makes_no_sense_is_refused_and_the_last_good_one_kept(
    row: ProviderRow, fake: FakeProvider, rows: Any
) -> None:
    read_again(row, fake, added={"apiframe": [AURORA]})
    kept = VendorList.objects.get().listed
    report = read_again(row, fake, rows={"apiframe": rows})
    reading = VendorList.objects.get()
    assert report.error
    assert (reading.error, reading.listed) == (report.error, kept)
    assert entries() == [(KIND.NEW, "aurora-1", STATE.OPEN)]


@pytest.mark.parametrize("fault", ["500", "401", "429", "reset", "close", "invalid-json", "array", "redirect", "bomb"])
def test_a_list_that_cannot_be_read_says_why_and_changes_nothing(
    row: ProviderRow, fake: FakeProvider, fault: str
) -> None:
    read_again(row, fake, added={"apiframe": [AURORA]})
    report = read_again(row, fake, fault=fault)
    assert report.error == VendorList.objects.get().error
    assert report.error
    assert entries() == [(KIND.NEW, "aurora-1", STATE.OPEN)]
    assert read_again(row, fake, fault="").error == ""


@pytest.mark.parametrize(
    "facts",
    [
        {"costMin": "9", "costMax": 9},
        {"costMin": True, "costMax": True},
        {"costMin": -1, "costMax": 9},
        {"costMin": 9},
        {"costMin": 9, "costMax": 10**9},
        {"costMin": [], "costMax": {}},
        {"costMin": 9, "costMax": 9, "pricingMode": "per-second"},
        {"label": "<script>\x00" * 500},
        {"label": {"en": "Aurora"}},
    ],
    ids=str,
)
def test_nonsense_about_one_model_costs_nothing_but_that_fact(
    row: ProviderRow, fake: FakeProvider, facts: dict[str, Any]
) -> None:
    odd = {"id": "odd-1", "modality": "image", "pricingMode": "flat", **facts}
    read_again(row, fake, added={"apiframe": [odd, AURORA]})
    found = {entry.offer_model: entry for entry in DiaryEntry.objects.all()}
    assert set(found) == {"odd-1", "aurora-1"}
    assert found["odd-1"].after["cost"] is None
    assert len(found["odd-1"].after["name"]) <= 100


def test_thousands_of_models_are_one_list(row: ProviderRow, fake: FakeProvider) -> None:
    many = [{**AURORA, "id": f"vendor/model-{n}"} for n in range(4000)]
    assert len(read_again(row, fake, added={"apiframe": many}).added) == 4000
    assert sync.sync(row).added == ()


def test_an_unchanged_list_is_not_sent_again_but_still_compared(
    row: ProviderRow, fake: FakeProvider, admin: User
) -> None:
    read_again(row, fake, added={"apiframe": [AURORA]})
    DiaryEntry.objects.all().delete()
    assert [entry.offer_model for entry in sync.sync(row).added] == ["aurora-1"]
    assert fake.stats()["requests"]["not-modified"] == 1


def test_another_address_is_another_list(row: ProviderRow, fake: FakeProvider) -> None:
    sync.sync(row)
    VendorList.objects.update(address="https://before.example")
    sync.sync(row)
    assert "not-modified" not in fake.stats()["requests"]
    assert VendorList.objects.get().address == fake.url


def test_the_command_prints_a_line_for_each_difference(
    row: ProviderRow, fake: FakeProvider, capsys: pytest.CaptureFixture[str]
) -> None:
    fake.script(lists={"cost": {"dall-e-3": [25, 25]}})
    call_command("sync_catalogue")
    out = capsys.readouterr().out
    assert "Other cost: dall-e-3: 21 Apiframe credits → 25 Apiframe credits" in out
    call_command("sync_catalogue", "apiframe")
    assert "new entries in the diary 0" in capsys.readouterr().out
    with pytest.raises(CommandError, match="nobody"):
        call_command("sync_catalogue", "nobody")
    fake.script(lists={"fault": "500"})
    with pytest.raises(CommandError):
        call_command("sync_catalogue")
