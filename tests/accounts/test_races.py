"""Many at once: tries, links, the first administrator."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test import Client

from studio.accounts.models import User
from studio.accounts.services import LinkSpent, accept_invitation, ensure_first_administrator, invite
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(many: int, call: Callable[[int], Any]) -> "list[Any]":
    barrier = Barrier(many)

    def run(number: int) -> Any:
        try:
            barrier.wait()
            return call(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(many) as pool:
        return list(pool.map(run, range(many)))


def test_of_fifty_tries_at_once_ten_reach_the_hasher(monkeypatch):
    make_user("alice")
    reached: list[str] = []
    inner = MD5PasswordHasher.verify

    def spy(self, password, encoded):
        reached.append(password)
        return inner(self, password, encoded)

    monkeypatch.setattr(MD5PasswordHasher, "verify", spy)
    clients = [Client(REMOTE_ADDR=f"192.0.2.{number}") for number in range(50)]
    codes = at_once(
        50, lambda number: clients[number].post("/accounts/login/", {"login": "alice", "password": "x"}).status_code
    )
    assert Counter(codes) == {422: 10, 429: 40}
    assert len(reached) == 10


def test_of_eight_who_open_one_link_one_sets_the_password():
    _user, link = invite(username="mina")
    token = link.rstrip("/").rpartition("/")[2]

    def accept(number: int) -> bool:
        try:
            accept_invitation(token=token, password=f"a quiet window {number}")
        except LinkSpent:
            return False
        return True

    won = at_once(8, accept)
    assert sum(won) == 1
    assert User.objects.get().check_password(f"a quiet window {won.index(True)}")


def test_of_four_first_starts_one_makes_the_administrator():
    made = [answer for answer in at_once(4, lambda _number: ensure_first_administrator()) if answer]
    assert len(made) == 1
    assert User.objects.get().check_password(made[0][1])
