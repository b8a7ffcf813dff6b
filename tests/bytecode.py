"""Compiled modules of the tests' processes: a hundred start, and what one has compiled the others only read."""

import atexit
import os
import shutil
import sys
import tempfile


def keep() -> None:
    """Where nothing may be written beside the sources (PYTHONDONTWRITEBYTECODE), keep them in a folder of ours."""
    if not sys.dont_write_bytecode:
        return
    folder, ours = tempfile.mkdtemp(prefix="northlight-bytecode-"), os.getpid()
    sys.dont_write_bytecode, sys.pycache_prefix = False, folder
    os.environ["PYTHONPYCACHEPREFIX"] = folder
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    atexit.register(_forget, folder, ours)


def _forget(folder: str, owner: int) -> None:
    if os.getpid() == owner:  # not in what was forked from it
        shutil.rmtree(folder, ignore_errors=True)
