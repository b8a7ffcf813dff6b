"""All declared models: found once, by walking the families."""

import difflib
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from studio.providers.catalogue import families
from studio.providers.catalogue.model import ImageModel


@cache
def _all() -> dict[str, ImageModel]:
    found: dict[str, ImageModel] = {}
    for module in sorted(iter_modules(families.__path__), key=lambda module: module.name):
        for model in import_module(f"{families.__name__}.{module.name}").MODELS:
            if found.setdefault(model.id, model) is not model:
                raise ValueError(f"Model {model.id} is declared twice.")
    return found


@cache
def _by_any_name() -> dict[str, ImageModel]:
    names = dict(_all())
    for model in _all().values():
        for alias in model.aliases:
            if names.setdefault(alias, model) is not model:
                raise ValueError(f"The alias {alias} is taken twice.")
    return names


def models() -> list[ImageModel]:
    """Every model, by family, in the order of declaration."""
    return list(_all().values())


def find(name: str) -> ImageModel | None:
    """The model with this canonical id or alias, spelt exactly."""
    return _by_any_name().get(name)


def closest(name: str, n: int = 3) -> list[str]:
    """The canonical ids most like `name`, best first."""
    ranked = difflib.get_close_matches(name.lower()[:100], list(_by_any_name()), n=len(_by_any_name()), cutoff=0.0)
    return list(dict.fromkeys(_by_any_name()[spelling].id for spelling in ranked))[:n]


def forget() -> None:
    """Read the declarations anew at the next question (after a test added one)."""
    _all.cache_clear()
    _by_any_name.cache_clear()
