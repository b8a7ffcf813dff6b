"""How words are written where they are looked for: the same for every way to write the same."""

import unicodedata


def fold(text: str) -> str:
    """`ＢＬＵＥ ｹﾄﾙ` as `blue ケトル`: one width, one composition, no capitals.

    The rule is NFKC, then lower case; the databases do the same in what they index.
    """
    return unicodedata.normalize("NFKC", text).lower()


def terms(query: str) -> list[str]:
    """The words of a search, each once; every sign in them is meant as it stands."""
    return list(dict.fromkeys(fold(query).replace("\0", " ").split()))
