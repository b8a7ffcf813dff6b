"""Deliveries in the administration: what became of them, without what they hold."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from studio.jobs import lifecycle
from studio.webhooks.models import Delivery
from tests.webhooks.conftest import claimed, delivery_of, endpoint_of

pytestmark = pytest.mark.django_db


def test_deliveries_are_looked_at_without_addresses_and_bodies(ask, client, operator):
    job = ask()
    lifecycle.fail(claimed(job), code="bad_request")
    Delivery.objects.update(last_error="<b>HTTP 500</b>", response_excerpt="echoed links")
    operator.user_permissions.add(Permission.objects.get(codename="view_delivery"))
    client.force_login(operator)
    page = reverse("admin:webhooks_delivery_change", args=[delivery_of(job).pk])
    for url in (reverse("admin:webhooks_delivery_changelist"), page):
        shown = client.get(url).content.decode()
        assert str(job.pk) in shown
        assert "a.example:443" in shown
        assert "&lt;b&gt;HTTP 500" in shown
        for kept_back in ("hushhush", "<b>HTTP", "echoed links", "did not accept this request"):
            assert kept_back not in shown
    assert client.post(page, {"status": "delivered"}).status_code == 403
    assert client.get(reverse("admin:webhooks_delivery_add")).status_code == 403


def test_endpoints_are_looked_at_without_paths_and_secrets(alice, client, operator):
    endpoint, secret = endpoint_of(alice, "https://b.example/hook?token=hushhush")
    operator.user_permissions.add(Permission.objects.get(codename="view_endpoint"))
    client.force_login(operator)
    page = reverse("admin:webhooks_endpoint_change", args=[endpoint.pk])
    for url in (reverse("admin:webhooks_endpoint_changelist"), page):
        shown = client.get(url).content.decode()
        assert "b.example" in shown
        for kept_back in ("hushhush", "/hook", secret[6:], endpoint.secret):
            assert kept_back not in shown
    assert client.post(page, {"is_enabled": ""}).status_code == 403
    assert client.post(reverse("admin:webhooks_endpoint_delete", args=[endpoint.pk])).status_code == 403
