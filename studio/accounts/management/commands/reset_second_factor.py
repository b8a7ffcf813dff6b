"""`manage.py reset_second_factor NAME --reason TEXT`: for whoever lost it, above all the only administrator."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from studio.accounts.factors import take_all_away
from studio.accounts.models import User


class Command(BaseCommand):
    help = "Removes somebody's app, passkeys and recovery codes and signs them out everywhere."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="name or e-mail address to sign in with")
        parser.add_argument("--reason", required=True, help="kept in the audit log")

    def handle(self, *args: Any, name: str, reason: str, **options: Any) -> None:
        person = User.by_login(name)
        if person is None:
            raise CommandError(f"Nobody is called {name}.")
        if not reason.strip():
            raise CommandError("A reason is needed.")
        done = take_all_away(user=person, reason=reason)
        self.stdout.write(f"{person.username} has no second factor{' any more' if done else ', and had none'}.")
