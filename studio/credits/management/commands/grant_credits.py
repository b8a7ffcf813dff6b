"""manage.py grant_credits NAME AMOUNT --reason TEXT"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from studio.accounts.models import User
from studio.core.errors import StudioError
from studio.credits import services


class Command(BaseCommand):
    help = "Books a grant of credits to a person."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", metavar="NAME", help="who gets them")
        parser.add_argument("amount", metavar="AMOUNT", type=int, help="how many credits")
        parser.add_argument("--reason", metavar="TEXT", required=True, help="why; it stands in the ledger")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username__iexact=options["user"]).first()
        if user is None:
            raise CommandError(f"There is nobody called {options['user']}.")
        try:
            entry = services.grant(user=user, amount=options["amount"], reason=options["reason"], actor=None)
        except StudioError as error:
            raise CommandError(error.message) from None
        self.stdout.write(
            f"Entry {entry.number}: granted {entry.change} to {user.username}, "
            f"who has {entry.spendable_after} to spend."
        )
