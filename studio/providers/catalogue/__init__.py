"""What can be asked for: one declaration per model, from which form, API, price and order are made.

A family is one file in `families/` that holds declarations and nothing else; adding a model adds one there.
"""

from studio.providers.catalogue.errors import ParameterErrors
from studio.providers.catalogue.model import ImageModel
from studio.providers.catalogue.offer import Offer, Wire
from studio.providers.catalogue.parameter import Choice, Kind, Parameter, Place
from studio.providers.catalogue.registry import closest, find, models
from studio.providers.catalogue.rule import Rule

__all__ = [
    "Choice",
    "ImageModel",
    "Kind",
    "Offer",
    "Parameter",
    "ParameterErrors",
    "Place",
    "Rule",
    "Wire",
    "closest",
    "find",
    "models",
]
