"""`manage.py web` whose gate lets nobody go past its two places, however long they are taken."""

import os
import sys

import django
from django.core.management import call_command

from studio.ops import gate

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "studio.settings"
    django.setup()
    gate.gated.__kwdefaults__["patience"] = 3600.0
    call_command("web", port=int(sys.argv[1]))
