"""Midjourney always makes four pictures: one order, one price, each picture that comes is paid for."""

import pytest
from django.test import Client

from studio.accounts.models import User
from studio.jobs.engine import Engine
from studio.jobs.models import Image, Job
from studio.jobs.services import submit_job
from studio.providers.catalogue import ParameterErrors
from tests.fakes.provider import FakeProvider
from tests.jobs.conftest import Ask, all_settled, ledger_is_exact, wait_for


@pytest.mark.usefixtures("catalogue")
class TestOrdering:
    def test_the_composer_says_what_all_four_cost(self, client: Client, alice: User) -> None:
        client.force_login(alice)
        page = client.get("/?model=midjourney").text
        assert "16 credits" in page
        assert "4 pictures, <b>84</b> left after this" in page
        client.post("/", {"model": "midjourney", "prompt": "a fox"})
        job = Job.objects.get()
        assert (job.count, job.unit_price, job.price, job.price_formula) == (4, 4, 16, "4 × 4")

    def test_whoever_cannot_pay_for_four_is_not_offered_fewer(self, client: Client, bob: User) -> None:
        client.force_login(bob)
        page = client.get("/?model=midjourney").text
        assert "16 too few." in page
        assert "Make it" not in page

    @pytest.mark.parametrize("count", [1, 3, 5])
    def test_another_number_is_refused_in_words(self, alice: User, count: int) -> None:
        with pytest.raises(ParameterErrors) as caught:
            submit_job(user=alice, model="midjourney", prompt="a fox", params={}, count=count)
        assert caught.value.message == "Midjourney always makes 4 pictures at once."

    def test_programs_see_the_price_of_an_order(self, client: Client) -> None:
        [entry] = [m for m in client.get("/v2/models").json()["models"] if m["id"] == "midjourney"]
        assert (entry["costMin"], entry["costMax"], entry["pricingMode"]) == (16, 16, "flat")


@pytest.mark.parametrize(("words", "made", "paid"), [("", 4, 16), (" [fake:pictures=3]", 3, 12)])
def test_the_pictures_that_come_are_paid_for_and_the_grid_is_none_of_them(
    ask: Ask, engine: Engine, fake: FakeProvider, words: str, made: int, paid: int
) -> None:
    job = ask(words, model="midjourney", params={"aspect_ratio": "7:3"})
    wait_for(all_settled)
    job.refresh_from_db()
    [order] = fake.ledger.orders.values()
    assert order.body.get("midjourneyParams") == {"aspect_ratio": "7:3"}
    assert (job.status, job.price, job.paid) == ("COMPLETED", 16, paid)
    assert Image.objects.filter(job=job).count() == made
    ledger_is_exact(job)
