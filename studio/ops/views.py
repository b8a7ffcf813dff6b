"""Health: for load balancers, monitors and `up` itself. Nothing but a word; the log says what is wrong."""

import hmac

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from studio.ops import health


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """This process answers; the database is not asked."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """The studio can take and finish jobs: database, migrations, queue and disk, at most a few seconds old."""
    if health.watch.problems():
        answer = JsonResponse({"status": "unavailable"}, status=503)
        answer._has_been_logged = True  # type: ignore[attr-defined]  # by the watch, once and with the reason
        return answer
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """The studio's figures for Prometheus, to whoever brings STUDIO_METRICS_TOKEN; nothing is here for anybody else."""
    said = request.headers.get("Authorization", "").encode()
    if not settings.METRICS_TOKEN or not hmac.compare_digest(said, f"Bearer {settings.METRICS_TOKEN}".encode()):
        raise Http404
    from studio.ops.metrics import CONTENT_TYPE, exposition  # loaded where somebody watches, and nowhere else

    return HttpResponse(exposition(), content_type=CONTENT_TYPE)
