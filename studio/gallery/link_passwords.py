"""The password of a board's link: set by the board's owner, tried by whoever holds the link, proven without a cookie.

Who gave the password gets a proof, for a while, as a part of the addresses on the page. It is signed over the link and
over what is kept of its password, so that another password, none, or a new link ends it at once.
"""

import hmac
import re
import unicodedata
from base64 import urlsafe_b64encode

from django.contrib.auth.hashers import check_password, make_password
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from studio.accounts import tries
from studio.core.crypto import derived_key
from studio.core.errors import StudioError
from studio.gallery.models import BoardLink

SHORTEST, LONGEST = 6, 128
# Wrong tries in five minutes. A stranger who uses up his own shuts out nobody else; all together guess 1,200 an hour.
PER_ADDRESS_AND_LINK, PER_ADDRESS, PER_LINK = 10, tries.PER_ADDRESS, 100
PROOF_SECONDS = 2 * 3600
_PROOF = re.compile(r"([0-9]{1,12})\.([\w-]{32})", re.ASCII)


class BadPassword(StudioError):
    """A password that a link cannot have."""

    code = "bad_password"
    status = 422


class WrongPassword(StudioError):
    """Not the password of this link."""

    code = "wrong_password"
    status = 422

    def __init__(self) -> None:
        super().__init__(_("This is not the password."))


def hashed(text: str) -> str:
    """What is kept of a password; empty for none. Slow on purpose: never within a transaction. Raises BadPassword."""
    password = _plain(text)
    if not password:
        return ""
    if len(password) < SHORTEST:
        sentence = ngettext(
            "A password has %(least)d character at least.", "A password has %(least)d characters at least.", SHORTEST
        )
        raise BadPassword(sentence % {"least": SHORTEST})
    if len(password) > LONGEST:
        sentence = ngettext(
            "A password has %(most)d character at most.", "A password has %(most)d characters at most.", LONGEST
        )
        raise BadPassword(sentence % {"most": LONGEST})
    return make_password(password)


def give(link: BoardLink, text: str, *, ip: str | None) -> str:
    """A proof for whoever gave the right password. Raises WrongPassword, and TooManyTries without looking at it."""
    address = tries.address_key(ip)
    limits = {
        f"board-link:{link.pk}:{address}": PER_ADDRESS_AND_LINK,
        f"board-links:{address}": PER_ADDRESS,
        f"board-link:{link.pk}": PER_LINK,
    }
    place = tries.take_of(limits)
    password = _plain(text)
    if len(password) > LONGEST or not check_password(password, link.password):
        raise WrongPassword
    place.give_back()
    until = int(timezone.now().timestamp()) + PROOF_SECONDS
    return f"{until}.{_signature(link, until)}"


def is_proven(link: BoardLink, proof: str) -> bool:
    """Whether this link needs no password, or the proof is of the one it has now."""
    if not link.password:
        return True
    found = _PROOF.fullmatch(proof)
    if found is None or int(found[1]) <= timezone.now().timestamp():
        return False
    return hmac.compare_digest(found[2], _signature(link, int(found[1])))


def _plain(text: str) -> str:
    """The password as it was meant: full-width digits of a Japanese keyboard and blanks around it are no other one."""
    return unicodedata.normalize("NFKC", text).replace("\0", "").strip()


def _signature(link: BoardLink, until: int) -> str:
    told = f"{link.pk}?p={until}&{link.password}".encode()
    return urlsafe_b64encode(hmac.digest(derived_key("board-proofs"), told, "sha256")[:24]).decode()
