"""The Apiframe dialect: `/v2`."""

from typing import cast
from uuid import UUID

from django.db import Error as DatabaseProblem
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI, Query
from ninja import Status as Answer

from studio.accounts.key_services import require_scope
from studio.accounts.models import Scope
from studio.api import schemas, shapes, uploads
from studio.api.document import SUBMIT_PARAMETERS, UPLOAD_BODY, document
from studio.api.errors import Invalid, NoSuchAddress, NoSuchJob, StaffOnly, handle_errors, refusal
from studio.api.orders import body_of, read_order
from studio.api.programs import Program, any_program, ordering_program, program
from studio.core.at_once import Together
from studio.jobs import idempotency
from studio.jobs.models import Job
from studio.jobs.services import cancel_job, submit_job
from studio.providers import catalogue
from studio.providers.catalogue import ParameterErrors
from studio.providers.errors import ModelOff, NoOffer, Unpriced
from studio.providers.services import composer_models

api = NinjaAPI(title="Studio API", version="2.0.0", urls_namespace="v2", openapi_url=None, docs_url=None, auth=program)
handle_errors(api)

REFUSED = {400: schemas.ValidationFailure, 401: schemas.Failure, 403: schemas.Failure, 503: schemas.Failure}
SUBMIT = {
    202: schemas.JobAccepted,
    402: schemas.CreditsFailure,
    **{status: schemas.Failure for status in (409, 413, 415, 429)},
    **REFUSED,
}
UPLOADED = {201: schemas.Upload, **{status: schemas.Failure for status in (413, 415, 429)}, **REFUSED}
FOUND = {200: schemas.Job, 404: schemas.Failure, **REFUSED}


@api.post("/images/generate", auth=ordering_program, response=SUBMIT, openapi_extra={"parameters": SUBMIT_PARAMETERS})
def generate(request: Program) -> HttpResponse:
    """Order pictures. Answers at once; ask for the job until it has ended."""
    try:
        job, is_replay = _submit(request, together=request.together)
    except DatabaseProblem:
        raise  # it may have been written: never again
    except Exception:
        if request.together is None or request.together.is_empty:
            raise
        request.auth = program(request)  # whoever is refused, or told of an earlier order, is looked at once more
        job, is_replay = _submit(request, is_in_steps=True)
    accepted = schemas.JobAccepted(jobId=job.pk, status=cast(schemas.Status, job.status))
    # Written here, where its shape is sure: ninja would check it, take it apart and write it in its own way.
    answer = HttpResponse(accepted.model_dump_json(), status=202, content_type="application/json; charset=utf-8")
    answer.headers["X-Studio-Provider"] = job.provider
    if is_replay:
        answer.headers["Idempotent-Replayed"] = "true"
    return answer


def _submit(request: Program, *, together: Together | None = None, is_in_steps: bool = False) -> tuple[Job, bool]:
    key, body = request.auth, body_of(request)
    order = read_order(body)
    if order.webhook_url:
        require_scope(key, Scope.WEBHOOKS)
    try:
        return submit_job(
            user=key.user,
            api_key=key,
            source=Job.Source.API,
            model=order.model,
            prompt=order.prompt,
            params=order.params,
            count=order.count,
            claim=_claim(request, body),
            input_=order.raw,
            webhook_url=order.webhook_url,
            webhook_events=order.webhook_events,
            together=together,
            is_in_steps=is_in_steps,
        )
    except (ModelOff, Unpriced) as error:
        raise Invalid({"model": [error.message]}) from error
    except NoOffer as error:
        raise Invalid({order.path_of(error.param): [error.message]}) from error
    except ParameterErrors as error:
        raise Invalid({order.path_of(name): said for name, said in error.errors.items()}) from error


def _claim(request: Program, body: object) -> idempotency.Claim | None:
    given = request.headers.get("Idempotency-Key")
    if given is None:
        return None
    return idempotency.Claim(
        key=idempotency.parse_key(given),
        scope="sandbox" if request.auth.is_sandbox else "live",
        fingerprint=idempotency.fingerprint("POST", request.path, body),
    )


