"""People and their keys."""

import uuid
from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """Somebody with a login."""

    must_change_password = models.BooleanField(default=False)
    language = models.CharField(max_length=8, blank=True)
    theme = models.CharField(max_length=8, blank=True, choices=[("", "system"), ("light", "light"), ("dark", "dark")])

    @property
    def display_name(self) -> str:
        return self.get_full_name() or self.username


class ApiKey(models.Model):
    """A program's key: found by its prefix, compared by SHA-512; the key itself is kept nowhere."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="api_keys")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=16, unique=True)
    digest = models.CharField(max_length=128)
    last_four = models.CharField(max_length=4)
    signing_secret = models.TextField(help_text="SHA-256 of the key, encrypted: what webhooks are signed with")
    is_sandbox = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…{self.last_four})"
