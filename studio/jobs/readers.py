"""Cards as somebody reads them: whose they are, and what of them is not shown."""

from studio.accounts.models import User
from studio.jobs.cards import Card
from studio.jobs.references import named_in, seen_among


def for_reader(reader: User, cards: list[Card]) -> list[Card]:
    """The same cards, each knowing whose it is and what of it `reader` may see; one query where it may not be all."""
    others = [card for card in cards if card.job.user_id != reader.pk]
    names = {pk for card in others for pk in named_in(card.job.params)}
    hidden = frozenset(names - seen_among(names, reader=reader))
    for card in others:
        card.is_own, card.hidden = False, hidden
    return cards
