"""The OpenAI and AI/ML API dialect: `/v1`, a synchronous face on the same jobs."""

import time
from contextlib import ExitStack
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI, Schema

from studio.api import sync_answers, waiting
from studio.api.errors import NoSuchAddress
from studio.api.openai_errors import SENT_AGAIN, handle_errors, refusal
from studio.api.orders import body_of
from studio.api.programs import Program, program
from studio.api.sync_orders import Order, read_order
from studio.core.errors import StudioError
from studio.jobs import calls, idempotency
from studio.jobs.models import Job
from studio.jobs.services import submit_job
from studio.providers import catalogue
from studio.providers.catalogue import ParameterErrors
from studio.providers.errors import NoOffer, UnknownModel
from studio.providers.services import Listing, composer_models

GENERATIONS = "/v1/images/generations"
FIRST_MODEL = 1_700_000_000  # a moment for all of them: when a model was made is nowhere said

api = NinjaAPI(title="Studio API", version="1.0.0", urls_namespace="v1", openapi_url=None, docs_url=None, auth=program)
handle_errors(api)


class Model(Schema):
    """A model as OpenAI lists it."""

    id: str
    object: str = "model"
    created: int
    owned_by: str


class ModelList(Schema):
    object: str = "list"
    data: list[Model]


@api.post("/images/generations", url_name="generate")
@api.post("/images/generations/", url_name="generate")
def generate(request: Program) -> HttpResponseBase:
    """Order pictures and wait until they are there."""
    until = time.monotonic() + settings.SYNC_WAIT
    body = body_of(request)
    order = read_order(body)
    claim, call = _claim(request, body)
    with ExitStack() as place:
        try:
            place.enter_context(waiting.place(request.auth.user_id))
            job, is_replay = _submit(request, order, claim)
        except StudioError as error:
            if call is not None:
                calls.refuse_call(call, request.auth, comes_again=error.status in SENT_AGAIN)
            raise
        try:
            job = waiting.outcome(job, until=until)
            answer = sync_answers.ended(job, order, call)
        except waiting.Stopping:
            answer = sync_answers.still_running(job, 503)
        except Exception as error:
            answer = sync_answers.failed(job, error)
    if is_replay:
        answer.headers["Idempotent-Replayed"] = "true"
    return answer


def _submit(request: Program, order: Order, claim: idempotency.Claim) -> tuple[Job, bool]:
    key = request.auth
    try:
        return submit_job(
            user=key.user,
            api_key=key,
            source=Job.Source.API,
            model=order.model,
            prompt=order.prompt,
            params=order.params,
            count=order.count,
            claim=claim,
            input_=order.raw,
        )
    except (ParameterErrors, NoOffer) as error:
        raise order.complaint(error) from error


def _claim(request: Program, body: object) -> tuple[idempotency.Claim, UUID | None]:
    """What names this order, and the open call where it has no name of the caller's."""
    given, key = request.headers.get("Idempotency-Key"), request.auth
    fingerprint = idempotency.fingerprint("POST", GENERATIONS, body)
    if given is not None:
        scope = "sandbox" if key.is_sandbox else "live"
        return idempotency.Claim(key=idempotency.parse_key(given), scope=scope, fingerprint=fingerprint), None
    repeated = request.headers.get("X-Stainless-Retry-Count", "")
    repetition = int(repeated[:9]) if repeated.isascii() and repeated.isdecimal() else 0
    call = calls.open_call(key, fingerprint, repetition=repetition)
    return idempotency.Claim(key=str(call), scope=calls.SCOPE, fingerprint=fingerprint), call


@api.get("/models", auth=None, response=ModelList)
@api.get("/models/", auth=None, response=ModelList, include_in_schema=False)
def list_models(request: HttpRequest) -> ModelList:
    """The models that can be used here. No key is needed."""
    return ModelList(data=[_shown(each) for each in composer_models() if each.price_range])


@api.get("/models/{path:id}", auth=None, response=Model)
def get_model(request: HttpRequest, id: str) -> Model:
    """One model, by any name it is known under. No key is needed."""
    model = catalogue.find(id)
    found = next((each for each in composer_models() if each.price_range and each.model == model), None)
    if found is None:
        raise UnknownModel(id, catalogue.closest(id))
    return _shown(found, id)


def _shown(listing: Listing, name: str = "") -> Model:
    model = listing.model
    return Model(id=name or model.id, created=FIRST_MODEL, owned_by=model.made_by or "system")


@csrf_exempt
def unknown(_request: HttpRequest) -> HttpResponse:
    """`/v1` itself and everything below it that is no route."""
    return refusal(NoSuchAddress())
