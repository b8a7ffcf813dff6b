"""Tables for spreadsheets: CSV that is harmless when one opens it (EXP-1)."""

import csv
from collections.abc import Iterable, Iterator
from typing import Any

# What makes a spreadsheet take a cell for a formula or a command, in full width too, where Japanese ones read it alike
# (OWASP, "CSV Injection").
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def defused(cell: Any) -> Any:
    """Text that begins like a formula gets a leading quote; our own numbers (`-21`) stay numbers."""
    if isinstance(cell, str) and cell.startswith(_DANGEROUS):
        return f"'{cell}"
    return int(cell) if isinstance(cell, bool) else cell


def csv_lines(rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """RFC 4180 text of `rows`, line by line, for a StreamingHttpResponse; every cell defused."""
    writer = csv.writer(_Passing())
    return (writer.writerow(map(defused, row)) for row in rows)


class _Passing:
    """A file whose write hands the text back to the writer's caller."""

    def write(self, text: str) -> str:
        return text
