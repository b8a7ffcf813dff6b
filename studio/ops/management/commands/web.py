"""`manage.py web`: the web server alone, for a host where something else than `up` watches it."""

import argparse
import sys
from typing import Any

from django.core.management.base import BaseCommand

from studio.ops import address, port, web


class Command(BaseCommand):
    help = "Serves the studio's pages until it is stopped. `up` starts it by itself."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--host", default=address.DEFAULT_HOST)
        parser.add_argument("--port", type=int, default=address.DEFAULT_PORT)

    def handle(self, *args: Any, **options: Any) -> None:
        sys.exit(web.serve(port.listen(options["host"], options["port"])))
