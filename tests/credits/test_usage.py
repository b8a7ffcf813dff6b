"""The usage page: sums, bars, every entry with the balance after it, filters, pages, CSV."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from studio.accounts.key_services import create_api_key
from studio.credits import services
from studio.credits.chart import chart_of, round_below
from studio.credits.models import Entry
from studio.credits.statement import Day
from tests.jobs.states import HTMX, completed, failed, queued, unknown, working

pytestmark = pytest.mark.usefixtures("catalogue")


def rows_of(response):
    text = b"".join(response.streaming_content).decode()
    return list(csv.reader(io.StringIO(text)))


def test_the_page_says_what_is_left_held_spent_and_returned(client, alice):
    client.force_login(alice)
    completed(queued(alice))
    failed(working(queued(alice, "a red kettle")), "content_policy")
    queued(alice, "a green kettle")
    page = client.get("/usage/").text
    assert '<p class="balance">58</p>' in page
    assert "about 2 DALL·E 3 pictures" in page
    assert "held for 1 order" in page
    assert "Returned: refused by the provider" in page
    assert page.count("a blue kettle</a>") == 2
    assert "Opening credits" in page


def test_what_is_left_lasts_days_then_under_a_day_and_none_only_where_nothing_is_left(client, alice):
    def lasts(words):
        return f'<dt class="title">{words}</dt>' in client.get("/usage/").text

    client.force_login(alice)
    completed(queued(alice))
    assert lasts("3 days")
    completed(queued(alice))
    completed(queued(alice))
    assert lasts("Under a day")
    services.adjust(user=alice, amount=-37, reason="moved", actor=alice)
    assert lasts("0 days")


def test_every_entry_stands_there_with_change_and_balance_after(client, alice):
    client.force_login(alice)
    completed(queued(alice))
    page = client.get("/usage/").text
    assert '<td class="num change">−21</td>' in page
    assert '<td class="num change">0</td>' in page
    assert '<td class="num change">+100</td>' in page
    for number in Entry.objects.values_list("pk", flat=True):
        assert f'id="entry-{number}"' in page


def test_a_hold_whose_outcome_is_not_known_is_marked(client, alice):
    client.force_login(alice)
    unknown(queued(alice))
    page = client.get("/usage/").text
    assert "Held, outcome not known yet" in page
    assert "#unknown" in page


def test_kind_and_month_filter_the_ledger(client, alice):
    client.force_login(alice)
    completed(queued(alice))
    assert "Captured" in client.get("/usage/?kind=captured").text.split("<tbody>")[-1]
    assert "Opening credits" not in client.get("/usage/?kind=held").text
    assert "Nothing of this kind in this time." in client.get("/usage/?month=2001-01").text


@pytest.mark.parametrize("query", ["month=x", "kind=x", "before=x", "before=-1", "before=99999999999999999999"])
def test_nonsense_in_the_address_shows_the_page(client, alice, query):
    client.force_login(alice)
    assert client.get(f"/usage/?{query}").status_code == 200


def test_the_ledger_goes_on_by_key_and_htmx_gets_rows_alone(client, alice):
    client.force_login(alice)
    for n in range(60):
        services.grant(user=alice, amount=1, reason=f"gift {n}", actor=None)
    first = client.get("/usage/").text
    assert "gift 59" in first
    assert "gift 5<" not in first
    assert "before=12" in first
    rest = client.get("/usage/?before=12", headers=HTMX).text
    assert "<html" not in rest
    assert "gift 5<" in rest
    assert "Opening credits" in rest
    assert "Older" not in rest


def test_queries_do_not_grow_with_the_ledger(client, alice):
    client.force_login(alice)
    completed(queued(alice))
    client.get("/usage/")
    with CaptureQueriesContext(connection) as few:
        client.get("/usage/")
    for n in range(3):
        failed(working(queued(alice, f"kettle {n}")), "too_slow", seconds=600)
    with CaptureQueriesContext(connection) as many:
        client.get("/usage/")
    assert len(few) == len(many) <= 16


def test_others_never_see_my_ledger(client, alice, bob):
    queued(alice, "a secret kettle")
    client.force_login(bob)
    assert "secret" not in client.get("/usage/").text
    assert len(rows_of(client.get("/usage/ledger.csv"))) == 1


def test_csv_has_every_entry_and_its_changes_add_up(client, alice):
    client.force_login(alice)
    services.grant(user=alice, amount=5, reason='=HYPERLINK("http://example.com")', actor=None)
    completed(queued(alice))
    response = client.get("/usage/ledger.csv")
    header, *rows = rows_of(response)
    assert response.headers["Content-Disposition"] == 'attachment; filename="ledger.csv"'
    assert sum(int(row[header.index("change")]) for row in rows) == 84
    assert len(rows) == Entry.objects.count()
    assert "'=HYPERLINK" in rows[1][header.index("reason")]


def test_anonymous_people_are_sent_to_the_login(client, db):
    for path in ("/usage/", "/usage/ledger.csv"):
        assert client.get(path).url.startswith("/accounts/login/")


def test_bars_stand_on_each_other_and_never_leave_the_chart():
    from datetime import date

    days = [Day(date(2026, 11, n + 1), spent=10 * n, held=5, returned=n) for n in range(14)]
    chart = chart_of(days)
    for bar in chart.bars:
        parts = [part for part in (bar.solid, bar.hatched, bar.hollow) if part]
        assert all(part.y >= 0 and part.y + part.height <= chart.floor for part in parts)
        assert all(upper.y + upper.height < lower.y for lower, upper in zip(parts, parts[1:], strict=False))
    assert chart.bars[-1].label == "Today"


@pytest.mark.parametrize(("amount", "reference"), [(0, 0), (1, 1), (3, 2), (87, 50), (240, 200), (999, 500)])
def test_reference_line_is_a_round_number(amount, reference):
    assert round_below(amount) == reference


def test_the_ledger_of_one_key_alone_on_the_page_and_as_csv(client, alice, bob):
    client.force_login(alice)
    keys = [create_api_key(user=who, name=f"key of {who}")[0] for who in (alice, bob)]
    for number, key in enumerate([keys[0].pk, None]):
        services.hold(user=alice, amount=3, key=f"h{number}", reference=f"r{number}", seconds=60, api_key_id=key)
    page = client.get(f"/usage/?key={keys[0].pk}")
    assert [row.entry.key for day in page.context["ledger"] for row in day.rows] == ["h0"]
    assert [label for _value, label in page.context["keys"]][1:] == [f"key of alice, …{keys[0].last_four}"]
    assert len(rows_of(client.get(f"/usage/ledger.csv?key={keys[0].pk}"))) == 2
    assert "Nothing of this kind" in client.get(f"/usage/?key={keys[1].pk}").text
    assert len(rows_of(client.get("/usage/ledger.csv?key=nonsense"))) == 4
