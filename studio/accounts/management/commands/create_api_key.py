"""manage.py create_api_key NAME [--name LABEL] [--sandbox]"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from studio.accounts.key_services import create_api_key
from studio.accounts.models import User


class Command(BaseCommand):
    help = "Creates an API key for a person and prints it, once, alone on stdout."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", metavar="NAME", help="whose key it is")
        parser.add_argument("--name", metavar="LABEL", default="Command line", help="what the key is called")
        parser.add_argument(
            "--sandbox", action="store_true", help="a key that always uses the sandbox and pays nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username__iexact=options["user"]).first()
        if user is None:
            raise CommandError(f"There is nobody called {options['user']}.")
        if not user.is_active:
            raise CommandError(f"{user.username} is deactivated; a key of theirs would not work.")
        if not 1 <= len(options["name"]) <= 100:
            raise CommandError("--name takes 1 to 100 characters.")
        _row, raw = create_api_key(user=user, name=options["name"], is_sandbox=options["sandbox"])
        self.stdout.write(raw)
