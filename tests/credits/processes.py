"""What the children of the ledger's process tests do."""

import os
from collections import Counter

from studio.accounts.models import User
from studio.core.errors import StudioError
from studio.credits import services
from studio.credits.audit import verify
from tests.factories import make_user

VERBS = {
    "capture": lambda key: services.capture(key=key, amount=1),
    "release": lambda key: services.release(key=key),
    "expire": lambda key: services.expire(key=key),
}


def add_person(name: str) -> None:
    User.objects.create_user(name)


def open_account(name: str, credits: int, holds: list[str]) -> None:
    """A person with `credits`, and a hold of 1 that is due at once for each key."""
    user = make_user(name, credits=credits)
    for key in holds:
        services.hold(user=user, amount=1, key=key, reference="", seconds=0)


def ask_for_the_account(name: str) -> int:
    return services.account_of(User.objects.get(username=name), opening=7).spendable


def count_holds(name: str, times: int) -> dict[str, int]:
    """Try to hold 1 credit so many times; how often each way of ending was met."""
    user = User.objects.get(username=name)
    met: Counter[str] = Counter()
    for n in range(times):
        try:
            services.hold(user=user, amount=1, key=f"{os.getpid()}:{n}", reference="", seconds=60)
            met["held"] += 1
        except StudioError as error:
            met[error.code] += 1
        except Exception as error:
            met[repr(error)] += 1
    return met


def hold_the_same(name: str, keys: list[str]) -> list[int]:
    user = User.objects.get(username=name)
    return [services.hold(user=user, amount=1, key=key, reference="", seconds=60).pk for key in keys]


def resolve(keys: list[str]) -> list[str]:
    """Resolve each hold by a verb that differs between processes; the kind that won or the code of the refusal."""
    ended = []
    for n, key in enumerate(keys, start=int(os.environ["CHILD_NUMBER"])):
        try:
            ended.append(VERBS[list(VERBS)[n % 3]](key).kind)
        except StudioError as error:
            ended.append(error.code)
    return ended


def violations() -> list[str]:
    return list(verify())


def capture_one(key: str) -> None:
    services.capture(key=key, amount=1)
