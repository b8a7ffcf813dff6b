"""Finding pictures by their words: every word somewhere in prompt, the model's own prompt or alt text, in any order."""

import re
from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from studio.gallery import index_postgres, index_sqlite
from studio.gallery.folding import terms
from studio.gallery.models import Listed

INDEXED = 3  # characters a word needs to be in an index of trigrams
MANY = 3000  # hits from which on it is faster to look through the newest first than to sort all hits
LOOKED_THROUGH = 50_000  # texts at most, where no index helps


@dataclass(frozen=True)
class Found:
    """The rows of a search; `is_partial`: only the newest LOOKED_THROUGH were looked through."""

    rows: "QuerySet[Listed]"
    is_partial: bool = False


def find(rows: "QuerySet[Listed]", query: str) -> Found:
    """Those of `rows` whose text holds every word of `query`; two queries at most, besides the caller's."""
    words = terms(query)
    if not words:
        return Found(rows)
    kind = index_sqlite if connection.vendor == "sqlite" else index_postgres
    if not any(map(_is_indexed, words)) or not kind.has_words(connection):
        return _without_index(rows, words)
    if connection.vendor == "sqlite":
        return Found(_by_fts(rows, words))
    return Found(_containing(rows, words))


def _is_indexed(word: str) -> bool:
    """Whether an index of trigrams narrows by it: PostgreSQL takes letters and digits alone into its own."""
    return re.search(rf"[^\W_]{{{INDEXED}}}", word) is not None


def _containing(rows: "QuerySet[Listed]", words: list[str]) -> "QuerySet[Listed]":
    for word in words:
        rows = rows.filter(text__contains=word)
    return rows


def _by_fts(rows: "QuerySet[Listed]", words: list[str]) -> "QuerySet[Listed]":
    """Rare words by the index; common ones, and those too short for it, by looking through the newest first."""
    long = [word for word in words if len(word) >= INDEXED]
    phrases = " ".join('"{}"'.format(word.replace('"', '""')) for word in long)
    hits = "SELECT rowid FROM gallery_words WHERE gallery_words MATCH %s"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({hits} LIMIT {MANY + 1})", [phrases])  # noqa: S608 -- our own text
        (number,) = cursor.fetchone()
    if number > MANY:
        return _containing(rows, words)
    found = rows.filter(pk__in=RawSQL(hits, [phrases]))  # noqa: S611 -- our own text
    return _containing(found, [word for word in words if len(word) < INDEXED])


def _without_index(rows: "QuerySet[Listed]", words: list[str]) -> Found:
    newest = rows.order_by("-created_at", "-pk").values_list("created_at", flat=True)
    last = newest[LOOKED_THROUGH : LOOKED_THROUGH + 1].first()
    if last is not None:
        rows = rows.filter(created_at__gt=last)
    return Found(_containing(rows, words), is_partial=last is not None)
