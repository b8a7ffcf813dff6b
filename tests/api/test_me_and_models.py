"""GET /v2/me and GET /v2/models."""

import uuid

import pytest

from studio.accounts.models import ApiKey, User
from studio.providers import catalogue as declared
from studio.providers.models import ModelPrice, ModelRow
from tests.api.made import submitted

pytestmark = pytest.mark.django_db


def test_me_says_who_what_is_left_and_by_which_key(client, key, alice, settings):
    settings.STUDIO_NAME = "Studio of ours"
    submitted(alice)
    found = client.get("/v2/me", headers={"X-API-Key": key}).json()
    row = ApiKey.objects.get()
    assert (found["user"]["email"], found["user"]["role"]) == (alice.email, "MEMBER")
    assert found["apiKey"] == {"id": str(row.pk), "name": "script", "prefix": key[:12]}
    team = found["team"]
    assert (team["name"], team["credits"], team["plan"], team["customerId"]) == (
        "Studio of ours",
        79,
        "self-hosted",
        None,
    )
    assert team["maxConcurrentJobs"] > 0
    assert uuid.UUID(found["user"]["id"]) != uuid.UUID(team["id"])
    assert key not in str(found)


def test_ids_stay_the_same_and_differ_between_people(client, key, other_key):
    first, again, other = (client.get("/v2/me", headers={"X-API-Key": one}).json() for one in (key, key, other_key))
    assert first == again
    assert (first["team"]["id"], first["user"]["id"] == other["user"]["id"]) == (other["team"]["id"], False)


@pytest.mark.parametrize(
    ("marks", "role"), [({"is_staff": True}, "ADMIN"), ({"is_staff": True, "is_superuser": True}, "OWNER")]
)
def test_roles(client, key, marks, role):
    User.objects.update(**marks)
    assert client.get("/v2/me", headers={"X-API-Key": key}).json()["user"]["role"] == role


def test_models_need_no_key_and_carry_their_price(client, catalogue):
    found = {model["id"]: model for model in client.get("/v2/models").json()["models"]}
    assert list(found) == [model.id for model in declared.models()]
    three, image = found["dall-e-3"], found["gpt-image-2"]
    assert (three["costMin"], three["costMax"], three["pricingMode"], three["modality"]) == (21, 21, "flat", "image")
    assert (image["costMin"], image["costMax"], image["pricingMode"]) == (4, 23, "per-output")


def test_a_wrong_key_does_not_matter_for_models(client, catalogue):
    assert client.get("/v2/models", headers={"X-API-Key": "nonsense"}).status_code == 200


def test_what_cannot_be_used_is_not_listed(client, catalogue):
    ModelRow.objects.filter(model="dall-e-2").update(enabled=False)
    ModelPrice.objects.filter(model="imagen-4").delete()
    found = {model["id"] for model in client.get("/v2/models").json()["models"]}
    assert found == {model.id for model in declared.models()} - {"dall-e-2", "imagen-4"}


def test_modality_narrows(client, catalogue):
    assert client.get("/v2/models?modality=video").json() == {"models": []}
    assert len(client.get("/v2/models?modality=image").json()["models"]) == len(declared.models())
    assert list(client.get("/v2/models?modality=scent").json()["details"]) == ["modality"]
