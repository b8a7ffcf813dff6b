"""One's own earlier prompts, for the arrow keys; the blanks of the words that stand in the composer."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from studio.core.http import Request
from studio.jobs import blanks
from studio.jobs.models import Job
from studio.jobs.variables import escaped

MOST = 50
LOOKED_AT = 400  # of a person's last jobs
LONGEST = 200_000  # characters in all


@require_GET
def earlier(request: Request) -> JsonResponse:
    """`{"prompts": [...]}`: the last 50 that differ, newest first, written so that the composer makes them again.

    A batch is one of them, with its variables.
    """
    rows = Job.objects.of(request.user).order_by("-created_at", "-pk").values_list("prompt", "batch__prompt")
    texts = dict.fromkeys(escaped(prompt) if of_batch is None else of_batch for prompt, of_batch in rows[:LOOKED_AT])
    found: list[str] = []
    left = LONGEST
    for text in list(texts)[:MOST]:
        left -= len(text)
        if left < 0 and found:
            break
        found.append(text)
    return JsonResponse({"prompts": found})


@require_POST
def blank_fields(request: Request) -> HttpResponse:
    """A field for each blank of the words, with what was filled in already."""
    data = request.POST.dict()
    fields = blanks.fields_of(str(data.get("prompt", "")), {name: str(text) for name, text in data.items()})
    return render(request, "jobs/composer.html#blanks", {"composer": {"blanks": fields}})
