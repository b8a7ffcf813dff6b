"""Who gets what at every route that names somebody's object: another's is as absent as one that never was (AZN-2)."""

import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from studio.accounts.key_services import create_api_key
from studio.accounts.models import ApiKey, Scope, User
from studio.core.policy import Policy, policy_of
from studio.gallery import duels
from studio.gallery.boards import create_board
from studio.gallery.models import SavedSearch
from studio.jobs import lifecycle, presets, references
from studio.jobs.batches import Wish, submit_batch
from studio.jobs.models import Job
from studio.jobs.reference_files import new_draft
from studio.jobs.trash import delete_pictures
from studio.policies import POLICIES
from studio.webhooks.models import Delivery, Endpoint
from tests.api.made import completed, submitted
from tests.jobs.test_pictures import draw
from tests.webhooks.conftest import claimed, endpoint_of

pytestmark = pytest.mark.django_db
METHODS = ("GET", "POST", "HEAD", "PUT", "PATCH", "DELETE")
Objects = dict[str, list[Any]]


def routes(resolver: URLResolver, space: str = "") -> Iterator[tuple[str, bool]]:
    """(full name, whether its address names an object) of every route."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, f"{pattern.namespace}:" if pattern.namespace else space)
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}", bool(pattern.pattern.converters)


NAMING = sorted(
    name for name, has_object in routes(get_resolver()) if has_object and policy_of(POLICIES, name) is Policy.MEMBER
)
OURS = [name for name in NAMING if name.partition(":")[0] in ("keys", "jobs", "webhooks", "gallery")]


@pytest.fixture
def objects(alice: User, catalogue: None, media: object) -> Objects:
    """What the addresses of alice's objects are made of."""
    endpoint_of(alice)
    told = submitted(alice)
    lifecycle.fail(claimed(told), code="bad_request")
    job = completed(alice, copies=True)
    gone = completed(alice, copies=True).images.get()
    delete_pictures(user=alice, ids=[gone.pk])
    create_api_key(user=alice, name="script")
    draft = new_draft()
    draft.write_bytes(draw("PNG", (50, 40)))
    reference = references.keep_upload(user=alice, draft=draft, sha256="0" * 64)
    wish = Wish("dall-e-3", {})
    batch, _was_there = submit_batch(user=alice, words="{a|b} fox", prompts=["a fox"], wishes=[wish])
    preset = presets.keep(user=alice, name="Fox", is_team=False, model="dall-e-3", prompt="a fox", texts={})
    cheap = ("flux/dev", "flux-2-pro")  # 16 credits are left
    sides = [completed(alice, copies=True, model=model) for model in cheap]
    duel = duels.start(alice, [side.images.get().pk for side in sides])
    message, endpoint, key = Delivery.objects.get().message_id, Endpoint.objects.get().pk, ApiKey.objects.get().pk
    return {
        "keys": [key],
        "jobs": [job.pk],
        "jobs:picture": [job.pk, job.images.get().pk, "large"],
        "jobs:alt": [job.pk, job.images.get().pk],
        **{f"jobs:{name}": [batch.pk] for name in ("batch", "batch_live", "batch_cancel")},
        **{f"jobs:{name}": [preset.pk] for name in ("preset", "preset_change", "preset_delete")},
        "jobs:reference": [reference.pk, "original"],
        "gallery": [create_board(user=alice, name="Kettles").pk],
        "gallery:star": [job.images.get().pk],
        "gallery:keep": [job.images.get().pk],
        "gallery:duel": [duel.pk],
        "gallery:pair": [duel.pk, 1],
        "gallery:vote": [duel.pk, 1],
        "gallery:duel_picture": [duel.pk, 1, "left"],
        "gallery:trash_picture": [gone.pk],
        "gallery:change_search": [SavedSearch.objects.create(user=alice, name="Foxes", query="q=fox").pk],
        "webhooks": [endpoint],
        "webhooks:delivery": [message],
        "webhooks:again": [message],
    }


