"""What a request did wrong, parameter by parameter."""

from django.utils.translation import gettext as _

from studio.core.errors import StudioError


class ParameterErrors(StudioError):
    """Some parameters are wrong: `errors` has, for each name as the caller spelt it, the sentences about it."""

    code = "validation"

    def __init__(self, errors: dict[str, list[str]]) -> None:
        self.errors = errors
        sentences = [sentence for about in errors.values() for sentence in about]
        super().__init__(" ".join(sentences) or _("Some parameters are wrong."), errors=errors)
