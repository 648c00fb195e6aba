import getpass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from carestore.demo import loading
from cms.seeding import make_pages
from directory.accounts.granting import grant
from directory.accounts.models import User
from directory.accounts.roles import Role
from directory.seeding import load_needs
from directory.taxonomies.loading import load_shipped


class Command(BaseCommand):
    help = "First steps of a new co-op: database, needs, pages, places, and the first administrator."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", help="Address of the first administrator (asked for where left out).")
        parser.add_argument("--name", help="Name of the first administrator.")
        parser.add_argument("--areas", help="Postcode areas to load, such as HD,HX; empty: all of Great Britain.")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.DEMO:
            raise CommandError("This is the demonstration. Run setup without DEMO, with a CARESTORE_HOME of its own.")
        if loading.is_loaded():
            raise CommandError(
                "There is a demonstration here: clear it first with `manage.py leave_demo`, or choose another CARESTORE_HOME."
            )
        email = options["email"] or input("E-mail address of the first administrator: ").strip()
        name = options["name"] or input("Their name: ").strip()
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email!r} is not an e-mail address.") from error
        call_command("migrate", verbosity=0, interactive=False)
        if User.objects.filter(email__iexact=email).exists():
            raise CommandError("This address has an account already.")
        password = self._password()
        areas = options["areas"] if options["areas"] is not None else input("Postcode areas to load, such as HD,HX (empty: all): ").strip()
        load_needs()
        load_shipped()
        make_pages()
        call_command("load_places")
        call_command("load_postcodes", areas=areas)
        call_command("load_areas", sectors=True, areas=areas)
        call_command("rebuild_index")
        user = User.objects.create_user(email, password, name=name)
        for role in (Role.ADMINISTRATOR, Role.EDITOR):
            grant(user, role, by=None)
        self.stdout.write(
            f"Ready. Keys are in {Path(settings.CARESTORE_HOME) / 'keys.json'}: keep a copy somewhere else, without them the data cannot be read."
        )

    def _password(self) -> str:
        while True:
            password = getpass.getpass("Password (at least 12 characters): ")
            try:
                validate_password(password)
            except ValidationError as error:
                self.stderr.write(" ".join(error.messages))
                continue
            if getpass.getpass("The same again: ") == password:
                return password
            self.stderr.write("The two are not the same.")