def address(name: str, objects: Objects, *, absent: bool = False) -> str:
    args = objects.get(name) or objects[name.partition(":")[0]]
    if absent:
        args = [arg if str(arg) in ("large", "original", "left", "1") else _another(arg) for arg in args]
    return reverse(name, args=args)


def _another(arg: object) -> object:
    return uuid.uuid4() if isinstance(arg, uuid.UUID) else str(arg)[:-4] + "0000"


def told(response: Any, path: str) -> tuple[int, str]:
    """What an answer says, whatever was asked for: without its own address and the tokens of its forms."""
    body = b"".join(response).decode(errors="replace") if response.streaming else response.content.decode()
    body = re.sub(r'(csrfmiddlewaretoken" value=|X-CSRFToken&quot;: &quot;|X-CSRFToken": ")[^ >]*', "", body)
    return response.status_code, body.replace(path, "/")


@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize("who", ["bob", "operator"])
def test_what_is_somebody_elses_is_not_there(objects: Objects, name: str, who: str, bob: User, operator: User) -> None:
    client = Client()
    client.force_login({"bob": bob, "operator": operator}[who])
    there, absent = address(name, objects), address(name, objects, absent=True)
    before = (Job.objects.count(), Endpoint.objects.count(), ApiKey.objects.filter(is_active=True).count())
    for method in METHODS:
        one, other = client.generic(method, there), client.generic(method, absent)
        assert told(one, there) == told(other, absent), method
        assert one.status_code in (404, 405), (method, one.status_code)
    assert before == (Job.objects.count(), Endpoint.objects.count(), ApiKey.objects.filter(is_active=True).count())


@pytest.mark.parametrize("name", OURS)
def test_its_owner_finds_it(objects: Objects, name: str, alice: User) -> None:
    client = Client()
    client.force_login(alice)
    path = address(name, objects)
    assert {client.get(path).status_code, client.post(path).status_code} & {200, 204, 302, 400, 409, 422}


@pytest.mark.parametrize("name", OURS)
def test_without_a_login_and_with_a_key_there_is_only_the_way_to_the_login(
    objects: Objects, name: str, alice: User
) -> None:
    path, raw = address(name, objects), create_api_key(user=alice, name="second")[1]
    for headers in ({}, {"X-API-Key": raw}, {"Authorization": f"Bearer {raw}"}):
        for method in METHODS:
            response = Client().generic(method, path, headers=headers)
            assert (response.status_code, response["Location"].partition("?")[0]) == (302, "/accounts/login/")


def test_every_route_that_names_an_object_of_a_person_is_in_the_matrix() -> None:
    elsewhere = {"accounts:session_end", "mfa_edit_webauthn", "mfa_remove_webauthn"}  # tests/accounts
    assert {*NAMING} - {*OURS} <= elsewhere
    assert len(OURS) > 15


@pytest.mark.parametrize("scope", Scope.values)
@pytest.mark.parametrize(
    ("method", "rest", "needed", "own"), [("GET", "", "read", 200), ("POST", "/cancel", "generate", 409)]
)
def test_a_key_finds_the_jobs_of_its_person_as_far_as_its_scope_goes(
    objects: Objects, alice: User, bob: User, operator: User, method: str, rest: str, needed: str, own: int, scope: str
) -> None:
    job = objects["jobs"][0]
    for person, found in ((alice, own), (bob, 404), (operator, 404)):
        headers = {"X-API-Key": create_api_key(user=person, name="narrow", scopes=[scope])[1]}
        one, other = (Client().generic(method, f"/v2/jobs/{pk}{rest}", headers=headers) for pk in (job, uuid.uuid4()))
        assert one.status_code == (found if scope == needed else 403)
        assert other.status_code == (404 if scope == needed else 403)
        if person != alice:
            assert one.content == other.content
