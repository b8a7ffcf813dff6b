"""What can be wrong with an installation, each with an id and what to do about it. `up` runs those tagged `studio`."""

import difflib
import math
import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from studio import env

SQLITE_SOUND = (3, 51, 3)
# Releases with the repair carried back; 3.52.0 was withdrawn.
SQLITE_REPAIRED = {(3, 44): 6, (3, 50): 7}
NETWORK_FILESYSTEMS = frozenset(
    {"afs", "beegfs", "ceph", "cifs", "fuse.glusterfs", "fuse.s3fs", "fuse.sshfs", "gfs2", "glusterfs", "lustre"}
    | {"ncpfs", "nfs", "nfs4", "ocfs2", "smb2", "smb3", "smbfs"}
)
MIN_KEY_LENGTH = 32
Apps = Sequence[AppConfig] | None


@register("studio")
def sqlite_version(app_configs: Apps = None, **kwargs: Any) -> list[CheckMessage]:
    """SQLite's WAL-reset bug: two connections that checkpoint and write at once can corrupt the database."""
    version = sqlite3.sqlite_version_info
    if not settings.IS_SQLITE or is_sound_sqlite(version):
        return []
    return [
        Warning(
            f"SQLite {'.'.join(map(str, version))} can corrupt the database when two processes write at once.",
            hint="Use SQLite 3.51.3 or later (on Linux x86-64 the pysqlite3 package brings it), or PostgreSQL.",
            id="studio.W001",
        )
    ]


def is_sound_sqlite(version: tuple[int, ...]) -> bool:
    """Whether this SQLite (major, minor, patch) is free of the WAL-reset bug of 3.7.0 to 3.51.2."""
    repaired_at = SQLITE_REPAIRED.get((version[0], version[1]))
    if repaired_at is not None:
        return version[2] >= repaired_at
    return version >= SQLITE_SOUND or version < (3, 7, 0)


@register("studio")
def sqlite_on_a_local_disk(app_configs: Apps = None, **kwargs: Any) -> list[CheckMessage]:
    """SQLite's locks and shared memory do not work over a network."""
    if not settings.IS_SQLITE:
        return []
    kind = filesystem_of(Path(settings.DATABASES["default"]["NAME"]).parent)
    if kind not in NETWORK_FILESYSTEMS:
        return []
    return [
        Error(
            f"The SQLite database lies on a network filesystem ({kind}), where it would be corrupted.",
            hint="Put STUDIO_DATA_DIR on a local disk, or use PostgreSQL (DATABASE_URL).",
            id="studio.E001",
        )
    ]


def filesystem_of(folder: Path, table: Path = Path("/proc/self/mountinfo")) -> str:
    """The kind of filesystem `folder` is (or will be) on; empty where the system does not tell."""
    try:
        lines = table.read_text().splitlines()
    except OSError:
        return ""
    place, found = str(folder.resolve()), ("", "")
    for line in lines:  # 36 35 98:0 /root /mount/point rw,noatime master:1 - ext4 /dev/sda1 rw (proc(5))
        fields, _dash, rest = line.partition(" - ")
        point = fields.split()[4].replace("\\040", " ")
        if (place == point or place.startswith(point.rstrip("/") + "/")) and len(point) >= len(found[0]):
            found = point, rest.split()[0]
    return found[1]


@register("studio")
def keys_are_long_enough(app_configs: Apps = None, **kwargs: Any) -> list[CheckMessage]:
    keys = {"STUDIO_SECRET_KEY": settings.SECRET_KEY, "STUDIO_ENCRYPTION_KEY": settings.ENCRYPTION_KEY}
    return [
        Error(
            f"{name} is shorter than {MIN_KEY_LENGTH} characters.",
            hint="Leave it unset to have one generated, or make one: openssl rand -base64 48",
            id="studio.E002",
        )
        for name, key in keys.items()
        if len(key) < MIN_KEY_LENGTH
    ]


@register("studio")
def queue_waits_long_enough(app_configs: Apps = None, **kwargs: Any) -> list[CheckMessage]:
    """django-q2's retry clock starts when a task is fetched ahead; too short a retry runs tasks twice (measured)."""
    queue = settings.Q_CLUSTER
    least = queue["timeout"] * (math.ceil((queue["queue_limit"] + 1) / queue["workers"]) + 1)
    if queue["retry"] > least:
        return []
    return [
        Error(
            f"Q_CLUSTER retry is {queue['retry']} s, within which a waiting task may not even have started.",
            hint=f"It must be more than timeout x (ceil((queue_limit + 1) / workers) + 1) = {least}.",
            id="studio.E003",
        )
    ]


@register("studio")
def queue_rows_are_ours(app_configs: Apps = None, **kwargs: Any) -> list[CheckMessage]:
    """A job and its queue row are written in one transaction; that takes one database for both."""
    if settings.Q_CLUSTER.get("orm") == "default":
        return []
    return [
        Error(
            "Q_CLUSTER must use the ORM broker on the default database.",
            hint='Set "orm": "default": a queue row has to be written, or rolled back, with the job it is about.',
            id="studio.E004",
        )
    ]


@register("studio")
def settings_are_known(app_configs: Apps = None, **kwargs: Any) -> list[CheckMessage]:
    """A misspelt variable would be left out in silence."""
    messages: list[CheckMessage] = []
    for name in sorted(os.environ):
        plain = name.removesuffix("_FILE")
        if not name.startswith("STUDIO_") or plain in env.asked or name.startswith(env.INTERNAL):
            continue
        near = difflib.get_close_matches(plain, env.asked, n=1)
        hint = f"Did you mean {near[0]}?" if near else "The README lists all settings."
        messages.append(Warning(f"{name} is no setting of the studio.", hint=hint, id="studio.W003"))
    return messages


@register("studio", deploy=True)
def webhooks_reach_inside(app_configs: Apps = None, **kwargs: Any) -> list[CheckMessage]:
    if not settings.WEBHOOK_ALLOW:
        return []
    networks = ", ".join(map(str, settings.WEBHOOK_ALLOW))
    return [
        Warning(
            f"STUDIO_WEBHOOK_ALLOW lets everybody's webhooks reach {networks}.",
            hint="Keep it to the addresses that need it, or empty.",
            id="studio.W002",
        )
    ]
