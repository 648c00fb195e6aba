"""Check the whole journal: `manage.py verify_journal [--head SEQ:SEAL …]`."""

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from directory.journal.heads import head
from directory.journal.verifying import NamedHead, count, verify


def written_head(text: str) -> NamedHead:
    """A head as this command prints it: the number, a colon, the seal."""
    seq, _, mac = text.partition(":")
    if not seq.isdigit() or not mac:
        raise ArgumentTypeError("write NUMBER:SEAL, as verify_journal printed it")
    return NamedHead(f"head given by hand ({seq})", int(seq), mac)


class Command(BaseCommand):
    help = "Check that nobody changed, removed or cut the journal, and that what is cached agrees with it. Exit code 1 where it does not."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--head", type=written_head, action="append", default=[], help="a head written down earlier, in a backup")

    def handle(self, *args: Any, **options: Any) -> None:
        faults = verify(options["head"])
        for fault in faults:
            self.stdout.write(str(fault))
        if faults:
            raise CommandError(f"{len(faults)} fault{'s' * (len(faults) > 1)} in {count()} events.", returncode=1)
        self.stdout.write(f"ok, {count()} events")
        self.stdout.write(f"head {head().seq}:{head().mac}")
