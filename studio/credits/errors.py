"""What the ledger refuses, each with a stable code."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from studio.core.errors import StudioError


class InsufficientCredits(StudioError):
    """Less to spend than asked for. `params`: required, available, missing (credits)."""

    code = "insufficient_credits"
    status = 402

    def __init__(self, *, required: int, available: int) -> None:
        missing = required - available
        sentence = ngettext(
            "This takes %(required)d and you have %(available)d to spend: %(missing)d credit is missing.",
            "This takes %(required)d and you have %(available)d to spend: %(missing)d credits are missing.",
            missing,
        )
        params: dict[str, Any] = {"required": required, "available": available, "missing": missing}
        super().__init__(sentence % params, **params)


class KeyCapReached(InsufficientCredits):
    """More than a key may still spend this month. `params`: also cap, left of it; available says what it can spend."""

    code = "key_cap_reached"

    def __init__(self, *, required: int, available: int, cap: int, left: int) -> None:
        super().__init__(required=required, available=available)
        self.params |= {"cap": cap, "left": left}
        sentence = _("This takes %(required)d and this key may spend %(left)d more of its %(cap)d credits a month.")
        self.args = (sentence % self.params,)


class InvalidAmount(StudioError):
    """Not a whole number of credits within the ledger's limits."""

    code = "invalid_amount"


class ReasonRequired(StudioError):
    """Money moved by hand needs a sentence that says why."""

    code = "reason_required"

    def __init__(self) -> None:
        super().__init__(_("Say why: a grant or a correction needs a reason."))


class KeyReused(StudioError):
    """The key already names another movement of money."""

    code = "ledger_key_reused"
    status = 409

    def __init__(self, key: str) -> None:
        super().__init__(_("This movement was already booked with other values."), key=key)


class UnknownHold(StudioError):
    """No hold has this key."""

    code = "unknown_hold"
    status = 404

    def __init__(self, key: str) -> None:
        super().__init__(_("There is no such hold."), key=key)


class OverCapture(StudioError):
    """A capture may never exceed what was held. `params`: key, held, asked (credits)."""

    code = "over_capture"
    status = 409

    def __init__(self, key: str, *, held: int, asked: int) -> None:
        params = {"held": held, "asked": asked}
        super().__init__(_("%(asked)d credits cannot be taken from a hold of %(held)d.") % params, key=key, **params)


class HoldNotDue(StudioError):
    """A hold expires only when its time has come."""

    code = "hold_not_due"
    status = 409

    def __init__(self, key: str) -> None:
        super().__init__(_("This hold is not due yet."), key=key)


class AlreadyResolved(StudioError):
    """The hold is no longer open; the subclass says how it ended."""

    code = "already_resolved"
    status = 409


class AlreadyCaptured(AlreadyResolved):
    code = "already_captured"

    def __init__(self, key: str) -> None:
        super().__init__(_("These credits were already captured."), key=key)


class AlreadyReleased(AlreadyResolved):
    code = "already_released"

    def __init__(self, key: str) -> None:
        super().__init__(_("These credits were already returned."), key=key)


class AlreadyExpired(AlreadyResolved):
    code = "already_expired"

    def __init__(self, key: str) -> None:
        super().__init__(_("This hold has already expired and its credits were returned."), key=key)
