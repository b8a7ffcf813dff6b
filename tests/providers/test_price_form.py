"""All prices in one form: what is changed, and only that, is a new version."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from studio.accounts.models import User
from studio.core.models import AuditEvent
from studio.providers import changes
from studio.providers.catalogue import Rule
from studio.providers.models import ModelPrice, PriceList
from studio.providers.price_form import PriceSheet
from studio.providers.services import model_named, price_of
from tests.factories import make_user

pytestmark = pytest.mark.django_db
PRICES = "/admin/providers/pricelist/"
ADD = f"{PRICES}add/"


@pytest.fixture
def admin(client: Client) -> User:
    user = make_user("admin", is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


def untouched() -> dict[str, str]:
    """The form as a browser sends it back, nothing changed."""
    data = {"note": "New year"}
    for row in PriceSheet(None).rows:
        data |= {row.name("old"): row.old, row.name("by"): row.by}
        data |= {amount.name: amount.text for amount in row.amounts}
    return data


def flat(model: str, amount: Any) -> dict[str, str]:
    return {f"by:{model}": "", f"amount:{model}::": str(amount)}


def by(model: str, parameter: str, **amounts: Any) -> dict[str, str]:
    fields = {f"amount:{model}:{parameter}:{value}": str(amount) for value, amount in amounts.items()}
    return {f"by:{model}": parameter, **fields}


def versions() -> list[int]:
    return list(PriceList.objects.order_by("version").values_list("version", flat=True))


def test_only_what_was_changed_is_in_the_new_version(client: Client, admin: User) -> None:
    table = by("gpt-image-2", "quality", low=5, medium=10, high=25, auto=25)
    assert client.post(ADD, untouched() | flat("dall-e-3", 30) | table).status_code == 302
    assert set(ModelPrice.objects.filter(price_list=2).values_list("model", flat=True)) == {"dall-e-3", "gpt-image-2"}
    assert price_of(model=model_named("dall-e-3"), params={}).credits == 30
    assert price_of(model=model_named("gpt-image-2"), params={"quality": "low"}, count=2).credits == 10
    assert price_of(model=model_named("imagen-4"), params={}).version == 1
    newest = PriceList.objects.get(version=2)
    assert (newest.created_by, newest.is_shipped, newest.note) == (admin, False, "New year")
    event = AuditEvent.objects.get(name="prices.changed")
    assert (event.actor, event.target, event.data["prices"]["dall-e-3"]) == (admin, "2", {"flat": 30})


def test_nothing_changed_is_no_version(client: Client, admin: User) -> None:
    answer = client.post(ADD, untouched())
    assert (answer.status_code, versions()) == (422, [1])
    assert "No price was changed" in answer.text


def test_a_version_needs_a_note_and_keeps_what_was_typed(client: Client, admin: User) -> None:
    answer = client.post(ADD, untouched() | flat("dall-e-3", 31) | {"note": ""})
    assert (answer.status_code, versions()) == (422, [1])
    assert 'value="31"' in answer.text


def test_setting_a_price_takes_the_mark_of_an_estimate_off(client: Client, admin: User) -> None:
    assert ModelPrice.objects.get(model="dall-e-2").is_estimate
    assert client.post(ADD, untouched() | {"ours:dall-e-2": "on"}).status_code == 302
    newest = ModelPrice.objects.get(model="dall-e-2", price_list=2)
    assert (newest.flat, newest.is_estimate) == (4, False)


def test_a_price_comes_to_depend_on_a_parameter_without_scripts(client: Client, admin: User) -> None:
    asked = untouched() | {"by:dall-e-3": "style"}
    answer = client.post(ADD, asked)
    assert (answer.status_code, versions()) == (422, [1])
    assert 'name="amount:dall-e-3:style:vivid" value="21"' in answer.text
    done = client.post(ADD, asked | by("dall-e-3", "style", vivid=22, natural=20))
    assert (done.status_code, versions()) == (302, [1, 2])
    assert price_of(model=model_named("dall-e-3"), params={"style": "natural"}).credits == 20


@pytest.mark.parametrize("amount", ["-1", "1.5", "1000001", "x", "٣", "99999999999", "1e3"])
def test_an_amount_that_is_none_is_refused_and_kept(client: Client, admin: User, amount: str) -> None:
    answer = client.post(ADD, untouched() | flat("dall-e-3", amount) | flat("imagen-4", 9))
    assert (answer.status_code, versions()) == (422, [1])
    assert f'value="{amount}"' in answer.text
    assert 'value="9"' in answer.text


@pytest.mark.parametrize(
    "fields",
    [
        by("dall-e-3", "style", vivid=1),
        by("dall-e-3", "style", vivid=1, natural=""),
        by("dall-e-3", "style", vivid=1, natural="2.5"),
    ],
    ids=str,
)
def test_half_a_table_is_refused(client: Client, admin: User, fields: dict[str, str]) -> None:
    assert client.post(ADD, untouched() | fields).status_code == 422
    assert versions() == [1]


def test_an_empty_field_and_nonsense_leave_a_price_as_it_is(client: Client, admin: User) -> None:
    odd = {"by:imagen-4": "colour", "old:none": "x", "amount:none::": "3"}
    assert client.post(ADD, untouched() | flat("dall-e-3", "") | odd).status_code == 422
    assert client.post(ADD, {"note": "nothing else"}).status_code == 422
    assert versions() == [1]


def test_what_somebody_else_changed_meanwhile_is_not_changed_back(client: Client, admin: User) -> None:
    opened = untouched()
    changes.add_prices(note="other", rules={"dall-e-3": Rule(flat=50), "imagen-4": Rule(flat=8)}, by=admin)
    answer = client.post(ADD, opened | flat("dall-e-3", 30))
    assert (answer.status_code, versions()) == (422, [1, 2])
    assert "it is 50 now" in answer.text
    assert client.post(ADD, opened | flat("dall-e-2", 5)).status_code == 302
    assert price_of(model=model_named("imagen-4"), params={}).credits == 8


def test_a_search_shows_less_and_loses_nothing(client: Client, admin: User) -> None:
    page = client.get(ADD, {"q": "dall"}).text
    assert "DALL·E 3" in page
    assert "amount:imagen-4" not in page
    found = client.post(ADD, untouched() | flat("imagen-4", 77) | {"q": "dall", "show": "1"})
    assert (found.status_code, versions()) == (200, [1])
    assert '<input type="hidden" name="amount:imagen-4::" value="77">' in found.text
    sheet = PriceSheet(untouched() | flat("imagen-4", 77), words="dall")
    data = {"note": "n"} | {row.name("old"): row.old for row in [*sheet.shown, *sheet.kept]}
    data |= {row.name("by"): row.by for row in [*sheet.shown, *sheet.kept]}
    data |= {amount.name: amount.text for row in [*sheet.shown, *sheet.kept] for amount in row.amounts}
    assert client.post(ADD, data).status_code == 302
    assert price_of(model=model_named("imagen-4"), params={}).credits == 77


def test_a_family_is_a_filter_and_an_unknown_word_finds_nothing(client: Client, admin: User) -> None:
    assert "amount:dall-e-3" not in client.get(ADD, {"family": "Imagen"}).text
    assert "No model is called so" in client.get(ADD, {"q": "☃"}).text


def test_the_form_costs_the_same_few_queries_however_many_models(
    client: Client, admin: User, django_assert_max_num_queries: Any
) -> None:
    client.get(ADD)
    with django_assert_max_num_queries(8):
        client.get(ADD)


def test_a_version_is_never_changed_or_deleted(client: Client, admin: User) -> None:
    before = list(ModelPrice.objects.values())
    assert client.post(f"{PRICES}1/change/", untouched() | flat("dall-e-3", 1)).status_code == 403
    assert client.post(f"{PRICES}1/delete/", {"post": "yes"}).status_code == 403
    assert list(ModelPrice.objects.values()) == before
    page = client.get(f"{PRICES}1/change/").text
    assert "low 4, medium 9, high 23" in page


def test_prices_need_the_permission(client: Client) -> None:
    helper = make_user("helper", is_staff=True)
    helper.user_permissions.add(Permission.objects.get(codename="view_pricelist"))
    client.force_login(helper)
    assert client.get(PRICES).status_code == 200
    assert client.get(ADD).status_code == 403
    assert client.post(ADD, untouched() | flat("dall-e-3", 1)).status_code == 403
    assert versions() == [1]
