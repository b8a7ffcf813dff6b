"""What a page tells of what ended since it looked last, to somebody who is looking elsewhere."""

import json
from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from studio.jobs.batch_sheet import Head
from studio.jobs.cards import Card

WORDS = 80  # characters of a prompt


def news_of(cards: Iterable[Card], heads: Iterable[Head] = ()) -> str:
    """JSON for the page's script: `[{"tag", "title", "body", "url", "icon", "is_ready"}]`, empty for nothing.

    Each card that ended, and of a batch only its end: twelve pictures are one piece of news.
    """
    over = {head.pk: head for head in heads if head.is_over}
    told = [_of_card(card) for card in cards if card.is_news and not card.job.batch_id]
    for card in cards:
        if card.is_news and card.job.batch_id and (head := over.pop(card.job.batch_id, None)):
            told.append(_of_batch(head, card))
    return json.dumps(told, ensure_ascii=False) if told else ""


def _of_card(card: Card) -> dict[str, object]:
    titles = {
        "done": _("Picture ready"),
        "cancelled": _("Cancelled, nothing was charged"),
        "not-made": _("Not made, nothing was charged"),
    }
    return {
        "tag": card.id,
        "title": titles.get(card.state, ""),
        "body": card.title if len(card.title) <= WORDS else f"{card.title[: WORDS - 1]}…",
        "url": card.url,
        "icon": _icon(card),
        "is_ready": card.state == "done",
    }


def _of_batch(head: Head, card: Card) -> dict[str, object]:
    return {
        "tag": f"batch-{head.pk}",
        "title": _("All pictures of the batch are through"),
        "body": head.words,
        "url": head.url,
        "icon": _icon(card),
        "is_ready": bool(head.ready),
    }


def _icon(card: Card) -> str:
    """The small copy of its first picture."""
    return reverse("jobs:picture", args=[card.job.pk, card.image.pk, "small"]) if card.image else ""
