"""Administration of providers, models and prices."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.checks import run_checks
from django.test import Client
from django.utils import timezone

from studio.accounts.models import User
from studio.core.models import AuditEvent
from studio.providers.connections import enabled_rows
from studio.providers.models import ModelRow, ProviderRow
from studio.providers.services import load_catalogue, model_named
from tests.factories import make_user

pytestmark = pytest.mark.django_db
PROVIDERS = "/admin/providers/providerrow/"
MODELS = "/admin/providers/modelrow/"
PRICES = "/admin/providers/pricelist/"
KEY = "afk_0123456789abcdef"


@pytest.fixture
def admin(client: Client) -> User:
    user = make_user("admin", is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


def told(name: str) -> list[Any]:
    return list(AuditEvent.objects.filter(name=name).values_list("actor__username", "target", "data"))


def fields(**change: Any) -> dict[str, Any]:
    facts = {"kind": "apiframe", "slug": "second", "name": "Second", "base_url": "https://vendor.example"}
    return {**facts, "new_key": KEY, "enabled": "on", "order": "5", **change}


def add_provider(client: Client, **change: Any) -> ProviderRow:
    assert client.post(f"{PROVIDERS}add/", fields(**change)).status_code == 302
    return ProviderRow.objects.get(slug="second")


def test_a_provider_is_added_and_its_key_is_never_shown_again(client: Client, admin: User) -> None:
    row = add_provider(client)
    assert row.key == KEY
    pages = [client.get(where).text for where in (PROVIDERS, f"{PROVIDERS}{row.pk}/change/", f"{PROVIDERS}add/")]
    assert "set, ends in …cdef" in pages[0]
    assert "set, ends in …cdef" in pages[1]
    assert not any(KEY in page or row.key_encrypted in page for page in pages)
    [(actor, target, data)] = told("provider.added")
    assert (actor, target) == ("admin", "second")
    assert KEY not in str(data)


def test_an_empty_key_keeps_the_old_one_and_the_circuit_is_left_alone(client: Client, admin: User) -> None:
    row = add_provider(client)
    page = f"{PROVIDERS}{row.pk}/change/"
    client.get(page)
    ProviderRow.objects.filter(pk=row.pk).update(failures=7)
    assert client.post(page, fields(new_key="", name="Other", pace_concurrent="3")).status_code == 302
    row.refresh_from_db()
    assert (row.key, row.name, row.pace_concurrent, row.failures) == (KEY, "Other", 3, 7)
    assert told("provider.changed") == [("admin", "second", {"fields": ["name", "pace_concurrent"]})]


def test_a_new_address_needs_the_key_again(client: Client, admin: User) -> None:
    row = add_provider(client)
    page = f"{PROVIDERS}{row.pk}/change/"
    moved = fields(base_url="https://thief.example", new_key="")
    assert "Enter the key again" in client.post(page, moved).text
    row.refresh_from_db()
    assert row.base_url == "https://vendor.example"
    assert client.post(page, {**moved, "new_key": "afk_another_one_1"}).status_code == 302


@pytest.mark.parametrize("url", ["ftp://x.example", "https://a:b@x.example", "javascript:alert(1)", "https://"])
def test_an_address_that_is_none_is_refused(client: Client, admin: User, url: str) -> None:
    assert client.post(f"{PROVIDERS}add/", fields(base_url=url)).status_code == 200
    assert not ProviderRow.objects.filter(slug="second").exists()


def test_what_the_environment_says_is_shown_and_cannot_be_changed(client: Client, admin: User, settings: Any) -> None:
    settings.PROVIDERS_FROM_ENVIRONMENT = {"apiframe": {"key": KEY, "base_url": "https://env.example"}}
    load_catalogue()
    row = ProviderRow.objects.get(slug="apiframe")
    page = f"{PROVIDERS}{row.pk}/change/"
    text = client.get(page).text
    assert "set by the environment, ends in …cdef" in text
    assert "https://env.example" in text
    assert KEY not in text
    client.post(page, {"name": "Apiframe", "order": "10", "base_url": "https://thief.example", "new_key": "x" * 20})
    row.refresh_from_db()
    assert (row.base_url, row.key_encrypted, row.enabled) == ("", "", False)


def test_a_server_of_ones_own_needs_no_key_and_a_vendor_does(client: Client, admin: User) -> None:
    own = fields(kind="openai", base_url="http://gpu.example:8000/v1", new_key="")
    assert client.post(f"{PROVIDERS}add/", own).status_code == 302
    assert "none, and none is needed at this address" in client.get(PROVIDERS).text
    assert [row.slug for row in enabled_rows()] == ["second"]
    ProviderRow.objects.update(base_url="https://api.openai.com/v1/")
    assert enabled_rows() == []
    ProviderRow.objects.update(base_url="", kind="aimlapi")
    assert enabled_rows() == []


def test_an_address_in_the_environment_is_enough_for_a_server_of_ones_own(
    client: Client, admin: User, settings: Any
) -> None:
    given = {"key": "", "base_url": "http://gpu.example:8000/v1", "was_set": True}
    settings.PROVIDERS_FROM_ENVIRONMENT = {"openai": given}
    load_catalogue()
    text = client.get(PROVIDERS).text
    assert "OpenAI-compatible server" in text
    assert "OpenAI / OpenAI-compatible server" in client.get(f"{PROVIDERS}add/").text
    assert "none; the environment has only an address" in text
    assert [row.slug for row in enabled_rows()] == ["openai"]
    settings.PROVIDERS_FROM_ENVIRONMENT = {"openai": {"key": KEY, "base_url": "https://api.openai.com/v1"}}
    load_catalogue()
    assert ProviderRow.objects.get(slug="openai").name == "OpenAI"
    ProviderRow.objects.update(name="Ours")
    load_catalogue()
    assert ProviderRow.objects.get(slug="openai").name == "Ours"


@pytest.mark.parametrize(
    ("key", "url", "ids"),
    [
        ("", "https://api.openai.com/v1", ["studio.W004"]),
        ("", "http://gpu.example:8000", ["studio.W005"]),
        ("", "http://gpu.example:8000/v1", []),
        ("sk-x", "https://api.openai.com/v1", []),
    ],
)
def test_slips_in_the_address_of_a_server_are_said_at_start(settings: Any, key: str, url: str, ids: list[str]) -> None:
    settings.PROVIDERS_FROM_ENVIRONMENT = {"openai": {"key": key, "base_url": url, "was_set": True}}
    assert [
        message.id for message in run_checks(tags=["studio"]) if message.id in ("studio.W004", "studio.W005")
    ] == ids


def test_the_sandbox_has_a_pace_and_no_switch(client: Client, admin: User) -> None:
    row = ProviderRow.objects.get(slug="sandbox")
    client.post(f"{PROVIDERS}{row.pk}/change/", {"name": "Sandbox", "pace_concurrent": "2"})
    row.refresh_from_db()
    assert (row.pace_concurrent, row.enabled) == (2, True)


def test_an_open_circuit_is_closed_by_hand(client: Client, admin: User) -> None:
    row = add_provider(client)
    ProviderRow.objects.filter(pk=row.pk).update(failures=10, opened_until=timezone.now())
    assert "one order may try" in client.get(PROVIDERS).text
    client.post(PROVIDERS, {"action": "close_circuit", "_selected_action": [row.pk]})
    row.refresh_from_db()
    assert (row.failures, row.opened_until) == (0, None)
    assert told("provider.circuit_closed") == [("admin", "second", {})]


def test_a_key_of_another_installation_is_no_key_and_says_so(
    client: Client, admin: User, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    row = add_provider(client)
    settings.ENCRYPTION_KEY = "another key of at least thirty-two characters"
    assert row.key == ""
    assert "encrypted with another" in caplog.text
    assert "enter it again" in client.get(PROVIDERS).text


def test_models_are_switched_off_and_on(client: Client, admin: User) -> None:
    row = ModelRow.objects.get(model="dall-e-2")
    client.post(MODELS, {"action": "disable", "_selected_action": [row.pk]})
    client.post(MODELS, {"action": "disable", "_selected_action": [row.pk]})
    row.refresh_from_db()
    assert not row.enabled
    assert told("model.disabled") == [("admin", "dall-e-2", {})]
    client.post(MODELS, {"action": "enable", "_selected_action": [row.pk]})
    assert model_named("dall-e-2").id == "dall-e-2"
    assert client.get(f"{MODELS}{row.pk}/change/").status_code == 200


def test_staff_without_the_right_change_nothing(client: Client) -> None:
    helper = make_user("helper", is_staff=True)
    helper.user_permissions.add(Permission.objects.get(codename="view_providerrow"))
    client.force_login(helper)
    row = ProviderRow.objects.get(slug="sandbox")
    assert client.get(PROVIDERS).status_code == 200
    assert client.post(f"{PROVIDERS}add/", fields()).status_code == 403
    assert client.post(f"{PROVIDERS}{row.pk}/change/", {"name": "x"}).status_code == 403
    assert client.post(PROVIDERS, {"action": "close_circuit", "_selected_action": [row.pk]}).status_code == 403
    assert client.get(PRICES).status_code == 403


def test_models_are_found_by_name_maker_and_family_on_one_page(client: Client, admin: User) -> None:
    load_catalogue()

    def found(**asked: str) -> list[str]:
        rows = client.get(MODELS, asked).context["cl"].result_list
        return sorted(row.model for row in rows)

    assert len(found()) == ModelRow.objects.count() > 50
    assert found(q="midjourney") == found(family="Midjourney") == ["midjourney"]
    assert found(q="kuaishou") == ["kling-image"]
    assert found(q="dalle 3") == ["dall-e-3"]
    assert found(q="turbo", family="Ideogram", enabled__exact="1") == [
        "ideogram-v2-turbo",
        "ideogram-v2a-turbo",
        "ideogram-v3-turbo",
        "ideogram-v4-turbo",
    ]
    assert found(family="No such family") == []
    ModelRow.objects.create(model="gone-model-1")
    assert found(q="gone-model") == ["gone-model-1"]


def test_the_list_of_models_asks_the_database_no_more_for_many(
    client: Client, admin: User, django_assert_max_num_queries: Any
) -> None:
    load_catalogue()
    client.get(MODELS)
    with django_assert_max_num_queries(20):
        client.get(MODELS)
