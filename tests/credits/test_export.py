"""The ledger as CSV."""

import csv
import io
from datetime import date

import pytest

from studio.core.spreadsheets import csv_lines, defused
from studio.credits import export, services
from studio.credits.models import Account


def table(user, **which) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO("".join(csv_lines(export.rows_for_csv(user, **which))))))


@pytest.fixture
def history(alice, operator):
    services.hold(user=alice, amount=30, key="job:1:hold", reference="1", seconds=60, formula="2 x 15")
    services.capture(key="job:1:hold", amount=21)
    services.hold(user=alice, amount=10, key="job:2:hold", reference="2", seconds=60)
    services.grant(user=alice, amount=5, reason='=HYPERLINK("http://evil.example")', actor=operator)
    return alice


def test_the_changes_sum_to_what_is_to_spend(history):
    rows = table(history)
    account = Account.objects.get(user=history)
    assert sum(int(row["change"]) for row in rows) == account.spendable == 74
    assert sum(int(row["held_change"]) for row in rows) == account.held
    assert sum(int(row["spent"]) for row in rows) == account.spent
    assert [row["kind"] for row in rows] == ["opening", "hold", "capture", "hold", "grant"]


def test_text_that_begins_like_a_formula_is_defused_and_numbers_stay_numbers(history):
    rows = table(history)
    assert rows[-1]["reason"] == '\'=HYPERLINK("http://evil.example")'
    assert rows[1]["change"] == "-30"
    assert rows[-1]["by"] == "operator"


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\0=1", "＝1+1", "＋1", "－1", "＠SUM(A1)"]
)
def test_every_dangerous_beginning_gets_a_quote(text):
    assert defused(text) == f"'{text}"


@pytest.mark.parametrize("cell", [-21, 0, "", "a-1", "a lighthouse, at dusk", "'quoted"])
def test_harmless_cells_stay_as_they_are(cell):
    assert defused(cell) == cell


def test_quotes_commas_and_line_ends_survive(alice, operator):
    reason = 'said "yes",\r\nand meant it'
    services.grant(user=alice, amount=1, reason=reason, actor=operator)
    assert table(alice)[-1]["reason"] == reason


def test_it_reads_in_pieces_and_none_is_lost_or_doubled(history, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(export, "CHUNK", 2)
    with django_assert_num_queries(5):  # the last number, three pieces, and the empty one that ends it
        rows = table(history)
    assert [row["entry"] for row in rows] == sorted({row["entry"] for row in rows}, key=int)
    assert len(rows) == 5


def test_what_is_added_while_it_runs_is_left_out(history, operator):
    rows = export.rows_for_csv(history)
    assert next(rows)[0] == "entry"
    first = next(rows)
    services.grant(user=history, amount=100, reason="in the middle", actor=operator)
    assert sum(row[4] for row in [first, *rows]) == 74


def test_a_month_and_a_kind_can_be_chosen(history, bob):
    today = date.today()
    assert [row["change"] for row in table(history, month=today, kinds=["hold"])] == ["-30", "-10"]
    assert table(history, month=date(2001, 1, 1)) == []
    assert table(bob) == []
