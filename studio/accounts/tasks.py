"""What the queue's workers do for people."""

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from . import services
from .models import User


def mail_password_link(user_id: int) -> None:
    """Send somebody a link to set a password; 0 is the address of nobody."""
    user = User.objects.filter(pk=user_id, is_active=True).exclude(email="").first()
    if user is None:
        return
    link = services.set_password_link(user, life=services.MAIL_LIFE)
    with translation.override(user.language or settings.LANGUAGE_CODE):
        subject = _("Set a password for %(studio)s") % {"studio": settings.STUDIO_NAME}
        body = render_to_string(
            "emails/password_link.txt", {"user": user, "link": link, "studio": settings.STUDIO_NAME}
        )
    send_mail(subject, body, None, [user.email])
