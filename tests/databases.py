"""Scratch databases on both engines, for what has to be shown with real processes.

A test that takes the fixture `scratch` runs once on SQLite and once on PostgreSQL, each time with a migrated database
and data folder of its own. The test's own process does not open it through Django: it starts children
(`scratch.run` forks from a loaded Django in milliseconds, `scratch.manage` and `scratch.start` are whole new processes)
and looks at the rows by plain SQL (`scratch.rows`).
PostgreSQL is taken where STUDIO_TEST_POSTGRES_URL says, else on this machine's port 5432; where no server answers the
test is skipped, unless STUDIO_TEST_REQUIRE names postgres.
"""

import os
import shutil
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from tests.children import ROOT, Server

ENGINES = ("sqlite", "postgres")
SERVER = os.environ.get("STUDIO_TEST_POSTGRES_URL") or "postgres://postgres@127.0.0.1:5432/postgres"
NAME = "database"  # the file that names a template on the server
REQUIRED = os.environ.get("STUDIO_TEST_REQUIRE", "").split(",")


@dataclass(frozen=True)
class Scratch:
    """One migrated database that nobody else uses, and the data folder beside it."""

    engine: str
    url: str
    folder: Path
    server: Server
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def env(self) -> dict[str, str]:
        """The environment of a child: this one's without the product's settings, and this database."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("STUDIO_", "DATABASE_URL", "PYTEST_"))}
        ours = {
            "DATABASE_URL": self.url,
            "STUDIO_DATA_DIR": str(self.folder),
            "DJANGO_SETTINGS_MODULE": "tests.settings",
        }
        return {**kept, **ours, **self.extra}

    def start(self, *args: str, **extra: str) -> "subprocess.Popen[str]":
        """`python ARGS` as a child with pipes, `extra` added to its environment; the caller waits for it."""
        pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen([sys.executable, *args], cwd=ROOT, env={**self.env, **extra}, **pipes)

    def manage(self, *args: str, **extra: str) -> "subprocess.CompletedProcess[str]":
        """`manage.py ARGS`, finished; the caller looks at returncode, stdout, stderr."""
        child = self.start("manage.py", *args, **extra)
        out, err = child.communicate(timeout=120)
        return subprocess.CompletedProcess(child.args, child.returncode, out, err)

    def run(self, function: str, *args: Any, processes: int = 1, **extra: str) -> list[Any]:
        """What `package.module:function(*args)` returns in each of `processes` that begin at the same moment.

        Arguments and results travel as JSON, and each process knows its CHILD_NUMBER (from 0) by its environment.
        Raises ChildDied with the traceback, or the signal, of a process that did not return.
        """
        return self.server.run(function, args, processes=processes, env={**self.env, **extra})

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """The rows of one statement (`%s` for values), committed; database errors come out as the driver's own."""
        connection: Any
        if self.engine == "postgres":
            connection = psycopg.connect(self.url)
        else:
            connection, query = sqlite3.connect(self.url.removeprefix("sqlite:///")), query.replace("%s", "?")
        try:
            with connection:
                cursor = connection.execute(query, values)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()


def _named(server: str, name: str) -> str:
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


def _on_server(statement: str) -> None:
    with psycopg.connect(SERVER, autocommit=True, connect_timeout=3) as connection:
        connection.execute(statement)


@cache
def postgres_missing() -> str:
    """Why there is no PostgreSQL to test with; empty when there is."""
    try:
        _on_server("SELECT 1")
    except psycopg.Error as error:
        return f"no PostgreSQL answers (STUDIO_TEST_POSTGRES_URL): {str(error).splitlines()[0]}"
    return ""


def need(engine: str) -> None:
    """Skip the running test where `engine` is not to be had; fail it where it is required."""
    if engine == "postgres" and postgres_missing():
        if "postgres" in REQUIRED:
            pytest.fail(postgres_missing())
        pytest.skip(postgres_missing())


# On one of the two databases only, because the other has nothing of what is tested.
on_postgres = pytest.mark.parametrize("scratch", ["postgres"], indirect=True)
on_sqlite = pytest.mark.parametrize("scratch", ["sqlite"], indirect=True)


def make_template(engine: str, folder: Path) -> None:
    """A migrated database to copy others from; `folder` says where it is."""
    url = f"sqlite:///{folder / 'studio.sqlite3'}"
    if engine == "postgres":
        name = f"northlight_test_{uuid.uuid4().hex}"
        _on_server(f"CREATE DATABASE {name}")
        url = _named(SERVER, name)
        (folder / NAME).write_text(name)
    with Server() as server:
        Scratch(engine, url, folder, server).run("tests.children:manage", "migrate", "--verbosity=0")


def template(engine: str, folder: Path, server: Server) -> Scratch:
    """What `make_template` left in the folder."""
    if engine == "sqlite":
        return Scratch(engine, f"sqlite:///{folder / 'studio.sqlite3'}", folder, server)
    return Scratch(engine, _named(SERVER, (folder / NAME).read_text()), folder, server)


def drop_template(folder: Path) -> None:
    """Take it from the server again, if it was ever made."""
    if (folder / NAME).exists():
        _on_server(f"DROP DATABASE IF EXISTS {(folder / NAME).read_text()} WITH (FORCE)")


@contextmanager
def migrated(engine: str, folder: Path, server: Server) -> Iterator[Scratch]:
    """A template for the length of a block."""
    need(engine)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        make_template(engine, folder)
        yield template(engine, folder, server)
    finally:
        drop_template(folder)


@contextmanager
def copy_of(original: Scratch, folder: Path, **extra: str) -> Iterator[Scratch]:
    """A fresh copy of a template, gone afterwards; `extra` is added to the environment of its children."""
    if original.engine == "sqlite":
        path = folder / "studio.sqlite3"
        shutil.copy(original.url.removeprefix("sqlite:///"), path)
        yield replace(original, url=f"sqlite:///{path}", folder=folder, extra=extra)
        return
    name, source = f"northlight_test_{uuid.uuid4().hex}", urlsplit(original.url).path.lstrip("/")
    _on_server(f"CREATE DATABASE {name} TEMPLATE {source}")
    try:
        yield replace(original, url=_named(SERVER, name), folder=folder, extra=extra)
    finally:
        _on_server(f"DROP DATABASE {name} WITH (FORCE)")
