"""What the ledger's references mean: a job's words, its picture, its model."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from studio.accounts.models import User
from studio.core.ids import is_id
from studio.credits.things import Thing
from studio.jobs.compose import FIRST_CHOICE
from studio.jobs.models import Image, Job
from studio.providers import catalogue
from studio.providers.models import ModelPrice, ProviderRow


def jobs_as_things(reader: User, references: Iterable[str]) -> dict[str, Thing]:
    """The jobs among `references` that `reader` may see; three queries."""
    ids = [UUID(reference) for reference in references if is_id(reference)]
    shown = Image.objects.filter(deleted_at=None).exclude(copies_made_at=None)
    jobs = Job.objects.visible_to(reader).filter(pk__in=ids).prefetch_related(Prefetch("images", queryset=shown))
    names = dict(ProviderRow.objects.values_list("slug", "name"))
    return {str(job.pk): _thing(job, names) for job in jobs}


def _thing(job: Job, names: dict[str, str]) -> Thing:
    image = next(iter(job.images.all()), None)
    model = catalogue.find(job.model)
    return Thing(
        title=" ".join(job.prompt.split()),
        url=reverse("jobs:job", args=[job.pk]),
        image_url=reverse("jobs:picture", args=[job.pk, image.pk, "small"]) if image else "",
        model=model.name if model else job.model,
        provider=names.get(job.provider, job.provider),
        why=short_reason(job.error_code),
        is_unknown=job.is_unknown,
    )


def short_reason(code: str) -> str:
    """Why credits came back, in two or three words."""
    return {
        "cancelled": _("cancelled"),
        "content_policy": _("refused by the provider"),
        "bad_request": _("refused by the provider"),
        "too_slow": _("not ready in time"),
        "waited_too_long": _("nobody took the order"),
        "never_known": _("outcome never known"),
        "released": _("closed by an administrator"),
        "confirmed": _("closed by an administrator"),
        "reference_unreachable": _("reference not to be had"),
    }.get(code, _("not made") if code else "")


def worth(amount: int) -> str:
    """`about 22 DALL·E 3 pictures`."""
    model = catalogue.find(FIRST_CHOICE)
    price = ModelPrice.objects.filter(model=FIRST_CHOICE).order_by("-price_list_id").first()
    if model is None or price is None or not (unit := model.unit_price({}, price.rule)) or amount < unit:
        return ""
    words = {"number": f"{amount // unit:,}", "model": model.name}
    return ngettext("about %(number)s %(model)s picture", "about %(number)s %(model)s pictures", amount // unit) % words
