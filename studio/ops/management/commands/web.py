"""`manage.py web`: the web server alone, for a host where something else than `up` watches it."""

import argparse
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from studio.core import lifeline
from studio.ops import address, port, processes, web
from studio.ops.supervisor import SPARE_SECONDS, Supervisor


class Command(BaseCommand):
    help = "Serves the studio's pages until it is stopped. `up` starts it by itself."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--host", default=address.DEFAULT_HOST)
        parser.add_argument("--port", type=int, default=address.DEFAULT_PORT)

    def handle(self, *args: Any, **options: Any) -> None:
        supervisor = Supervisor(say=self.stderr.write, patience=settings.DRAIN_SECONDS + SPARE_SECONDS)
        supervisor.catch_signals()
        listener = port.listen(options["host"], options["port"])
        lifeline.arm()
        processes.load_everything()
        processes.settle()
        parts = web.parts(listener)
        try:
            supervisor.start(parts)
            ended_well = supervisor.watch()
        finally:
            listener.close()
            supervisor.stop(parts)
        sys.exit(0 if ended_well else 1)
