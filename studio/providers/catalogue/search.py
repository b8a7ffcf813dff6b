"""Finding models by plain words, as people write them."""

import unicodedata

from studio.providers.catalogue.model import ImageModel


def is_found(model: ImageModel, words: str) -> bool:
    """Whether each of the words stands in a name, id, family, maker or line of this model; always without words."""
    said = (model.name, model.id, model.family, model.made_by, str(model.good_at), *model.aliases)
    text = "|".join(map(_squeezed, said))
    return all(word in text for word in map(_squeezed, words.split()))


def _squeezed(text: str) -> str:
    """Letters and digits alone, so that "dalle3" finds DALL·E 3."""
    return "".join(c for c in unicodedata.normalize("NFKD", text).casefold() if c.isalnum())
