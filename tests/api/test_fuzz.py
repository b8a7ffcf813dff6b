"""Whatever a program sends, the answer is one that the document declares: both dialects, generated requests.

The document lists an order's body for every model; each caller sends orders of other ones, so that the three together
stay quick. What the document allows and a route refuses is not judged: rules between fields cannot be written there.
"""

import itertools
import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from django.core import signals
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck
from hypothesis import settings as bounded
from schemathesis.generation.hypothesis.builder import HypothesisTestConfig, HypothesisTestMode, create_test
from schemathesis.specs.openapi import checks

from studio.accounts.key_services import create_api_key
from studio.accounts.models import User
from studio.api.document import document
from studio.api.v2 import api
from studio.credits.models import Account
from studio.jobs.models import Job
from studio.wsgi import application
from tests.api.made import completed, failed, submitted

pytestmark = pytest.mark.django_db
FEW = bounded(max_examples=12, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
CHECKS = [
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.unsupported_method,
]
OPEN = {"/v2/models", "/v2/openapi.json", "/v1/models", "/v1/models/{id}"}
PICKED = {"owner": 0, "other": 1, "nobody": 2}
EVERY = 17  # of the models has its orders generated

# Where a generated request cannot be a good one: a picture is no random bytes, and a model's name is no random text.
NEVER_GOOD = {"POST /v2/uploads", "GET /v1/models/{id}"}
Send = Callable[[Any], None]


@pytest.fixture
def through_the_server() -> Iterator[None]:
    """Requests do not close the connection of the test's transaction."""
    said = (signals.request_started, signals.request_finished)
    for signal in said:
        signal.disconnect(close_old_connections)
    yield
    for signal in said:
        signal.connect(close_old_connections)


@pytest.fixture
def jobs(alice: User, catalogue: None, media: object, settings: Any) -> list[Job]:
    """Jobs of alice in every state a program may meet, and nobody who works on them."""
    Account.objects.filter(user=alice).update(balance=10**9)
    made = [submitted(alice), completed(alice), failed(alice), submitted(alice, webhook_url="https://a.example/")]
    Job.objects.filter(pk=made[-1].pk).update(status=Job.Status.PROCESSING, is_unknown=True)
    settings.RATE_LIMIT = settings.PERSON_RATE_LIMIT = (10**6, 60)
    settings.SYNC_WAIT = 0
    settings.ALLOWED_HOSTS = ["*"]
    return made


@pytest.fixture(params=PICKED)
def who(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def headers(who: str, jobs: list[Job], bob: User, alice: User) -> dict[str, str]:
    people = {"owner": alice, "other": bob}
    return {"X-API-Key": create_api_key(user=people[who], name="fuzz")[1]} if who in people else {}


@pytest.fixture
def schema(who: str, catalogue: None, through_the_server: None) -> Any:
    found = json.loads(document(api).text)
    for name in ("GenerateImageRequest", "ImageGenerationsRequest"):
        if order := found["components"]["schemas"].get(name):
            others = [each for each in order["oneOf"] if not each["$ref"].endswith(".dall-e-3")]
            order["oneOf"] = [each for each in order["oneOf"] if each not in others] + others[PICKED[who] :: EVERY]
            kept = {each["$ref"] for each in order["oneOf"]}
            mapping = order["discriminator"]["mapping"]
            order["discriminator"]["mapping"] = {alias: ref for alias, ref in mapping.items() if ref in kept}
    made = schemathesis.openapi.from_dict(found)
    made.config.generation.update(with_security_parameters=False)
    return made


@pytest.fixture
def good() -> set[str]:
    """The routes that took a request."""
    return set()


@pytest.fixture
def send(who: str, headers: dict[str, str], jobs: list[Job], good: set[str]) -> Send:
    """Send one generated request and judge its answer; what it did is undone."""
    ids = itertools.cycle([*(str(job.pk) for job in jobs), None, str(uuid.uuid4())])
    own = {str(job.pk) for job in jobs}

    def judge(case: Any) -> None:
        if "/jobs/{id}" in case.path and (met := next(ids)) and _is_id(case.path_parameters.get("id")):
            case.path_parameters["id"] = met
        with transaction.atomic():
            response = case.call(headers={**headers, "Accept-Encoding": "identity"}, app=application)
            transaction.set_rollback(True)
        assert response.status_code < 500 or _still_runs(response), (response.status_code, response.text)
        if who != "owner":
            assert not any(each in response.text for each in own)
        if who == "nobody" and case.path not in OPEN:
            assert response.status_code in (401, 405), case.as_curl_command()
        if response.status_code < 300 or _still_runs(response):
            good.add(case.operation.label)
        case.validate_response(response, checks=CHECKS)

    return judge


def _is_id(text: object) -> bool:
    try:
        return bool(uuid.UUID(str(text)))
    except ValueError:
        return False


def _still_runs(response: Any) -> bool:
    """The one answer over 500 that is meant: nobody works on jobs here, and no call waits."""
    return response.status_code == 504 and response.json()["error"]["code"] == "still_running"


def test_every_answer_is_declared(schema: Any, who: str, send: Send, good: set[str]) -> None:
    modes = [HypothesisTestMode.EXAMPLES, HypothesisTestMode.COVERAGE, HypothesisTestMode.FUZZING]
    config = HypothesisTestConfig(modes=modes, project=schema.config, settings=FEW)
    found = [each.ok() for each in schema.get_all_operations()]
    assert len(found) == sum(map(len, schema.raw_schema["paths"].values()))
    for operation in found:
        create_test(operation=operation, test_func=send, config=config)()
    if who == "owner":
        assert good >= {operation.label for operation in found} - NEVER_GOOD
