"""What the headings of somebody's file are here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

# Headings that we write beside bad rows; they are left out when the file comes back.
NOTES = ("row in the file", "column", "what is wrong")


@dataclass(frozen=True)
class Columns:
    """`names`: their heading → ours, or "" to leave the column out; a heading that is not named keeps its name.

    `defaults`: ours → what stands for a blank cell. `key`: their heading whose cells tell rows apart.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    key: str = ""

    def ours(self, headings: Sequence[str]) -> list[str]:
        """Our name of each heading, "" where the column is left out."""
        names = dict.fromkeys(NOTES, "") | dict(self.names)
        return ["source_id" if self.key and heading == self.key else names.get(heading, heading) for heading in headings]

    def theirs(self, name: str) -> str:
        """The heading in the file of one of our names: that is where somebody looks."""
        if name == "source_id" and self.key:
            return self.key
        return next((heading for heading, ours in self.names.items() if ours == name), name)

    def as_they_were(self, cells: Mapping[str, str]) -> dict[str, str]:
        """Cells under the headings of the file."""
        return {self.theirs(name): cell for name, cell in cells.items()}

    def filled(self, cells: Mapping[str, str]) -> dict[str, str]:
        """The cells, with what stands for blank ones."""
        return dict(cells) | {name: value for name, value in self.defaults.items() if not cells.get(name)}


AS_THEY_ARE = Columns()
