"""The day of a year, as Japanese writes it: 2026年11月21日."""

PATTERNS = {
    "F": "n月",
    "F Y": "Y年n月",
    "j F": "n月j日",
    "j F Y": "Y年n月j日",
    "j F Y, H:i": "Y年n月j日 H:i",
    "j F Y, H:i:s": "Y年n月j日 H:i:s",
    "j F, H:i": "n月j日 H:i",
    "j F, H:i:s": "n月j日 H:i:s",
    "j M": "n月j日",
    "j M, H:i": "n月j日 H:i",
    "j M, H:i:s": "n月j日 H:i:s",
    "j M Y": "Y年n月j日",
    "M": "n月",
    "M Y": "Y年n月",
    "l, j F": "n月j日l",
    "D j F": "n月j日（D）",
    # What Django's own pages ask for.
    "DATE_FORMAT": "Y年n月j日",
    "TIME_FORMAT": "H:i",
    "DATETIME_FORMAT": "Y年n月j日 H:i",
    "YEAR_MONTH_FORMAT": "Y年n月",
    "MONTH_DAY_FORMAT": "n月j日",
    "SHORT_DATE_FORMAT": "Y/m/d",
    "SHORT_DATETIME_FORMAT": "Y/m/d H:i",
}


def __getattr__(name: str) -> str:
    """Django asks a module of formats for an attribute named as the pattern is."""
    if name in PATTERNS:
        return PATTERNS[name]
    raise AttributeError(name)
