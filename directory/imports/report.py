"""What an import did, or would do, in plain lines."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from directory.imports.columns import NOTES

MOST_SHOWN = 120


@dataclass(frozen=True)
class BadRow:
    """One row that cannot be taken, and what to do about it. `row` counts as a spreadsheet does: the headings are row 1."""

    file: str
    row: int
    column: str
    text: str
    # Its cells by the file's own headings, so that it can be put right.
    cells: Mapping[str, str] = field(default_factory=dict, compare=False)

    def __str__(self) -> str:
        return f"{self.file}, row {self.row}, column {self.column}: {self.text}"


@dataclass(frozen=True)
class Difference:
    """One field of one listing: what stands here and what the file says, in words. `conflict`: it was edited here, and stays."""

    row: int
    name: str
    label: str
    old: str
    new: str
    conflict: bool = False

    def __str__(self) -> str:
        return f"row {self.row}, {self.name}: {self.label}: {_short(self.old)} → {_short(self.new)}"


@dataclass
class Report:
    """The outcome, by the names of listings. `stopped`: bad rows were found and nothing at all was written."""

    file: str
    dry_run: bool = False
    stopped: bool = False
    made: list[str] = field(default_factory=list)
    changed: list[tuple[str, list[str]]] = field(default_factory=list)
    unchanged: int = 0
    conflicts: list[tuple[str, str]] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """Each change in one line, each bad row in one line, and a sum at the end."""
        would = "would be " if self.dry_run or self.stopped else ""
        if not self.stopped:
            yield from (f"{name}: {would}made" for name in self.made)
            yield from (f"{name}: {would}changed ({', '.join(fields)})" for name, fields in self.changed)
            yield from (f"  {difference}" for difference in self.differences if not difference.conflict)
            yield from (
                f"{name}: {field} was edited here; the file's value {would or 'is '}put up for a moderator"
                for name, field in self.conflicts
            )
            yield from (f"  {difference}" for difference in self.differences if difference.conflict)
        yield from map(str, self.bad)
        yield self.sum()

    def sum(self) -> str:
        """One sentence."""
        if self.stopped:
            return f"Nothing was written: {len(self.bad)} of the rows cannot be taken. Put them right, or leave them out with --skip-bad."
        parts = [
            f"{len(self.made)} made",
            f"{len(self.changed)} changed",
            f"{self.unchanged} as they were",
            f"{len(self.conflicts)} put up",
        ]
        parts += [f"{len(self.bad)} bad rows left out"] if self.bad else []
        return f"{self.file}: {', '.join(parts)}." + (" This was a dry run: nothing was written." if self.dry_run else "")


def bad_rows_as_table(bad: Iterable[BadRow]) -> Iterator[list[str]]:
    """The bad rows as lines of a file: the headings they came under, and beside each row what is wrong with it."""
    rows = list(bad)
    headings = list(dict.fromkeys(heading for row in rows for heading in row.cells))
    yield [*NOTES, *headings]
    yield from ([str(row.row), row.column, row.text, *(row.cells.get(heading, "") for heading in headings)] for row in rows)


def _short(text: str) -> str:
    """In one line of a readable length."""
    line = "; ".join(filter(None, map(str.strip, text.splitlines())))
    return f"“{line if len(line) <= MOST_SHOWN else line[: MOST_SHOWN - 1] + '…'}”"
