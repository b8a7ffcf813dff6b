"""What the children of the ledger's process tests do."""

import os
import threading
import time
from collections import Counter
from collections.abc import Callable

from django.db import connection, transaction

from studio.accounts.key_services import create_api_key
from studio.accounts.models import ApiKey, User
from studio.core.errors import StudioError
from studio.credits import holds, key_caps, services
from studio.credits.audit import verify
from studio.credits.models import Hold, KeyMonth
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


def count_holds(name: str, times: int, amount: int = 1) -> dict[str, int]:
    """Try so many times to hold `amount`, by the person's key if there is one; how often each way of ending was met."""
    user, key = User.objects.get(username=name), ApiKey.objects.first()
    met: Counter[str] = Counter()
    for n in range(times):
        named = {"key": f"{os.getpid()}:{n}", "reference": "", "api_key_id": key and key.pk}
        try:
            services.hold(user=user, amount=amount, seconds=60, **named)
            met["held"] += 1
        except StudioError as error:
            met[error.code] += 1
        except Exception as error:
            met[repr(error)] += 1
    return met


def hold_the_same(name: str, keys: list[str]) -> list[int]:
    user = User.objects.get(username=name)
    return [services.hold(user=user, amount=1, key=key, reference="", seconds=60).pk for key in keys]


def hold_together(name: str, keys: list[str]) -> None:
    parts = [holds.Part(amount=1, key=key, reference="") for key in keys]
    with transaction.atomic():
        holds.hold_all(user=User.objects.get(username=name), parts=parts, seconds=60)


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


def add_key(name: str, cap: int | None) -> None:
    create_api_key(user=User.objects.get(username=name), name="script", monthly_cap=cap)


def one_sets_caps(times: int) -> None:
    """The first process sets a cap and lifts it again, the others hold 7 by the key and end it, each in its own way."""
    key = ApiKey.objects.select_related("user").get()
    for n in range(times):
        named = f"{os.getpid()}:{n}"
        if os.environ["CHILD_NUMBER"] == "0":
            key_caps.set_cap(key=key, cap=None if n % 2 else 1000, by=key.user)
        else:
            services.hold(user=key.user, amount=7, key=named, reference="", seconds=60, api_key_id=key.pk)
            if n % 3:
                services.capture(key=named, amount=n % 7)
            elif n % 2:
                services.release(key=named)


def cap_meanwhile(verb: str, cap_first: bool) -> list[object]:
    """Set a first cap and hold 7, or capture 5 of them, in two transactions; the second begins in the first.

    Returns the cap the hold knows and the count.
    """
    key = ApiKey.objects.select_related("user").get()
    named = {"user": key.user, "amount": 7, "key": "one", "reference": "", "seconds": 60, "api_key_id": key.pk}
    if verb == "capture":
        services.hold(**named)
    booked: dict[str, Callable[[], object]] = {
        "hold": lambda: services.hold(**named),
        "capture": lambda: services.capture(key="one", amount=5),
    }
    both = [booked[verb], lambda: key_caps.set_cap(key=key, cap=50, by=key.user)]
    first, second = reversed(both) if cap_first else both

    def later() -> None:
        second()
        connection.close()

    thread = threading.Thread(target=later)
    with transaction.atomic():
        first()
        thread.start()
        time.sleep(0.15)  # the other one comes as far as it can
    thread.join()
    count = KeyMonth.objects.get()
    return [Hold.objects.get().key_cap, count.held, count.spent]
