"""What goes wrong in the Apiframe dialect, and the one place where it becomes an answer."""

import logging
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import ValidationError

from studio.core.errors import StudioError
from studio.credits.errors import InsufficientCredits
from studio.jobs.limits import RateLimited

TRY_AGAIN_SECONDS = 5
_log = logging.getLogger(__name__)

Details = dict[str, list[str]]


class Invalid(StudioError):
    """The request is not as it must be. `details`: for each JSON path the sentences about it."""

    code = "validation"

    def __init__(self, details: Details) -> None:
        self.details = details
        super().__init__(" ".join(f"{path}: {' '.join(said)}" for path, said in details.items()))


class Unreadable(StudioError):
    """The body is no JSON that is read here; `reason` is a fragment in English."""

    code = "unreadable"

    def __init__(self, reason: str) -> None:
        super().__init__(_("The body is not JSON that can be read here: %(reason)s.") % {"reason": reason})


class NotJson(StudioError):
    """The body is declared as something else."""

    code = "unsupported_media_type"
    status = 415

    def __init__(self) -> None:
        super().__init__(_("Send the body as application/json."))


class NotAForm(StudioError):
    """A file was not sent as a form."""

    code = "unsupported_media_type"
    status = 415

    def __init__(self) -> None:
        super().__init__(_("Send the file as multipart/form-data."))


class TooLarge(StudioError):
    """The body is over 1 MB."""

    code = "too_large"
    status = 413

    def __init__(self) -> None:
        super().__init__(_("The body is larger than 1 MB."))


class NoSuchJob(StudioError):
    """It is not there, or not for this caller: which of them is not told."""

    code = "not_found"
    status = 404

    def __init__(self) -> None:
        super().__init__(_("There is no job with this id."))


class NoSuchAddress(StudioError):
    """No route of the dialect."""

    code = "not_found"
    status = 404

    def __init__(self) -> None:
        super().__init__(_("There is nothing at this address."))


class StaffOnly(StudioError):
    """A member asked for what only staff may see."""

    code = "forbidden"
    status = 403

    def __init__(self) -> None:
        super().__init__(_("Only staff may list the jobs of the whole team."))


def handle_errors(api: NinjaAPI) -> None:
    """Answer everything that is raised behind the doors of `api` in the dialect's envelope."""
    api.add_exception_handler(StudioError, _refused)
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(RequestDataTooBig, lambda _request, _error: refusal(TooLarge()))
    api.add_exception_handler(UnreadablePostError, lambda _request, _error: refusal(Unreadable("it broke off")))
    api.add_exception_handler(OperationalError, _unavailable)
    api.add_exception_handler(InterfaceError, _unavailable)
    api.add_exception_handler(Exception, _broken)


def refusal(error: StudioError) -> HttpResponse:
    """The envelope of a refusal: a sentence, and what a program needs beside it."""
    body: dict[str, Any] = {"error": error.message}
    headers = {}
    if isinstance(error, Invalid):
        body["details"] = error.details
    elif isinstance(error, InsufficientCredits):
        body |= {"creditsRequired": error.params["required"], "creditsAvailable": error.params["available"]}
    elif isinstance(error, RateLimited):
        headers["Retry-After"] = str(error.retry_after)
    elif error.status == 503:
        headers["Retry-After"] = str(TRY_AGAIN_SECONDS)
    return JsonResponse(body, status=error.status, headers=headers)


def _refused(_request: HttpRequest, error: Any) -> HttpResponse:
    return refusal(error)


def _invalid(_request: HttpRequest, error: Any) -> HttpResponse:
    details: Details = {}
    for problem in error.errors:
        path = ".".join(str(part) for part in problem["loc"][1:])
        details.setdefault(path, []).append(_sentence(path, problem))
    return refusal(Invalid(details))


def _sentence(name: str, problem: dict[str, Any]) -> str:
    """What pydantic found wrong with a part of an address, in our words; in its own where we have none."""
    about = problem.get("ctx", {})
    words = {"name": name, "least": about.get("ge"), "most": about.get("le"), "length": about.get("max_length")}
    sentences = {
        "uuid_parsing": _("%(name)s must be an id such as 6f1e2c1a-5b0e-4c6c-9f0e-0a1b2c3d4e5f."),
        "int_parsing": _("%(name)s must be a whole number."),
        "greater_than_equal": _("%(name)s must be at least %(least)s."),
        "less_than_equal": _("%(name)s must be at most %(most)s."),
        "string_too_long": _("%(name)s may have at most %(length)s characters."),
        "string_pattern_mismatch": _("%(name)s is not written as it must be."),
    }
    if problem["type"] == "literal_error":
        values = about["expected"].replace("'", "").replace(" or ", ", ")
        return _("%(name)s must be one of %(values)s.") % {"name": name, "values": values}
    said = sentences.get(problem["type"])
    return said % words if said else f"{problem['msg']}."


def _unavailable(_request: HttpRequest, error: Any) -> HttpResponse:
    _log.error("The database did not answer.", exc_info=error)
    body = {"error": _("The studio cannot reach its database. Try again in a moment.")}
    return JsonResponse(body, status=503, headers={"Retry-After": str(TRY_AGAIN_SECONDS)})


def _broken(_request: HttpRequest, error: Any) -> HttpResponse:
    _log.error("A request of a program broke something.", exc_info=error)
    return JsonResponse({"error": _("Something broke on our side.")}, status=500)
