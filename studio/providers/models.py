"""What an administrator decides: which providers and models are on, in what order, at what price."""

import logging
from typing import ClassVar
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from studio.core.crypto import decrypt, encrypt
from studio.core.outbound import NotSent, Origin
from studio.providers.catalogue import Rule
from studio.providers.kinds import KINDS

log = logging.getLogger(__name__)


def check_base_url(value: str) -> None:
    """Raises ValidationError for what is no plain http(s) address."""
    try:
        Origin.of(value)
        parts = urlsplit(value)
        is_right = not parts.query and not parts.fragment
    except NotSent:
        is_right = False
    if not is_right:
        raise ValidationError(_("This must be an http or https address, such as https://gpu.example:8443/v1."))


def kind_choices() -> list[tuple[str, str]]:
    """Kinds of provider, as a field's choices; a new kind needs no migration."""
    return [(slug, " / ".join(filter(None, [kind.name, kind.name_elsewhere]))) for slug, kind in KINDS.items()]


class ProviderRow(models.Model):
    """A provider orders can go to. What the environment says of it (key, address) wins over this row."""

    slug = models.SlugField(max_length=50, unique=True)
    kind = models.CharField(max_length=30, choices=kind_choices)
    name = models.CharField(max_length=100, help_text=_("What people read on cards and receipts."))
    base_url = models.CharField(
        max_length=500,
        blank=True,
        validators=[check_base_url],
        help_text=_("Empty for the vendor's own address. A server of your own: such as http://gpu.example:8000/v1."),
    )
    key_encrypted = models.TextField(blank=True, editable=False)
    key_ending = models.CharField(max_length=4, blank=True, editable=False)
    enabled = models.BooleanField(default=True)
    order = models.PositiveSmallIntegerField(default=100, help_text=_("Lower is asked first."))
    pace_concurrent = models.PositiveIntegerField(
        _("at once"), null=True, blank=True, help_text=_("Orders under way at once; empty for no limit.")
    )
    pace_per_minute = models.PositiveIntegerField(
        _("per minute"), null=True, blank=True, help_text=_("New orders a minute; empty for no limit.")
    )
    # The circuit: written by the engine with conditional UPDATEs, never by the admin's form.
    failures = models.PositiveIntegerField(default=0, editable=False)
    opened_until = models.DateTimeField(null=True, blank=True, editable=False)
    last_failure_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_failure = models.CharField(max_length=500, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["order", "slug"]
        verbose_name = _("provider")
        verbose_name_plural = _("providers")

    def __str__(self) -> str:
        return self.name

    @property
    def key(self) -> str:
        """Empty also when it was encrypted with another STUDIO_ENCRYPTION_KEY: orders then fail and say so."""
        try:
            return decrypt(self.key_encrypted) if self.key_encrypted else ""
        except ImproperlyConfigured:
            log.warning("The key of provider %s was encrypted with another STUDIO_ENCRYPTION_KEY", self.slug)
            return ""

    def set_key(self, key: str) -> None:
        """Put a new key, or none, into the row; saves nothing."""
        self.key_encrypted = encrypt(key) if key else ""
        self.key_ending = key[-4:] if len(key) >= 12 else ""

    @property
    def is_left_alone(self) -> bool:
        """The circuit is open."""
        return self.opened_until is not None and self.opened_until > timezone.now()

    @property
    def is_half_open(self) -> bool:
        """The circuit opened and its time is over: one order may try."""
        return self.opened_until is not None and self.opened_until <= timezone.now()


class ModelRow(models.Model):
    """Whether a model of the catalogue may be used here."""

    model = models.CharField(max_length=100, unique=True)
    enabled = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["model"]
        verbose_name = _("model")
        verbose_name_plural = _("models")

    def __str__(self) -> str:
        return self.model


class PriceList(models.Model):
    """One version of the prices: what changed in it; every other price stays as it was in the version before."""

    version = models.PositiveIntegerField(primary_key=True, validators=[MinValueValidator(1)], editable=False)
    note = models.CharField(max_length=200)
    is_shipped = models.BooleanField(default=False, editable=False, help_text=_("Came with a release."))
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["-version"]
        verbose_name = _("price list")
        verbose_name_plural = _("price lists")

    def __str__(self) -> str:
        return str(_("Version %(version)s")) % {"version": self.version}


class ModelPrice(models.Model):
    """What a picture of one model costs from a version on: a flat amount, or one per value of a parameter."""

    price_list = models.ForeignKey(PriceList, on_delete=models.PROTECT, related_name="prices")
    model = models.CharField(max_length=100)
    flat = models.PositiveIntegerField(
        _("credits a picture"), null=True, blank=True, validators=[MaxValueValidator(1_000_000)]
    )
    by = models.CharField(_("by parameter"), max_length=50, blank=True)
    table = models.JSONField(_("credits for each value"), default=dict, blank=True)
    is_estimate = models.BooleanField(_("estimate"), default=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["model"]
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["price_list", "model"], name="providers_modelprice_once"),
            models.CheckConstraint(
                condition=Q(by="", flat__isnull=False) | (~Q(by="") & Q(flat=None)), name="providers_modelprice_form"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model}: {self.flat if not self.by else self.by}"

    @property
    def rule(self) -> Rule:
        """Raises ValueError for a row somebody broke by hand."""
        if self.by:
            return Rule(by=self.by, table=self.table, is_estimate=self.is_estimate)
        return Rule(flat=self.flat or 0, is_estimate=self.is_estimate)


class VendorList(models.Model):
    """What a provider's own list of models said when it last made sense, and how the last reading went."""

    provider = models.SlugField(max_length=50, unique=True)
    address = models.CharField(max_length=500, help_text="where `listed` was read")
    etag = models.CharField(max_length=300, blank=True)
    listed = models.JSONField(null=True, help_text="the image models, as ListedModel; null: never read")
    endings = models.JSONField(null=True, help_text="vendor's id -> [ISO day, what instead]; null: not told")
    read_at = models.DateTimeField(null=True, help_text="when it last made sense")
    tried_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True, help_text="why the last reading failed")
    asked_at = models.DateTimeField(null=True, help_text="when an administrator asked for a reading")

    def __str__(self) -> str:
        return self.provider


