"""Requests as our views see them."""

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from studio.accounts.models import User


class Request(HttpRequest):
    """A request of somebody signed in, with htmx's details."""

    htmx: "HtmxDetails"
    user: "User"
    id: str