@api.post("/uploads", response=UPLOADED, openapi_extra={"requestBody": UPLOAD_BODY})
def upload(request: Program) -> Answer[schemas.Upload]:
    """Send one picture to build on (PNG, JPEG or WebP, at most 25 MB); name it in an order by the address you get."""
    row = uploads.receive(request, key=request.auth)
    return Answer(201, uploads.as_answer(row))


@api.get("/jobs", response={200: schemas.JobListWithModels | schemas.JobList, **REFUSED})
def list_jobs(request: Program, asked: Query[schemas.JobQuery]) -> schemas.JobList:
    """Jobs, newest first, without the request they were made by."""
    person = request.auth.user
    if asked.scope == "team" and not person.is_staff:
        raise StaffOnly
    every = Job.objects.all() if asked.scope == "team" else Job.objects.of(person)
    jobs = every
    if asked.status:
        jobs = jobs.filter(status=asked.status)
    if asked.model is not None:
        model = catalogue.find(asked.model)
        jobs = jobs.filter(model=model.id if model else asked.model)
    if asked.search:
        jobs = jobs.filter(pk=asked.search)
    if asked.cursor is not None:
        jobs = jobs.filter(shapes.after(asked.cursor))
    page = list(shapes.with_pictures(jobs)[: asked.limit + 1])
    has_more, page = len(page) > asked.limit, page[: asked.limit]
    found = schemas.JobList(
        jobs=shapes.job_items(page, reader=person),
        nextCursor=shapes.cursor_after(page[-1]) if has_more else None,
        hasMore=has_more,
    )
    if asked.include_models != "true":
        return found
    names = every.order_by("model_as_sent").values_list("model_as_sent", flat=True).distinct()
    return schemas.JobListWithModels(**dict(found), models=list(names))


@api.get("/jobs/{id}", response=FOUND)
def get_job(request: Program, response: HttpResponse, id: UUID) -> schemas.Job:
    """One job, with the request it was made by."""
    person = request.auth.user
    job = shapes.with_pictures(Job.objects.visible_to(person)).filter(pk=id).first()
    if job is None:
        raise NoSuchJob
    response.headers["X-Studio-Provider"] = job.provider
    return shapes.job_object(job, reader=person)


@api.post("/jobs/{id}/cancel", response=FOUND | {409: schemas.Failure})
def cancel(request: Program, response: HttpResponse, id: UUID) -> schemas.Job:
    """Cancel a job nobody has taken yet; its credits are returned."""
    person = request.auth.user
    job = shapes.with_pictures(Job.objects.of(person)).filter(pk=id).first()
    if job is None:
        raise NoSuchJob
    job = cancel_job(job=job, user=person)
    response.headers["X-Studio-Provider"] = job.provider
    return shapes.job_object(job, reader=person)


@api.get("/me", auth=any_program, response={200: schemas.Me, **REFUSED})
def me(request: Program) -> schemas.Me:
    """Who is asking, and what this key can still spend."""
    return shapes.me(request.auth)


@api.get("/models", auth=None, response={200: schemas.ModelList, 400: schemas.ValidationFailure, 503: schemas.Failure})
def list_models(request: HttpRequest, asked: Query[schemas.ModelQuery]) -> schemas.ModelList:
    """The models that can be used here. No key is needed."""
    listings = composer_models() if asked.modality in (None, "image") else []
    return schemas.ModelList(models=[entry for entry in map(shapes.model_entry, listings) if entry])


@api.get("/openapi.json", auth=None, response={200: dict})
def openapi(request: HttpRequest) -> HttpResponseBase:
    """This document. No key is needed."""
    found = document(api)
    answer: HttpResponseBase | None = get_conditional_response(request, etag=found.etag)
    if answer is None:
        is_packed = "gzip" in request.headers.get("Accept-Encoding", "")
        answer = HttpResponse(found.packed if is_packed else found.text, content_type="application/json")
        if is_packed:
            answer.headers["Content-Encoding"] = "gzip"
    for name, value in {"ETag": found.etag, "Vary": "Accept-Encoding", "Cache-Control": "public, max-age=300"}.items():
        answer.headers[name] = value
    return answer


@csrf_exempt
def unknown(_request: HttpRequest) -> HttpResponse:
    """`/v2` itself and everything below it that is no route."""
    return refusal(NoSuchAddress())
