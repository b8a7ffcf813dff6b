"""The address `up` and `web` will answer at, known before the settings are read that depend on it."""

import argparse
import os
from collections.abc import Sequence

LISTEN = "STUDIO_LISTEN"
DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8000
WILDCARDS = frozenset({"", "0.0.0.0", "::"})  # noqa: S104


def announce(argv: Sequence[str]) -> None:
    """Tell the settings where this process will listen, from its command line; other commands are left alone."""
    if argv[1:2] not in (["up"], ["web"]):
        return
    parser = argparse.ArgumentParser(add_help=False, exit_on_error=False, allow_abbrev=False)
    parser.add_argument("--host", default=DEFAULT_HOST)
    parser.add_argument("--port", type=int, default=DEFAULT_PORT)
    try:
        options, _others = parser.parse_known_args(argv[2:])
    except (argparse.ArgumentError, SystemExit):
        return  # the command itself will say what is wrong
    if not 1 <= options.port <= 65_535:
        return
    os.environ[LISTEN] = for_people(options.host, options.port)


def for_people(host: str, port: int) -> str:
    """`http://HOST:PORT` as people can type it: 127.0.0.1 for a wildcard host, brackets around IPv6."""
    if host in WILDCARDS:
        host = DEFAULT_HOST
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
