"""No more requests are at work at once than help each other, and nobody waits for long."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from studio.ops.gate import gated

QUICK, WAITING = {"PATH_INFO": "/"}, {"PATH_INFO": "/v1/images/generations"}


class Work:
    """A WSGI application that notes how many are inside of it at once, and stays there until it is let go."""

    def __init__(self) -> None:
        self.inside = self.most = self.may_leave = 0
        self.changed = threading.Condition()
        self.is_over = False

    def __call__(self, environ: dict[str, str], _start_response: object) -> Iterator[bytes]:
        with self.changed:
            self.inside += 1
            self.most = max(self.most, self.inside)
            self.changed.notify_all()
            self.changed.wait_for(lambda: self.is_over or self.may_leave or "quick" in environ, timeout=30)
            self.may_leave = max(0, self.may_leave - 1)
            self.inside -= 1
            self.changed.notify_all()
        if "broken" in environ:
            raise ZeroDivisionError
        return iter([b"done"])

    def until_inside(self, number: int) -> bool:
        with self.changed:
            return self.changed.wait_for(lambda: self.inside == number, timeout=30)

    def let_one_out(self) -> None:
        with self.changed:
            self.may_leave = 1
            self.changed.notify_all()
            self.changed.wait_for(lambda: not self.may_leave, timeout=30)

    def end(self) -> None:
        with self.changed:
            self.is_over = True
            self.changed.notify_all()


def test_two_are_at_work_and_the_others_follow():
    work = Work()
    application = gated(work, at_once=2, patience=30)
    with ThreadPoolExecutor(6) as pool:
        answers = [pool.submit(application, QUICK, None) for _number in range(6)]
        for _follower in range(4):
            assert work.until_inside(2)
            work.let_one_out()
        assert work.until_inside(2)
        work.end()
        assert [b"".join(answer.result(30)) for answer in answers] == [b"done"] * 6
    assert work.most == 2


def test_nobody_waits_for_the_slow_for_longer_than_patience():
    work = Work()
    application = gated(work, at_once=1, patience=0.01)
    with ThreadPoolExecutor(3) as pool:
        answers = [pool.submit(application, QUICK, None) for _number in range(3)]
        assert work.until_inside(3)
        work.end()
        assert [b"".join(answer.result(30)) for answer in answers] == [b"done"] * 3


def test_calls_that_stand_still_take_no_place():
    work = Work()
    application = gated(work, at_once=1, patience=30)
    with ThreadPoolExecutor(3) as pool:
        answers = [pool.submit(application, WAITING, None) for _number in range(2)]
        assert work.until_inside(2)
        assert b"".join(application({**QUICK, "quick": "yes"}, None)) == b"done"
        work.end()
        assert [b"".join(answer.result(30)) for answer in answers] == [b"done"] * 2


def test_a_place_comes_back_after_an_error():
    work = Work()
    work.is_over = True
    application = gated(work, at_once=1, patience=30)
    for _time in range(3):
        with pytest.raises(ZeroDivisionError):
            application({**QUICK, "broken": "yes"}, None)
    assert b"".join(application(QUICK, None)) == b"done"
