"""What goes wrong in the OpenAI dialect, and the one place where it becomes OpenAI's envelope."""

import logging
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import ValidationError

from studio.api.errors import TRY_AGAIN_SECONDS, TooLarge, Unreadable
from studio.core.errors import StudioError

NEVER_AGAIN = {"x-should-retry": "false"}  # OpenAI's libraries send 408, 409, 429 and 5xx again by themselves
SENT_AGAIN = (429, 503)  # the refusals that they repeat, after what Retry-After says
_TYPES = {401: "authentication_error", 402: "insufficient_quota", 403: "permission_error", 429: "rate_limit_error"}
_CODES = {
    "missing_key": "invalid_api_key",
    "invalid_key": "invalid_api_key",
    "rate_limited": "rate_limit_exceeded",
}
_ABOUT_THE_MODEL = ("model_not_found", "unpriced")
_log = logging.getLogger(__name__)


class BadParameter(StudioError):
    """One name of the body is not known, or its value cannot be had; `param` is spelt as the caller spelt it."""

    code = "invalid_value"

    def __init__(self, param: str, message: str, code: str = "invalid_value") -> None:
        self.param = param[:100]
        self.code = code
        super().__init__(message)


class Busy(StudioError):
    """As many calls wait for their pictures as may wait: of all people, or of this one while others want a place."""

    code = "too_many_waiting"
    status = 429
    retry_after = 10

    def __init__(self, most: int, *, is_of_person: bool = False) -> None:
        of_all = _("%(most)d calls are waiting for their pictures already. Try again later.")
        of_person = _("Others want to wait here, too. The most calls of one person now: %(most)d. Try again later.")
        super().__init__((of_person if is_of_person else of_all) % {"most": most})


def handle_errors(api: NinjaAPI) -> None:
    """Answer everything that is raised behind the doors of `api` in OpenAI's envelope."""
    api.add_exception_handler(StudioError, _refused)
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(RequestDataTooBig, lambda _request, _error: refusal(TooLarge()))
    api.add_exception_handler(UnreadablePostError, lambda _request, _error: refusal(Unreadable("it broke off")))
    api.add_exception_handler(OperationalError, _unavailable)
    api.add_exception_handler(InterfaceError, _unavailable)
    api.add_exception_handler(Exception, _broken)


def envelope(status: int, message: str, *, code: str | None = None, param: str | None = None) -> dict[str, Any]:
    """The body of an error."""
    kind = _TYPES.get(status) or ("server_error" if status >= 500 else "invalid_request_error")
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def refusal(error: StudioError) -> HttpResponse:
    """The answer to a request of which no job was made."""
    param = getattr(error, "param", None) or ("model" if error.code in _ABOUT_THE_MODEL else None)
    code = "insufficient_quota" if error.status == 402 else _CODES.get(error.code, error.code)
    body = envelope(error.status, error.message, code=code, param=param)
    headers = {}
    if error.status in SENT_AGAIN:
        headers["Retry-After"] = str(getattr(error, "retry_after", TRY_AGAIN_SECONDS))
    elif error.status == 409:
        headers |= NEVER_AGAIN
    return JsonResponse(body, status=error.status, headers=headers)


def broken(error: BaseException) -> dict[str, Any]:
    """The body of an answer to what we did not foresee."""
    _log.error("A request of a program broke something.", exc_info=error)
    return envelope(500, _("Something broke on our side."), code="internal_error")


def _refused(_request: HttpRequest, error: Any) -> HttpResponse:
    return refusal(error)


def _invalid(_request: HttpRequest, error: Any) -> HttpResponse:
    problem = error.errors[0]
    return refusal(BadParameter(".".join(str(part) for part in problem["loc"][1:]), f"{problem['msg']}."))


def _unavailable(_request: HttpRequest, error: Any) -> HttpResponse:
    _log.error("The database did not answer.", exc_info=error)
    message = _("The studio cannot reach its database. Try again in a moment.")
    headers = {"Retry-After": str(TRY_AGAIN_SECONDS)}
    return JsonResponse(envelope(503, message, code="database_unavailable"), status=503, headers=headers)


def _broken(_request: HttpRequest, error: Any) -> HttpResponse:
    return JsonResponse(broken(error), status=500)
