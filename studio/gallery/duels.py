"""Starting blind duels, their pairs as one voter sees them, voting, and what came of all votes."""

import hashlib
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q, Sum
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from studio.accounts.models import User
from studio.core.errors import StudioError
from studio.gallery.compare import first_pictures
from studio.gallery.models import Duel, Vote
from studio.jobs.models import Image, Job
from studio.providers import catalogue

MOST = 48  # pictures of one duel
ENOUGH = 5  # votes on a model before it is ranked
LATEST = 20  # duels that are listed
SIDES = ("left", "right")


class NoDuel(StudioError):
    """Pictures that cannot be set against each other."""

    code = "no_duel"
    status = 422

    def __init__(self) -> None:
        super().__init__(_("A duel needs pictures of the same prompt by different models."))


@dataclass(frozen=True)
class Pair:
    """Two pictures as one voter meets them; `number` counts from 1 and never changes for this voter."""

    number: int
    left: Image
    right: Image

    @property
    def key(self) -> tuple[UUID, UUID]:
        return min(self.left.pk, self.right.pk), max(self.left.pk, self.right.pk)

    @property
    def ratio(self) -> float:
        """Of the taller one: both stand in frames of one shape, which tell nothing."""
        return min(image.width / max(1, image.height) for image in (self.left, self.right))

    def picture(self, side: str) -> Image:
        return self.left if side == "left" else self.right


@dataclass
class Ballot:
    """A duel as one voter sees it: the pairs they may see, and what they said of them."""

    duel: Duel
    pairs: list[Pair]
    votes: dict[tuple[UUID, UUID], Vote] = field(default_factory=dict)

    @property
    def done(self) -> int:
        return sum(pair.key in self.votes for pair in self.pairs)

    @property
    def next(self) -> Pair | None:
        return next((pair for pair in self.pairs if pair.key not in self.votes), None)

    @property
    def prompt(self) -> str:
        return self.pairs[0].left.job.prompt


def _fight(one: Image, other: Image) -> bool:
    """Whether two pictures say something about two models: the same words, drawn and paid for alike."""
    a, b = one.job, other.job
    is_same = a.prompt.split() == b.prompt.split() and a.is_sandbox == b.is_sandbox
    return is_same and a.model != b.model and bool(a.unit_price and b.unit_price)


def fighters(user: User, ids: Iterable[UUID]) -> list[Image]:
    """Those of these pictures that this person may see and that have an opponent among them; one query."""
    seen = Image.objects.visible_to(user).filter(pk__in=list(ids)).exclude(copies_made_at=None).select_related("job")
    images = sorted(seen, key=lambda image: image.pk)[:MOST]
    return [image for image in images if any(_fight(image, other) for other in images)]


def start(user: User, ids: Iterable[UUID]) -> Duel:
    """A duel of these pictures, the one there is already where somebody started it before. Raises NoDuel."""
    images = fighters(user, ids)
    if not images:
        raise NoDuel
    key = hashlib.sha256("".join(str(image.pk) for image in images).encode()).hexdigest()
    with transaction.atomic():
        duel, is_new = Duel.objects.get_or_create(key=key, defaults={"created_by": user})
        if is_new:
            duel.images.set(images)
    return duel


def of_batch(user: User, batch: UUID) -> list[UUID]:
    """The first pictures of the jobs of a batch that this person may see."""
    jobs = Job.objects.visible_to(user).filter(batch=batch, status=Job.Status.COMPLETED).order_by("created_at")
    return first_pictures(user, list(jobs.values_list("pk", flat=True)[:MOST]))


def ballots(user: User, duels: Sequence[Duel]) -> list[Ballot]:
    """The duels of which this person may see a pair; three queries, however many."""
    images = Image.objects.filter(duels__in=duels).select_related("job").distinct()
    known = {image.pk: image for image in images}
    of_duel: dict[UUID, list[Image]] = {}
    for pk, image in Duel.images.through.objects.filter(duel__in=duels).values_list("duel_id", "image_id"):
        of_duel.setdefault(pk, []).append(known[image])
    visible = {image.pk for image in known.values() if image.deleted_at is None and image.job.is_visible_to(user)}
    cast = Vote.objects.filter(voter=user, one__in=visible, other__in=visible)
    votes = {(vote.one_id, vote.other_id): vote for vote in cast}
    found = []
    for duel in duels:
        pairs = [
            pair
            for pair in _pairs(duel, user, of_duel.get(duel.pk, []))
            if pair.left.pk in visible and pair.right.pk in visible
        ]
        if pairs:
            found.append(Ballot(duel, pairs, {pair.key: votes[pair.key] for pair in pairs if pair.key in votes}))
    return found


