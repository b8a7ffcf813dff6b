"""`manage.py up`: the studio, whole."""

import argparse
import sys
from typing import Any

from django.core.management.base import BaseCommand

from studio.ops import address


def port_number(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65_536:
        raise argparse.ArgumentTypeError(f"{text} is no port; it is a number from 1 to 65535.")
    return int(text)


class Command(BaseCommand):
    help = "Starts the studio and keeps it running until Ctrl-C or SIGTERM."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--host", default=address.DEFAULT_HOST, help="address to listen on (default 127.0.0.1)")
        parser.add_argument(
            "--port", type=port_number, default=address.DEFAULT_PORT, help="port to listen on (default 8000)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        from studio.ops import up

        def say(line: str) -> None:
            self.stdout.write(line)
            self.stdout.flush()

        def warn(line: str) -> None:
            self.stderr.write(line)
            self.stderr.flush()

        sys.exit(up.run(host=options["host"], port_number=options["port"], say=say, warn=warn))
