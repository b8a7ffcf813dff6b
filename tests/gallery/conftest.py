"""Pictures of several people, as rows."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from studio.accounts.models import User
from studio.credits.services import grant
from studio.gallery import facets
from studio.jobs.models import Image, Job
from tests.jobs.states import completed, queued

Make = Callable[..., Image]


@pytest.fixture(autouse=True)
def nothing_is_known() -> None:
    facets.forget()


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any) -> Path:
    """Where the files of pictures are while a test runs."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture
def make(catalogue: None) -> Make:
    """One finished picture of somebody; `visibility` is the job's, other fields are the picture's."""

    def picture(user: User, prompt: str = "a blue kettle", *, visibility: str = "me", **image: Any) -> Image:
        grant(user=user, amount=100, reason="for the test", actor=None)
        job = completed(queued(user, prompt), **image)
        Job.objects.filter(pk=job.pk).update(visibility=visibility)
        return Image.objects.select_related("job").get(job=job)

    return picture
