"""Real processes that run our functions, without paying Django's start each time.

`python -m tests.children` is a server: it loads Django once and forks for every request on its standard input. The
forked process takes the request's environment, reads the settings anew and then runs the function, in as many
processes of its own as were asked for, all released at one barrier. Nothing is connected before the fork.
"""

import contextlib
import importlib
import io
import json
import multiprocessing
import os
import subprocess
import sys
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


class ChildDied(Exception):
    """A process ended without an answer; `signal` is what killed it, 0 when it was an exception."""

    def __init__(self, signal: int, trace: str) -> None:
        super().__init__(trace or f"killed by signal {signal}")
        self.signal = signal


class Server:
    """The test's end: starts the server and asks it."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.children"],
            **{"cwd": ROOT, "stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True},
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        )

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_exc: object) -> None:
        self.process.communicate(timeout=30)

    def run(self, function: str, args: tuple[Any, ...], *, processes: int, env: dict[str, str]) -> list[Any]:
        """What `package.module:function(*args)` returned in each process; raises ChildDied where one did not."""
        assert self.process.stdin
        assert self.process.stdout
        print(json.dumps([function, args, processes, env]), file=self.process.stdin, flush=True)
        answers = json.loads(self.process.stdout.readline())
        for answer in answers:
            if "result" not in answer:
                raise ChildDied(answer["signal"], answer.get("trace", ""))
        return [answer["result"] for answer in answers]


def serve() -> None:
    import django

    django.setup()
    for name in ("django.db.backends.postgresql.base", "studio.urls", "tests.proof.story"):
        importlib.import_module(name)  # not by every child again, as what follows
    from PIL import Image

    from studio.providers.catalogue import models

    Image.init()
    models()
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a function prints is no answer
    for line in sys.stdin:
        (answer,) = gather([fork(partial(in_environment, *json.loads(line)))])
        print(json.dumps(answer.get("result", [answer])), file=answers, flush=True)


def in_environment(function: str, args: list[Any], processes: int, env: dict[str, str]) -> list[Any]:
    """As a new process would begin with `env`, but for what Django has already loaded."""
    from django.conf import settings
    from django.db import connections

    from studio.core import failpoints

    os.environ.update(env)
    for name in [name for name in os.environ if name.startswith(("STUDIO_", "DATABASE_URL")) and name not in env]:
        del os.environ[name]
    for name in ("tests.settings", "studio.settings"):
        sys.modules.pop(name, None)
    fresh = importlib.import_module(env.get("DJANGO_SETTINGS_MODULE", "tests.settings"))
    for name in filter(str.isupper, dir(fresh)):
        setattr(settings, name, getattr(fresh, name))
    failpoints._ARMED = os.environ.get("STUDIO_FAILPOINT", "")
    connections.settings = connections.configure_settings(settings.DATABASES)
    del connections["default"]
    module, _colon, attribute = function.partition(":")
    called = getattr(importlib.import_module(module), attribute)
    barrier = multiprocessing.get_context("fork").Barrier(processes)

    def child(number: int) -> Any:
        os.environ["CHILD_NUMBER"] = str(number)
        barrier.wait(timeout=60)
        try:
            return called(*args)
        finally:
            connections.close_all()

    return gather([fork(partial(child, number)) for number in range(processes)])


def fork(work: Callable[[], Any]) -> tuple[int, int]:
    """The id of a child that does `work`, and the end of a pipe from which its answer can be read."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writer)
        return pid, reader
    os.close(reader)
    try:
        answer = {"result": work()}
    except BaseException:
        answer = {"signal": 0, "trace": traceback.format_exc()}
    with os.fdopen(writer, "w") as pipe:
        json.dump(answer, pipe)
    os._exit(0)


def gather(children: list[tuple[int, int]]) -> list[dict[str, Any]]:
    answers = []
    for pid, reader in children:
        with os.fdopen(reader) as pipe:
            text = pipe.read()
        _pid, status = os.waitpid(pid, 0)
        answers.append(json.loads(text) if text else {"signal": os.WTERMSIG(status)})
    return answers


def manage(*args: str) -> None:
    """A management command, without its output."""
    from django.core.management import call_command

    call_command(*args)


def command(*args: str) -> dict[str, Any]:
    """What `manage.py ARGS` would say and end with."""
    from django.core.management import CommandError, call_command

    out, err, code = io.StringIO(), io.StringIO(), 0
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            call_command(*args, stdout=out, stderr=err)
    except CommandError as error:
        err.write(f"{error}\n")
        code = error.returncode
    except SystemExit as end:
        code = int(end.code or 0)
    return {"returncode": code, "stdout": out.getvalue(), "stderr": err.getvalue()}


if __name__ == "__main__":
    serve()
