"""The verbs on people: inviting, setting passwords, deactivating, unlocking."""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from studio.core.errors import StudioError
from studio.core.models import audit

from .models import Invitation, User

INVITATION_LIFE = timedelta(days=7)
RESET_LIFE = timedelta(hours=2)
# Without the letters and digits that are taken for one another when read from a screen.
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"


class LinkSpent(StudioError):
    """Unknown, used, expired or revoked: which of them is not told."""

    code = "link_spent"
    status = 404

    def __init__(self) -> None:
        super().__init__(_("This link does not work any more. Ask for a new one."))


@transaction.atomic
def invite(*, username: str, email: str = "", is_staff: bool = False, by: User | None = None) -> tuple[User, str]:
    """A new person without a password, and the link to set one; raises ValidationError for a wrong or taken name."""
    user = User(username=username, email=email, is_staff=is_staff)
    user.set_unusable_password()
    user.full_clean()
    user.save()
    audit("user.created", actor=by, target=user.username, is_staff=is_staff)
    return user, set_password_link(user, by=by)


@transaction.atomic
def set_password_link(user: User, *, by: User | None = None, life: timedelta = INVITATION_LIFE) -> str:
    """The absolute address at which `user` sets a password, once; earlier links of theirs stop working."""
    _revoke_links(user)
    token = secrets.token_urlsafe(32)
    Invitation.objects.create(user=user, digest=_digest(token), created_by=by, expires_at=timezone.now() + life)
    audit("invitation.created", actor=by, target=user.username)
    return settings.STUDIO_BASE_URL + reverse("accounts:invitation", args=[token])


def find_invitation(token: str) -> Invitation:
    """The invitation behind a link; raises LinkSpent when it does not work."""
    invitation = Invitation.objects.open().select_related("user").filter(digest=_digest(token)).first()
    if invitation is None:
        raise LinkSpent
    return invitation


@transaction.atomic
def accept_invitation(*, token: str, password: str) -> User:
    """Set the password of whom the link was made for; of two who come at once one gets LinkSpent."""
    invitation = find_invitation(token)
    if not Invitation.objects.open().filter(pk=invitation.pk).update(used_at=timezone.now()):
        raise LinkSpent
    change_password(user=invitation.user, password=password)
    audit("invitation.accepted", actor=invitation.user, target=invitation.user.username)
    return invitation.user


def revoke_invitation(*, invitation: Invitation, by: User | None = None) -> bool:
    """Make a link stop working; False when it already had."""
    done = bool(Invitation.objects.open().filter(pk=invitation.pk).update(revoked_at=timezone.now()))
    if done:
        audit("invitation.revoked", actor=by, target=invitation.user.username)
    return done


@transaction.atomic
def change_password(*, user: User, password: str, by: User | None = None) -> None:
    """Set a password that was validated; the person's links stop working, and their other sessions by its hash."""
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    _revoke_links(user)
    audit("password.changed", actor=by or user, target=user.username)


def ensure_first_administrator() -> tuple[str, str] | None:
    """Create the superuser `admin` if there is no superuser; name and password only when the password was generated.

    Raises ImproperlyConfigured for a STUDIO_ADMIN_PASSWORD that the validators refuse, or when a member is called so.
    """
    if User.objects.filter(is_superuser=True).exists():
        return None
    if User.objects.filter(username__iexact="admin").exists():
        raise ImproperlyConfigured(
            "There is no administrator, and the name admin belongs to a member. "
            "Create an administrator with: manage.py createsuperuser"
        )
    user = User(username="admin", is_staff=True, is_superuser=True)
    password = settings.STUDIO_ADMIN_PASSWORD
    if password:
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise ImproperlyConfigured(f"STUDIO_ADMIN_PASSWORD: {' '.join(error.messages)}") from None
    generated = "" if password else "-".join("".join(secrets.choice(_READABLE) for _i in range(5)) for _j in range(4))
    user.must_change_password = bool(generated)
    user.set_password(password or generated)
    with transaction.atomic():
        user.save()
        audit("user.created", target=user.username, is_superuser=True)
    return (user.username, generated) if generated else None


def _revoke_links(user: User) -> None:
    Invitation.objects.open().filter(user=user).update(revoked_at=timezone.now())


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
