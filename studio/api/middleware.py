"""What programs get: English, no cookies, and never a page."""

import json
from collections.abc import Callable
from typing import ClassVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation
from django.utils.translation import gettext as _

from studio.api.openai_errors import envelope

Next = Callable[[HttpRequest], HttpResponseBase]

_WITHOUT_COOKIES = ("/v1/", "/v2/", "/files/", "/hooks/")
_JSON = ("/v1/", "/v2/", "/hooks/")


class Junction:
    """Where programs come back to the way of people: everything below stands in the way of both."""

    below: ClassVar[list[Next]] = []  # Django makes the last of a chain first

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response
        self.below.append(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)


class DialectMiddleware:
    """Programs go round sessions, languages and whatever else pages need, straight on to the junction.

    They know neither cookies nor languages, whatever a browser sends along. An error that was raised before or outside
    of a dialect's own handlers becomes its envelope here.
    """

    def __init__(self, get_response: Next) -> None:
        self.to_pages, self.to_programs = get_response, Junction.below.pop()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = f"{request.path_info}/"  # /v1 itself is the dialect's, too
        if not path.startswith(_WITHOUT_COOKIES):
            request.get_host()  # a foreign one is refused before anything is read for it; programs meet that below
            return self.to_pages(request)
        request.COOKIES.clear()
        request.META["HTTP_ACCEPT_LANGUAGE"] = "en"
        with translation.override("en"):
            response = self.to_programs(request)
            response.cookies.clear()  # a page about an error brings one for its forms
            is_json = response.headers.get("Content-Type", "").startswith("application/json")
            if response.status_code >= 400 and not is_json and path.startswith(_JSON):
                _make_envelope(response, is_openai=path.startswith("/v1/"))
            return response


def _make_envelope(page: HttpResponseBase, *, is_openai: bool) -> None:
    """Replace what was made for people; closing one answer and giving another would close the database in between."""
    sentences = {
        400: _("This request cannot be read."),
        403: _("This is not allowed."),
        404: _("There is nothing at this address."),
        405: _("This address does not take this method."),
    }
    assert isinstance(page, HttpResponse), "an error is never streamed"
    sentence = sentences.get(page.status_code) or _("Something broke on our side.")
    page.content = json.dumps(envelope(page.status_code, sentence) if is_openai else {"error": sentence}).encode()
    page.headers["Content-Type"] = "application/json"
    page.headers["Content-Length"] = str(len(page.content))
