import gc
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from carestore import env, serving
from carestore.demo import loading
from carestore.demo.cast import PASSWORD, ROLES

POSTCODE_AREAS = "HD,HX,OL,WF,BD"


class Command(BaseCommand):
    help = "Make or keep the demonstration's database, then serve it with one worker. DEMO=1 must be set; `make demo` does."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-serve", action="store_true", help="Set everything up and stop.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demonstration has passwords that everybody knows: it runs with DEMO=1 only. Use `make demo`.")
        port = env.integer("PORT", 8000, 1, 65535)
        if not options["no_serve"] and not serving.port_is_free(port):
            raise CommandError(f"Port {port} is in use. Stop what runs there, or choose another: make demo PORT={port + 1}")
        home = Path(settings.CARESTORE_HOME)
        self._prepare(home)
        if not options["no_serve"]:
            self.stdout.write("Starting the web server and the worker …")
            code = serving.serve(port, when_up=lambda: self._welcome(home, port))
            if code:
                raise CommandError(f"The web server ended with {code}.")

    def _prepare(self, home: Path) -> None:
        # Migrations and the loading leave much behind that is looked through again and again for what can be thrown away.
        gc.freeze()
        gc.set_threshold(50_000, 20, 20)
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self._step("The database", lambda: call_command("migrate", verbosity=0, interactive=False))
        if not loading.is_loaded():
            self._step("Needs and pages", self._ground)
            self._step("Villages, postcodes and areas", self._places)
            self._step("Services, people and casework", lambda: loading.load(home, self._say))
            self._step("The search index", lambda: call_command("rebuild_index", verbosity=0))
        elif not any((home / "index").glob("index-*.sqlite")):
            self._step("The search index", lambda: call_command("rebuild_index", verbosity=0))

    def _ground(self) -> None:
        from cms.seeding import make_pages
        from directory.seeding import load_needs
        from directory.taxonomies.loading import load_shipped

        load_needs()
        load_shipped()
        make_pages()

    def _places(self) -> None:
        from directory.geodata.models import Area

        call_command("load_places", verbosity=0)
        call_command("load_postcodes", areas=POSTCODE_AREAS, verbosity=0)
        if not Area.objects.exists():
            call_command("load_areas", sectors=True, areas="HD", verbosity=0)

    def _step(self, name: str, work: Callable[[], object]) -> None:
        self.stdout.write(f"{name} …")
        self.stdout.flush()
        start = time.monotonic()
        work()
        self.stdout.write(f"  done in {time.monotonic() - start:.0f} s")
        self.stdout.flush()

    def _say(self, text: str) -> None:
        self.stdout.write(f"  {text}")
        self.stdout.flush()

    def _welcome(self, home: Path, port: int) -> None:
        file = home / "demo.json"
        if file.exists():
            written = json.loads(file.read_text())
            written["url"] = f"http://127.0.0.1:{port}"
            file.write_text(json.dumps(written, indent=1) + "\n")
        self.stdout.write("\nThe Care Store is open:  " + self.style.SUCCESS(f"http://127.0.0.1:{port}"))
        self.stdout.write(f"\nLog-ins (password for all: {PASSWORD}):")
        for name in ROLES:
            self.stdout.write(f"  {name}@demo.example")
        self.stdout.write(f"\nThe same, with two API keys, in {file}\nStop with Ctrl-C.\n")
        self.stdout.flush()
