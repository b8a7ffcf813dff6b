"""Why a request cannot be served as it was asked."""

from django.utils.translation import gettext as _

from studio.core.errors import StudioError


class UnknownModel(StudioError):
    """No model has this name; `closest` has up to three canonical ids that are most like it."""

    code = "model_not_found"
    status = 404

    def __init__(self, name: str, closest: list[str]) -> None:
        self.closest = closest
        words = {"name": name[:100], "closest": ", ".join(closest)}
        super().__init__(_("There is no model %(name)s. The closest are %(closest)s.") % words, model=name[:100])


class ModelOff(StudioError):
    """An administrator switched the model off."""

    code = "model_not_found"
    status = 404

    def __init__(self, name: str) -> None:
        super().__init__(_("%(model)s is switched off here.") % {"model": name}, model=name)


class Unpriced(StudioError):
    """The model has no price yet, so it cannot be paid for."""

    code = "unpriced"

    def __init__(self, name: str) -> None:
        words = {"model": name}
        super().__init__(
            _("%(model)s has no price yet. An administrator has to set one before it can be used.") % words, model=name
        )


class NoOffer(StudioError):
    """Providers are enabled, but none honours all that was asked; `param` is the first thing in the way.

    `param` is a parameter by our name, or `prompt`, `count` or `model`.
    """

    code = "not_offered"

    def __init__(self, param: str, model: str, *, is_unseen: bool = False) -> None:
        """`is_unseen`: the model is offered, but only by providers that cannot fetch a picture from this studio."""
        self.param = param
        words = {"model": model, "param": param}
        if is_unseen:
            unseen = _("%(model)s can only be shown pictures by a studio whose address (STUDIO_BASE_URL) is public.")
            super().__init__(unseen % words, param=param)
            return
        sentences = {
            "model": _("No provider that is connected here offers %(model)s."),
            "prompt": _("This prompt is longer than any provider that is connected here takes for %(model)s."),
            "count": _("No provider that is connected here makes so many pictures at once with %(model)s."),
        }
        other = _("No provider that is connected here honours this value of %(param)s for %(model)s.")
        super().__init__(sentences.get(param, other) % words, param=param)


class Retired(NoOffer):
    """Those who sold the model here stopped doing so; `sentence` names what they recommend."""

    def __init__(self, sentence: str) -> None:
        self.param = "model"
        StudioError.__init__(self, sentence, param=self.param)


class NoProvider(StudioError):
    """Nothing can draw: no provider is enabled and the sandbox is off."""

    code = "no_provider"
    status = 503

    def __init__(self) -> None:
        super().__init__(_("No provider is connected, and the sandbox is switched off."))
