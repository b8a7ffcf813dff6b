"""Orders checked and priced, and not written yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from studio.accounts.models import User
from studio.core.at_once import Together
from studio.jobs import references
from studio.jobs.alike import fingerprint
from studio.jobs.models import Job
from studio.jobs.prompts import clean_prompt
from studio.providers.catalogue import Value
from studio.providers.services import Quote, Shelf, offers_for, quote, shelf_of

HOLD_SECONDS = 7 * 86_400.0  # longer than any job can stay open: a day in line, the deadline, a day unknown


@dataclass(frozen=True)
class Request:
    """What may be asked of one model again and again with other words: everything but the prompt, checked."""

    user: User
    shelf: Shelf
    params: dict[str, Value]
    count: int
    plan: references.Plan
    cost: Quote
    is_sandbox: bool  # asked of the sandbox whoever else is connected

    def job(self, prompt: str, *, is_free: bool = False, **fields: Any) -> Job:
        """The job that asks this for `prompt`, unsaved; `fields` are columns. Raises BadPrompt, NoOffer, NoProvider."""
        declared = self.shelf.model
        text = clean_prompt(prompt, model_name=declared.name, longest=declared.prompt_max)
        route = offers_for(
            model=declared,
            params=self.params,
            count=self.count,
            prompt_length=len(text),
            is_sandbox=self.is_sandbox,
            rows=self.shelf.rows,
        )[0]
        width, height = declared.shape(self.params)
        return Job(
            user=self.user,
            model=declared.id,
            prompt=text,
            params=self.params,
            count=self.count,
            fingerprint=fingerprint(declared, self.params, prompt=text, count=self.count),
            width=width,
            height=height,
            provider=route.slug,
            offer_model=route.offer.model,
            is_sandbox=route.is_sandbox,
            price=0 if is_free else self.cost.credits,
            unit_price=0 if is_free else self.cost.unit,
            price_version=str(self.cost.version),
            price_formula=self.cost.formula,
            **fields,
        )


def request_for(
    *,
    user: User,
    model: str,
    params: Mapping[str, Any],
    count: int | None,
    is_sandbox: bool = False,
    together: Together | None = None,
) -> Request:
    """Check and price what is asked of a model (id or alias); without `count` it is the fewest the model makes.

    With a `together` by prices and providers that it checks again (shelf_of).
    Raises UnknownModel, ModelOff, Unpriced, ParameterErrors, BadReference.
    """
    shelf = shelf_of(model, together)
    count = shelf.model.least if count is None else count
    plan = references.plan(user=user, model=shelf.model, params=shelf.model.clean(params, count=count))
    cost = quote(shelf.price, model=shelf.model, params=plan.params, count=count)
    return Request(user, shelf, plan.params, count, plan, cost, is_sandbox)
