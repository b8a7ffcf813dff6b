"""The second factor: an app's codes, recovery codes, the staff's duty; for passkeys see tests/browser."""

import json
import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.test import Client
from django.urls import reverse

from studio.accounts import factors, services, tries
from studio.accounts.models import User
from studio.core.models import AuditEvent
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
LOGIN, FACTOR = "/accounts/login/", "/accounts/second-factor/"
CODE_PAGE = f"{FACTOR}sign-in/"


def code_of(secret: str, *, later: int = 0) -> str:
    """The code an app shows `later` steps from now."""
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30 + later))


def confirm(client: Client) -> None:
    assert client.post(f"{FACTOR}confirm/", {"password": PASSWORD}).status_code == 302


def set_up_app(client: Client) -> str:
    """The secret of an app set up through the pages by whoever is signed in; its code of the moment is spent."""
    confirm(client)
    page = client.get(f"{FACTOR}app/")
    secret = re.search(r'id="secret">([A-Z2-7]+)<', page.text)[1]
    assert client.post(f"{FACTOR}app/", {"code": code_of(secret)})["Location"] == f"{FACTOR}codes/"
    return secret


def recovery_codes(client: Client) -> list[str]:
    return re.findall(r"<code>(\d{8})</code>", client.get(f"{FACTOR}codes/").text)


@pytest.fixture
def held(alice: User) -> tuple[str, list[str]]:
    """The secret and the recovery codes of alice, who has an app; set up half a minute ago."""
    client = Client()
    client.force_login(alice)
    secret = set_up_app(client)
    app = Authenticator.objects.get(type="totp")
    app.data["last_step"] -= 2
    app.save()
    return secret, recovery_codes(client)


def password_given(client: Client, **more: str) -> None:
    assert client.post(LOGIN, {"login": "alice", "password": PASSWORD, **more})["Location"] == CODE_PAGE


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_password_alone_lets_nobody_in(client: Client, held: tuple[str, list[str]]) -> None:
    password_given(client)
    assert not is_in(client)
    assert client.get("/accounts/")["Location"].startswith(LOGIN)
    assert client.get(LOGIN)["Location"] == CODE_PAGE
    assert "The six digits from your app" in client.get(CODE_PAGE).text


def test_the_code_of_the_app_lets_one_in_to_the_page_one_wanted(client: Client, held: tuple[str, list[str]]) -> None:
    password_given(client, next="/usage/")
    assert client.post(CODE_PAGE, {"code": code_of(held[0])})["Location"] == "/usage/"
    assert is_in(client)


def test_a_code_works_once(client: Client, held: tuple[str, list[str]]) -> None:
    code = code_of(held[0])
    password_given(client)
    client.post(CODE_PAGE, {"code": code})
    other = Client()
    password_given(other)
    refused = other.post(CODE_PAGE, {"code": code})
    assert refused.status_code == 422
    assert "was used before" in refused.text
    assert not is_in(other)
    earlier = other.post(CODE_PAGE, {"code": code_of(held[0], later=-1)})
    assert earlier.status_code == 422  # older than the one that was taken
    assert other.post(CODE_PAGE, {"code": code_of(held[0], later=1)}).status_code == 302


def test_the_code_that_set_the_app_up_is_spent(client: Client, alice: User) -> None:
    client.force_login(alice)
    secret = set_up_app(client)
    assert factors.spend_code(alice, code_of(secret)) is None


@pytest.mark.parametrize("code", ["", "000", "1234567", "٠١٢٣٤٥", "a\x00b", "x" * 5000, "' OR 1=1"])
def test_a_wrong_code_is_a_422_and_nobody_is_in(client: Client, held: tuple[str, list[str]], code: str) -> None:
    password_given(client)
    assert client.post(CODE_PAGE, {"code": code}).status_code == 422
    assert not is_in(client)


@pytest.mark.parametrize(
    "credential", ["", "null", "[]", "{}", "7", '"x"', '{"id": "x", "response": 4}', '{"rawId": {}, "response": []}']
)
def test_a_forged_passkey_is_refused(client: Client, held: tuple[str, list[str]], credential: str) -> None:
    password_given(client)
    assert client.post(CODE_PAGE, {"credential": credential}).status_code == 422
    client.post("/accounts/logout/")
    client.get(f"{FACTOR}passkeys/sign-in/")
    assert client.post(f"{FACTOR}passkeys/sign-in/", {"credential": credential})["Location"] == LOGIN
    assert not is_in(client)


def test_a_forged_passkey_is_not_added(client: Client, alice: User) -> None:
    client.force_login(alice)
    confirm(client)
    client.get(f"{FACTOR}passkeys/add/")
    for credential in ("{}", "[]", "null", json.dumps({"id": "x", "rawId": "x", "type": "public-key", "response": {}})):
        assert client.post(f"{FACTOR}passkeys/add/", {"credential": credential}).status_code == 422
    assert not Authenticator.objects.exists()


def test_the_code_page_is_closed_to_whoever_gave_no_password(client: Client, held: tuple[str, list[str]]) -> None:
    assert client.get(CODE_PAGE)["Location"] == LOGIN
    assert client.post(CODE_PAGE, {"code": code_of(held[0])})["Location"] == LOGIN


def test_ten_wrong_codes_are_enough_even_for_the_right_one(client: Client, held: tuple[str, list[str]]) -> None:
    password_given(client)
    for _ in range(tries.PER_ACCOUNT):
        assert client.post(CODE_PAGE, {"code": "abcdef"}).status_code == 422
    refused = client.post(CODE_PAGE, {"code": code_of(held[0])})
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    events = AuditEvent.objects.filter(name__in=["second_factor.failed", "second_factor.locked"])
    assert events.count() == tries.PER_ACCOUNT + 1
    services.unlock(user=User.objects.get(username="alice"))
    assert client.post(CODE_PAGE, {"code": code_of(held[0])}).status_code == 302


