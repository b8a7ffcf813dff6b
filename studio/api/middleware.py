"""What programs get: English, no cookies, and never a page."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import translation
from django.utils.translation import gettext as _

Next = Callable[[HttpRequest], HttpResponseBase]

_WITHOUT_COOKIES = ("/v1/", "/v2/", "/files/", "/hooks/")
_JSON = ("/v2/",)


class DialectMiddleware:
    """Stands outside of sessions and languages: routes of programs know neither, whatever a browser sends along.

    An error that was raised before or outside of a dialect's own handlers becomes its envelope here.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(_WITHOUT_COOKIES):
            return self.get_response(request)
        request.COOKIES.clear()
        request.META["HTTP_ACCEPT_LANGUAGE"] = "en"
        with translation.override("en"):
            response = self.get_response(request)
            is_json = response.headers.get("Content-Type", "").startswith("application/json")
            if response.status_code < 400 or is_json or not request.path_info.startswith(_JSON):
                return response
            return _as_envelope(response)


def _as_envelope(page: HttpResponseBase) -> HttpResponse:
    sentences = {
        400: _("This request cannot be read."),
        403: _("This is not allowed."),
        404: _("There is nothing at this address."),
        405: _("This address does not take this method."),
    }
    status = page.status_code
    sentence = sentences.get(status) or _("Something broke on our side.")
    response = JsonResponse({"error": sentence}, status=status)
    for name, value in page.headers.items():
        if name != "Content-Length":
            response.headers.setdefault(name, value)
    page.close()
    return response
