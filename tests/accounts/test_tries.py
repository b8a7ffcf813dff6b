"""Wrong passwords are counted, exactly, and the limit holds for everybody and everywhere."""

import datetime

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher

from studio.accounts import tries
from studio.accounts.models import PasswordTries
from studio.accounts.services import set_password_link, unlock
from studio.core.models import AuditEvent
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"
START = datetime.datetime(2026, 3, 1, 12, 0, tzinfo=datetime.UTC)


def sign_in(client, login="alice", password="wrong", ip="192.0.2.1"):
    return client.post(LOGIN, {"login": login, "password": password}, REMOTE_ADDR=ip)


@pytest.fixture
def hashed(monkeypatch):
    """How often a password reached the hasher."""
    calls: list[str] = []
    for name in ("encode", "verify"):
        inner = getattr(MD5PasswordHasher, name)

        def spy(self, *args, _inner=inner, _name=name, **kwargs):
            calls.append(_name)
            return _inner(self, *args, **kwargs)

        monkeypatch.setattr(MD5PasswordHasher, name, spy)
    return calls


def test_the_eleventh_try_is_429_even_with_the_right_password(client, alice, time_machine, hashed):
    time_machine.move_to(START, tick=False)
    for number in range(10):
        assert sign_in(client, ip=f"192.0.2.{number}").status_code == 422
    del hashed[:]
    refused = sign_in(client, password=PASSWORD, ip="198.51.100.7")
    assert refused.status_code == 429
    assert refused["Retry-After"] == "300"
    assert "Try again in 5 minutes." in refused.text
    assert hashed == []
    assert "_auth_user_id" not in client.session
    time_machine.shift(299)
    assert sign_in(client, password=PASSWORD)["Retry-After"] == "1"
    time_machine.shift(1)
    assert sign_in(client, password=PASSWORD).status_code == 302


def test_in_every_five_minutes_at_most_ten(client, alice, time_machine):
    time_machine.move_to(START, tick=False)
    looked_at = []
    for second in range(0, 900, 20):
        time_machine.move_to(START + datetime.timedelta(seconds=second), tick=False)
        if sign_in(client, ip=f"192.0.2.{second // 20}").status_code == 422:
            looked_at.append(second)
    for begin in looked_at:
        assert sum(begin <= second < begin + 300 for second in looked_at) <= 10
    assert len(looked_at) == 30


def test_right_passwords_do_not_count(client, alice):
    for _time in range(12):
        assert sign_in(client, password=PASSWORD).status_code == 302
        client.post("/accounts/logout/")
    assert all(row.times == [] for row in PasswordTries.objects.all())


def test_name_and_address_share_one_count(client):
    make_user("mina", email="mina@example.org")
    for login in ["mina", "MINA", "mina@example.org", " Mina@Example.ORG "] * 2 + ["mina", "mina"]:
        assert sign_in(client, login).status_code == 422
    assert sign_in(client, "mina@example.org", PASSWORD).status_code == 429


def test_a_name_that_does_not_exist_is_locked_alike(client, alice):
    known = [sign_in(client).status_code for _time in range(12)]
    unknown = [sign_in(client, "nobody").status_code for _time in range(12)]
    assert known == unknown == [422] * 10 + [429] * 2


def test_one_address_has_thirty_tries_over_all_names(client, alice):
    assert [sign_in(client, f"name{number}").status_code for number in range(31)] == [422] * 30 + [429]
    assert sign_in(client, password=PASSWORD).status_code == 429
    assert sign_in(client, password=PASSWORD, ip="192.0.2.2").status_code == 302


def test_an_ipv6_network_is_one_address():
    assert tries.address_key("2001:db8::1") == tries.address_key("2001:db8::ffff:1")
    assert tries.address_key("2001:db8::1") != tries.address_key("2001:db8:0:1::1")
    assert tries.address_key(None) == "address:?"


@pytest.mark.parametrize("way", ["administrator", "link"])
def test_a_locked_account_is_opened_by_the_administrator_and_by_a_reset(client, alice, way):
    for _time in range(10):
        sign_in(client)
    new = PASSWORD
    if way == "administrator":
        assert unlock(user=alice)
    else:
        new = "another quiet window"
        link = set_password_link(alice).removeprefix("http://127.0.0.1:8000")
        assert client.post(link, {"password1": new, "password2": new}).status_code == 302
        client.post("/accounts/logout/")
    assert sign_in(client, password=new, ip="192.0.2.2").status_code == 302


def test_the_present_password_is_guarded_like_the_door(client, alice):
    client.force_login(alice)
    send = {"oldpassword": "wrong", "password1": "another quiet window", "password2": "another quiet window"}
    codes = [client.post("/accounts/password/change/", send).status_code for _time in range(11)]
    assert codes == [422] * 10 + [429]
    assert client.post("/accounts/password/change/", {**send, "oldpassword": PASSWORD}).status_code == 429
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


def test_locking_is_told_once(client, alice):
    for _time in range(15):
        sign_in(client)
    told = list(AuditEvent.objects.order_by("id").values_list("name", flat=True))
    assert told == ["login.failed"] * 10 + ["login.locked"]


def test_every_way_of_being_refused_hashes_once(client, alice, hashed):
    make_user("mina", email="mina@example.org")
    make_user("gone", is_active=False)
    for login in ("alice", "nobody", "mina@example.org", "nobody@example.org", "gone"):
        del hashed[:]
        sign_in(client, login)
        assert len([call for call in hashed if call == "encode"]) == 1, login
