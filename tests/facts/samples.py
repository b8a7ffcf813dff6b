"""What can be asked of a model: each value of each parameter by itself, and as much as possible at once."""

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from studio.providers.catalogue import ImageModel, Kind, Offer, Parameter
from tests.facts.vendors import PICTURE

Params = dict[str, Any]
SIDES = ("width", "height")


def needed(model: ImageModel) -> Params:
    """A value for whatever must be given."""
    return {p.name: values(p)[0] for p in model.parameters if p.is_required}


def values(parameter: Parameter) -> list[Any]:
    """Each choice, both ends of a range, one that fits a pattern."""
    ends = [end for end in (parameter.least, parameter.most) if end is not None]
    found: list[Any] = list(parameter.values)
    if parameter.kind is Kind.BOOLEAN:
        return [value == "true" for value in parameter.values] or [True, False]
    if parameter.kind is Kind.INTEGER:
        return [int(end) for end in ends] or [0, 7]
    if parameter.kind is Kind.NUMBER:
        return [float(end) for end in ends] or [0.5]
    if parameter.kind is Kind.PICTURE:
        return [PICTURE]
    if parameter.is_list:
        one = PICTURE if parameter.kind is Kind.PICTURES else "#0a80ff"
        return [[one], [one] * int(parameter.most or 3)]
    if parameter.kind is Kind.RATIO and parameter.pattern:
        return [*found, "7:3"]
    if parameter.kind is Kind.TEXT:
        return _texts(parameter)
    return found


def _texts(parameter: Parameter) -> list[str]:
    if parameter.pattern:
        return ["3f2c1d70-5b0e-4c6c-9f0e-0a1b2c3d4e5f"]
    return ["x" * (parameter.max_length or 10)]


def drawn(parameter: Parameter) -> st.SearchStrategy[Any]:
    """Any value of a parameter, not only those at its edges."""
    least = None if parameter.least is None else int(parameter.least)
    if parameter.kind is Kind.INTEGER:
        return st.integers(
            -(2**63) if least is None else least, int(2**63 - 1 if parameter.most is None else parameter.most)
        )
    if parameter.kind is Kind.NUMBER:
        return st.floats(parameter.least, parameter.most, allow_nan=False, allow_infinity=False)
    if parameter.is_list:
        item = st.just(PICTURE) if parameter.kind is Kind.PICTURES else st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)
        return st.lists(item, max_size=int(parameter.most or 5))
    return st.sampled_from(values(parameter))


def asked(model: ImageModel, offer: Offer) -> Iterator[tuple[Params, int]]:
    """Every sample that this offer honours, with the number of pictures."""
    least = needed(model)
    yield least, model.least
    for count in {model.least, offer.most}:
        if model.least < count <= model.most:
            yield least, count
    for parameter in model.parameters:
        narrow = None if parameter.is_count else offer.narrow(parameter)
        if narrow is None:
            yield from ((least | {parameter.name: value}, model.least) for value in _always(offer, parameter))
        elif parameter.name not in SIDES or parameter.name in offer.wires:
            yield from ((least | {parameter.name: value}, model.least) for value in values(narrow))
    if any(set(SIDES) <= set(join.parts) for join in offer.joins):
        width, height = (offer.narrow(model.by_name[side]) for side in SIDES)
        assert width
        assert height
        for pair in (*zip(values(width), values(height), strict=True), (512, 512), (1024, 1248), (1040, 1024)):
            params = least | dict(zip(SIDES, pair, strict=True))
            if not offer.refused(model.by_name, params, count=model.least, prompt_length=1):
                yield params, model.least


def _always(offer: Offer, parameter: Parameter) -> list[Any]:
    return [offer.always[parameter.name]] if parameter.name in offer.always else []


def loaded(model: ImageModel, offer: Offer) -> tuple[Params, int]:
    """As much as one order can ask of this offer."""
    together: Params = {}
    for params, _count in asked(model, offer):
        more = together | {name: value for name, value in params.items() if name not in together}
        if not offer.refused(model.by_name, more, count=1, prompt_length=1):
            together = more
    return together, max(model.least, min(model.most, offer.most))
