"""Bring everything that follows the journal up to date: `manage.py catch_up`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from directory.journal.following import catch_up


class Command(BaseCommand):
    help = "Bring everything that follows the journal (index, mails, figures) up to date. Exit code 1 where one of them cannot."

    def handle(self, *args: Any, **options: Any) -> None:
        results = catch_up()
        for name, result in results.items():
            self.stdout.write(f"{name}: {f'{result} events' if isinstance(result, int) else f'stopped by {result}'}")
        if any(isinstance(result, str) for result in results.values()):
            raise CommandError("Not everything could catch up; it goes on where it stopped the next time.", returncode=1)
