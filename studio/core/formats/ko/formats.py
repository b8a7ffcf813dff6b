"""The day of a year, as Korean writes it: 2026년 11월 21일."""

PATTERNS = {
    "F": "n월",
    "F Y": "Y년 n월",
    "j F": "n월 j일",
    "j F Y": "Y년 n월 j일",
    "j F Y, H:i": "Y년 n월 j일 H:i",
    "j F Y, H:i:s": "Y년 n월 j일 H:i:s",
    "j F, H:i": "n월 j일 H:i",
    "j F, H:i:s": "n월 j일 H:i:s",
    "j M": "n월 j일",
    "j M, H:i": "n월 j일 H:i",
    "j M, H:i:s": "n월 j일 H:i:s",
    "j M Y": "Y년 n월 j일",
    "M": "n월",
    "M Y": "Y년 n월",
    "l, j F": "n월 j일 l",
    "D j F": "n월 j일 (D)",
    # What Django's own pages ask for.
    "DATE_FORMAT": "Y년 n월 j일",
    "TIME_FORMAT": "H:i",
    "DATETIME_FORMAT": "Y년 n월 j일 H:i",
    "YEAR_MONTH_FORMAT": "Y년 n월",
    "MONTH_DAY_FORMAT": "n월 j일",
    "SHORT_DATE_FORMAT": "Y. n. j.",
    "SHORT_DATETIME_FORMAT": "Y. n. j. H:i",
}


def __getattr__(name: str) -> str:
    """Django asks a module of formats for an attribute named as the pattern is."""
    if name in PATTERNS:
        return PATTERNS[name]
    raise AttributeError(name)
