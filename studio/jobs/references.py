"""References: kept for a person, named in orders, handed to providers."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from studio.accounts.models import User
from studio.core.failpoints import failpoint
from studio.core.outbound import is_forbidden_literal
from studio.jobs import reference_files
from studio.jobs.errors import BadReference
from studio.jobs.models import Image, Job, JobReference, Reference
from studio.jobs.pictures import BadPicture, path_of
from studio.jobs.reference_files import StoredFile, discard, take_copy, take_in
from studio.jobs.reference_links import linked_file
from studio.jobs.reference_models import PREFIX, ReferenceQuerySet
from studio.providers.catalogue import ImageModel, Parameter, ParameterErrors

PICK = "image:"  # how a form names one of the studio's own pictures


def visible_references(user: User) -> ReferenceQuerySet:
    """What this person may be shown: their own, and those of the jobs they may see but for pictures they may not."""
    return Reference.objects.visible_to(user, jobs=Job.objects.visible_to(user), images=Image.objects.visible_to(user))


# --- kept for a person ---


def keep_upload(*, user: User, draft: Path, sha256: str) -> Reference:
    """Check and keep what somebody sent; the same bytes again are the same reference. Raises BadReference."""
    try:
        stored = take_in(draft, sha256=sha256)
    except BadPicture as error:
        raise BadReference(error.code) from None
    return _keep(user, stored, Reference(source=Reference.Source.UPLOAD))


def keep_picture(*, user: User, image: Image) -> Reference:
    """Keep a picture of the studio to build on; it stays when the picture is deleted. Raises BadReference."""
    found = _same_bytes(user, image.sha256, image_id=image.pk)
    if found is not None:
        return found
    row = Reference(source=Reference.Source.PICTURE, image=image)
    return _keep_copy(user, path_of(image.pk, image.format), row)


def _keep_copy(user: User, path: Path, row: Reference) -> Reference:
    try:
        stored = take_copy(path)
    except FileNotFoundError:
        raise BadReference("gone") from None
    except BadPicture as error:
        raise BadReference(error.code) from None
    return _keep(user, stored, row)


def _same_bytes(user: User, sha256: str, *, image_id: UUID | None = None) -> Reference | None:
    """This person's reference with these bytes, wanted again as of now, so that the sweep leaves it.

    With `image_id` they are known from now on for that picture of the studio, whose level they share.
    """
    found = Reference.objects.of(user).filter(sha256=sha256).exclude(source=Reference.Source.ADDRESS).first()
    if found is None:
        return None
    found.wanted_at = timezone.now()
    changed: dict[str, Any] = {"wanted_at": found.wanted_at}
    if image_id:
        found.source, found.image_id = Reference.Source.PICTURE, image_id
        changed |= {"source": found.source, "image_id": image_id}
    return found if Reference.objects.filter(pk=found.pk).update(**changed) else None


def _keep(user: User, stored: StoredFile, row: Reference) -> Reference:
    found = _same_bytes(user, stored.sha256, image_id=row.image_id)
    if found is None:
        row.user = user
        for name in ("file", "format", "width", "height", "size", "sha256"):
            setattr(row, name, getattr(stored, name))
        try:
            with transaction.atomic():
                row.save(force_insert=True)
            return row
        except IntegrityError:  # the same bytes came in at the same moment
            found = _same_bytes(user, stored.sha256, image_id=row.image_id)
            if found is None:
                raise
    discard(stored)
    return found


# --- named in an order ---


@dataclass
class Plan:
    """The references of one order: `params` name them all, `fresh` get their rows with the job, `kept` are there."""

    params: dict[str, Any]
    fresh: dict[str, Reference] = field(default_factory=dict)  # by address
    kept: dict[UUID, None] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not (self.fresh or self.kept)


def picture_parameters(model: ImageModel) -> list[Parameter]:
    """The parameters of a model that take pictures."""
    return [parameter for parameter in model.parameters if parameter.is_picture]


def plan(*, user: User, model: ImageModel, params: Mapping[str, Any]) -> Plan:
    """Turn what an order names (addresses, `ref:` of one's own, `image:` of the studio) into references.

    Rows for own pictures are written at once, those for addresses with the job. Raises ParameterErrors keyed by
    `name` or `name.position`; what somebody may not see is refused as if it did not exist.
    """
    made = Plan(dict(params))
    errors: dict[str, list[str]] = {}
    for parameter in picture_parameters(model):
        value = params.get(parameter.name)
        if value is None:
            continue
        values = []
        for position, text in enumerate(value if isinstance(value, list) else [value]):
            try:
                values.append(_reference_of(user, text, made).value)
            except BadReference as error:
                key = f"{parameter.name}.{position}" if isinstance(value, list) else parameter.name
                errors[key] = [error.message]
        if values:
            made.params[parameter.name] = values if isinstance(value, list) else values[0]
        else:
            del made.params[parameter.name]
    if errors:
        raise ParameterErrors(errors)
    return made


def _reference_of(user: User, text: str, made: Plan) -> Reference:
    if text.startswith((PREFIX, PICK)):
        row = named(user, text)
    elif (ours := linked_file(text)) is not None:  # whoever holds the link may have the bytes
        row = keep_linked(user, ours)
    else:
        if problem := is_forbidden_literal(text, allow=reference_files.ALLOWED):
            raise BadReference("address", problem)
        return made.fresh.setdefault(text, Reference(user=user, source=Reference.Source.ADDRESS, address=text))
    made.kept[row.pk] = None
    return row


def keep_linked(user: User, ours: Image | Reference) -> Reference:
    """A reference of this person's to what a link of ours leads to. Raises BadReference."""
    return keep_picture(user=user, image=ours) if isinstance(ours, Image) else _own(user, ours)


def named(user: User, text: str) -> Reference:
    """What `ref:` or `image:` names, as a reference of this person's. Raises BadReference for what they may not see."""
    kind, _colon, name = text.partition(":")
    try:
        pk = UUID(name)
    except ValueError:
        raise BadReference("gone") from None
    if kind == "image":
        image = Image.objects.visible_to(user).filter(pk=pk).first()
        if image is None:
            raise BadReference("gone")
        return keep_picture(user=user, image=image)
    row = visible_references(user).filter(pk=pk).first()
    if row is None:
        raise BadReference("gone")
    return _own(user, row)


def _own(user: User, row: Reference) -> Reference:
    """The row itself, or a copy of somebody else's that this person may see: a job uses its owner's references."""
    if row.user_id == user.pk:
        return row
    if row.file is None:
        return Reference.objects.create(user=user, source=Reference.Source.ADDRESS, address=row.address)
    source = Reference.Source.PICTURE if row.image_id else Reference.Source.UPLOAD
    found = _same_bytes(user, row.sha256, image_id=row.image_id)
    return found or _keep_copy(user, path_of(row.file, row.format), Reference(source=source, image_id=row.image_id))


def attach(made: Plan, *jobs: Job) -> None:
    """Write which references these jobs of one person use, in the transaction that makes them.

    Raises BadReference when one is gone.
    """
    if made.is_empty:
        return
    Reference.objects.bulk_create(made.fresh.values())
    # An UPDATE, so that the sweep of another process waits for this transaction and then leaves them.
    touched = Reference.objects.filter(pk__in=made.kept, user_id=jobs[0].user_id).update(wanted_at=timezone.now())
    if touched != len(made.kept):
        raise BadReference("gone")
    used = [*made.kept, *(row.pk for row in made.fresh.values())]
    JobReference.objects.bulk_create(JobReference(job=job, reference_id=pk) for job in jobs for pk in used)
    failpoint("submit.after_references")


def named_in(params: Mapping[str, Any]) -> list[UUID]:
    """The references that a job's parameters name, each once, in order; no query."""
    found: dict[UUID, None] = {}
    for value in params.values():
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str) and text.startswith(PREFIX):
                try:
                    found[uuid.UUID(text.removeprefix(PREFIX))] = None
                except ValueError:
                    continue  # somebody's words that begin like one
    return list(found)


