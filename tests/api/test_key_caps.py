"""A key's cap per month as programs meet it."""

import pytest

from studio.accounts.key_services import create_api_key
from studio.credits.models import KeyMonth
from studio.jobs.models import Job
from studio.jobs.services import cancel_job
from tests.api.made import nothing_is_left

pytestmark = pytest.mark.django_db
ORDER = {"prompt": "A lighthouse at dawn", "model": "dall-e-3"}


@pytest.fixture
def capped(alice, catalogue) -> dict[str, str]:
    """The header of a key of alice, who has 100 credits, for 30 a month: one picture of 21."""
    return {"X-API-Key": create_api_key(user=alice, name="nightly", monthly_cap=30)[1]}


def order(client, headers):
    return client.post("/v2/images/generate", ORDER, content_type="application/json", headers=headers)


def left(client, headers) -> int:
    return client.get("/v2/me", headers=headers).json()["team"]["credits"]


def test_past_the_cap_is_402_with_what_this_key_can_still_spend(client, capped, alice):
    assert (left(client, capped), order(client, capped).status_code, left(client, capped)) == (30, 202, 9)
    refused = order(client, capped)
    assert (refused.status_code, refused.json()) == (
        402,
        {
            "error": "This takes 21 and this key may spend 9 more of its 30 credits a month.",
            "creditsRequired": 21,
            "creditsAvailable": 9,
        },
    )
    cancel_job(job=Job.objects.get(), user=alice)
    assert (left(client, capped), order(client, capped).status_code) == (30, 202)


def test_a_cap_that_nothing_fits_in_leaves_nothing_behind(client, alice, catalogue):
    headers = {"X-API-Key": create_api_key(user=alice, name="tiny", monthly_cap=20)[1]}
    assert order(client, headers).json()["creditsAvailable"] == 20
    assert nothing_is_left()
    assert not KeyMonth.objects.exists()


def test_a_sandbox_key_orders_past_its_cap_since_it_pays_nothing(client, alice, catalogue):
    headers = {"X-API-Key": create_api_key(user=alice, name="trial", is_sandbox=True, monthly_cap=1)[1]}
    assert [order(client, headers).status_code for _time in range(2)] == [202, 202]


def test_the_other_dialect_says_so_in_its_own_words(client, alice, catalogue):
    tiny = create_api_key(user=alice, name="tiny", monthly_cap=20)[1]
    reader = create_api_key(user=alice, name="reader", scopes=["read"])[1]
    met = []
    for raw in (tiny, reader):
        headers = {"Authorization": f"Bearer {raw}"}
        answer = client.post("/v1/images/generations", ORDER, content_type="application/json", headers=headers)
        met.append((answer.status_code, answer.json()["error"]["code"], answer.json()["error"]["message"]))
    assert met == [
        (402, "insufficient_quota", "This takes 21 and this key may spend 20 more of its 20 credits a month."),
        (403, "missing_scope", "This API key does not have the scope generate."),
    ]
    assert nothing_is_left()
