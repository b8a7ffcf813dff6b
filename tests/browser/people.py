"""What an administrator does at the command line beside a running studio, without Django's start each time."""

import atexit
import subprocess
from functools import cache
from pathlib import Path

from tests.children import Server
from tests.ops.studio_process import environment


@cache
def _server() -> Server:
    server = Server()
    atexit.register(server.__exit__)
    return server


def manage(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """`manage.py` with `arguments` on a data folder, in a process forked from one that has loaded Django."""
    env = environment(folder, DJANGO_SETTINGS_MODULE="studio.settings")
    (ended,) = _server().run("tests.children:command", arguments, processes=1, env=env)
    return subprocess.CompletedProcess(arguments, **ended)
