"""manage.py add_user NAME [--email E] [--password P] [--credits N] [--staff]"""

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from studio.accounts.models import User
from studio.accounts.services import invite
from studio.core.errors import StudioError
from studio.core.models import audit
from studio.credits import services


class Command(BaseCommand):
    help = "Adds a member; without --password prints a single-use link with which they set one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", metavar="NAME", help="the name to sign in with")
        parser.add_argument("--email", metavar="E", default="", help="their e-mail address")
        parser.add_argument("--password", metavar="P", help="their password, instead of a link to set one")
        parser.add_argument("--credits", metavar="N", type=int, help="instead of the opening credits; 0 for none")
        parser.add_argument(
            "--staff",
            action="store_true",
            help="may open the admin; what they may do there a superuser gives them under Users",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            said = self._add(**{name: options[name] for name in ("user", "email", "password", "credits", "staff")})
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        except StudioError as error:
            raise CommandError(error.message) from None
        self.stdout.write(said)

    @transaction.atomic
    def _add(self, *, user: str, email: str, password: str | None, credits: int | None, staff: bool) -> str:
        """Person and account together or neither; what to print."""
        if password is None:
            person, link = invite(username=user, email=email, is_staff=staff)
            said = f"{person.username} can set a password, once: {link}"
        else:
            person = User(username=user, email=email, is_staff=staff)
            validate_password(password, person)
            person.set_password(password)
            person.full_clean()
            person.save()
            audit("user.created", target=person.username, is_staff=staff)
            said = f"{person.username} can sign in."
        services.account_of(person, opening=credits)
        return said
