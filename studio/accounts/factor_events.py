"""What happens to second factors, in the audit log (OBS-4), in the same transaction as the thing itself."""

from typing import Any

from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_used
from django.db.models.signals import post_delete, post_save

from studio.core.models import audit

from .models import User


def connect() -> None:
    post_save.connect(_saved, sender=Authenticator, dispatch_uid="studio.second_factor.added")
    post_delete.connect(_deleted, sender=Authenticator, dispatch_uid="studio.second_factor.removed")
    authenticator_used.connect(_used, dispatch_uid="studio.second_factor.used")


def _saved(*, instance: Authenticator, created: bool, **more: Any) -> None:
    if created:
        _tell("second_factor.added", instance)


def _deleted(*, instance: Authenticator, **more: Any) -> None:
    _tell("second_factor.removed", instance)


def _used(*, user: User, authenticator: Authenticator, reauthenticated: bool, **more: Any) -> None:
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        left = len(authenticator.wrap().get_unused_codes())
        audit("second_factor.recovery_code_used", actor=user, target=user.username, left=left)
    else:
        audit("second_factor.used", actor=user, target=user.username, type=authenticator.type, again=reauthenticated)


def _tell(name: str, authenticator: Authenticator) -> None:
    person = getattr(context.request, "user", None)
    actor = person if isinstance(person, User) else None
    audit(name, actor=actor, target=authenticator.user.username, type=authenticator.type)
