"""Safe steps into JSON of unknown shape, and the notes taken on the way. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

Record = Mapping[str, Any]
# Of any list inside a record: the real feeds stay far below.
MOST_PARTS = 200


class Notes:
    """What was put right or left out of one record, in plain words, each kind with its count."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def add(self, text: str) -> None:
        """One more of this kind."""
        self.counts[text] += 1


def record(value: Any) -> Record:
    """The object, or an empty one in the place of anything else."""
    return value if isinstance(value, Mapping) else {}


def records(holder: Record, *names: str, notes: Notes | None = None) -> Iterator[Record]:
    """The objects in these lists of a record (a single object counts as a list of one), so many at most."""
    for name in names:
        value = holder.get(name)
        rows = value if isinstance(value, list) else [value]
        for at, row in enumerate(rows):
            if at >= MOST_PARTS:
                if notes:
                    notes.add(f"{name}: only the first {MOST_PARTS} were read")
                break
            if isinstance(row, Mapping):
                yield row


def original_id(value: Any) -> str:
    """An id as the source wrote it; "" where there is none. A number counts."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    text = str(value).strip()
    return "" if any(ord(letter) < 32 or 0xD800 <= ord(letter) < 0xE000 for letter in text) else text
