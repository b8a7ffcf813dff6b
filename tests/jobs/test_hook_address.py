"""The address a provider is given for its webhooks: whose it is, who is given one, where it never stands."""

import logging

import pytest
from django.conf import LazySettings
from django.db import connection

from studio.accounts.models import User
from studio.core.logs import LineFormatter, RequestIdFilter
from studio.jobs import hooks, turns
from studio.jobs.models import Job
from studio.jobs.services import submit_job
from studio.providers.models import ProviderRow
from tests.jobs.webhooks import BASE, open_studio, ordered, send

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def studio(settings: LazySettings) -> User:
    return open_studio(settings)


def test_the_address_is_the_orders_own_and_the_same_for_every_try(studio: User) -> None:
    first, second = ordered(studio), ordered(studio, "job-2")
    assert first.order.webhook_url.startswith(f"{BASE}/hooks/apiframe/")
    assert first.order.webhook_url != second.order.webhook_url
    Job.objects.update(lease_expires_at=None)
    again = {flight.job_id: flight.order.webhook_url for flight in turns.resume("another", room=5)}
    assert again[first.job_id] == first.order.webhook_url


def test_the_address_stays_when_the_studio_moves_while_an_order_is_placed(studio: User, settings: LazySettings) -> None:
    """The body of an order must not change under one idempotency key."""
    flight = ordered(studio)
    settings.STUDIO_BASE_URL, settings.BASE_URL_WAS_SET = "http://127.0.0.2:1", False
    Job.objects.update(lease_expires_at=None)
    (again,) = turns.resume("another", room=5)
    assert again.order.webhook_url == flight.order.webhook_url
    assert ordered(studio, "job-2").order.webhook_url == ""


@pytest.mark.parametrize(
    ("base", "vendor", "is_given"),
    [
        ("https://studio.example.com", "https://api.apiframe.ai", True),
        ("http://127.0.0.1:8160", "http://127.0.0.1:1", True),
        ("http://10.0.0.7:8160", "http://localhost:1", True),
        ("http://10.0.0.7:8160", "https://api.apiframe.ai", False),
        ("http://localhost:8160", "https://api.apiframe.ai", False),
        ("https://studio.example.com", "http://127.0.0.1:1", True),
    ],
)
def test_a_vendor_on_the_internet_is_not_given_a_private_address(
    studio: User, settings: LazySettings, base: str, vendor: str, is_given: bool
) -> None:
    settings.STUDIO_BASE_URL = base
    ProviderRow.objects.filter(slug="apiframe").update(base_url=vendor)
    assert bool(ordered(studio).order.webhook_url) is is_given


def test_the_sandbox_is_given_no_address(studio: User) -> None:
    submit_job(user=studio, model="dall-e-3", prompt="a fox", params={}, use_sandbox=True)
    (flight,) = turns.claim("an engine", room=1)
    assert flight.order.webhook_url == ""


def test_the_token_stands_in_no_log_line_and_in_no_row(studio: User, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    flight = ordered(studio)
    token = flight.order.webhook_url.split("/")[-2]
    assert hooks.attempt_behind("apiframe", token) is not None
    logging.getLogger("studio").warning("Called %s by %r", flight.order.webhook_url, flight)
    send(flight.order.webhook_url, signed="")
    lines = [LineFormatter().format(record) for record in caplog.records if RequestIdFilter().filter(record)]
    assert lines
    assert token not in "\n".join(lines)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            assert token not in repr(cursor.fetchall()), table
