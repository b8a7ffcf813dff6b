"""/keys/: made and shown once, looked after, and nobody else's."""

import datetime
import uuid

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from studio.accounts import key_services
from studio.accounts.key_services import create_api_key, revoke_api_key, set_api_key_active
from studio.accounts.keys import whsec_of
from studio.accounts.models import ApiKey
from studio.core.models import AuditEvent
from tests.api.made import completed, submitted

pytestmark = pytest.mark.django_db
KEYS = "/keys/"
NEW = {"name": "Nightly  run", "scopes": ["read", "generate"], "monthly_cap": "500", "last_day": ""}


@pytest.fixture
def mine(client, alice):
    client.force_login(alice)
    return client


def raw_in(page) -> str:
    return page.context["raw"]


def test_a_key_is_made_and_shown_once_with_its_signing_secret(mine, alice):
    page = mine.post(KEYS, NEW)
    raw, row = raw_in(page), ApiKey.objects.get()
    assert (page.status_code, page["Cache-Control"]) == (200, "no-store, private")
    assert page.text.count(raw) == 1
    assert page.text.count(whsec_of(raw)) == 1
    assert (row.user, row.name, row.scopes, row.monthly_cap, row.is_sandbox) == (
        *(alice, "Nightly run", "read generate", 500, False),
    )
    assert key_services.authenticate_key({"X-API-Key": raw}) == row


def test_the_key_is_nowhere_afterwards(mine):
    raw = raw_in(mine.post(KEYS, NEW))
    row = ApiKey.objects.get()
    kept = [mine.get(KEYS).text, mine.get(f"{KEYS}{row.pk}/").text, str(AuditEvent.objects.values())]
    kept += [str(session.get_decoded()) for session in Session.objects.all()]
    assert not any(raw in text or whsec_of(raw) in text for text in kept)


def test_the_same_form_twice_makes_one_key(mine):
    nonce = mine.get(KEYS).context["form"].initial["nonce"]
    first, again = (mine.post(KEYS, NEW | {"nonce": nonce}) for _time in range(2))
    assert (first.status_code, again.status_code) == (200, 409)
    assert "shown only once" in again.text
    assert ApiKey.objects.count() == 1
    assert mine.post(KEYS, NEW | {"nonce": again.context["form"]["nonce"].value()}).status_code == 200


WRONG = {
    "name": ["", "  ", "x" * 101],
    "scopes": [[], ["admin"]],
    "monthly_cap": ["0", "-1", "1.5", "many", "9" * 20],
    "last_day": ["yesterday", "2001-01-01", "9999-12-31"],
}


@pytest.mark.parametrize(("field", "value"), [(field, value) for field, values in WRONG.items() for value in values])
def test_a_wrong_field_is_a_422_at_that_field_and_keeps_the_rest(mine, field, value):
    page = mine.post(KEYS, NEW | {field: value})
    assert (page.status_code, list(page.context["form"].errors)) == (422, [field])
    assert not ApiKey.objects.exists()
    if field != "monthly_cap":
        assert 'value="500"' in page.text


def test_the_last_day_is_worked_to_its_end(mine, settings, time_machine):
    settings.TIME_ZONE = "Asia/Tokyo"
    timezone.get_default_timezone.cache_clear()
    time_machine.move_to(datetime.datetime(2026, 11, 21, 12, tzinfo=datetime.UTC), tick=False)
    try:
        assert mine.post(KEYS, NEW | {"last_day": "2026-11-21"}).status_code == 200
        row = ApiKey.objects.get()
        assert row.expires_at == datetime.datetime(2026, 11, 21, 15, tzinfo=datetime.UTC)
        assert mine.get(f"{KEYS}{row.pk}/").context["form"]["last_day"].value() == datetime.date(2026, 11, 21)
    finally:
        timezone.get_default_timezone.cache_clear()


def test_past_the_most_keys_a_person_may_have_is_a_409_that_says_so(mine, alice, monkeypatch):
    monkeypatch.setattr(key_services, "MOST_KEYS", 2)
    one = create_api_key(user=alice, name="one")[0]
    create_api_key(user=alice, name="two")
    page = mine.post(KEYS, NEW)
    assert (page.status_code, "more than 2 keys" in page.text) == (409, True)
    revoke_api_key(key=one, by=alice)
    assert mine.post(KEYS, NEW).status_code == 200


