"""What can be asked for: one declaration per model, from which form, API, price and order are made.

A family is one file in `families/` that holds declarations and nothing else; adding a model adds one there.
"""

from studio.providers.catalogue.errors import ParameterErrors
from studio.providers.catalogue.join import Exact, Join
from studio.providers.catalogue.model import ImageModel
from studio.providers.catalogue.offer import Ended, Offer, Wire
from studio.providers.catalogue.parameter import Choice, Kind, Parameter, Place
from studio.providers.catalogue.registry import closest, find, models
from studio.providers.catalogue.rule import Rule
from studio.providers.catalogue.search import is_found
from studio.providers.catalogue.values import Value, as_text

__all__ = [
    "Choice",
    "Ended",
    "Exact",
    "ImageModel",
    "Join",
    "Kind",
    "Offer",
    "Parameter",
    "ParameterErrors",
    "Place",
    "Rule",
    "Value",
    "Wire",
    "as_text",
    "closest",
    "find",
    "is_found",
    "models",
]
