"""OpenAI's libraries in programs of their own."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.databases import REQUIRED

TESTS = Path(__file__).resolve().parent.parent
NODE = TESTS / "node"
LANGUAGES = ("python", "javascript")


def need(language: str) -> None:
    """Skip the running test where the language's library is not to be had; fail it where Node is required."""
    missing = ""
    if language == "javascript" and not shutil.which("node"):
        missing = "no Node (node)"
    elif language == "javascript" and not (NODE / "node_modules" / "openai").is_dir():
        missing = "no openai library for Node (npm install in tests/node)"
    if missing and "node" in REQUIRED:
        pytest.fail(missing)
    if missing:
        pytest.skip(missing)


@dataclass(frozen=True)
class Library:
    """One of the libraries, told where the studio is and which key to use."""

    language: str
    address: str
    key: str

    def begin(self, method: str, *arguments: Any, **options: Any) -> "subprocess.Popen[str]":
        """A program that makes one call. `options` are the client's, as JavaScript calls them."""
        command = [sys.executable, str(TESTS / "sdk" / "ask.py")]
        if self.language == "javascript":
            command = ["node", str(NODE / "ask.mjs")]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("OPENAI_")}
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        program = subprocess.Popen(command, env=environment, text=True, **pipes)
        asked = {"address": self.address, "key": self.key, "options": options, "method": method}
        assert program.stdin
        program.stdin.write(json.dumps(asked | {"arguments": arguments}))
        program.stdin.close()
        program.stdin = None
        return program

    def ask(self, method: str, *arguments: Any, **options: Any) -> dict[str, Any]:
        """What came of one call: {"answer"}, or {"error", "status", "code", "param", "job", "retry"}."""
        return told_by(self.begin(method, *arguments, **options))


def told_by(program: "subprocess.Popen[str]") -> dict[str, Any]:
    """What a program that was begun says at its end."""
    try:
        out, err = program.communicate(timeout=60)
    finally:
        program.kill()
    assert out, err
    return dict(json.loads(out))
