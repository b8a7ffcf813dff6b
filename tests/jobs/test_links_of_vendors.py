"""A provider's link is the way to a picture once, at the moment it exists; nothing keeps it."""

from django.apps import apps
from django.forms.models import model_to_dict

from studio.jobs.engine import Engine
from tests.fakes.provider import FakeProvider
from tests.jobs.conftest import Ask, all_settled, ended, wait_for


def test_no_row_holds_a_providers_link_to_a_picture(engine: Engine, fake: FakeProvider, ask: Ask) -> None:
    job = ask()
    lost = ask("[fake:image=404]")
    wait_for(all_settled)
    wait_for(lambda: job.images.exclude(provider_mark="").exists())
    assert ended(job)[0] == "COMPLETED"
    assert ended(lost) == ("FAILED", "picture_lost")
    rows = [model_to_dict(row) for model in apps.get_models() for row in model._default_manager.all()]
    assert [row for row in rows if "/cdn/" in str(row)] == []
    assert fake.stats()["requests"]["image"] >= 2
    image = job.images.get()
    assert image.provider_mark == "none"
    assert image.marked_sha256
