"""Earlier prompts, offered again beside the composer: each as it was written, a batch once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse

from studio.accounts.models import User
from studio.jobs.batch_sheet import batches_among
from studio.jobs.cards import Card, with_all
from studio.jobs.models import Job
from studio.jobs.variables import escaped

SHOWN = 4  # prompts
LOOKED_AT = 20  # orders behind the page, where batches fill it


@dataclass(frozen=True)
class Earlier:
    """Words as the composer takes them, what ordering them led to, and what all of it cost in credits."""

    words: str
    card: Card  # the latest of them
    credits: int
    url: str  # the composer with these words, without script

    @property
    def title(self) -> str:
        """The words in one line."""
        return " ".join(self.words.split())


def earlier_prompts(user: User, cards: Sequence[Card]) -> list[Earlier]:
    """The last few different words of this person's `cards`, latest first, whose jobs came with their batches.

    Where batches fill the page, two queries more look behind it.
    """
    found = _different(cards)
    batches = batches_among(cards)
    if batches and len(found) < SHOWN:
        last = cards[-1].job
        older = Q(created_at__lt=last.created_at) | Q(created_at=last.created_at, pk__lt=last.pk)
        jobs = Job.objects.of(user).finished().filter(older).exclude(batch__in=batches)
        rows = with_all(jobs).select_related("batch").order_by("-created_at", "-pk")[:LOOKED_AT]
        found = _different([*cards, *(Card(job, cards[0].providers) for job in rows)])
    return found[:SHOWN]


def _different(cards: Iterable[Card]) -> list[Earlier]:
    found: dict[str, Earlier] = {}
    for card in cards:
        job, batch = card.job, card.job.batch
        words = batch.prompt if batch else escaped(job.prompt)
        if words not in found:
            query = urlencode({"batch": batch.pk} if batch else {"like": job.pk})
            credits = batch.price if batch else job.price
            found[words] = Earlier(words, card, credits, f"{reverse('jobs:studio')}?{query}")
    return list(found.values())
