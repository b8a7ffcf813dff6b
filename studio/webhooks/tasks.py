"""What the queue's workers do for owners of endpoints."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from studio.webhooks.models import Endpoint


def mail_endpoint_off(endpoint_id: str) -> None:
    """Tell an owner that nothing is sent to an endpoint of theirs any more, unless they switched it on meanwhile."""
    off = Endpoint.objects.filter(pk=endpoint_id, is_enabled=False, deleted_at=None, owner__is_active=True)
    endpoint = off.exclude(owner__email="").select_related("owner").first()
    if endpoint is None:
        return
    address = urlsplit(endpoint.url)._replace(query="", fragment="").geturl()  # what is left out may be a token
    page = settings.STUDIO_BASE_URL + reverse("webhooks:endpoint", args=[endpoint.pk])
    with translation.override(endpoint.owner.language or settings.LANGUAGE_CODE):
        subject = _("A webhook endpoint was switched off in %(studio)s") % {"studio": settings.STUDIO_NAME}
        told = {"endpoint": endpoint, "address": address, "page": page, "user": endpoint.owner}
        told["studio"] = settings.STUDIO_NAME
        body = render_to_string("emails/endpoint_off.txt", told)
    send_mail(subject, body, None, [endpoint.owner.email])
