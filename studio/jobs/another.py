"""What can be made of a job next, each with its price as of now."""

from dataclasses import dataclass, field

from studio.jobs.form_pictures import field_for
from studio.jobs.models import Job
from studio.providers.services import Listing, composer_models


@dataclass(frozen=True)
class Shape:
    """Another shape the model can make: `price` is the whole order's, in credits."""

    value: str
    text: str
    price: int


@dataclass(frozen=True)
class Another:
    """`price` of the same order again; None where it cannot be ordered as it stands. `cheapest` of all models."""

    price: int | None = None
    shapes: list[Shape] = field(default_factory=list)
    cheapest: int | None = None
    can_build_on: bool = False

    @property
    def shapes_cost(self) -> tuple[int, int] | None:
        """The least and the most the other shapes cost."""
        prices = [shape.price for shape in self.shapes]
        return (min(prices), max(prices)) if prices else None


def another_of(job: Job) -> Another:
    """Priced as a new order of whoever asks: by today's list, for the same number of pictures."""
    listings = composer_models()
    listing = next((one for one in listings if one.model.id == job.model), None)
    served = [one for one in listings if one.served_by]
    can_order = listing if listing and listing.rule and listing.served_by else None
    return Another(
        price=_price(can_order, job) if can_order else None,
        shapes=_shapes(can_order, job) if can_order else [],
        cheapest=min((one.price_range[0] for one in served if one.price_range), default=None),
        can_build_on=any(field_for(one.offered) for one in served),
    )


def _price(listing: Listing, job: Job, **other: str) -> int:
    return listing.model.unit_price({**job.params, **other}, listing.rule) * job.count


def _shapes(listing: Listing, job: Job) -> list[Shape]:
    """Those of the form, without the job's own."""
    ratio = listing.offered.ratio
    if ratio is None:
        return []
    own = job.params.get(ratio.name, ratio.default)
    found = [choice for choice in ratio.choices if choice.value != own and not choice.is_rare]
    return [Shape(choice.value, choice.text, _price(listing, job, **{ratio.name: choice.value})) for choice in found]
