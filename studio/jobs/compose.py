"""Makes the composer a page shows: as it was sent, as a job was made, or empty for a model."""

from collections.abc import Iterable, Mapping

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from studio.accounts.models import User
from studio.core.numbers import listed
from studio.jobs.album import Album
from studio.jobs.alike import Made, already_made
from studio.jobs.batches import MOST_ALSO
from studio.jobs.form_pictures import field_for
from studio.jobs.forms import Composer
from studio.jobs.lately import ordered_lately
from studio.jobs.models import Job
from studio.jobs.pasted import Pasted
from studio.jobs.references import picture_parameters
from studio.jobs.variables import escaped
from studio.providers import catalogue
from studio.providers.catalogue import Place
from studio.providers.errors import ModelOff
from studio.providers.services import Listing, composer_models, sandbox_may_be_chosen

FIRST_CHOICE = "dall-e-3"


def compose(
    *,
    user: User,
    to_spend: int,
    data: Mapping[str, str] | None = None,
    model: str = "",
    source: Job | None = None,
    prompt: str = "",
    build_on: str = "",
    shape: str = "",
    call: Pasted | None = None,
    also: Iterable[str] = (),
) -> Composer | None:
    """The composer as sent (`data`), as a job was made (`source`), as a program asks, or empty for `model`.

    Three queries, and two more where there are words.

    `call` counts more than `data`; without the model it names, ModelOff is raised. `also` are models
    beside the first, where `data` does not say.

    `shape` stands in place of the source's own. `build_on` is a picture for a model that takes one (a form's value).
    A model with rows of pictures costs two to four queries more. None while every model is switched off.
    """
    may_choose = sandbox_may_be_chosen()
    use_sandbox = bool(may_choose and data and data.get("sandbox"))
    listings = composer_models(is_sandbox=use_sandbox)
    may_choose = may_choose and (use_sandbox or not any(listing.is_sandbox for listing in listings))
    wanted = (call.model if call else "") or (data or {}).get("model") or model or (source.model if source else "")
    listing = (_taking_pictures(listings, wanted) if build_on else None) or _chosen(listings, wanted)
    if listing is None:
        return None
    if call is not None:
        if listing.model.id != call.model:
            raise ModelOff(call.model)
        values, prompt = {**(data or {}), **_texts(call, listing)}, escaped(call.prompt)
    elif data is not None:
        values, prompt = dict(data), data.get("prompt", "")
    elif source is not None:
        values, prompt = _values_of(source, listing), prompt or escaped(source.prompt)
        if shape and (ratio := listing.offered.ratio):
            values[ratio.name] = shape
    else:
        values = {}
    if build_on and (field := field_for(listing.offered)):
        values[field] = build_on
    beside, missing = _beside(listings, listing, values.get("also", "").split() or list(also))
    composer = Composer(
        listing=listing,
        listings=listings,
        to_spend=to_spend,
        prompt=prompt,
        data=values,
        is_fresh=data is None and source is None and not prompt,
        may_choose_sandbox=may_choose,
        use_sandbox=use_sandbox,
        album=_album(user, listing, values),
        beside=beside,
        missing=missing,
        note=_said_of(call, listing) if call else "",
    )
    composer.made, composer.lately = _made(user, composer), _lately(user, composer)
    return composer


def _made(user: User, composer: Composer) -> Made | None:
    """What a teammate already made of exactly this and shows; nothing of several orders or of what cannot be had."""
    if composer.several or composer.field_errors or composer.state not in ("ready", "fewer", "short"):
        return None
    return already_made(
        user,
        composer.listing.model,
        composer.params,
        prompt=composer.prompts[0],
        count=composer.count,
        is_sandbox=composer.listing.is_sandbox,
    )


def _lately(user: User, composer: Composer) -> str:
    """`14:02:11` when the same person ordered exactly this by hand a moment ago."""
    if composer.is_fresh or composer.field_errors or composer.state not in ("ready", "fewer", "short", "many"):
        return ""
    own = (composer.listing.model, composer.params, composer.count)
    columns = composer.several.columns[1:] if composer.several else []
    asked = [own, *((column.listing.model, column.params, column.count) for column in columns)]
    at = ordered_lately(user, composer.prompts, asked)
    return date_format(timezone.localtime(at), "H:i:s") if at else ""


def _album(user: User, listing: Listing, values: Mapping[str, str]) -> Album | None:
    shown = [p.name for p in picture_parameters(listing.offered) if p.place is not Place.API]
    return Album(user, [values.get(name, "") for name in shown]) if shown else None


def _beside(listings: list[Listing], chosen: Listing, wanted: list[str]) -> tuple[list[Listing], list[str]]:
    """The models asked for beside the chosen one, each once, and the names of those that are not there any more."""
    by_id = {listing.model.id: listing for listing in listings}
    names = [name for name in dict.fromkeys(wanted) if name != chosen.model.id]
    found = [by_id[name] for name in names if name in by_id]
    return found[: 2 * MOST_ALSO], [name[:100] for name in names if name not in by_id][:MOST_ALSO]


def _taking_pictures(listings: list[Listing], wanted: str) -> Listing | None:
    """The model asked for where its form has a row for a picture, otherwise the first that somebody here serves."""
    fit = [listing for listing in listings if listing.served_by and field_for(listing.offered)]
    return next((listing for listing in fit if listing.model.id == wanted), next(iter(fit), None))


def _chosen(listings: list[Listing], wanted: str) -> Listing | None:
    """The model asked for, DALL·E 3 otherwise, or whatever somebody here serves."""
    by_name = {listing.model.id: listing for listing in listings}
    for listing in listings:
        by_name |= {alias: listing for alias in listing.model.aliases if alias not in by_name}
    if wanted in by_name:
        return by_name[wanted]
    first = by_name.get(FIRST_CHOICE)
    if first and first.served_by:
        return first
    return next((listing for listing in listings if listing.served_by), first or next(iter(listings), None))


def _texts(call: Pasted, listing: Listing) -> dict[str, str]:
    """What a call asks for as form texts, as far as the form has a place for it."""
    shown = {p.name: p for p in listing.offered.parameters if p.place is not Place.API}
    texts = {
        name: catalogue.as_text(value)
        for name, value in call.params.items()
        if name in shown and not (shown[name].is_picture and "://" in str(value))  # the form takes pictures kept here
    }
    count = listing.offered.count_parameter
    if count and call.count:
        texts[count.name] = str(call.count)
    return texts


def _said_of(call: Pasted, listing: Listing) -> str:
    left_out = [*call.left_out, *(name for name in call.params if name not in _texts(call, listing))]
    if (call.count or 1) > 1 and not listing.offered.count_parameter:
        left_out.append(_("the number of pictures"))
    said = _("Filled in from your API call. Nothing is ordered yet.")
    if left_out:
        said += " " + _("This form has no place for %(names)s.") % {"names": listed(left_out)}
    return said


def _values_of(job: Job, listing: Listing) -> dict[str, str]:
    """A job's parameters as form texts, those that the chosen model can still be asked for."""
    texts = {}
    for name, value in job.params.items():
        parameter = listing.offered.by_name.get(name)
        if parameter is None:
            continue
        try:
            parameter.clean(value)
        except ValueError:
            continue
        texts[name] = catalogue.as_text(value)
    count = listing.offered.count_parameter
    if count and job.count > 1:
        texts[count.name] = str(min(job.count, int(count.most or 1)))
    return texts