def test_right_codes_use_no_tries_up_and_wrong_passwords_no_codes(client: Client, held: tuple[str, list[str]]) -> None:
    for code in held[1]:
        password_given(client)
        assert client.post(CODE_PAGE, {"code": code}).status_code == 302
        client.post("/accounts/logout/")
    password_given(client)
    for _ in range(tries.PER_ACCOUNT):
        Client().post(LOGIN, {"login": "alice", "password": "wrong"})
    assert Client().post(LOGIN, {"login": "alice", "password": PASSWORD}).status_code == 429
    assert client.post(CODE_PAGE, {"code": code_of(held[0])}).status_code == 302


def test_a_recovery_code_works_once_and_is_written_down(client: Client, held: tuple[str, list[str]]) -> None:
    code = held[1][3]
    password_given(client)
    assert client.post(CODE_PAGE, {"code": code}).status_code == 302
    assert AuditEvent.objects.get(name="second_factor.recovery_code_used").data == {"left": 9}
    other = Client()
    password_given(other)
    assert other.post(CODE_PAGE, {"code": code}).status_code == 422


def test_new_recovery_codes_end_the_old_ones(client: Client, alice: User, held: tuple[str, list[str]]) -> None:
    client.force_login(alice)
    confirm(client)
    assert client.post(f"{FACTOR}codes/new/")["Location"] == f"{FACTOR}codes/"
    new = recovery_codes(client)
    assert len(new) == 10
    assert not set(new) & set(held[1])
    assert factors.spend_code(alice, held[1][0]) is None
    download = client.get(f"{FACTOR}codes/download/")
    assert download.text.split() == new
    assert "no-store" in download["Cache-Control"]


@pytest.mark.parametrize("page", ["app/", "app/remove/", "codes/", "codes/new/", "codes/download/", "passkeys/add/"])
def test_nothing_is_shown_or_changed_without_confirming(
    client: Client, alice: User, held: tuple[str, list[str]], page: str
) -> None:
    if page == "app/":
        Authenticator.objects.all().delete()
    client.force_login(alice)
    for response in (client.get(FACTOR + page), client.post(FACTOR + page)):
        if response.status_code != 405:
            assert response["Location"].startswith(f"{FACTOR}confirm/?next=")
    assert client.post(f"{FACTOR}confirm/", {"password": "wrong"}).status_code == 422
    assert client.get(FACTOR + page).status_code == 302


def test_removing_the_app_takes_the_recovery_codes_along(client: Client, alice: User, held: object) -> None:
    client.force_login(alice)
    confirm(client)
    assert client.post(f"{FACTOR}app/remove/")["Location"] == FACTOR
    assert not Authenticator.objects.exists()
    names = AuditEvent.objects.filter(name__startswith="second_factor").values_list("name", flat=True)
    assert sorted(names) == ["second_factor.added"] * 2 + ["second_factor.removed"] * 2


def test_what_is_kept_is_encrypted(held: tuple[str, list[str]]) -> None:
    kept = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    assert held[0] not in kept
    assert not [code for code in held[1] if code in kept]


def test_an_invitation_link_does_not_go_around_it(client: Client, alice: User, held: tuple[str, list[str]]) -> None:
    link = services.set_password_link(alice)
    new = {"password1": "another long password", "password2": "another long password"}
    assert client.post(link.partition("8000")[2], new)["Location"] == CODE_PAGE
    assert not is_in(client)


def test_a_key_needs_none(client: Client, alice: User, held: object) -> None:
    from studio.accounts.key_services import create_api_key

    _row, key = create_api_key(user=alice, name="program")
    assert client.get("/v2/me", headers={"X-API-Key": key}).status_code == 200


def test_a_passkey_that_is_not_mine_is_404(client: Client, alice: User, bob: User) -> None:
    data = {"name": "Bob's", "credential": {}}
    key = Authenticator.objects.create(user=bob, type="webauthn", data=data)
    client.force_login(alice)
    confirm(client)
    for page in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        assert client.get(reverse(page, args=[key.pk])).status_code == 404
        assert client.post(reverse(page, args=[key.pk]), {"name": "mine"}).status_code == 404
    assert Authenticator.objects.get().data == data


@pytest.mark.parametrize(
    ("host", "secure", "is_possible"),
    [
        ("localhost:8000", False, True),
        ("127.0.0.1:8000", False, False),
        ("studio.example", True, True),
        ("studio.example", False, False),
        ("[::1]:8000", False, False),
        ("192.0.2.7", True, False),
    ],
)
def test_where_browsers_make_no_passkeys_the_page_says_so(
    client: Client, alice: User, settings, host: str, secure: bool, is_possible: bool
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    client.force_login(alice)
    page = client.get(FACTOR, HTTP_HOST=host, secure=secure).text
    assert ("Add a passkey" in page) is is_possible
    assert ("Passkeys do not work at this address." in page) is not is_possible
    assert ("passkeys/sign-in/" in Client().get(LOGIN, HTTP_HOST=host, secure=secure).text) is is_possible


def test_questions_to_passkeys_are_limited(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.accounts.factor_views.PASSKEYS_IN_5_MINUTES", 2)
    assert [client.get(f"{FACTOR}passkeys/sign-in/").status_code for _ in range(3)] == [200, 200, 429]
