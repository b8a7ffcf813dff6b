"""Encryption at rest of provider keys and signing secrets (Fernet: AES-128-CBC with HMAC-SHA256)."""

import base64
import hashlib
import hmac
from functools import cache

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


@cache
def _fernet(key: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"northlight:fernet:" + key.encode()).digest()))


def encrypt(plain: str) -> str:
    return _fernet(settings.ENCRYPTION_KEY).encrypt(plain.encode()).decode()


def decrypt(token: str) -> str:
    """The plain text of `encrypt`; raises ImproperlyConfigured when the key is not the one it was made with."""
    try:
        return _fernet(settings.ENCRYPTION_KEY).decrypt(token.encode()).decode()
    except InvalidToken:
        raise ImproperlyConfigured("STUDIO_ENCRYPTION_KEY is not the key this was encrypted with.") from None


def derived_key(purpose: str) -> bytes:
    """32 bytes for one purpose, from Django's key; a signature made for one purpose is worth nothing for another."""
    return hmac.digest(settings.SECRET_KEY.encode(), f"northlight:{purpose}".encode(), "sha256")


def key_check(key: str) -> str:
    """A value that tells whether two installations have the same key, and nothing else about it."""
    return hmac.digest(key.encode(), b"northlight:key-check", "sha256").hex()[:32]
