import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from matching.rounds.answers import answer
from matching.rounds.comparing import compare
from matching.rounds.exporting import exported
from matching.rounds.fields import BadRound
from matching.rounds.files import read_round
from matching.rounds.living import live_round
from matching.rounds.problem import judge, propose


class Command(BaseCommand):
    help = "The matching round: write the one of today into a file without names, solve one out of a file, or tell what one would propose."
    # Asked again and again by other programs: the checks of the whole site take longer than most rounds.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--export", type=Path, metavar="FILE", help="write the round of today into a new file (care-round/1)")
        what.add_argument("--solve", type=Path, metavar="FILE", help="solve the round in a file and print the answer as JSON")

    def handle(self, *args: Any, export: Path | None = None, solve: Path | None = None, **options: Any) -> None:
        if export is not None:
            self._export(export)
        elif solve is not None:
            self._solve(solve)
        else:
            self._tell()

    def _export(self, path: Path) -> None:
        content = json.dumps(exported(live_round()), indent=1)
        try:
            # What is in it is about people even without their names, so it is for its owner alone, and nothing is written over.
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                file.write(content)
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror or error}.") from error
        self.stdout.write(f"Written to {path}. There are no names in it, but it is about people: keep it like a record.")

    def _solve(self, path: Path) -> None:
        try:
            judged = judge(read_round(path))
            solution = propose(judged)
        except (BadRound, ValueError) as error:
            raise CommandError(str(error)) from error
        except MemoryError as error:
            raise CommandError(f"{path} is too large for the memory of this machine. Split the round.") from error
        for piece in answer(judged, solution):
            self.stdout.write(piece, ending="")

    def _tell(self) -> None:
        live = live_round()
        solution = propose(live.judged)
        ways = compare(live.judged, solution.volunteers, live.arrival)
        self.stdout.write(
            f"{len(live.asks)} open errands that nobody is on, {len(live.judged.names)} volunteers, "
            f"{int(live.judged.allowed.sum())} pairs that may be. A round now would serve {_served(ways['round'])}, "
            f"first come first served {_served(ways['arrival'])}, the best pair first {_served(ways['best_pair'])}. "
            f"{live.unsaid} more do not say yet what is to be done; {live.one_by_one} for company or regular help are introduced one pair "
            "at a time. Nothing was sent; propose it at /desk/rounds/."
        )


def _served(way: Mapping[str, Any]) -> str:
    return f"{way['served']} ({way['people']} people)"
