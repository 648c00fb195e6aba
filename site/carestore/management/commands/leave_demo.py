from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from carestore.demo import loading


class Command(BaseCommand):
    help = "Clear the demonstration for real use: its database, index, mails, pictures and keys. Nothing invented is carried over."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--yes", action="store_true", help="Do not ask.")

    def handle(self, *args: Any, **options: Any) -> None:
        home = Path(settings.CARESTORE_HOME)
        if not loading.is_loaded():
            raise CommandError("There is no demonstration here.")
        if loading.holds_real_data():
            raise CommandError("There are people, volunteers or messages here that are not marked as invented, so nothing was cleared.")
        if not options["yes"] and input(f"Clear the demonstration in {home}? Type yes: ").strip() != "yes":
            raise CommandError("Nothing was cleared.")
        loading.clear(home)
        self.stdout.write("Cleared. Next: `manage.py setup` without DEMO.")
