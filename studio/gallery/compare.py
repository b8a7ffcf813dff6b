"""Pictures side by side: in what their orders differ, and in what they do not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from studio.accounts.models import User
from studio.core.numbers import credits_text
from studio.gallery.listing import tiles_of
from studio.gallery.tiles import Tile
from studio.jobs.cards import Card, cards_of, with_all
from studio.jobs.lineage import moment
from studio.jobs.models import Image, Job
from studio.jobs.receipt import seeds_text, took, value_text
from studio.jobs.word_changes import Stretch, compared

MOST = 4
OFFERED = 12  # pictures to put beside
UNTOLD = "–"


@dataclass
class Column:
    """One picture. `changes` is how its words differ from the first one's, None where they do not."""

    tile: Tile
    image: Image
    card: Card
    changes: list[Stretch] | None
    without: str  # the address of the page without it
    earlier: str  # and with it one place earlier; empty for the first

    @property
    def url(self) -> str:
        return f"{self.card.url}?picture={self.image.index}"


@dataclass(frozen=True)
class Row:
    """One thing that is told of each picture, in their order."""

    label: str
    values: list[str]

    @property
    def is_same(self) -> bool:
        return len(set(self.values)) == 1


@dataclass
class Comparison:
    """What the page shows of two to four pictures; of one alone there is nothing that differs."""

    columns: list[Column]
    rows: list[Row]

    @property
    def differing(self) -> list[Row]:
        """Without the model, whose name stands under its picture."""
        return [row for row in self.rows[1:] if not row.is_same]

    @property
    def same(self) -> list[Row]:
        return [row for row in self.rows if row.is_same]

    @property
    def has_same_words(self) -> bool:
        return all(column.changes is None for column in self.columns)

    @property
    def ratio(self) -> float:
        """Of the tallest picture: the frames of all of them have this shape, so that they zoom alike."""
        return min(column.image.width / max(1, column.image.height) for column in self.columns)


def address(ids: Iterable[UUID]) -> str:
    return f"{reverse('gallery:compare')}?{urlencode([('picture', str(pk)) for pk in ids])}"


def first_pictures(user: User, jobs: Sequence[UUID]) -> list[UUID]:
    """Of each of these jobs the first picture that this person may see and that can be shown, in the jobs' order."""
    seen = Image.objects.visible_to(user).filter(job__in=list(jobs)).exclude(copies_made_at=None)
    first = {job: pk for job, pk in seen.order_by("-index").values_list("job_id", "pk")}
    return [first[job] for job in jobs if job in first]


def comparison(user: User, ids: Sequence[UUID]) -> Comparison:
    """Those of `ids` that this person may see and that are there, in this order; a fixed number of queries."""
    found = Image.objects.visible_to(user).in_bulk(list(ids))
    jobs = with_all(Job.objects.visible_to(user).filter(pk__in={image.job_id for image in found.values()}))
    cards = {card.job.pk: card for card in cards_of(jobs.select_related("api_key", "user"))}
    images = [found[pk] for pk in ids if pk in found]
    tiles = {tile.image.pk: tile for tile in tiles_of(user, [(i.job_id, i.pk) for i in images]) if tile.image}
    shown = [(image, cards[image.job_id]) for image in images if image.pk in tiles]
    there = [image.pk for image, _card in shown]
    columns = []
    for place, (image, card) in enumerate(shown):
        words = shown[0][1].job.prompt
        swapped = [*there[: place - 1], image.pk, there[place - 1], *there[place + 1 :]] if place else []
        columns.append(
            Column(
                tile=tiles[image.pk],
                image=image,
                card=card,
                changes=compared(words, card.job.prompt) if card.job.prompt != words else None,
                without=address(pk for pk in there if pk != image.pk),
                earlier=address(swapped) if swapped else "",
            )
        )
    return Comparison(columns, _rows(user, columns))


def _rows(user: User, columns: list[Column]) -> list[Row]:
    """Model, what was asked for, and how it went."""
    cards = [column.card for column in columns]
    rows = [Row(_("Model"), [card.model_name for card in cards]), *_settings(cards)]
    told = {
        _("Seed"): [_seed(column) for column in columns],
        _("Size"): [_size(column.image) for column in columns],
        _("Price of a picture"): [_price(card.job, user) for card in cards],
        _("Served by"): [card.provider_name for card in cards],
        _("Took"): [_took(card.job) for card in cards],
        _("Made by"): [card.job.user.display_name for card in cards],
        _("Ordered"): [moment(card.job.created_at) for card in cards],
    }
    return rows + [Row(label, values) for label, values in told.items()]


def _price(job: Job, reader: User) -> str:
    """Money is its owner's to see."""
    return credits_text(job.unit_price) if job.user_id == reader.pk else UNTOLD


def _settings(cards: list[Card]) -> list[Row]:
    """The settings that any of them was ordered with; of the others what their models then take by themselves."""
    labels: dict[str, None] = {}
    values: list[dict[str, str]] = []
    for card in cards:
        of_card = {}
        for parameter in card.model.parameters if card.model else ():
            if parameter.is_count or parameter.name == "seed":
                continue
            value = card.job.params.get(parameter.name, parameter.default)
            if value is not None:
                of_card[str(parameter.label)] = value_text(parameter, value)
            if parameter.name in card.job.params or (parameter.is_ratio and value is not None):
                labels[str(parameter.label)] = None
        values.append(of_card)
    return [Row(label, [of_card.get(label, UNTOLD) for of_card in values]) for label in labels]


def _seed(column: Column) -> str:
    asked = column.card.job.params.get("seed")
    return str(asked) if column.image.seed is None and asked is not None else seeds_text(column.card, [column.image])


def _size(image: Image) -> str:
    return _("%(width)d × %(height)d px %(format)s") % {
        "width": image.width,
        "height": image.height,
        "format": image.get_format_display(),
    }


def _took(job: Job) -> str:
    if not (job.started_at and job.finished_at):
        return UNTOLD
    return took(job.started_at, job.finished_at, job.created_at)


def to_put_beside(user: User, chosen: Sequence[Image]) -> list[tuple[Tile, str]]:
    """Pictures to compare those with, each with the address that does: their kin first, then one's own latest."""
    visible = Job.objects.visible_to(user).filter(status=Job.Status.COMPLETED)
    near: dict[UUID, None] = {}
    if chosen:
        rows = list(visible.filter(pk__in={image.job_id for image in chosen}).values_list("pk", "retry_of", "batch"))
        own, parents, batches = ([value for value in values if value] for values in zip(*rows, strict=True))
        near |= dict.fromkeys([*own, *parents])
        near |= dict.fromkeys(
            visible.filter(retry_of__in=own).order_by("-created_at").values_list("pk", flat=True)[:OFFERED]
        )
        if batches:
            of_batch = visible.filter(batch__in=batches).order_by("created_at")
            near |= dict.fromkeys(of_batch.values_list("pk", flat=True)[:OFFERED])
    latest = visible.filter(user=user).order_by("-created_at", "-pk").values_list("pk", flat=True)[:OFFERED]
    near |= dict.fromkeys(latest)
    order = {pk: place for place, pk in enumerate(near)}
    there = [image.pk for image in chosen]
    images = (
        Image.objects.visible_to(user).filter(job__in=list(near)).exclude(copies_made_at=None).exclude(pk__in=there)
    )
    found = sorted(images.values_list("job_id", "pk", "index"), key=lambda row: (order[row[0]], row[2]))[:OFFERED]
    tiles = tiles_of(user, [(job, pk) for job, pk, _index in found])
    return [(tile, address([*there, tile.image.pk])) for tile in tiles if tile.image]
