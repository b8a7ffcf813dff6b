"""What an API key looks like: `afk_` + 8 to find it by + 27 secret (160 bits) + 6 check, all of base 62."""

import base64
import hashlib
import secrets
import string
import zlib
from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from studio.core.errors import StudioError

BRAND = "afk_"
_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_PREFIX, _SECRET, _CHECK = 8, 27, 6
_LENGTH = len(BRAND) + _PREFIX + _SECRET + _CHECK


class KeyRefused(StudioError):
    """Base of everything a key can be refused for."""


class ConflictingKeys(KeyRefused):
    code = "conflicting_keys"
    status = 400

    def __init__(self) -> None:
        super().__init__(_("X-API-Key and Authorization name different keys. Send one of them."))


class MissingKey(KeyRefused):
    code = "missing_key"
    status = 401

    def __init__(self) -> None:
        super().__init__(_("An API key is required: X-API-Key, or Authorization: Bearer."))


class InvalidKey(KeyRefused):
    code = "invalid_key"
    status = 401

    def __init__(self) -> None:
        super().__init__(_("This API key is not known."))


class InactiveKey(KeyRefused):
    code = "inactive_key"
    status = 403

    def __init__(self) -> None:
        super().__init__(_("This API key is not active."))


class ScopeMissing(KeyRefused):
    """The key works, but not for this. `scope`: what it would need."""

    code = "missing_scope"
    status = 403

    def __init__(self, scope: str) -> None:
        super().__init__(_("This API key does not have the scope %(scope)s.") % {"scope": scope}, scope=scope)
        self.scope = scope


class TooManyKeys(StudioError):
    """A person has as many keys as one may have."""

    code = "too_many_keys"
    status = 409

    def __init__(self, most: int) -> None:
        super().__init__(_("Nobody has more than %(most)d keys. Revoke one that is not needed.") % {"most": most})


def generate() -> str:
    """A new key."""
    body = BRAND + "".join(secrets.choice(_ALPHABET) for _place in range(_PREFIX + _SECRET))
    return body + _check(body)


def prefix_of(key: str) -> str:
    """The part a key is found by; raises InvalidKey when `key` was never one of ours, without asking the database."""
    if len(key) != _LENGTH or not key.startswith(BRAND) or not key.isascii() or not key[len(BRAND) :].isalnum():
        raise InvalidKey
    if not secrets.compare_digest(key[-_CHECK:], _check(key[:-_CHECK])):
        raise InvalidKey
    return key[len(BRAND) : len(BRAND) + _PREFIX]


def digest_of(key: str) -> str:
    """SHA-512 in hex; 160 random bits need no slow hash."""
    return hashlib.sha512(key.encode()).hexdigest()


def signing_secret_of(key: str) -> bytes:
    """The 32 bytes with which the webhooks of this key's jobs are signed."""
    return hashlib.sha256(key.encode()).digest()


def whsec_of(key: str) -> str:
    """The signing secret as Standard Webhooks libraries take it."""
    return "whsec_" + base64.b64encode(signing_secret_of(key)).decode()


def key_in(headers: Mapping[str, str]) -> str:
    """The key a request carries in either header; raises MissingKey, or ConflictingKeys when two differ.

    A header that was sent twice comes as one, with a comma, which is in no key.
    """
    found = {each.strip() for each in headers.get("X-API-Key", "").split(",")}
    bearer = headers.get("Authorization", "").strip()
    if bearer.lower().startswith("bearer "):
        found |= {_after_scheme(each) for each in bearer.split(",")}
    found -= {""}
    if not found:
        raise MissingKey
    if len(found) > 1:
        raise ConflictingKeys
    return found.pop()


def _after_scheme(value: str) -> str:
    scheme, _space, rest = value.strip().partition(" ")
    return rest.strip() if scheme.lower() == "bearer" else value.strip()


def _check(body: str) -> str:
    number, text = zlib.crc32(body.encode()), ""
    for _place in range(_CHECK):
        number, digit = divmod(number, len(_ALPHABET))
        text = _ALPHABET[digit] + text
    return text
