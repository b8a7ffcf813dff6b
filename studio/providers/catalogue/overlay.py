"""What was learnt of vendors since the release and accepted: laid over the declarations, which stay as they are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from studio.providers.catalogue.model import ImageModel
from studio.providers.catalogue.offer import Offer
from studio.providers.catalogue.rule import Rule

USUAL_SECONDS = (10, 60)
PROMPT_MAX = {"apiframe": 2000}  # facts A3
OTHER_PROMPT_MAX = 4000


@dataclass(frozen=True)
class Learnt:
    """One offer of one provider (by its slug) as an administrator accepted it.

    `model` is our id of it. `is_added`: no release declares it. `cost` is the least and the most of a picture.
    `gone_on`: no order goes there any more. `ends_on`: none will from that day on.
    """

    provider: str
    kind: str
    offer_model: str
    model: str
    is_added: bool = False
    name: str = ""
    made_by: str = ""
    cost: tuple[int, int] | None = None
    cost_unit: str = ""
    gone_on: date | None = None
    ends_on: date | None = None
    instead: str = ""

    def has_ended(self, today: date) -> bool:
        """Whether no order goes there any more: it was found gone, or its announced last day is over."""
        return self.gone_on is not None or (self.ends_on is not None and self.ends_on <= today)

    @property
    def offer(self) -> Offer:
        """The offer of an added model: a prompt, and nothing else."""
        longest = PROMPT_MAX.get(self.kind, OTHER_PROMPT_MAX)
        return Offer(self.kind, self.offer_model, wires={}, container="params", only=self.provider, prompt_max=longest)

    @property
    def basic(self) -> ImageModel:
        """The model of which nothing is known but that it takes a prompt."""
        return ImageModel(
            id=self.model,
            name=self.name or self.model,
            family=self.made_by or self.name or self.model,
            made_by=self.made_by,
            good_at="",
            prompt_max=PROMPT_MAX.get(self.kind, OTHER_PROMPT_MAX),
            parameters=(),
            sizes={},
            price=Rule(is_estimate=True),
            usual_seconds=USUAL_SECONDS,
            offers=(self.offer,),
            is_basic=True,
        )


@dataclass(frozen=True)
class Overlay:
    """All of it, by provider and the vendor's id; `number` grows with every change."""

    number: int = 0
    offers: Mapping[tuple[str, str], Learnt] = field(default_factory=dict)
