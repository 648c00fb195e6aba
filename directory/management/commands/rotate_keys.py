"""Encrypt all personal data with the newest key: `manage.py rotate_keys`."""

from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from directory.personal.rotation import Rotated, models_with_secrets, rotate


class Command(BaseCommand):
    help = (
        "Encrypt all personal data with the first key of FIELD_KEYS. Put the new key in front, restart everything that runs, run this,"
        " then take the old key away. It can be stopped and started again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", type=int, default=500, help="rows in one transaction (500)")

    def handle(self, *args: Any, **options: Any) -> None:
        total = Rotated()
        for model in models_with_secrets():
            total = total.plus(rotate(model, options["batch"], progress=partial(self._tell, model._meta.label_lower)))
        if total.unreadable:
            raise CommandError(f"{total.unreadable} values cannot be read with any key in FIELD_KEYS. Keep every old key.", returncode=1)
        self.stdout.write(f"ok, {total.changed} values encrypted again, {total.newest_already} were before. Older keys can be taken away.")

    def _tell(self, label: str, done: Rotated) -> None:
        self.stdout.write(f"{label}: {done.changed} values encrypted again, {done.newest_already} were up to date")
