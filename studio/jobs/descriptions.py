"""What a picture shows, in its owner's words: for people who do not see it."""

import unicodedata

from django.utils.translation import ngettext

from studio.core.errors import StudioError
from studio.core.numbers import grouped
from studio.jobs.models import Image

LONGEST = 1000


class TooManyWords(StudioError):
    """A description longer than LONGEST characters."""

    code = "too_long"
    status = 422

    def __init__(self, length: int) -> None:
        words = {"number": grouped(length - LONGEST), "longest": grouped(LONGEST)}
        super().__init__(
            ngettext(
                "%(number)s character too many: %(longest)s fit.",
                "%(number)s characters too many: %(longest)s fit.",
                length - LONGEST,
            )
            % words
        )


def describe(image: Image, words: str) -> None:
    """Keep `words` in one line as what `image` shows; without any, the prompt stands for it again.

    Raises TooManyWords.
    """
    visible = "".join(" " if unicodedata.category(letter) in ("Cc", "Cs") else letter for letter in words)
    text = " ".join(visible.split())
    if len(text) > LONGEST:
        raise TooManyWords(len(text))
    image.alt = text
    image.save(update_fields=["alt"])
