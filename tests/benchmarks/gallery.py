"""The pages of a studio with 100 000 jobs: `python -m tests.benchmarks.gallery`, on what tests.benchmarks.seed wrote.

    STUDIO_DATA_DIR=… [DATABASE_URL=…] python -m tests.benchmarks.gallery [--searches 100]

For each page the server's milliseconds of wall clock (median and 95th percentile of several requests, the first left
out), the least of them, the processor's time (ours and the database's, 95th percentile), and how many queries it asks.
With other work on the machine the wall clock tells of that work, and the processor's time is nearer to the truth.
"""

import argparse
import contextlib
import os
import random
import sys
import time
from pathlib import Path
from statistics import median

TIMES = 8
SLOW, SLOW_SEARCH = 150.0, 200.0  # ms: what the pages are held to


def searches(number: int) -> list[str]:
    """What people look for: words in most prompts and in few, in three languages, whole, in part and in pairs."""
    from tests.benchmarks import seed

    dice = random.Random(3)  # noqa: S311
    words = [word for parts in (seed.EN, seed.JA, seed.KO) for part in parts for word in part]
    found: list[str] = list(seed.RARE)
    while len(found) < number:
        word = dice.choice(words)
        kind = dice.randrange(6)
        if kind == 0:
            word = f"{word} {dice.choice(words)}"
        elif kind == 1:
            start = dice.randrange(len(word))
            word = word[start : start + dice.randint(1, 4)].strip() or word
        elif kind == 2:
            word = f"no {dice.randrange(10_000)}"
        elif kind == 3:
            word = f"nothing like {word}"
        found.append(word)
    return found[:number]


def measure(number: int) -> list[tuple[str, list[float], list[float], int]]:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from studio.accounts.models import User
    from studio.gallery.filters import Filters
    from studio.gallery.listing import narrowed, write_key
    from studio.jobs.stars import set_stars
    from tests.factories import make_user

    mina = User.objects.get(username="mina")
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(mina)
    rows: list[tuple[str, list[float], list[float], int]] = []

    def one(path: str, by: Client) -> tuple[float, float]:
        theirs = database_seconds()
        wall, own = time.perf_counter(), time.process_time()
        answer = by.get(path)
        wall, own = time.perf_counter() - wall, time.process_time() - own
        took = 1000 * wall, 1000 * (own + database_seconds() - theirs)
        assert answer.status_code == 200, (path, answer.status_code)
        return took

    def timed(what: str, path: str, by: Client = client) -> None:
        with CaptureQueriesContext(connection) as queries:
            by.get(path)
            number = len(queries)  # the next request clears the list
        took = [one(path, by) for _n in range(TIMES)]
        rows.append((what, [wall for wall, _own in took], [own for _wall, own in took], number))

    team = narrowed(mina, Filters(scope="team")).order_by("-created_at", "-pk")
    deep = write_key(*team.values_list("created_at", "pk")[team.count() * 9 // 10])
    for image in team.exclude(user=mina).values_list("image_id", flat=True)[:2000:4]:
        set_stars(mina, image, random.Random(image.int).randint(1, 5))  # noqa: S311
    pages: dict[str, str] = {
        "mine": "/gallery/",
        "team": "/gallery/?scope=team",
        "starred": "/gallery/?scope=starred",
        "everything": "/gallery/?scope=all",
        "a deep page": f"/gallery/?scope=team&before={deep}",
        "a month": "/gallery/?scope=team&at=2025-03",
        "a model": "/gallery/?scope=team&model=imagen-4",
        "a model nobody used": "/gallery/?scope=team&model=none",
        "a person": "/gallery/?scope=team&person=chloe",
        "a shape, a provider, days": "/gallery/?scope=team&shape=3:2&provider=aimlapi&since=2025-01-01",
        "four stars": "/gallery/?scope=team&stars=4",
        "not made": "/gallery/?scope=team&outcome=failed",
        "usage": "/usage/",
        "studio": "/",
    }
    for what, path in pages.items():
        timed(what, path)
    staff = Client(SERVER_NAME="127.0.0.1")
    staff.force_login(
        User.objects.filter(is_superuser=True).first() or make_user("ada2", is_staff=True, is_superuser=True)
    )
    timed("the administration's list of jobs", "/admin/jobs/job/", staff)
    scopes = ("team", "mine", "all")
    took = [
        (one(f"/gallery/?{Filters(scope=scopes[n % 3], q=words).query}", client), words)
        for n, words in enumerate(searches(number))
    ]
    slowest = sorted(took, key=lambda each: -each[0][1])[:5]
    print("slowest searches:", ", ".join(f"{words!r} {wall:.0f}/{own:.0f} ms" for (wall, own), words in slowest))
    with CaptureQueriesContext(connection) as queries:
        client.get("/gallery/?scope=team&q=kettle")
        asked = len(queries)
    walls, owns = [wall for (wall, _own), _w in took], [own for (_wall, own), _w in took]
    rows.append((f"search ({number} of them)", walls, owns, asked))
    return rows


def database_seconds() -> float:
    """Processor time that the database's own processes for us have had, where they are on this machine; else 0."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0.0  # it is in this process
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        pids = [pid for (pid,) in cursor.fetchall()]
    ticks = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            ticks += sum(int(each) for each in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13])
    return ticks / os.sysconf("SC_CLK_TCK")


def _p95(values: list[float]) -> float:
    return sorted(values)[max(0, round(0.95 * len(values)) - 1)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--searches", type=int, default=100)
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("collectstatic", interactive=False, verbosity=0)
    slow = []
    rows = measure(asked.searches)
    print(f"{'page':36} {'p50':>7} {'p95':>7} {'least':>7} {'cpu p95':>8} {'queries':>8}   {connection.vendor}")
    for what, walls, owns, queries in rows:
        print(f"{what:36} {median(walls):7.1f} {_p95(walls):7.1f} {min(walls):7.1f} {_p95(owns):8.1f} {queries:8}")
        if _p95(walls) > (SLOW_SEARCH if what.startswith("search") else SLOW):
            slow.append(what)
    if slow:
        print(f"over {SLOW:.0f} ms (searches {SLOW_SEARCH:.0f}): {', '.join(slow)}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
