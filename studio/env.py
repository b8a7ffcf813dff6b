"""Readers of the environment: every setting of the contract, each also from a file named by NAME_FILE."""

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

_env = environ.FileAwareEnv()

asked: dict[str, str] = {}  # every name that was read and its default, to tell settings from misspelt ones
# Not settings: passed between our own processes, or there for tests.
INTERNAL = ("STUDIO_CLUSTER", "STUDIO_FAILPOINT", "STUDIO_LISTEN", "STUDIO_TEST_")


def text(name: str, default: str = "") -> str:
    """The value of `name`, or of the file `NAME_FILE` names; raises ImproperlyConfigured when that cannot be read."""
    asked.setdefault(name, default)
    try:
        value = _env.str(name, default=default).strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise ImproperlyConfigured(f"{name}_FILE cannot be read: {reason}.") from error
    return value or default


def integer(name: str, default: int, *, least: int = 0, most: int = 1_000_000_000) -> int:
    raw = text(name, str(default))
    try:
        value = int(raw)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {raw!r}.") from None
    if not least <= value <= most:
        raise ImproperlyConfigured(f"{name} must be between {least} and {most}, not {value}.")
    return value


def number(name: str, default: float, *, least: float, most: float) -> float:
    raw = text(name, str(default))
    try:
        value = float(raw)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a number, not {raw!r}.") from None
    if not least <= value <= most:  # also refuses nan
        raise ImproperlyConfigured(f"{name} must be between {least} and {most}, not {raw}.")
    return value


def choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
    value = text(name, default)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(allowed)}, not {value!r}.")
    return value


def items(name: str) -> list[str]:
    return [item.strip() for item in text(name).split(",") if item.strip()]


def url(name: str, default: str = "") -> str:
    """An http(s) address without a trailing slash, or the empty string."""
    value = text(name, default).rstrip("/")
    if not value:
        return ""
    parts = urlsplit(value)
    try:
        port_is_right = parts.port is None or parts.port > 0
    except ValueError:
        port_is_right = False
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_right or parts.username:
        raise ImproperlyConfigured(f"{name} must be an http or https address, not {value!r}.")
    return value


def _read_or_create(path: Path, fresh: str) -> str:
    """What `path` holds; two processes that start at once agree on one value."""
    if not path.exists():
        draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(fresh)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)  # fails when another process was first; unlike rename it never replaces
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


def secret(name: str, folder: Path) -> str:
    """The secret `name` of the environment, else the one generated once into `folder` (mode 600)."""
    value = text(name)
    if value:
        return value
    path = folder / name.removeprefix("STUDIO_").lower()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return _read_or_create(path, secrets.token_urlsafe(48))
    except OSError as error:
        raise ImproperlyConfigured(f"{name} cannot be kept in {path}: {error.strerror or error}.") from error
