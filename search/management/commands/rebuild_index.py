from typing import Any

from django.core.management.base import BaseCommand

from search import indexing


class Command(BaseCommand):
    help = "Write a new search index from the listings and swap it in; searches go on in the old one until then."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write("Building the search index …")
        count = indexing.rebuild(progress=lambda done: self.stdout.write(f"  {done} documents"))
        taken = indexing.catch_up()
        self.stdout.write(self.style.SUCCESS(f"The index holds {count} documents ({taken} changes came in meanwhile)."))
