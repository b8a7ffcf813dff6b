"""Refusals of the jobs app, and the sentences failures are shown with, made when shown."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from studio.core.errors import StudioError


class BadPrompt(StudioError):
    """The prompt cannot be used; `message` says what to change."""

    code = "bad_prompt"


class NotCancellable(StudioError):
    """Too late to cancel, or already over."""

    code = "not_cancellable"
    status = 409


class NotSettled(StudioError):
    """An unknown outcome cannot be settled in this way; `message` says why."""

    code = "not_settled"
    status = 409


class IdempotencyConflict(StudioError):
    """The same idempotency key with another request."""

    code = "idempotency_conflict"
    status = 409


class BadIdempotencyKey(StudioError):
    code = "bad_idempotency_key"


class BadReference(StudioError):
    """A picture to build on that cannot be taken; `code` is a job's too: why in one word, `reference_` before it."""

    def __init__(self, reason: str, sentence: str = "") -> None:
        self.code = f"reference_{reason}"
        super().__init__(sentence or _reference_sentences().get(self.code, _("This picture cannot be used.")))


def _reference_sentences() -> dict[str, Any]:
    return {
        "reference_empty": _("The file is empty."),
        "reference_too_large": _("The reference picture is larger than 25 MB or 40 megapixels."),
        "reference_not_a_picture": _("The reference is not a PNG, JPEG or WebP picture that stands still."),
        "reference_truncated": _("The file of the reference picture ends too early."),
        "reference_unreachable": _("The reference picture could not be fetched from its address."),
        "reference_not_handed": _("The provider cannot fetch reference pictures from this studio's address."),
        "reference_gone": _("There is no such picture."),
    }


def failure_sentence(code: str, *, params: dict[str, Any], model: str, provider: str) -> str:
    """Why a job was not made, in the reader's language; `provider` and `model` are names people read."""
    names = {"model": model, "provider": provider, "status": params.get("status", "")}
    seconds = int(params.get("seconds", 0))
    minutes = max(1, round(seconds / 60))
    sentences = {
        "content_policy": _("%(model)s refused this prompt: it goes against the content policy of the provider."),
        "bad_request": _("%(provider)s did not accept this request."),
        "provider_key": _("%(provider)s did not accept this studio's key. An administrator has to look at it."),
        "provider_credits": _("This studio's account at %(provider)s is empty. An administrator has to top it up."),
        "model_gone": _("%(provider)s no longer has %(model)s."),
        "rate_limited": _("%(provider)s had too much to do and did not take the order."),
        "provider_unreachable": _("%(provider)s could not be reached."),
        "provider_error": _("%(provider)s answered with an error (%(status)s).")
        if names["status"]
        else _("%(provider)s could not make this picture."),
        "nonsense": _("%(provider)s gave an answer that made no sense."),
        "no_pictures": _("%(provider)s said it was done, but sent no picture."),
        "picture_unreadable": _("%(provider)s sent a file that is not a whole picture."),
        "picture_too_large": _("%(provider)s sent a picture that is larger than this studio keeps."),
        "picture_lost": _("The picture could not be fetched from %(provider)s."),
        "expired": _("%(provider)s had already deleted the picture."),
        "too_slow": ngettext(
            "Not ready after %(minutes)d minute, so we stopped waiting.",
            "Not ready after %(minutes)d minutes, so we stopped waiting.",
            minutes,
        )
        if seconds >= 60
        else _("Not ready in time, so we stopped waiting."),
        "waited_too_long": _("Nobody could take this order for a whole day, so we stopped waiting."),
        "crashed": _("Making this picture stopped the studio's own worker several times, so we gave up."),
        "never_known": _("%(provider)s never said what became of this order, so it was closed after a day."),
        "released": _("An administrator closed this order: %(reason)s"),
        "confirmed": _(
            "%(provider)s made this order, but the picture cannot be had. An administrator wrote: %(reason)s"
        ),
        "sandbox_fail": _("The sandbox failed, as the prompt asked it to."),
        "internal": _("Something broke on our side."),
        **_reference_sentences(),
    }
    sentence = sentences.get(code) or _("%(provider)s could not make this picture.")
    return sentence % {**names, "minutes": minutes, "reason": params.get("reason", "")}
