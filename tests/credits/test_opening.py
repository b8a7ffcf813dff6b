"""A hold and its entry, made by one statement where the database is a server, are what three statements make."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from studio.accounts.key_services import create_api_key
from studio.credits import services
from studio.credits.models import Account, Entry, Hold
from tests.databases import Scratch
from tests.factories import make_user

HERE = "tests.credits.test_opening"
OWN = ("id", "key", "hold_id", "api_key_id", "created_at", "account_id", "spender_id")


def hold_both_ways() -> list[object]:
    """The entries of a hold without a cap and of one with a cap, which is counted in between, and the statements."""
    entries, counts = [], []
    for name, cap in (("mina", None), ("nora", 1000)):
        user = make_user(name, credits=100)
        key = create_api_key(user=user, name="a", monthly_cap=cap)[0]
        services.account_of(user)
        with CaptureQueriesContext(connection) as asked:
            made = services.hold(
                **{"user": user, "amount": 30, "key": f"{name}:hold", "reference": "r", "seconds": 60},
                **{"api_key_id": key.pk, "price_list_version": "7", "formula": "30"},
            )
        counts.append(sum("credits_" in query["sql"] for query in asked))
        entry = Entry.objects.get(hold=made)
        assert (entry.account_id, entry.spender_id, entry.api_key_id) == (made.account_id, user.pk, key.pk)
        assert entry.created_at == Account.objects.get(user=user).entered_at
        entries.append({f.attname: getattr(entry, f.attname) for f in Entry._meta.concrete_fields})
    one, other = ({name: value for name, value in entry.items() if name not in OWN} for entry in entries)
    assert one == other
    return [one["spendable_after"], one["held_after"], one["seq"], *counts]


def hold_too_much() -> list[object]:
    user = make_user("mina", credits=10)
    try:
        services.hold(user=user, amount=11, key="a", reference="", seconds=60)
    except services.InsufficientCredits as error:
        return [error.params["required"], error.params["available"], Hold.objects.count(), Entry.objects.count()]
    return []


def test_the_entry_is_the_same_on_either_road(scratch: Scratch):
    statements = [1, 3] if scratch.engine == "postgres" else [3, 4]
    assert scratch.run(f"{HERE}:hold_both_ways") == [[70, 30, 2, *statements]]


def test_too_much_leaves_neither_hold_nor_entry(scratch: Scratch):
    assert scratch.run(f"{HERE}:hold_too_much") == [[11, 10, 0, 1]]
