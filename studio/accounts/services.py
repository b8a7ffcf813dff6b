"""The verbs on people: inviting, setting passwords, deactivating, unlocking."""

import hashlib
import secrets
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from studio.core.errors import StudioError
from studio.core.models import audit, count
from studio.core.queue import enqueue

from . import tries
from .models import Invitation, PasswordTries, User

INVITATION_LIFE = timedelta(days=7)
MAIL_LIFE = timedelta(hours=2)
MAILS_AN_HOUR = 3
# Without the letters and digits that are taken for one another when read from a screen.
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"


class LastAdministrator(StudioError):
    code = "last_administrator"
    status = 409

    def __init__(self) -> None:
        super().__init__(_("This is the only administrator. Make somebody else one first."))


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
    if not Invitation.objects.unspent().filter(pk=invitation.pk).update(used_at=timezone.now()):
        raise LinkSpent
    change_password(user=invitation.user, password=password)
    audit("invitation.accepted", actor=invitation.user, target=invitation.user.username)
    return invitation.user


def revoke_invitation(*, invitation: Invitation, by: User | None = None) -> bool:
    """Make a link stop working; False when it already had."""
    done = bool(Invitation.objects.unspent().filter(pk=invitation.pk).update(revoked_at=timezone.now()))
    if done:
        audit("invitation.revoked", actor=by, target=invitation.user.username)
    return done


@transaction.atomic
def change_password(*, user: User, password: str, by: User | None = None) -> None:
    """Set a password that was validated; links and wrong tries are void, and all sessions by the new hash."""
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    _revoke_links(user)
    tries.forgive(user)
    audit("password.changed", actor=by or user, target=user.username)


@transaction.atomic
def set_role(*, user: User, is_staff: bool, is_superuser: bool, by: User | None = None) -> bool:
    """What somebody may do; False when that is so already. Raises LastAdministrator."""
    if user.is_superuser and not is_superuser:
        _another_administrator_than(user)
    changed = (
        User.objects.filter(pk=user.pk)
        .exclude(is_staff=is_staff, is_superuser=is_superuser)
        .update(is_staff=is_staff, is_superuser=is_superuser)
    )
    if changed:
        audit("user.role_changed", actor=by, target=user.username, is_staff=is_staff, is_superuser=is_superuser)
    user.is_staff, user.is_superuser = is_staff, is_superuser
    return bool(changed)


def is_last_administrator(user: User) -> bool:
    """Whether nobody else could administer the studio."""
    others = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=user.pk)
    return user.is_superuser and user.is_active and not others.exists()


@transaction.atomic
def set_active(*, user: User, is_active: bool, by: User | None = None) -> bool:
    """Let somebody in or keep them out; out ends sessions, links and keys at once. Raises LastAdministrator."""
    if not is_active and user.is_superuser:
        _another_administrator_than(user)
    changed = User.objects.filter(pk=user.pk, is_active=not is_active).update(is_active=is_active)
    if not changed:
        return False
    if not is_active:
        _revoke_links(user)
        _end_sessions(user)
    user.is_active = is_active
    audit("user.activated" if is_active else "user.deactivated", actor=by, target=user.username)
    return True


@transaction.atomic
def end_sessions(*, user: User, by: User | None = None) -> None:
    """Sign somebody out everywhere."""
    _end_sessions(user)
    audit("sessions.ended", actor=by or user, target=user.username)


@transaction.atomic
def end_session(*, session: UserSession, by: User) -> None:
    """Sign out one device."""
    session.end()
    audit("sessions.ended", actor=by, target=session.user.username)


@transaction.atomic
def unlock(*, user: User, by: User | None = None) -> bool:
    """Forget wrong passwords and codes, so that the right one is looked at again; False when none were counted."""
    passwords, codes = tries.forgive(user), tries.forgive_codes(user)
    forgiven = passwords or codes
    if forgiven:
        audit("user.unlocked", actor=by, target=user.username)
    return forgiven


def tidy() -> None:
    """Delete what has run out: sessions, counted tries, links that ended a month ago. To be called now and then."""
    now = timezone.now()
    Session.objects.filter(expire_date__lt=now).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    PasswordTries.objects.filter(updated_at__lt=now - timedelta(seconds=2 * tries.WINDOW)).delete()
    Invitation.objects.filter(expires_at__lt=now - timedelta(days=30)).delete()


def request_password_mail(*, email: str) -> None:
    """Mail a link to whom the address belongs, at most three an hour; takes as long when it belongs to nobody."""
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    asked = count(f"password-mail:{_digest(email.lower())}", seconds=3600)
    enqueue("studio.accounts.tasks.mail_password_link", user.pk if user and asked <= MAILS_AN_HOUR else 0)


def ensure_first_administrator() -> tuple[str, str] | None:
    """Create the superuser `admin` if there is no superuser; name and password only when the password was generated.

    Raises ImproperlyConfigured for a STUDIO_ADMIN_PASSWORD that the validators refuse, or when a member is called so.
    """
    if User.objects.filter(is_superuser=True).exists():
        return None
    if User.objects.filter(username__iexact="admin", is_superuser=False).exists():
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
    try:
        with transaction.atomic():
            user.save()
            audit("user.created", target=user.username, is_superuser=True)
    except IntegrityError:  # another process that starts at this moment was first
        return None
    return (user.username, generated) if generated else None


def _revoke_links(user: User) -> None:
    Invitation.objects.filter(user=user, used_at__isnull=True, revoked_at__isnull=True).update(
        revoked_at=timezone.now()
    )


def _end_sessions(user: User) -> None:
    keys = list(UserSession.objects.filter(user=user).values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(user=user).delete()


def _another_administrator_than(user: User) -> None:
    """Locks all administrators, so that two do not end each other."""
    list(User.objects.select_for_update().filter(is_superuser=True, is_active=True).order_by("pk"))
    if is_last_administrator(user):
        raise LastAdministrator


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
