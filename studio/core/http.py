"""Requests as our views see them."""

from typing import TYPE_CHECKING

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from studio.accounts.models import User


class Request(HttpRequest):
    """A request of somebody signed in, with htmx's details."""

    htmx: "HtmxDetails"
    user: "User"
    id: str


def bytes_of(request: HttpRequest, *, most: int) -> bytes:
    """The body, also one of unannounced length (chunked), which Django takes for none.

    Raises RequestDataTooBig beyond `most` bytes and UnreadablePostError where the sender broke off.
    """
    environ = request.META
    announced = str(environ.get("CONTENT_LENGTH") or "")
    if announced.isdecimal() and int(announced) > most:
        raise RequestDataTooBig
    if not announced and environ.get("wsgi.input_terminated") and not hasattr(request, "_body"):
        request._body = environ["wsgi.input"].read(most + 1)  # where Django keeps it: an order may be read twice
    if len(request.body) > most:
        raise RequestDataTooBig
    return request.body