def used_by(job: Job, *, reader: User) -> list[tuple[Reference, bool]]:
    """The references of a job, and whether `reader` may see each, in the order its parameters name them.

    No query where they name none.
    """
    names = named_in(job.params)
    if not names:
        return []
    seen = seen_among(names, reader=reader)
    rows = Reference.objects.filter(pk__in=names, uses__job=job)
    return [(row, row.pk in seen) for row in sorted(rows, key=lambda row: names.index(row.pk))]


def seen_among(names: Collection[UUID], *, reader: User) -> frozenset[UUID]:
    """Those of these references that `reader` may see; no query for none."""
    if not names:
        return frozenset()
    return frozenset(visible_references(reader).filter(pk__in=names).values_list("pk", flat=True))


def small_url(pk: UUID) -> str:
    """Where a reference's small copy is shown to those who may see it."""
    return reverse("jobs:reference", args=[pk, "small"])


# --- forgotten ---


def forget_unused() -> int:
    """Forget references that no job uses, 24 hours after they were last wanted; returns how many.

    Their files go with the orphans an hour later, so that a backup made in between has all it knows of.
    """
    with transaction.atomic():
        skip = transaction.get_connection().features.has_select_for_update_skip_locked
        rows = Reference.objects.unused().select_for_update(skip_locked=skip, of=("self",) if skip else ())
        found = [row.pk for row in rows.only("pk").order_by("pk")[:500]]
        return Reference.objects.filter(pk__in=found).delete()[0]