def test_the_list_says_what_each_key_did_in_a_fixed_number_of_queries(
    mine, alice, catalogue, media, django_assert_num_queries
):
    capped = create_api_key(user=alice, name="capped", monthly_cap=63)[0]
    completed(alice, api_key=capped)
    submitted(alice, api_key=capped)
    rows = {row.key.name: row for row in mine.get(KEYS).context["rows"]}
    assert (rows["capped"].jobs, rows["capped"].spent, rows["capped"].used, rows["capped"].bar) == (2, 21, 42, 67)
    with django_assert_num_queries(6):
        mine.get(KEYS)
    for n in range(5):
        create_api_key(user=alice, name=str(n), monthly_cap=1)
    with django_assert_num_queries(6):
        mine.get(KEYS)


def test_name_cap_and_end_are_changed_and_written_down(mine, alice):
    row = create_api_key(user=alice, name="one")[0]
    day = timezone.localdate() + datetime.timedelta(days=9)
    changed = {"name": "two", "monthly_cap": "9", "last_day": day.isoformat(), "scopes": ["webhooks"], "user": "1"}
    assert mine.post(f"{KEYS}{row.pk}/", changed)["Location"] == KEYS
    row.refresh_from_db()
    assert (row.name, row.monthly_cap, row.scopes, row.user) == ("two", 9, "read generate webhooks", alice)
    assert row.expires_at is not None
    assert timezone.localdate(row.expires_at) == day + datetime.timedelta(days=1)
    assert {"key.changed", "key.capped"} <= set(AuditEvent.objects.values_list("name", flat=True))
    before = AuditEvent.objects.count()
    mine.post(f"{KEYS}{row.pk}/", changed)
    assert AuditEvent.objects.count() == before


def test_an_end_that_is_over_stays_when_only_the_name_changes(mine, alice):
    at = timezone.now() - datetime.timedelta(days=5)
    row = create_api_key(user=alice, name="one", expires_at=at)[0]
    given = {"name": "two", "monthly_cap": "", "last_day": timezone.localdate(at).isoformat()}
    assert mine.post(f"{KEYS}{row.pk}/", given).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.expires_at, row.state) == ("two", at, "expired")


def test_pause_and_resume_by_plain_post_and_by_htmx(mine, alice):
    row = create_api_key(user=alice, name="one")[0]
    assert mine.post(f"{KEYS}{row.pk}/pause/")["Location"] == KEYS
    assert ApiKey.objects.get().state == "paused"
    fragment = mine.post(f"{KEYS}{row.pk}/resume/", headers={"HX-Request": "true"})
    assert fragment.text.lstrip().startswith("<li")
    assert ApiKey.objects.get().state == "working"


def test_revoking_asks_once_and_is_for_good(mine, alice):
    row = create_api_key(user=alice, name="one")[0]
    assert "for good" in mine.get(f"{KEYS}{row.pk}/revoke/").text
    assert ApiKey.objects.get().state == "working"
    assert [mine.post(f"{KEYS}{row.pk}/revoke/").status_code for _time in range(2)] == [302, 302]
    assert mine.post(f"{KEYS}{row.pk}/resume/").status_code == 302
    mine.post(f"{KEYS}{row.pk}/", {"name": "again", "monthly_cap": "1"})
    row.refresh_from_db()
    assert (row.state, row.name, row.monthly_cap) == ("revoked", "one", None)
    page = mine.get(KEYS)
    assert (page.context["rows"], len(page.context["revoked"])) == ([], 1)
    assert AuditEvent.objects.filter(name="key.revoked", actor=alice).count() == 1


@pytest.mark.parametrize("what", ["", "pause/", "resume/", "revoke/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_somebody_elses_key_is_a_404_like_one_that_is_not_there(mine, bob, what, method):
    theirs = create_api_key(user=bob, name="theirs")[0]
    before = ApiKey.objects.values().get()
    for pk in (theirs.pk, uuid.uuid4()):
        expected = 405 if method == "get" and what in ("pause/", "resume/") else 404
        assert getattr(mine, method)(f"{KEYS}{pk}/{what}", {"name": "mine"}).status_code == expected
    assert ApiKey.objects.values().get() == before
    assert "theirs" not in mine.get(KEYS).text


def test_strangers_are_sent_to_the_login(client):
    assert client.get(KEYS)["Location"].startswith("/accounts/login/")


def test_a_name_is_text_and_never_markup(mine, alice):
    row = create_api_key(user=alice, name="<script>x</script>")[0]
    for page in (KEYS, f"{KEYS}{row.pk}/", f"{KEYS}{row.pk}/revoke/"):
        assert "<script>x" not in mine.get(page).text


def test_the_menu_leads_there(mine):
    assert 'href="/keys/"' in mine.get("/accounts/").text


def test_a_paused_key_of_a_page_is_refused_at_the_next_request(mine, alice, client):
    row, raw = create_api_key(user=alice, name="one")
    set_api_key_active(key=row, is_active=False, by=alice)
    assert client.get("/v2/me", headers={"X-API-Key": raw}).status_code == 403
