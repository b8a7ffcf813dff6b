"""Readers of the environment: every setting of the contract, each also from a file named by NAME_FILE."""

import ipaddress
import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import environ
from django.core.exceptions import ImproperlyConfigured

POOLED = 16  # connections to PostgreSQL that the threads of one process share
SQLITE = "django.db.backends.sqlite3"
POSTGRES = "studio.core.postgres"
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


def noted(data_dir: Path) -> str:
    """The address the last `up` on this folder answered at: the second line of its `up.lock`, or the empty string."""
    try:
        lines = (data_dir / "up.lock").read_text().splitlines()
    except (OSError, ValueError):
        return ""
    return lines[1] if len(lines) == 2 and lines[1].startswith(("http://", "https://")) else ""


def networks(name: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    try:
        return [ipaddress.ip_network(item) for item in items(name)]
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be networks such as 10.1.0.0/16: {error}.") from None


def rate(name: str, default: str) -> tuple[int, int]:
    """`60/min` as (60, 60): so many in so many seconds."""
    count, _slash, unit = text(name, default).partition("/")
    seconds = {"s": 1, "sec": 1, "min": 60, "hour": 3600, "day": 86_400}.get(unit)
    if not count.isdecimal() or not int(count) or seconds is None:
        raise ImproperlyConfigured(f"{name} must be a rate such as 60/min (s, min, hour, day).")
    return int(count), seconds


def time_zone(name: str, default: str) -> str:
    zone = text(name, default)
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ImproperlyConfigured(f"{name} must be a time zone such as Asia/Tokyo, not {zone!r}.") from None
    return zone


def database(name: str, path: Path) -> dict[str, Any]:
    """Django's description of the database of an address, or of SQLite at `path`, with the options both need."""
    address = text(name)
    try:
        found: dict[str, Any] = environ.Env.db_url_config(address) if address else {"ENGINE": SQLITE, "NAME": str(path)}
    except Exception:  # the parser raises many kinds; none of them may show the password in the address
        raise ImproperlyConfigured(f"{name} must be an address such as postgres://user:password@host/name.") from None
    if found.get("ENGINE") not in (SQLITE, "django.db.backends.postgresql"):
        raise ImproperlyConfigured(f"{name} must begin with postgres:// or sqlite:///.")
    if found["ENGINE"] == SQLITE:
        # IMMEDIATE: a transaction that reads and then writes never meets "database is locked" (measured: 68-83 % of
        # them did under the default). FULL: what was acknowledged survives a power cut.
        init = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-8000;"
        options = {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": init}
        return {**found, "OPTIONS": options, "CONN_MAX_AGE": None}
    # A new connection per request costs three quarters of the rate, and one kept by each of hundreds of threads is more
    # than PostgreSQL has (100): the threads of a process share a bounded number.
    pool = {"min_size": 0, "max_size": POOLED, "timeout": 5, "max_idle": 60.0}
    # The few statements that are run for every order are prepared the second time (core.rows); nothing else ever is.
    # A pooler that hands a connection on after each transaction may not keep them: psycopg's None then prepares none.
    asked = {"connect_timeout": 5, "prepare_threshold": 2, **found.get("OPTIONS", {})}
    threshold = str(asked["prepare_threshold"])
    if threshold != "None" and not threshold.isdecimal():
        raise ImproperlyConfigured(f"{name}: prepare_threshold must be a number or None, not {threshold!r}.")
    limits = {**asked, "prepare_threshold": None if threshold == "None" else int(threshold), "pool": pool}
    return {**found, "ENGINE": POSTGRES, "OPTIONS": limits, "CONN_MAX_AGE": 0}


def email(name: str) -> dict[str, Any]:
    """Django's EMAIL_... settings of an address; empty when there is none."""
    address = text(name)
    try:
        return dict(environ.Env.email_url_config(address)) if address else {}
    except Exception:  # as with the database: no password in the message
        raise ImproperlyConfigured(f"{name} must be an address such as smtp+tls://user:password@host:587.") from None


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
        for made in (folder.parent, folder):  # the data folder holds prompts and password hashes: nobody else's
            made.mkdir(parents=True, exist_ok=True, mode=0o700)
        return _read_or_create(path, secrets.token_urlsafe(48))
    except OSError as error:
        raise ImproperlyConfigured(f"{name} cannot be kept in {path}: {error.strerror or error}.") from error
