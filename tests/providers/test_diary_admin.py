"""The price diary in the administration: read, accepted, ignored; by those who may."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone
from django_q.models import OrmQ

from studio.accounts.key_services import create_api_key
from studio.accounts.models import User
from studio.core.models import AuditEvent
from studio.jobs.models import Job
from studio.providers import catalogue, overlay
from studio.providers.models import DiaryEntry, LearntOffer, ModelPrice, ModelRow, PriceList, ProviderRow, VendorList
from studio.providers.services import composer_models
from tests.factories import make_user

pytestmark = pytest.mark.django_db
DIARY = "/admin/providers/diaryentry/"
MODELS = "/admin/providers/modelrow/"
KIND, STATE = DiaryEntry.Kind, DiaryEntry.State


@pytest.fixture
def admin(client: Client) -> User:
    user = make_user("admin", is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


@pytest.fixture
def provider(db: None) -> ProviderRow:
    row = ProviderRow(slug="apiframe", kind="apiframe", name="Apiframe Pro", base_url="https://vendor.example")
    row.set_key("afk_0123456789abcdef")
    row.save()
    return row


def cost(*amounts: int) -> dict[str, Any]:
    return {"cost": [amounts[0], amounts[-1]], "unit": "apiframe"}


def new(name: str = "aurora-1", **change: Any) -> DiaryEntry:
    after = {**cost(9), "name": "Aurora 1", "made_by": "Northern Labs"}
    facts = {"provider": "apiframe", "kind": KIND.NEW, "offer_model": name, "after": after}
    return DiaryEntry.objects.create(**(facts | change))


def repriced(*amounts: int) -> DiaryEntry:
    after = cost(*(amounts or (25,)))
    return new("dall-e-3", kind=KIND.REPRICED, model="dall-e-3", before=cost(21), after=after)


def gone() -> DiaryEntry:
    return new("imagen-4", kind=KIND.GONE, model="imagen-4", after={})


def chosen(*entries: DiaryEntry) -> str:
    return "?" + "&".join(f"_selected_action={entry.pk}" for entry in entries)


def opened(client: Client, *entries: DiaryEntry) -> dict[str, str]:
    """The hidden fields of the page where entries are accepted."""
    page = client.get(f"{DIARY}accept/{chosen(*entries)}").text
    return {**dict(re.findall(r'name="(seen-\d+)" value="(\w+)"', page)), "note": "as agreed"}


def accept(client: Client, *entries: DiaryEntry, **fields: str) -> int:
    return client.post(f"{DIARY}accept/{chosen(*entries)}", opened(client, *entries) | fields).status_code


def test_the_list_shows_what_is_open_and_reads_like_a_sentence(
    client: Client, admin: User, provider: ProviderRow
) -> None:
    repriced(), new(), new("old-one", state=STATE.IGNORED)
    page = client.get(DIARY).text
    assert "21 Apiframe credits → 25 Apiframe credits" in page
    assert "not in the catalogue → offered at 9 Apiframe credits" in page
    assert "Apiframe Pro" in page
    assert "old-one" not in page
    assert "old-one" in client.get(DIARY, {"state": "ignored"}).text
    assert "aurora-1" not in client.get(DIARY, {"state": "all", "kind__exact": "repriced"}).text
    assert "aurora-1" in client.get(DIARY, {"q": "auro"}).text


def test_a_new_model_is_accepted_with_the_price_that_was_offered(
    client: Client, admin: User, provider: ProviderRow
) -> None:
    entry = new()
    page = client.get(f"{DIARY}accept/{chosen(entry)}").text
    assert f'name="price-{entry.pk}" value="9"' in page
    assert accept(client, entry, **{f"price-{entry.pk}": "12"}) == 302
    entry.refresh_from_db()
    assert (entry.state, entry.decided_by, entry.note) == (STATE.ACCEPTED, admin, "as agreed")
    listing = next(listing for listing in composer_models() if listing.model.id == "aurora-1")
    assert (listing.model.is_basic, listing.model.family, listing.rule) == (True, "Northern Labs", catalogue.Rule(12))
    event = AuditEvent.objects.get(name="diary.accepted")
    assert (event.actor, event.target, event.data["what"]) == (admin, "aurora-1", "new")
    row = ModelRow.objects.get(model="aurora-1")
    assert "basic: a prompt only" in client.get(f"{MODELS}{row.pk}/change/").text


def test_a_new_name_of_a_model_we_have_is_another_offer_of_it(
    client: Client, admin: User, provider: ProviderRow
) -> None:
    entry = new("google/imagen-4.5")
    answer = client.post(f"{DIARY}accept/{chosen(entry)}", opened(client, entry) | {f"same-{entry.pk}": "imagen-99"})
    assert (answer.status_code, "There is no model imagen-99" in answer.text) == (422, True)
    assert accept(client, entry, **{f"same-{entry.pk}": "imagen-4", f"price-{entry.pk}": "9"}) == 302
    overlay.refresh()
    model = catalogue.find("google/imagen-4.5")
    assert model
    assert (model.id, model.is_basic) == ("imagen-4", False)
    assert "google/imagen-4.5" in {offer.model for offer in overlay.offers_at(model, provider)}
    assert not ModelPrice.objects.filter(price_list_id__gt=1).exists()
    entry.refresh_from_db()
    assert entry.model == "imagen-4"


def test_an_empty_price_leaves_the_model_without_one(client: Client, admin: User, provider: ProviderRow) -> None:
    entry = new()
    assert accept(client, entry, **{f"price-{entry.pk}": ""}) == 302
    assert not ModelPrice.objects.filter(model="aurora-1").exists()


@pytest.mark.parametrize("amount", ["-1", "1.5", "1000001", "x" * 9, "٣"])
def test_a_price_that_is_none_accepts_nothing(client: Client, admin: User, provider: ProviderRow, amount: str) -> None:
    entry, other = new(), repriced()
    assert accept(client, entry, other, **{f"price-{entry.pk}": amount}) == 422
    assert DiaryEntry.objects.filter(state=STATE.OPEN).count() == 2
    assert PriceList.objects.count() == 1


@pytest.mark.parametrize(("is_taken", "price"), [(True, 25), (False, 21)])
def test_another_cost_is_accepted_and_our_price_follows_only_when_asked_to(
    client: Client, admin: User, provider: ProviderRow, is_taken: bool, price: int
) -> None:
    entry = repriced()
    assert "make it 25" in client.get(f"{DIARY}accept/{chosen(entry)}").text
    assert accept(client, entry, **({f"take-{entry.pk}": "on"} if is_taken else {})) == 302
    listing = next(listing for listing in composer_models() if listing.model.id == "dall-e-3")
    assert listing.rule
    assert listing.rule.flat == price
    overlay.refresh()
    assert overlay.offers_at(listing.model, provider)[0].cost == catalogue.Rule(flat=25)


def test_what_changed_since_the_page_was_opened_is_shown_again(
    client: Client, admin: User, provider: ProviderRow
) -> None:
    entry = repriced()
    before = opened(client, entry)
    DiaryEntry.objects.update(after=cost(90))
    answer = client.post(f"{DIARY}accept/{chosen(entry)}", before | {f"take-{entry.pk}": "on"})
    assert answer.status_code == 422
    assert "This changed since you opened the page" in answer.text
    assert not LearntOffer.objects.exists()


def test_ignoring_and_accepting_in_bulk(client: Client, admin: User, provider: ProviderRow) -> None:
    entries = [new(f"model-{number}") for number in range(30)]
    picked = {"_selected_action": [entry.pk for entry in entries[:20]]}
    answer = client.post(DIARY, {"action": "ignore", **picked})
    assert answer.status_code == 302
    assert client.get(answer["Location"]).text.count("not in the catalogue") == 20
    assert client.post(answer["Location"], {"note": "video only"}).status_code == 302
    assert DiaryEntry.objects.filter(state=STATE.IGNORED, note="video only").count() == 20
    assert accept(client, *entries) == 302
    assert DiaryEntry.objects.filter(state=STATE.ACCEPTED).count() == 30
    assert client.post(f"{DIARY}accept/{chosen(*entries)}", {"note": ""}).status_code == 302
    assert LearntOffer.objects.count() == 30


def test_deciding_about_many_costs_a_fixed_number_of_queries(
    client: Client, admin: User, provider: ProviderRow, django_assert_max_num_queries: Any
) -> None:
    entries = [new(f"model-{number}") for number in range(50)]
    client.get(DIARY)
    for page in (DIARY, f"{DIARY}accept/{chosen(*entries)}"):
        with django_assert_max_num_queries(14):
            assert client.get(page).status_code == 200


def test_a_model_that_goes_is_marked_with_who_used_it(client: Client, admin: User, provider: ProviderRow) -> None:
    alice = make_user("alice")
    key, _raw = create_api_key(user=alice, name="Print shop")
    old = timezone.now() - timedelta(days=31)
    for through, at in ((key, None), (key, None), (None, None), (None, old)):
        job = Job.objects.create(
            user=alice, api_key=through, model="imagen-4", prompt="x", provider="apiframe", price=7, unit_price=7
        )
        if at:
            Job.objects.filter(pk=job.pk).update(created_at=at)
    entry = gone()
    page = client.get(f"{DIARY}{entry.pk}/change/").text
    assert "the key Print shop" in page
    assert page.index("the key Print shop") < page.index("the studio")
    assert accept(client, entry) == 302
    overlay.refresh()
    row = ModelRow.objects.get(model="imagen-4")
    page = client.get(f"{MODELS}{row.pk}/change/").text
    today = timezone.localdate()
    assert f"gone since {today.day} {today:%B %Y}" in page
    assert "the key Print shop" in page
    assert "gone at Apiframe Pro" in client.get(MODELS, {"ends": "yes"}).text
    assert "dall-e-3" not in client.get(MODELS, {"ends": "yes"}).text


def test_an_announced_end_stands_in_the_chooser_with_its_day(
    client: Client, admin: User, provider: ProviderRow
) -> None:
    on = date(2031, 5, 12)
    accept(client, new("imagen-4", kind=KIND.SUNSET, model="imagen-4", after={"on": on.isoformat(), "instead": ""}))
    listing = next(listing for listing in composer_models() if listing.model.id == "imagen-4")
    assert listing.ends_on == on
    assert "Ends 12 May 2031" in client.get("/studio/models/").text


def test_the_button_asks_the_queue_and_answers_at_once(client: Client, admin: User, provider: ProviderRow) -> None:
    assert client.get(f"{DIARY}read/").status_code == 405
    answer = client.post(f"{DIARY}read/", follow=True)
    assert "will be read in a moment" in answer.text
    assert OrmQ.objects.count() == 1
    assert VendorList.objects.get(provider="apiframe").asked_at
    VendorList.objects.update(tried_at=timezone.now(), error="HTTP 500: nothing")
    assert "HTTP 500: nothing" in client.get(DIARY).text


def test_vendors_words_are_text(client: Client, admin: User, provider: ProviderRow) -> None:
    name = "<script>alert(1)</script>"
    entry = new(after={**cost(9), "name": name, "made_by": name})
    pages = [DIARY, f"{DIARY}{entry.pk}/change/", f"{DIARY}accept/{chosen(entry)}", f"{DIARY}ignore/{chosen(entry)}"]
    assert not any(name in client.get(page).text for page in pages)
    accept(client, entry)
    overlay.refresh()
    row = ModelRow.objects.get(model="aurora-1")
    pages = [MODELS, f"{MODELS}{row.pk}/change/", "/admin/providers/pricelist/add/"]
    assert not any(name in client.get(page).text for page in pages)


def test_staff_without_the_right_only_look(client: Client, provider: ProviderRow) -> None:
    helper = make_user("helper", is_staff=True)
    client.force_login(helper)
    entry = new()
    assert client.get(DIARY).status_code == 403
    helper.user_permissions.add(Permission.objects.get(codename="view_diaryentry"))
    assert client.get(DIARY).status_code == 200
    for verb in ("accept", "ignore"):
        assert client.get(f"{DIARY}{verb}/{chosen(entry)}").status_code == 403
        assert client.post(f"{DIARY}{verb}/{chosen(entry)}", {"note": ""}).status_code == 403
        assert client.post(DIARY, {"action": verb, "_selected_action": [entry.pk]}).status_code == 403
    assert client.post(f"{DIARY}read/").status_code == 403
    assert client.post(f"{DIARY}{entry.pk}/change/", {"state": "accepted"}).status_code == 403
    entry.refresh_from_db()
    assert entry.state == STATE.OPEN
