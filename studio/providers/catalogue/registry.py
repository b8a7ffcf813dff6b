"""All models: the declared ones, found once by walking the families, with what was learnt since laid over them."""

import difflib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from studio.providers.catalogue import families
from studio.providers.catalogue.model import ImageModel
from studio.providers.catalogue.overlay import Learnt, Overlay


@dataclass(frozen=True)
class _Shelf:
    overlay: Overlay
    by_id: dict[str, ImageModel]
    by_any_name: dict[str, ImageModel]


_shelf: _Shelf | None = None
_look: Callable[[], None] | None = None


@cache
def _shipped() -> dict[str, ImageModel]:
    found: dict[str, ImageModel] = {}
    for module in sorted(iter_modules(families.__path__), key=lambda module: module.name):
        for model in import_module(f"{families.__name__}.{module.name}").MODELS:
            if found.setdefault(model.id, model) is not model:
                raise ValueError(f"Model {model.id} is declared twice.")
    return found


def _names_of(models: dict[str, ImageModel]) -> dict[str, ImageModel]:
    names = dict(models)
    for model in models.values():
        for alias in model.aliases:
            if names.setdefault(alias, model) is not model:
                raise ValueError(f"The alias {alias} is taken twice.")
    return names


def _now() -> _Shelf:
    return _shelf or lay(Overlay())


def lay(overlay: Overlay) -> _Shelf:
    """Show the declarations with `overlay` over them, from now on in this process."""
    global _shelf
    models = dict(_shipped())
    names = _names_of(models)
    for learnt in overlay.offers.values():
        if learnt.is_added:
            _add(learnt, models, names)
    _shelf = _Shelf(overlay, models, names)
    return _shelf


def _add(learnt: Learnt, models: dict[str, ImageModel], names: dict[str, ImageModel]) -> None:
    """Put an added offer to the model it is of, or make that model."""
    known = names.get(learnt.model) or names.get(learnt.offer_model)
    if known is None:
        model = learnt.basic
    elif any(offer.is_at(learnt.provider, learnt.kind) and offer.model == learnt.offer_model for offer in known.offers):
        return  # a release declares it by now
    else:
        model = replace(known, offers=(*known.offers, learnt.offer))
    models[model.id] = model
    for name, standing in list(names.items()):
        if standing is known:
            names[name] = model
    for name in (model.id, *model.aliases):
        names.setdefault(name, model)


def models() -> list[ImageModel]:
    """Every model, by family, in the order of declaration; then the added ones."""
    return list(_now().by_id.values())


def shipped() -> list[ImageModel]:
    """The models this release declares, as it declares them."""
    return list(_shipped().values())


def find(name: str) -> ImageModel | None:
    """The model with this canonical id or alias, spelt exactly."""
    model = _now().by_any_name.get(name)
    if model is None and _look is not None:
        _look()  # another process may have added it a moment ago
        model = _now().by_any_name.get(name)
    return model


def closest(name: str, n: int = 3) -> list[str]:
    """The canonical ids most like `name`, best first."""
    names = _now().by_any_name
    ranked = difflib.get_close_matches(name.lower()[:100], list(names), n=len(names), cutoff=0.0)
    return list(dict.fromkeys(names[spelling].id for spelling in ranked))[:n]


def number() -> int:
    """Which overlay this process shows."""
    return _now().overlay.number


def learnt(provider: str, offer_model: str) -> Learnt | None:
    """What was accepted of this offer since the release."""
    return _now().overlay.offers.get((provider, offer_model))


def look_by(look: Callable[[], None]) -> None:
    """Call `look` when a name is not known: it may lay a newer overlay."""
    global _look
    _look = look


def forget() -> None:
    """Read the declarations anew at the next question (after a test added one)."""
    global _shelf
    _shelf = None
    _shipped.cache_clear()
