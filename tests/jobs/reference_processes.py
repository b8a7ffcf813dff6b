"""What the children of the races about references do, each in a process of its own."""

import hashlib
import os
from datetime import timedelta

from django.utils import timezone

from studio.accounts.models import User
from studio.jobs import references
from studio.jobs.errors import BadReference
from studio.jobs.models import Job, JobReference, Reference
from studio.jobs.reference_files import new_draft
from studio.jobs.services import submit_job
from studio.providers.catalogue import ParameterErrors
from studio.providers.services import load_catalogue
from tests.factories import make_user

MODEL, NAME = "ideogram-v3-turbo", "style_reference_images"


def prepare() -> None:
    load_catalogue()
    make_user("alice", credits=1000)


def keep(text: str) -> str:
    """Keep these bytes (hexadecimal); the id of the reference."""
    data = bytes.fromhex(text)
    draft = new_draft()
    draft.write_bytes(data)
    user = User.objects.get(username="alice")
    return str(references.keep_upload(user=user, draft=draft, sha256=hashlib.sha256(data).hexdigest()).pk)


def grow_old() -> None:
    Reference.objects.update(wanted_at=timezone.now() - timedelta(hours=25))


def order_or_forget(pk: str) -> str:
    """The first process forgets what nobody uses, the others order with it."""
    if os.environ["CHILD_NUMBER"] == "0":
        return f"forgot {references.forget_unused()}"
    user = User.objects.get(username="alice")
    try:
        submit_job(user=user, model=MODEL, prompt="x", params={NAME: [f"ref:{pk}"]})
    except (BadReference, ParameterErrors):
        return "gone"
    return "ordered"


def facts() -> dict[str, int]:
    return {
        "jobs": Job.objects.count(),
        "uses": JobReference.objects.count(),
        "references": Reference.objects.count(),
    }
