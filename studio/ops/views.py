"""Health: for load balancers, monitors and `up` itself. Nothing but a word; the log says what is wrong."""

from django.http import HttpRequest, JsonResponse
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
        return JsonResponse({"status": "unavailable"}, status=503)
    return JsonResponse({"status": "ok"})
