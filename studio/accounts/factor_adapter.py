"""How allauth keeps second factors in this studio."""

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from studio.core import crypto

from .models import User


class Adapter(DefaultMFAAdapter):  # type: ignore[misc]
    def encrypt(self, text: str) -> str:
        return crypto.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.decrypt(encrypted_text)

    def get_totp_issuer(self) -> str:
        return settings.STUDIO_NAME

    def get_totp_label(self, user: User) -> str:
        return user.username

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": host_of(context.request), "name": settings.STUDIO_NAME}

    def generate_authenticator_name(self, user: User, type: Any) -> str:
        return _("Passkey")


def host_of(request: HttpRequest) -> str:
    """The name the browser reached the studio by, without the port."""
    return urlsplit(f"//{request.get_host()}").hostname or ""


def can_use_passkeys(request: HttpRequest) -> bool:
    """Browsers make passkeys on https, or on localhost, and never for a bare IP address."""
    host = host_of(request)
    if host == "localhost":
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return request.is_secure()
    return False
