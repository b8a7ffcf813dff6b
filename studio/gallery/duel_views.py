"""Blind duels: starting one, voting pair by pair, and what all votes say."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.views.decorators.http import require_GET, require_POST, require_safe

from studio.core.errors import StudioError
from studio.core.http import Request
from studio.gallery import duels as verbs
from studio.gallery.compare import address
from studio.gallery.duels import ENOUGH, SIDES, Ballot, Pair
from studio.gallery.models import Duel
from studio.gallery.selection import back_to, chosen, refuses_too_many
from studio.jobs.cards import cards_of, with_all
from studio.jobs.models import Job
from studio.jobs.pictures import CONTENT_TYPES, path_of
from studio.jobs.receipt import took
from studio.jobs.views.pictures import ASK_AGAIN
from studio.jobs.views.serving import serve


@require_GET
def duels(request: Request) -> HttpResponse:
    """Which model wins here for what it costs, and the duels to vote in."""
    context = {
        "real": verbs.standings(is_sandbox=False),
        "sandbox": verbs.standings(is_sandbox=True),
        "ballots": verbs.latest(request.user),
        "enough": ENOUGH,
    }
    return render(request, "gallery/duels.html", context)


@require_POST
@refuses_too_many
def start(request: Request) -> HttpResponse:
    """A duel of the pictures, or of the batch, that a form names."""
    back, ids = back_to(request, reverse("gallery:duels")), chosen(request.POST)
    try:
        for batch in chosen(request.POST, most=1, field="batch"):
            ids += verbs.of_batch(request.user, batch)
        duel = verbs.start(request.user, ids)
    except StudioError as error:
        messages.warning(request, error.message)
        return redirect(back)
    return redirect("gallery:duel", pk=duel.pk)


@require_GET
def duel(request: Request, pk: UUID) -> HttpResponse:
    """The next pair to vote on; when all are, how this person voted."""
    ballot = _ballot(request, pk)
    if ballot.next:
        return redirect("gallery:pair", pk=pk, number=ballot.next.number)
    return render(
        request, "gallery/duel_done.html", {"ballot": ballot, "pairs": [_told(ballot, p) for p in ballot.pairs]}
    )


@require_GET
def pair(request: Request, pk: UUID, number: int) -> HttpResponse:
    """One pair: without any name before the vote, with everything after it."""
    ballot = _ballot(request, pk)
    found = _pair(ballot, number)
    context: dict[str, Any] = {"ballot": ballot, "pair": found}
    if found.key in ballot.votes:
        left, right, ties = verbs.said_of(found)
        context |= {
            "told": _told(ballot, found),
            "left": left,
            "right": right,
            "ties": ties,
            "sides": _revealed(request, found),
        }
        context["compared"] = address([found.left.pk, found.right.pk])
    return render(request, "gallery/duel.html", context)


@require_POST
def vote(request: Request, pk: UUID, number: int) -> HttpResponse:
    """Say which is better; the first word counts."""
    ballot = _ballot(request, pk)
    found = _pair(ballot, number)
    choice = request.POST.get("choice", "")
    if choice in (*SIDES, "tie"):
        verbs.vote(request.user, ballot.duel, found, choice)
    return redirect("gallery:pair", pk=pk, number=number)


@require_safe
def duel_picture(request: Request, pk: UUID, number: int, side: str) -> HttpResponseBase:
    """One of the two pictures under an address, and with headers, that say nothing of its job."""
    if side not in SIDES:
        raise Http404
    image = _pair(_ballot(request, pk), number).picture(side)
    mark = salted_hmac("studio.gallery.duel_picture", f"{pk}:{request.user.pk}:{image.pk}").hexdigest()[:32]
    try:
        return serve(
            request,
            path_of(image.pk, "large.webp"),
            content_type=CONTENT_TYPES["webp"],
            etag=f'"{mark}"',
            shared_with="same-origin",
            cache=ASK_AGAIN,
        )
    except FileNotFoundError:
        raise Http404 from None


def _ballot(request: Request, pk: UUID) -> Ballot:
    try:
        return verbs.ballot_of(request.user, pk)
    except Duel.DoesNotExist:
        raise Http404 from None


def _pair(ballot: Ballot, number: int) -> Pair:
    found = next((pair for pair in ballot.pairs if pair.number == number), None)
    if found is None:
        raise Http404
    return found


def _told(ballot: Ballot, pair: Pair) -> dict[str, Any]:
    """A pair that was voted on: the names, and which of them was said to be better ("" for a tie)."""
    vote = ballot.votes[pair.key]
    better = {"one": pair.key[0], "other": pair.key[1]}.get(vote.verdict)
    side = "" if better is None else "left" if pair.left.pk == better else "right"
    names = {str(vote.one_id): vote.one_model, str(vote.other_id): vote.other_model}
    left, right = (verbs.Standing(names[str(image.pk)]).name for image in (pair.left, pair.right))
    return {
        "pair": pair,
        "side": side,
        "left": left,
        "right": right,
        "name": {"left": left, "right": right}.get(side, ""),
    }


def _revealed(request: Request, pair: Pair) -> list[dict[str, Any]]:
    """Model, time and, where it is one's own money, price of both."""
    jobs = Job.objects.visible_to(request.user).filter(pk__in=[pair.left.job_id, pair.right.job_id])
    cards = {card.job.pk: card for card in cards_of(with_all(jobs))}
    sides = []
    for name in SIDES:
        image = pair.picture(name)
        card = cards[image.job_id]
        job = card.job
        time = took(job.started_at, job.finished_at, job.created_at) if job.started_at and job.finished_at else ""
        sides.append(
            {
                "name": name,
                "image": image,
                "card": card,
                "took": time,
                "price": job.unit_price if job.user_id == request.user.pk else None,
            }
        )
    return sides
