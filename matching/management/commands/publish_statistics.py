from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from directory.accounts.system import system_user
from matching.statistics.releases import publish


class Command(BaseCommand):
    help = "Count a closed period (2026-Q3, 2026-07 or 2026), freeze it, and show it to analyst, coordinator and administrator."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("period")

    def handle(self, *args: Any, period: str, **options: Any) -> None:
        try:
            release = publish(period, by=system_user())
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        cells = [row for table in release.tables for row in table["rows"] if row["count"] != 0]
        shown = sum(row["count"] is not None for row in cells)
        self.stdout.write(
            f"{release.period}: {len(release.tables)} tables, {shown} of {len(cells)} cells that are not nought show a number. "
            "It stays inside until it has been audited."
        )
