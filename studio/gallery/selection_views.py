"""What can be done with selected pictures, and the trash. Ids of others are as if they were not there."""

from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.dateparse import parse_datetime
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from studio.core.errors import StudioError
from studio.core.http import Request
from studio.core.models import audit
from studio.gallery import zips
from studio.gallery.selection import MOST, back_to, chosen, refuses_too_many
from studio.jobs.models import Image, Job
from studio.jobs.pictures import CONTENT_TYPES, path_of
from studio.jobs.stars import star_all as give_stars
from studio.jobs.trash import Deletion, deletable_by, delete_pictures, restorable_by, restore_pictures
from studio.jobs.views.serving import serve
from studio.jobs.visibility import NAMES, set_visibility

PAGE = 60


def _chosen(request: Request) -> list[UUID]:
    """What a form selected; says so where that is nothing. Raises TooMany."""
    ids = chosen(request.POST if request.method == "POST" else request.GET)
    if not ids:
        messages.warning(request, _("Select pictures first."))
    return ids


@require_POST
@refuses_too_many
def star_all(request: Request) -> HttpResponse:
    """A star for each selected picture that has none of this person's yet."""
    if ids := _chosen(request):
        number = give_stars(request.user, ids)
        sentence = ngettext("%(number)d picture starred.", "%(number)d pictures starred.", number)
        messages.success(request, sentence % {"number": number})
    return redirect(back_to(request, reverse("gallery:gallery")))


@require_POST
@refuses_too_many
def visibility(request: Request) -> HttpResponse:
    """Set who sees the selected pictures; the pictures of one job are seen together, and that is said."""
    level = request.POST.get("level", "")
    if level not in Job.Visibility.values:
        messages.error(request, _("Choose who sees it."))
    elif ids := _chosen(request):
        seen = Image.objects.visible_to(request.user).filter(pk__in=ids)
        try:
            number = set_visibility(user=request.user, jobs=list(seen.values_list("job_id", flat=True)), level=level)
        except StudioError as error:
            messages.error(request, error.message)
        else:
            _tell_seen(request, number, level, seen.count())
    return redirect(back_to(request, reverse("gallery:gallery")))


def _tell_seen(request: Request, number: int, level: str, selected: int) -> None:
    sentence = ngettext("Seen by %(who)s: %(number)d picture.", "Seen by %(who)s: %(number)d pictures.", number)
    words = [sentence % {"number": number, "who": NAMES[level]}]
    if number > selected:
        words.append(_("Pictures of one order are seen together."))
    elif number < selected:
        words.append(_("The others are not yours to show."))
    messages.success(request, " ".join(words))


@require_POST
@refuses_too_many
def download(request: Request) -> HttpResponseBase:
    """The originals of the selection as one zip with contact sheet and table."""
    back = back_to(request, reverse("gallery:gallery"))
    ids = _chosen(request)
    try:
        images = zips.pictures_for(request.user, ids)
    except StudioError as error:
        messages.error(request, error.message)
        return redirect(back)
    if not images:
        return redirect(back)
    audit("pictures.exported", actor=request.user, number=len(images))
    name = f"{slugify(settings.STUDIO_NAME) or 'pictures'}-{timezone.localdate():%Y-%m-%d}.zip"
    headers = {
        "Content-Disposition": content_disposition_header(True, name) or "attachment",
        "Cache-Control": "private, no-store",
        "X-Accel-Buffering": "no",
    }
    parts = zips.stream(request.user, images, language=get_language() or "en")
    return StreamingHttpResponse(parts, content_type="application/zip", headers=headers)


@require_http_methods(["GET", "POST"])
@refuses_too_many
def delete(request: Request) -> HttpResponse:
    """Asks once; then gone at once, and back for 30 days."""
    back = back_to(request, reverse("gallery:gallery"))
    ids = _chosen(request)
    if not ids:
        return redirect(back)
    if request.method != "POST" or "sure" not in request.POST:
        own = deletable_by(request.user).filter(pk__in=ids)
        context = {"ids": ids, "number": own.count(), "others": len(ids) - own.count(), "back": back}
        return render(request, "gallery/delete.html", context)
    _tell_deleted(request, delete_pictures(user=request.user, ids=ids))
    return redirect(back)


def _tell_deleted(request: Request, deletion: Deletion) -> None:
    if not deletion.number:
        messages.warning(request, _("Nothing of it was yours to delete."))
        return
    sentence = ngettext(
        "%(number)d picture deleted. It can come back until %(day)s.",
        "%(number)d pictures deleted. They can come back until %(day)s.",
        deletion.number,
    )
    day = formats.date_format(timezone.localtime(deletion.until), "j F")
    undo = f"{reverse('gallery:restore')}?{urlencode({'at': deletion.at.isoformat()})}"
    messages.success(request, sentence % {"number": deletion.number, "day": day}, extra_tags=f"undo {undo}")


@require_POST
@refuses_too_many
def restore(request: Request) -> HttpResponse:
    """Bring back what was deleted at one moment, or what is selected in the trash."""
    at = _moment(request.GET.get("at", ""))
    number, place = 0, ""
    if at is not None:
        first = restorable_by(request.user).filter(deleted_at=at).order_by("-created_at", "-index").first()
        place = f"#open-{first.pk}" if first else ""  # where the grid has it again, the focus is on it
        number = restore_pictures(user=request.user, deleted_at=at)
    elif ids := _chosen(request):
        number = restore_pictures(user=request.user, ids=ids)
    if number:
        sentence = ngettext("%(number)d picture is back.", "%(number)d pictures are back.", number)
        messages.success(request, sentence % {"number": number}, extra_tags="focus")
    else:
        messages.warning(request, _("Nothing came back: it was there already, or its 30 days are over."))
    return redirect(back_to(request, reverse("gallery:gallery")).partition("#")[0] + place)


def _moment(text: str) -> datetime | None:
    try:
        at = parse_datetime(text)
    except ValueError:
        return None
    return at if at and timezone.is_aware(at) else None


@require_GET
def trash(request: Request) -> HttpResponse:
    """What was deleted and can come back, latest first."""
    found = restorable_by(request.user).select_related("job__user", "deleted_by").order_by("-deleted_at", "-pk")
    text = request.GET.get("from", "")
    start = int(text) if text.isdecimal() and len(text) < 7 else 0
    rows = list(found[start : start + PAGE + 1])
    context = {
        "images": rows[:PAGE],
        "next": start + PAGE if len(rows) > PAGE else 0,
        "number": found.count(),
        "most": MOST,
    }
    return render(request, "gallery/trash.html", context)


@require_safe
def trash_picture(request: Request, image: UUID) -> HttpResponseBase:
    """The small copy of a deleted picture, for whoever may bring it back; no other copy is shown of it."""
    found = restorable_by(request.user).filter(pk=image).first()
    if found is None:
        raise Http404
    try:
        return serve(
            request,
            path_of(found.pk, "small.webp"),
            content_type=CONTENT_TYPES["webp"],
            etag=f'"{found.pk}-trash"',
            shared_with="same-origin",
            cache="private, no-store",
        )
    except FileNotFoundError:
        raise Http404 from None
