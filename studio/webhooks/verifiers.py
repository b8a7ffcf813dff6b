"""Programs that check a delivery's signatures, for copying: those files are what a test runs."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "verifiers"
_LANGUAGES = (("Python", "verify.py", "#"), ("JavaScript", "verify.mjs", "//"), ("Go", "verify.go", "//"))


@dataclass(frozen=True)
class Verifier:
    language: str
    file: str
    text: str


def verifiers_for(endpoint_id: str) -> list[Verifier]:
    """One for each language, naming the endpoint whose secret it asks for."""
    note = f"For endpoint {endpoint_id}; its secret is not in here."
    found = [Verifier(name, file, f"{sign} {note}\n{_text(file)}") for name, file, sign in _LANGUAGES]
    first, _newline, rest = _text("verify.sh").partition("\n")
    return [*found, Verifier("Shell (openssl)", "verify.sh", f"{first}\n# {note}\n{rest}")]


@cache
def _text(file: str) -> str:
    return (_FOLDER / file).read_text()
