from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from directory.accounts.system import system_user
from directory.harvest import report, trying
from directory.harvest.addresses import Refused
from directory.harvest.fetching import CannotFetch
from directory.harvest.locking import Busy
from directory.harvest.models import Feed, Run
from directory.harvest.run_states import RunState
from directory.harvest.running import fetcher_for, harvest, harvest_only


class Command(BaseCommand):
    help = "Fetch other directories' feeds: those that are due, or those named. Feeds are set up in the admin."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("feeds", nargs="*", help="short names; without any, every feed that is due")
        parser.add_argument("--dry-run", action="store_true", help="say what would be made and changed, and write nothing")
        parser.add_argument("--resume", action="store_true", help="go on where the last time broke off")
        parser.add_argument("--only", action="append", metavar="ID", help="only the services with these ids; they are asked for one by one")
        parser.add_argument("--fewer", action="store_true", help="yes, more than half of the feed is really gone")
        parser.add_argument("--pause", type=float, default=0.2, help="seconds between two requests")

    def handle(self, *args: Any, **options: Any) -> None:
        failed = []
        for feed in self._feeds(options["feeds"], resume=options["resume"]):
            try:
                if not self._one(feed, options):
                    failed.append(feed.slug)
            except (CannotFetch, Refused, Busy) as fault:
                self.stderr.write(f"{feed.name}: {fault}")
                failed.append(feed.slug)
        if failed:
            raise CommandError(f"Not all came: {', '.join(failed)}.")

    def _feeds(self, slugs: list[str], *, resume: bool) -> list[Feed]:
        if not slugs:
            return [feed for feed in Feed.objects.filter(active=True) if feed.due or (resume and feed.unfinished)]
        found = {feed.slug: feed for feed in Feed.objects.filter(slug__in=slugs)}
        if missing := [slug for slug in slugs if slug not in found]:
            known = ", ".join(Feed.objects.values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"There is no feed called {missing[0]}. There are: {known}.")
        return [found[slug] for slug in slugs]

    def _one(self, feed: Feed, options: dict[str, Any]) -> bool:
        by = system_user()
        fetcher = fetcher_for(feed, pause=options["pause"])
        if options["dry_run"]:
            for line in trying.would_do(feed, by=by, fetcher=fetcher, only=options["only"] or ()):
                self.stdout.write(line)
            return True
        if options["only"]:
            run = harvest_only(feed, options["only"], by=by, fetcher=fetcher)
        else:
            tell = self._tell if options["verbosity"] > 0 else lambda run: None
            run = harvest(feed, by=by, resume=options["resume"], fetcher=fetcher, tell=tell, fewer=options["fewer"])
        for line in report.lines(run):
            self.stdout.write(line)
        return run.state == RunState.GOOD or (run.state == RunState.PART and bool(options["only"]))

    def _tell(self, run: Run) -> None:
        if run.read % 200 < 20:
            of = f" of {run.total_told}" if run.total_told else ""
            self.stdout.write(f"{run.feed.name}: {run.read}{of} read")
            self.stdout.flush()
