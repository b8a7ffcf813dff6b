"""The pictures in a composer's form: files beside its texts, picks on the page, and where they go in another model."""

from collections.abc import Mapping

from django.http import HttpRequest, QueryDict

from studio.accounts.models import User
from studio.jobs import references, uploads
from studio.jobs.errors import BadReference
from studio.jobs.references import PICK
from studio.providers import catalogue
from studio.providers.catalogue import ImageModel, Place

NEW = "new-"  # before the parameter's name: the field of files for it


def picture_fields() -> set[str]:
    """The names of all fields that hold pictures in the form of some model."""
    return {parameter.name for model in catalogue.models() for parameter in references.picture_parameters(model)}


def texts_of(form: QueryDict) -> dict[str, str]:
    """The form's fields: the pictures of one name in one text, the models too, of anything else the last."""
    texts = form.dict()
    for name in picture_fields() & texts.keys():
        texts[name] = " ".join(dict.fromkeys(value for value in form.getlist(name) if value))
    if "also" in texts:
        texts["also"] = " ".join(dict.fromkeys(value for value in form.getlist("also") if value))
    # A field for files that holds none is sent as an empty text; NUL, which PostgreSQL keeps in no JSON, is refused
    # with its place in a prompt and means nothing elsewhere.
    return {
        name: str(text) if name == "prompt" else str(text).replace("\0", "")
        for name, text in texts.items()
        if text or not name.startswith(NEW)
    }


def receive(request: HttpRequest, *, user: User) -> tuple[dict[str, str], dict[str, str]]:
    """The form's texts, every file and pick in them kept as a reference, and what is wrong with some, by field."""
    texts, errors = texts_of(request.POST), dict[str, str]()
    model = catalogue.find(texts.get("model", ""))
    fields = {p.name: p for p in references.picture_parameters(model)} if model else {}
    for name in fields.keys() & texts.keys():
        texts[name], errors[name] = _keep_picks(user, texts[name])
    for name, parameter in fields.items():
        for draft in request.FILES.getlist(f"{NEW}{name}"):
            assert isinstance(draft, uploads.Draft)
            try:
                value = uploads.keep(user=user, draft=draft).value
            except BadReference as error:
                errors[name] = f"{draft.name}: {error.message}"
                continue
            before = texts.get(name, "").split() if parameter.is_list else []  # one picture: the new one
            texts[name] = " ".join(dict.fromkeys([*before, value]))
    return texts, {name: said for name, said in errors.items() if said}


def _keep_picks(user: User, text: str) -> tuple[str, str]:
    kept, said = [], ""
    for value in text.split():
        try:
            kept.append(references.named(user, value).value if value.startswith(PICK) else value)
        except BadReference as error:
            said = error.message
    return " ".join(dict.fromkeys(kept)), said


def field_for(model: ImageModel) -> str:
    """The row of a model's form that a picture goes to when nothing else is said; empty when it takes none."""
    shown = [p for p in references.picture_parameters(model) if p.place is not Place.API]
    shown.sort(key=lambda parameter: (parameter.place is not Place.MAIN, not parameter.is_required))
    return shown[0].name if shown else ""


def moved_over(texts: Mapping[str, str], model: ImageModel) -> dict[str, str]:
    """The texts for another model: pictures in a field it does not have go to the one it has."""
    elsewhere = [name for name in picture_fields() & texts.keys() if name not in model.by_name]
    kept = {name: text for name, text in texts.items() if name not in elsewhere}
    lost = [value for name in elsewhere for value in texts[name].split()]
    field = field_for(model)
    if lost and field and not kept.get(field):
        kept[field] = " ".join(lost if model.by_name[field].is_list else lost[:1])
    return kept