def latest(user: User) -> list[Ballot]:
    """The newest LATEST duels of which this person may see a pair; four queries where nearly all have one."""
    seen = Q(images__in=Image.objects.visible_to(user))
    duels = Duel.objects.select_related("created_by").annotate(seen=Count("images", filter=seen)).filter(seen__gte=2)
    duels = duels.order_by("-created_at", "-pk")
    found: list[Ballot] = []
    start = 0
    while len(found) < LATEST and (some := list(duels[start : start + LATEST])):
        found += ballots(user, some)
        start += LATEST
    return found[:LATEST]


def ballot_of(user: User, pk: UUID) -> Ballot:
    """One duel. Raises Duel.DoesNotExist, also for one of which this person may see no pair."""
    found = ballots(user, [Duel.objects.get(pk=pk)])
    if not found:
        raise Duel.DoesNotExist
    return found[0]


def _pairs(duel: Duel, voter: User, images: list[Image]) -> list[Pair]:
    """All pairs of a duel in an order and with sides that are random, secret, and always the same for this voter."""
    dice = random.Random(salted_hmac("studio.gallery.duels", f"{duel.pk}:{voter.pk}").digest())  # noqa: S311
    ordered = sorted(images, key=lambda image: image.pk)
    pairs = [pair for pair in combinations(ordered, 2) if _fight(*pair)]
    dice.shuffle(pairs)
    turned = [(b, a) if dice.random() < 0.5 else (a, b) for a, b in pairs]
    return [Pair(number, left, right) for number, (left, right) in enumerate(turned, 1)]


def vote(user: User, duel: Duel, pair: Pair, choice: str) -> Vote:
    """Say once which is better, `left`, `right` or `tie`; whoever voted on this pair before keeps that vote."""
    better = pair.picture(choice) if choice in SIDES else None
    one, other = sorted((pair.left, pair.right), key=lambda image: image.pk)
    verdict = Vote.Verdict.TIE if better is None else Vote.Verdict.ONE if better is one else Vote.Verdict.OTHER
    facts = {
        "duel": duel,
        "verdict": verdict,
        "one_model": one.job.model,
        "other_model": other.job.model,
        "one_price": one.job.unit_price,
        "other_price": other.job.unit_price,
        "is_sandbox": one.job.is_sandbox,
    }
    return Vote.objects.get_or_create(voter=user, one=one, other=other, defaults=facts)[0]


@dataclass
class Standing:
    """What all votes say of one model; `credits` are those of its pictures, once for each vote."""

    model: str
    wins: int = 0
    losses: int = 0
    ties: int = 0
    credits: int = 0

    @property
    def name(self) -> str:
        found = catalogue.find(self.model)
        return found.name if found else self.model

    @property
    def votes(self) -> int:
        return self.wins + self.losses + self.ties

    @property
    def is_ranked(self) -> bool:
        return self.votes >= ENOUGH

    @property
    def per_hundred(self) -> float:
        """Wins per 100 credits: how often it is preferred, for what its pictures cost."""
        return 100 * self.wins / self.credits if self.credits else 0.0


def standings(*, is_sandbox: bool) -> list[Standing]:
    """The models by wins per 100 credits over all votes of the team, those with too few votes behind; two queries."""
    found: dict[str, Standing] = {}
    for side, opposite in (("one", "other"), ("other", "one")):
        rows = Vote.objects.filter(is_sandbox=is_sandbox).values_list(f"{side}_model")
        for model, wins, losses, ties, credits in rows.annotate(
            wins=Count("pk", filter=Q(verdict=side)),
            losses=Count("pk", filter=Q(verdict=opposite)),
            ties=Count("pk", filter=Q(verdict="tie")),
            credits=Sum(f"{side}_price"),
        ):
            of_model = found.setdefault(model, Standing(model))
            of_model.wins += wins
            of_model.losses += losses
            of_model.ties += ties
            of_model.credits += credits
    return sorted(
        found.values(), key=lambda one: (not one.is_ranked, -one.per_hundred if one.is_ranked else -one.votes, one.name)
    )


def said_of(pair: Pair) -> tuple[int, int, int]:
    """How everybody voted on a pair: for the left one, for the right one, ties."""
    one, other = pair.key
    rows = Vote.objects.filter(one=one, other=other).values_list("verdict").annotate(Count("pk"))
    number = dict(rows)
    first, second = number.get("one", 0), number.get("other", 0)
    left, right = (first, second) if pair.left.pk == one else (second, first)
    return left, right, number.get("tie", 0)
