"""API keys: format, lookup, refusal, use."""

import datetime

import pytest
from django.core.management import CommandError, call_command
from django.http import HttpRequest
from django.utils import timezone

from studio.accounts import keys
from studio.accounts.key_services import authenticate_key, create_api_key, revoke_api_key, set_api_key_active
from studio.accounts.models import ApiKey, User
from studio.core.crypto import decrypt
from studio.core.models import AuditEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    return User.objects.create_user("alice")


def headers(**values: str):
    request = HttpRequest()
    for name, value in values.items():
        request.META[f"HTTP_{name.upper()}"] = value
    return request.headers


def test_both_headers_find_the_same_key(alice):
    row, raw = create_api_key(user=alice, name="script")
    assert authenticate_key(headers(x_api_key=raw)) == row
    assert authenticate_key(headers(authorization=f"Bearer {raw}")) == row
    assert authenticate_key(headers(authorization=f"bearer  {raw} ", x_api_key=raw)) == row
    assert authenticate_key(headers(authorization=f"Bearer {raw},Bearer {raw}", x_api_key=f"{raw},{raw}")) == row


def test_two_different_keys_are_400(alice):
    _row, one = create_api_key(user=alice, name="one")
    _row, two = create_api_key(user=alice, name="two")
    with pytest.raises(keys.ConflictingKeys) as refused:
        authenticate_key(headers(authorization=f"Bearer {one}", x_api_key=two))
    assert refused.value.status == 400


@pytest.mark.parametrize(
    "given", [{}, {"x_api_key": " "}, {"authorization": "Basic YTpi"}, {"authorization": "Bearer"}]
)
def test_no_key_is_401_without_a_query(given, django_assert_num_queries):
    with django_assert_num_queries(0), pytest.raises(keys.MissingKey) as refused:
        authenticate_key(headers(**given))
    assert refused.value.status == 401


def test_a_malformed_key_is_401_without_a_query(alice, django_assert_num_queries):
    _row, raw = create_api_key(user=alice, name="script")
    flipped = raw[:20] + ("a" if raw[20] != "a" else "b") + raw[21:]
    for bad in (flipped, raw[:-1], raw + "a", raw.replace("afk_", "sk-_"), "afk_", "x", "afk_" + "é" * 41, "'--"):
        with django_assert_num_queries(0), pytest.raises(keys.InvalidKey) as refused:
            authenticate_key(headers(x_api_key=bad))
        assert refused.value.status == 401


def test_a_well_formed_unknown_key_is_401_after_one_query(django_assert_num_queries):
    with django_assert_num_queries(1), pytest.raises(keys.InvalidKey):
        authenticate_key(headers(x_api_key=keys.generate()))


def test_another_secret_behind_a_known_prefix_is_401(alice):
    row, _raw = create_api_key(user=alice, name="script")
    body = "afk_" + row.prefix + "A" * 27
    with pytest.raises(keys.InvalidKey):
        authenticate_key(headers(x_api_key=body + keys._check(body)))


@pytest.mark.parametrize("why", ["paused", "revoked", "expired", "owner"])
def test_an_inactive_key_is_403_at_once(alice, why):
    row, raw = create_api_key(user=alice, name="script")
    if why == "paused":
        set_api_key_active(key=row, is_active=False, by=alice)
    elif why == "revoked":
        revoke_api_key(key=row, by=alice)
    elif why == "expired":
        ApiKey.objects.update(expires_at=timezone.now())
    else:
        User.objects.update(is_active=False)
    with pytest.raises(keys.InactiveKey) as refused:
        authenticate_key(headers(x_api_key=raw))
    assert refused.value.status == 403


def test_a_revoked_key_cannot_be_resumed(alice):
    row, _raw = create_api_key(user=alice, name="script")
    assert revoke_api_key(key=row, by=alice)
    assert not revoke_api_key(key=row, by=alice)
    assert not set_api_key_active(key=row, is_active=True, by=alice)


def test_last_use_is_written_at_most_once_a_minute(alice, time_machine, django_assert_num_queries):
    time_machine.move_to(datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC), tick=False)
    _row, raw = create_api_key(user=alice, name="script")
    with django_assert_num_queries(2):
        authenticate_key(headers(x_api_key=raw))
    time_machine.shift(59)
    with django_assert_num_queries(1):
        authenticate_key(headers(x_api_key=raw))
    time_machine.shift(2)
    with django_assert_num_queries(2):
        authenticate_key(headers(x_api_key=raw))
    assert ApiKey.objects.get().last_used_at == timezone.now()


def test_the_key_is_kept_nowhere_and_its_signing_secret_only_encrypted(alice):
    row, raw = create_api_key(user=alice, name="script")
    kept = str(ApiKey.objects.values().get()) + str(list(AuditEvent.objects.values()))
    assert raw not in kept
    assert raw[12:39] not in kept
    assert keys.signing_secret_of(raw).hex() not in kept
    assert decrypt(row.signing_secret) == keys.signing_secret_of(raw).hex()
    assert len(raw) == 45


def test_the_command_prints_the_key_alone(alice, capsys):
    call_command("create_api_key", "Alice", "--name", "ci", "--sandbox")
    printed = capsys.readouterr()
    row = authenticate_key(headers(x_api_key=printed.out.rstrip("\n")))
    assert (row.name, row.is_sandbox, row.user, printed.err) == ("ci", True, alice, "")
    with pytest.raises(CommandError, match="nobody called bob"):
        call_command("create_api_key", "bob")
