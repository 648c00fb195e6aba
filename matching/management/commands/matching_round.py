from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from matching.rounds.answers import answer
from matching.rounds.fields import BadRound
from matching.rounds.files import read_round
from matching.rounds.problem import judge, propose


class Command(BaseCommand):
    help = "Solve a matching round out of a file (care-round/1) and print the answer as JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--solve", type=Path, metavar="FILE", required=True, help="print the proposal for the round in this file")

    def handle(self, *args: Any, solve: Path, **options: Any) -> None:
        try:
            judged = judge(read_round(solve))
            solution = propose(judged)
        except (BadRound, ValueError) as error:
            raise CommandError(str(error)) from error
        for piece in answer(judged, solution):
            self.stdout.write(piece, ending="")