class DiaryEntry(models.Model):
    """One thing that a vendor's list says and our catalogue does not, until an administrator decides about it.

    `before` and `after` have `cost` ([least, most] a picture, or null) and `unit`; `after` of a new model `name` and
    `made_by`, of one that goes `on` (ISO day) and `instead`.
    """

    class Kind(models.TextChoices):
        NEW = "new", _("New")
        GONE = "gone", _("Gone")
        REPRICED = "repriced", _("Other cost")
        SUNSET = "sunset", _("Will end")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("price diary", "Open")
        ACCEPTED = "accepted", _("Accepted")
        IGNORED = "ignored", _("Ignored")
        OVER = "over", _("No longer so")

    STANDING = (State.OPEN, State.IGNORED)

    provider = models.SlugField(_("provider"), max_length=50)
    kind = models.CharField(_("what"), max_length=10, choices=Kind)
    offer_model = models.CharField(_("model there"), max_length=100)
    model = models.CharField(_("our model"), max_length=100, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    first_seen = models.DateTimeField(_("first seen"), default=timezone.now)
    last_seen = models.DateTimeField(_("last seen"), default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-first_seen", "-pk"]
        verbose_name = _("price diary entry")
        verbose_name_plural = _("price diary entries")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["provider", "kind", "offer_model"],
                condition=Q(state__in=["open", "ignored"]),
                name="providers_diary_one_standing",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.offer_model} ({self.provider})"


class LearntOffer(models.Model):
    """What was accepted of one offer of one provider since the release; laid over the declarations."""

    provider = models.SlugField(max_length=50)
    offer_model = models.CharField(max_length=100)
    model = models.CharField(max_length=100, help_text="our id")
    is_added = models.BooleanField(default=False)
    name = models.CharField(max_length=100, blank=True)
    made_by = models.CharField(max_length=100, blank=True)
    cost_least = models.PositiveIntegerField(null=True)
    cost_most = models.PositiveIntegerField(null=True)
    cost_unit = models.CharField(max_length=20, blank=True)
    gone_on = models.DateField(null=True, help_text="no order goes there any more")
    ends_on = models.DateField(null=True, help_text="the vendor announced the end")
    instead = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["provider", "offer_model"], name="providers_learnt_once")
        ]

    def __str__(self) -> str:
        return f"{self.offer_model} ({self.provider})"


class CatalogueVersion(models.Model):
    """The one row that counts what was accepted, so that every process sees cheaply that there is something new."""

    number = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.number)
