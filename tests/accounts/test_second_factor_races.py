"""One code given to many processes at once works in one of them, on both databases."""

import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from tests.accounts.factor_races import SECRET
from tests.databases import Scratch


def test_of_six_processes_with_one_code_one_is_let_in(scratch: Scratch) -> None:
    (codes,) = scratch.run("tests.accounts.factor_races:set_up")
    app = format_hotp_value(hotp_value(SECRET, int(time.time()) // 30))
    assert sorted(scratch.run("tests.accounts.factor_races:spend", app, processes=6)) == [False] * 5 + [True]
    assert sorted(scratch.run("tests.accounts.factor_races:spend", codes[0], processes=6)) == [False] * 5 + [True]
    assert scratch.run("tests.accounts.factor_races:left") == [9]
