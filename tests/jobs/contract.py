"""A studio connected to one provider alone, and a model that each of them sells: for what holds for every provider."""

from dataclasses import dataclass
from typing import Any

from studio.accounts.models import User
from studio.jobs.models import Job
from studio.jobs.services import submit_job
from studio.providers.catalogue import ImageModel, Offer, Rule
from studio.providers.catalogue.words import pictures
from studio.providers.models import ProviderRow
from tests.fakes.provider import FakeProvider
from tests.jobs.matrix import End

PATHS = {"apiframe": "", "aimlapi": "/aimlapi", "openai": "/v1", "own": "/own/v1"}
PRICE = 10
CONTRACT = ImageModel(
    id="contract-1",
    name="Contract 1",
    family="Contract",
    good_at="Whatever is asked",
    prompt_max=1000,
    parameters=(pictures("n", 4),),
    sizes={},
    default_size=(64, 64),
    price=Rule(flat=PRICE),
    usual_seconds=(0, 60),
    offers=(
        Offer("apiframe", "contract-1", container="contractParams", count="number_of_images", most=4),
        Offer("aimlapi", "vendor/contract-1", count="num_images", most=4),
        Offer("openai", "gpt-image-contract", count="n", most=4),
    ),
)


@dataclass
class Contract:
    """The studio connected to one provider alone, and the fake behind it."""

    provider: str
    fake: FakeProvider
    alice: User

    @property
    def url(self) -> str:
        return self.fake.url + PATHS[self.provider]

    def connect(self, url: str = "") -> None:
        ProviderRow.objects.filter(slug=self.provider).update(base_url=url or self.url)

    def ask(self, words: str) -> Job:
        count = 2 if "pictures=" in words else 1
        if "fake:image=" in words and self.provider in ("openai", "own"):
            words += "[fake:result=link]"
        asked: dict[str, Any] = {"model": "contract-1", "params": {}, "count": count}
        return submit_job(user=self.alice, prompt=f"a fox [fake:side=64]{words}", **asked)[0]

    def end_of(self, job: Job) -> End:
        job.refresh_from_db()
        state, code = "unknown" if job.is_unknown else job.status, job.error_code
        mine = {str(pk) for pk in job.attempts.values_list("pk", flat=True)}
        orders = [order for order in self.fake.ledger.orders.values() if order.client_request_id in mine]
        return End(state, code, sum(not order.is_refunded for order in orders))
