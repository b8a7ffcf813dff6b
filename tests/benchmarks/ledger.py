"""A ledger of a million entries: `python -m tests.benchmarks.ledger`, once per engine that is to be had.

Prints what the usage page, a page of entries, a month, the admin's list, the whole CSV and verify_ledger take, how many
queries each needs, and how much memory the CSV and the proof add.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

from tests import databases
from tests.children import Server

HERE = "tests.benchmarks.ledger"
ENTRIES, MONTHS = 1_000_000, 12

# Written by the database itself, as the verbs would: each hold of 2 captures 1 and gives 1 back.
FILL = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {holds}) ",
    "postgresql": "WITH n AS (SELECT generate_series(1, {holds}) AS i) ",
}
AT = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f', 'now', '-' || (({holds} - i) * {step}) || ' seconds')",
    "postgresql": "now() - (({holds} - i) * {step}) * interval '1 second'",
}
HOLDS = """INSERT INTO credits_hold (id, key, account_id, spender_id, reference, amount, captured, state, is_sandbox,
    price_list_version, formula, opened_at, expires_at, resolved_at)
    {fill} SELECT i, 'job:' || i || ':hold', {account}, {user}, 'job ' || i, 2, 1, 'captured', {false}, '1', '1 x 2',
    {at}, {at}, {at} FROM n"""
ENTRY = """INSERT INTO credits_entry (account_id, seq, kind, key, change, held_change, spent, spendable_after,
    held_after, spent_total, returned_total, reference, hold_id, reason, spender_id, is_sandbox, price_list_version,
    formula, created_at)
    {fill} SELECT {account}, {seq}, '{kind}', 'job:' || i || ':{kind}', {change}, {held}, {spent}, {after},
    {held_after}, {spent_total}, {spent_total}, 'job ' || i, i, '', {user}, {false}, '1', '1 x 2', {at} FROM n"""
TAKEN = {"kind": "hold", "seq": "2 * i", "change": -2, "held": 2, "spent": 0, "held_after": 2, "spent_total": "i - 1"}
ENDED = {
    "kind": "capture",
    "seq": "2 * i + 1",
    "change": 1,
    "held": -2,
    "spent": 1,
    "held_after": 0,
    "spent_total": "i",
}


def fill(entries: int) -> None:
    from django.db import connection
    from django.utils import timezone

    from studio.credits.models import Account
    from tests.factories import make_user

    holds = entries // 2
    with mock.patch("django.utils.timezone.now", return_value=datetime.now(UTC) - timedelta(days=31 * MONTHS)):
        user = make_user("mina", credits=entries)
    account = Account.objects.get(user=user)
    step = MONTHS * 30 * 86_400 / holds
    with connection.cursor() as cursor:
        for table in ("credits_hold", "credits_entry"):
            text = HOLDS if table == "credits_hold" else ENTRY
            for values in (
                [{}]
                if table == "credits_hold"
                else [TAKEN | {"after": f"{entries} - i - 1"}, ENDED | {"after": f"{entries} - i"}]
            ):
                common = {"account": account.pk, "user": user.pk, "false": connection.ops.adapt_unknown_value(False)}
                cursor.execute(
                    text.format(
                        fill=FILL[connection.vendor].format(holds=holds),
                        at=AT[connection.vendor].format(holds=holds, step=step),
                        **common,
                        **values,
                    )
                )
        cursor.execute("ANALYZE")
    Account.objects.update(
        balance=entries - holds, spent=holds, returned=holds, seq=2 * holds + 1, entered_at=timezone.now()
    )


def measure() -> list[list[Any]]:
    """[what, milliseconds, queries, megabytes added] each."""
    from django.core.management import call_command
    from django.db import connection, reset_queries
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from studio.accounts.models import User
    from studio.credits import export
    from studio.credits.models import Entry
    from studio.credits.statement import statement_of
    from tests.factories import make_user

    user, before = User.objects.get(username="mina"), date.today() - timedelta(days=200)
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(make_user("admin", is_staff=True, is_superuser=True))
    rows: list[list[Any]] = []

    def timed(what: str, call: Callable[[], Any], times: int = 5) -> None:
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        took = []
        for _n in range(times):
            reset_queries()
            with CaptureQueriesContext(connection) as queries:
                start = time.perf_counter()
                call()
                took.append(time.perf_counter() - start)
        added = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) / 1024
        rows.append([what, round(1000 * min(took), 1), len(queries), round(added, 1)])

    timed("statement", lambda: statement_of(user))
    timed("newest page", lambda: Entry.objects.for_user(user).page())
    timed("page in the middle", lambda: Entry.objects.for_user(user).page(before=ENTRIES // 2))
    timed("page of an old month", lambda: Entry.objects.of_month(user, before).page())
    timed("captures of an old month", lambda: Entry.objects.of_month(user, before).of_kind("capture").page())
    timed("corrections (none)", lambda: Entry.objects.for_user(user).of_kind("adjust").page())
    timed("admin's list", lambda: client.get("/admin/credits/entry/"))
    timed("admin's search for a job", lambda: client.get("/admin/credits/entry/?q=job 4711"))
    timed("verify_ledger", lambda: call_command("verify_ledger"), times=1)
    timed("the whole CSV", lambda: sum(len(line) for line in export.csv_lines(export.rows_for_csv(user))), times=1)
    return rows


def main() -> None:
    with Server() as server:
        for engine in databases.ENGINES:
            if engine == "postgres" and databases.postgres_missing():
                print(databases.postgres_missing(), file=sys.stderr)
                continue
            with tempfile.TemporaryDirectory() as folder, databases.migrated(engine, Path(folder), server) as scratch:
                scratch.run(f"{HERE}:fill", ENTRIES)
                (rows,) = scratch.run(f"{HERE}:measure")
                for what, milliseconds, queries, added in rows:
                    print(f"{engine:8} {what:26} {milliseconds:10.1f} ms {queries:4} queries {added:6.1f} MB added")


if __name__ == "__main__":
    main()
