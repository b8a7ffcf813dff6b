"""Where providers tell of their orders. Nothing they say is believed: it makes us ask them."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, JsonResponse, UnreadablePostError
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from studio.core import jsontext
from studio.core.http import bytes_of
from studio.core.models import count
from studio.jobs import hooks
from studio.providers.services import sender_of

MOST_BYTES = 256 * 1024
MOST_DEPTH = 20
COUNTED_SECONDS = 3600


@csrf_exempt
def hook(request: HttpRequest, provider: str, token: str) -> JsonResponse:
    """Take one webhook. The signature is checked over the bytes as they came, before anything in them is read."""
    if request.method != "POST":
        return _refusal(405, _("This address takes POST only."), Allow="POST")
    if request.content_type != "application/json":
        return _refusal(415, _("Only application/json is read here."))
    try:
        body = bytes_of(request, most=MOST_BYTES)
    except RequestDataTooBig:
        return _refusal(413, _("The message is larger than 256 kB."))
    except UnreadablePostError:
        return _refusal(400, _("The message broke off."))
    attempt = hooks.attempt_behind(provider, token)
    sender = sender_of(provider) if attempt else None
    if attempt is None or sender is None:
        return _nothing_here()
    if not sender.has_signed(body, request.headers):
        count(f"hooks:unsigned:{provider}", seconds=COUNTED_SECONDS)
        return _refusal(401, _("The signature does not fit."))
    try:
        message = jsontext.parse(body, max_depth=MOST_DEPTH)
    except ValueError:
        message = None
    if not isinstance(message, dict):
        return _refusal(400, _("The message is not a JSON object that can be read here."))
    if not hooks.note_news(attempt, told=sender.job_told_of(message)):
        return _nothing_here()
    return JsonResponse({"received": True})


def _nothing_here() -> JsonResponse:
    return _refusal(404, _("No order is awaited at this address."))


def _refusal(status: int, sentence: str, **headers: str) -> JsonResponse:
    return JsonResponse({"error": sentence}, status=status, headers=headers)
