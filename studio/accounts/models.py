"""People and their keys."""

import uuid
from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """Somebody with a login."""

    must_change_password = models.BooleanField(default=False)
    language = models.CharField(max_length=8, blank=True)
    theme = models.CharField(max_length=8, blank=True, choices=[("", "system"), ("light", "light"), ("dark", "dark")])

    class Meta(AbstractUser.Meta):
        # People sign in by name or e-mail in any case: two of either would make one of the two unreachable.
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                Lower("username"),
                name="accounts_user_name_once",
                violation_error_message=_("Somebody has this name already."),
            ),
            models.UniqueConstraint(
                Lower("email"),
                condition=~models.Q(email=""),
                name="accounts_user_email_once",
                violation_error_message=_("Somebody has this e-mail address already."),
            ),
        ]

    @classmethod
    def by_login(cls, login: str) -> "User | None":
        """The person who signs in with this name or e-mail address, in any case; a name goes before an address."""
        login = login.strip()
        if not login:
            return None
        found = list(cls.objects.filter(models.Q(username__iexact=login) | models.Q(email__iexact=login)))
        return min(found, key=lambda person: person.username.lower() != login.lower(), default=None)

    @property
    def display_name(self) -> str:
        return self.get_full_name() or self.username


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def unspent(self) -> "InvitationQuerySet":
        """Neither used nor revoked nor expired; of this table alone, so that an UPDATE of these is decided once.

        With a join Django makes it `WHERE id IN (SELECT …)`, and PostgreSQL does not ask that again after waiting.
        """
        return self.filter(used_at__isnull=True, revoked_at__isnull=True, expires_at__gt=timezone.now())

    def open(self) -> "InvitationQuerySet":
        """Those whose link works."""
        return self.unspent().filter(user__is_active=True)


class Invitation(models.Model):
    """A link with which one person sets a password once; only the SHA-256 of its token is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="invitations")
    digest = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="invitations_made"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at"]
        verbose_name = _("set-password link")
        verbose_name_plural = _("set-password links")

    def __str__(self) -> str:
        return str(self.user)

    @property
    def is_open(self) -> bool:
        return self.used_at is None and self.revoked_at is None and self.expires_at > timezone.now()


class PasswordTries(models.Model):
    """When passwords were tried in vain for one account or from one address, not older than the limit's window."""

    key = models.CharField(max_length=100, primary_key=True)
    times = models.JSONField(default=list, help_text="seconds since 1970, oldest first")
    updated_at = models.DateTimeField(auto_now=True, db_index=True)

    class Meta:
        verbose_name_plural = "password tries"

    def __str__(self) -> str:
        return f"{self.key}: {len(self.times)}"


class Scope(models.TextChoices):
    """What a key may be used for; making keys is no scope, for no key may do that."""

    READ = "read", _("Read: see jobs, pictures and credits")
    GENERATE = "generate", _("Generate: order pictures, cancel, send files")
    WEBHOOKS = "webhooks", _("Webhooks: look after the addresses that are told")


ALL_SCOPES = " ".join(Scope.values)


class ApiKey(models.Model):
    """A program's key: found by its prefix, compared by SHA-512; the key itself is kept nowhere."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="api_keys")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=16, unique=True)
    digest = models.CharField(max_length=128)
    last_four = models.CharField(max_length=4)
    signing_secret = models.TextField(help_text="SHA-256 of the key, encrypted: what webhooks are signed with")
    scopes = models.CharField(max_length=100, default=ALL_SCOPES, help_text="Scope values, one space between")
    monthly_cap = models.BigIntegerField(
        null=True, blank=True, help_text="credits it may spend in a calendar month (UTC); only set_cap changes it"
    )
    is_sandbox = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at"]
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…{self.last_four})"

    @property
    def shown(self) -> str:
        """What may be seen of the key: how it begins and ends."""
        return f"afk_{self.prefix}…{self.last_four}"

    @property
    def state(self) -> str:
        """working, paused, expired or revoked."""
        if self.revoked_at:
            return "revoked"
        if self.expires_at and self.expires_at <= timezone.now():
            return "expired"
        return "working" if self.is_active else "paused"

    def has_scope(self, scope: str) -> bool:
        return scope in self.scopes.split()
