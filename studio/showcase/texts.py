"""What we say of the models, in three languages: one file a family below `texts/`, read once."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import get_language

from studio.providers.catalogue import ImageModel

FOLDER = Path(__file__).parent / "texts"
QUESTIONS = FOLDER / "questions.toml"
Said = dict[str, str]  # language -> text


@dataclass(frozen=True)
class Texts:
    """All of it: by the family's name, by the model's id, and the questions by theirs."""

    families: dict[str, Said]
    models: dict[str, Said]
    questions: dict[str, tuple[Said, Said]]


@cache
def texts() -> Texts:
    found = Texts({}, {}, {})
    for file in sorted(FOLDER.glob("*.toml")):
        told: dict[str, Any] = tomllib.loads(file.read_text())
        if file == QUESTIONS:
            found.questions.update({name: (each["ask"], each["answer"]) for name, each in told.items()})
            continue
        found.families[told["family"]] = told["about"]
        found.models.update(told["models"])
    return found


def about(model: ImageModel) -> str:
    """Two or three sentences about a model; empty for one that an administrator added."""
    return _spoken(texts().models.get(model.id, {}))


def about_family(model: ImageModel) -> str:
    return _spoken(texts().families.get(model.family, {}))


def question(name: str, words: dict[str, Any]) -> tuple[str, str]:
    """A question and its answer, `words` filled in."""
    ask, answer = texts().questions[name]
    return _spoken(ask).format(**words), _spoken(answer).format(**words)


def _spoken(said: Said) -> str:
    return said.get(get_language() or "en", said.get("en", ""))
