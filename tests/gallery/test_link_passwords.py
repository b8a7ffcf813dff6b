"""The password of a board's link: nothing is seen without it, guessing is slow and ends, and a proof ends with it."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.contrib.auth.hashers import MD5PasswordHasher, get_hasher, identify_hasher
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from studio.accounts.models import PasswordTries
from studio.core.logs import redact
from studio.core.models import AuditEvent
from studio.gallery import boards, link_passwords, links
from studio.gallery.models import BoardLink
from tests.api.made import completed

pytestmark = pytest.mark.usefixtures("catalogue")
PASSWORD = "紙の傘 2026"


@pytest.fixture
def image(alice):
    return completed(alice, prompt="a secret umbrella", copies=True, visibility="link").images.get()


@pytest.fixture
def link(alice, image):
    board = boards.create_board(user=alice, name="For the client", kind="link")
    boards.collect(user=alice, board=board, ids=[image.pk])
    kept = link_passwords.hashed(PASSWORD)
    return links.make_link(user=alice, board=board, days=30, may_download=True, password=kept)


def page_of(link) -> str:
    return reverse("shared_board", args=[links.token_of(link)])


def picture_of(link, image, variant="small") -> str:
    return reverse("shared_picture", args=[links.token_of(link), image.pk, variant])


def give(link, password, client=None, **extra):
    return (client or Client()).post(page_of(link), {"password": password}, **extra)


def proof_of(link, password=PASSWORD) -> str:
    return parse_qs(urlsplit(give(link, password).url).query)["p"][0]


def test_without_it_there_is_one_field_and_nothing_else(link, image):
    client = Client()
    page = client.get(page_of(link))
    assert page.status_code == 200
    assert page.text.count("<input") == 1
    for word in ("For the client", str(image.pk), "umbrella", "alice"):
        assert word not in page.text
    assert page["Cache-Control"] == "private, no-store"
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert page["Referrer-Policy"] == "no-referrer"
    assert not client.cookies
    for variant in ("small", "large", "original"):
        assert client.get(picture_of(link, image, variant)).status_code == 404
        assert client.get(picture_of(link, image, variant), {"p": "1.x"}).status_code == 404


@pytest.mark.parametrize("typed", [PASSWORD, f"  {PASSWORD}\n", "紙の傘　２０２６"])
def test_who_has_it_sees_the_pictures_without_a_cookie_or_a_script(link, image, typed):
    client = Client(enforce_csrf_checks=True)
    answer = give(link, typed, client)
    assert answer.status_code == 302
    assert answer["Cache-Control"] == "private, no-store"
    page = client.get(answer.url)
    assert "For the client" in page.text
    for variant in ("small", "large", "original"):
        path = picture_of(link, image, variant)
        proof = parse_qs(urlsplit(answer.url).query)["p"][0]
        assert f"{path}?p={proof}" in page.text
        bytes_ = client.get(path, {"p": proof})
        assert (bytes_.status_code, bytes_["Cache-Control"]) == (200, "private, no-store")
    assert not client.cookies


@pytest.mark.parametrize("typed", ["", "x", PASSWORD.lower() + "x", "x" * 100_000, "\0", "紙の傘"])
def test_a_wrong_one_is_said_and_shows_nothing(link, typed):
    page = give(link, typed)
    assert page.status_code == 422
    assert "This is not the password." in page.text
    assert "For the client" not in page.text


def test_after_ten_wrong_ones_not_even_the_right_one_is_looked_at_for_a_while(link, monkeypatch):
    for _number in range(10):
        assert give(link, "wrong one").status_code == 422
    looked = []
    hasher = type(get_hasher())
    monkeypatch.setattr(hasher, "verify", lambda *_args: looked.append(1))
    page = give(link, PASSWORD)
    assert page.status_code == 429
    assert 0 < int(page["Retry-After"]) <= 300
    assert "Too many wrong tries. Try again in 5 minutes." in page.text
    assert not looked
    monkeypatch.undo()
    with time_machine.travel(timezone.now() + timedelta(seconds=301)):
        assert give(link, PASSWORD).status_code == 302
    assert PasswordTries.objects.filter(key=f"board-link:{link.pk}").exists()


def test_a_stranger_who_guesses_shuts_out_only_himself(link):
    for _number in range(12):
        last = give(link, "wrong one", REMOTE_ADDR="203.0.113.9")
    assert last.status_code == 429
    assert give(link, PASSWORD, REMOTE_ADDR="203.0.113.9").status_code == 429
    assert give(link, PASSWORD, REMOTE_ADDR="198.51.100.7").status_code == 302


def test_guesses_from_many_addresses_together_come_to_an_end(link, monkeypatch):
    monkeypatch.setattr(link_passwords, "PER_LINK", 4)
    wrong = [give(link, "wrong one", REMOTE_ADDR=f"203.0.113.{number}").status_code for number in range(6)]
    assert wrong == [422] * 4 + [429] * 2
    assert give(link, PASSWORD, REMOTE_ADDR="198.51.100.7").status_code == 429


def test_right_ones_cost_no_try_and_wrong_ones_of_one_board_none_of_another(alice, link):
    for _number in range(12):
        assert give(link, PASSWORD).status_code == 302
    for _number in range(10):
        give(link, "wrong one")
    other = boards.create_board(user=alice, name="Other", kind="link")
    kept = link_passwords.hashed("another one")
    assert give(links.make_link(user=alice, board=other, password=kept), "another one").status_code == 302


def test_one_address_does_not_try_many_boards_and_may_still_sign_in(client, alice, link):
    for number in range(3):
        board = boards.create_board(user=alice, name=f"Board {number}", kind="link")
        locked = links.make_link(user=alice, board=board, password=link.password)
        for _time in range(10):
            assert give(locked, "wrong one").status_code == 422
    assert give(link, PASSWORD).status_code == 429
    assert client.post(reverse("account_login"), {"login": "alice", "password": "wrong"}).status_code == 422


def change_password(link):
    links.set_password(user=link.created_by, board=link.board, password=link_passwords.hashed("another one"))


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (change_password, 200),
        (lambda link: links.set_password(user=link.created_by, board=link.board, password=link.password[::-1]), 200),
        (lambda link: links.make_link(user=link.created_by, board=link.board, password=link.password), 404),
        (lambda link: links.revoke_link(user=link.created_by, board=link.board), 404),
        (lambda link: BoardLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1)), 404),
        (lambda link: boards.change_board(board=link.board, name="x", kind="team"), 404),
    ],
    ids=["changed", "same words, hashed anew", "made anew", "revoked", "expired", "team"],
)
def test_a_proof_ends_with_the_password_and_with_the_link(link, image, change, status):
    proof, client = proof_of(link), Client()
    assert "For the client" in client.get(page_of(link), {"p": proof}).text
    change(link)
    page = client.get(page_of(link), {"p": proof})
    assert page.status_code == status
    assert "For the client" not in page.text
    if status == 200:
        assert "Enter it once more" in page.text
    assert client.get(picture_of(link, image), {"p": proof}).status_code == 404
    assert give(link, PASSWORD).status_code == (422 if status == 200 else 404)


def test_a_proof_ends_by_itself_and_is_of_one_link(alice, link, image):
    proof = proof_of(link)
    other = boards.create_board(user=alice, name="Other", kind="link")
    boards.collect(user=alice, board=other, ids=[image.pk])
    second = links.make_link(user=alice, board=other, password=link.password)
    assert "Other" not in Client().get(page_of(second), {"p": proof}).text
    assert Client().get(picture_of(second, image), {"p": proof}).status_code == 404
    with time_machine.travel(timezone.now() + timedelta(seconds=link_passwords.PROOF_SECONDS + 1)):
        assert "For the client" not in Client().get(page_of(link), {"p": proof}).text


def test_a_proof_cannot_be_made_up(link):
    until, _dot, signature = proof_of(link).partition(".")
    later = f"{int(until) + 3600}.{signature}"
    for made_up in (
        later,
        f"{until}.",
        signature,
        f"{until}.{'A' * 32}",
        "é.é",
        "９.x",
        "0" * 500,
        f"{until}.{signature}x",
    ):
        assert "For the client" not in Client().get(page_of(link), {"p": made_up}).text


def test_a_link_without_a_password_takes_none(link):
    links.set_password(user=link.created_by, board=link.board, password="")
    assert "For the client" in Client().get(page_of(link)).text
    assert "p=" not in Client().get(page_of(link)).text
    assert give(link, PASSWORD).status_code == 405


def test_the_owner_sets_changes_and_takes_it_away_and_it_is_written_down(client, alice, bob, link):
    path = reverse("gallery:board_link", args=[link.board_id])
    client.force_login(bob)
    assert client.post(path, {"set_password": "1", "password": "bobs word"}).status_code == 404
    client.force_login(alice)
    for bad, said in (
        ("", "Enter a password first."),
        ("  x  ", "6 characters at least"),
        ("x" * 129, "128 characters"),
    ):
        assert said in client.post(path, {"set_password": "1", "password": bad}, follow=True).text
    assert give(link, PASSWORD).status_code == 302
    page = client.post(path, {"set_password": "1", "password": "another one"}, follow=True).text
    assert "The link asks for this password now." in page
    assert "another one" not in page
    assert give(link, "another one").status_code == 302
    assert "without a password now" in client.post(path, {"no_password": "1"}, follow=True).text
    assert BoardLink.objects.get(pk=link.pk).password == ""
    client.post(path, {"days": "7", "password": "third word"})
    made = BoardLink.objects.get(revoked_at=None)
    assert identify_hasher(made.password).algorithm == "md5"
    assert give(made, "third word").status_code == 302
    events = AuditEvent.objects.filter(name__startswith="board.link").order_by("pk")
    told = [(event.name, event.data.get("has_password")) for event in events]
    assert told[-3:] == [("board.link_password", True), ("board.link_password", False), ("board.link_made", True)]
    assert "word" not in str([event.data for event in events]).replace("has_password", "")


def test_neither_token_nor_proof_is_in_the_logs(link, image):
    proof = proof_of(link)
    for path in (page_of(link), picture_of(link, image)):
        line = redact(f'"GET {path}?after=1_2&p={proof} HTTP/1.1" 200')
        assert proof not in line
        assert proof.partition(".")[2] not in line
        assert links.token_of(link) not in line


class Counting(MD5PasswordHasher):
    """Counts how often a password is hashed, which is all that takes long."""

    algorithm = "counting"
    times = 0

    def encode(self, password: str, salt: str) -> str:
        Counting.times += 1
        return super().encode(password, salt)


def test_wrong_and_right_go_through_the_hasher_alike(link, settings, monkeypatch):
    """So that the time an answer takes does not say how close a guess is."""
    settings.PASSWORD_HASHERS = [f"{__name__}.Counting"]
    change = link_passwords.hashed(PASSWORD)
    links.set_password(user=link.created_by, board=link.board, password=change)
    monkeypatch.setattr(Counting, "times", 0)
    took = []
    for typed in (PASSWORD, "紙の傘 2027", PASSWORD[:-1]):
        before = Counting.times
        give(link, typed)
        took.append(Counting.times - before)
    assert took[0] > 0
    assert len({*took}) == 1
