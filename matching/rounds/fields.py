"""Reading values out of JSON that somebody else wrote: each by its path, so that an error says which one is wrong and what to do."""

import json
import math
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from django.db.models import TextChoices

from matching.eligibility import Window
from matching.windows import DAY

Choice = TypeVar("Choice", bound=TextChoices)


MOST_BYTES = 256 * 2**20
MOST_VALUES = 12_000_000  # a dense score of 3,000 by 3,000 and all the rest; in memory at most a few gigabytes
MOST_LETTERS = 300  # of an id or any other word

_SHOWN = 80  # letters of a place in a message


class BadRound(ValueError):
    """A file that is no round; the message names the place in it and what to do."""


def read_json(path: Path) -> Any:
    """Raises BadRound: there is no such file, it is too large, no JSON, says something twice, or is nested without end."""
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise BadRound(f"{path} cannot be read: {error.strerror or error}.") from error
    if len(content) > MOST_BYTES or sum(content.count(mark) for mark in (b",", b"[", b"{")) > MOST_VALUES:
        raise BadRound(f"{path} is too large: up to {MOST_BYTES // 2**20} MB with {MOST_VALUES:,} values are read. Split the round.")
    try:
        return json.loads(content, parse_constant=_no_number, object_pairs_hook=_each_once)
    except RecursionError as error:
        raise BadRound(f"{path} is nested too deeply to be a round.") from error
    except ValueError as error:
        # Python's own words about a number of thousands of digits are advice for programmers.
        what = "a number in it has too many digits" if "set_int_max_str_digits" in str(error) else error
        raise BadRound(f"{path} is not JSON: {what}.") from error


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is not a number")


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """JSON lets an object say one thing twice, and forgets the first: here that is a mistake."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise ValueError(f"{_short(twice)} stands twice in one object")
    return found


def _is_whole(found: Any) -> bool:
    """A whole number; true and false, which Python takes for 1 and 0, are none."""
    return isinstance(found, int) and not isinstance(found, bool)


def _short(word: str) -> str:
    """A word of the file on one line of a message."""
    told = json.dumps(word)[1:-1]
    return told if len(told) <= _SHOWN else f"{told[:_SHOWN]}…"


class Fields:
    """One object of the file with its path. What is null counts as left out."""

    def __init__(self, value: Any, path: str) -> None:
        """Raises BadRound where the value is no object."""
        if not isinstance(value, dict):
            self.path = path
            self.wrong("", 'write an object in braces, {"id": …}')
        self.value, self.path = value, path

    def wrong(self, name: str, what: str) -> NoReturn:
        """Raises BadRound for one of the fields, or for the object itself."""
        place = ".".join(_short(part) for part in (self.path, name) if part)
        raise BadRound(f"{place or 'The file'}: {what}.")

    def _get(self, name: str) -> Any:
        return self.value.get(name)

    def text(self, name: str) -> str | None:
        """A word, or a whole number taken for one; None where it is left out."""
        found = self._get(name)
        if _is_whole(found):
            found = str(found)
        if found is not None and (not isinstance(found, str) or len(found) > MOST_LETTERS):
            self.wrong(name, f"write a word in quotes, of up to {MOST_LETTERS} letters")
        return found

    def name(self, name: str) -> str:
        """A word that must be there."""
        found = self.text(name)
        if not found or "\0" in found:
            self.wrong(name, "this must be there, as a word in quotes")
        return found

    def words(self, name: str) -> frozenset[str]:
        """A list of words, or of whole numbers taken for them; none where it is left out."""
        found = self._get(name)
        if found is None:
            return frozenset()
        if not isinstance(found, list) or not all(isinstance(each, str) or _is_whole(each) for each in found):
            self.wrong(name, "write a list of words in quotes")
        return frozenset(map(str, found))

    def yes_no(self, name: str, left_out: bool = False) -> bool:
        """True or false, in the file without quotes."""
        found = self.maybe(name)
        return left_out if found is None else found

    def maybe(self, name: str) -> bool | None:
        """True, false, or None where it is left out."""
        found = self._get(name)
        if found is not None and not isinstance(found, bool):
            self.wrong(name, "write true or false, without quotes")
        return found

    def number(self, name: str, least: float = -math.inf, most: float = math.inf) -> float | None:
        """A number within these bounds; None where it is left out."""
        found = self._get(name)
        if found is None:
            return None
        # Comparing also refuses a number that is too large to be one, which JSON reads as infinite.
        if isinstance(found, bool) or not isinstance(found, int | float) or not -1e300 < found < 1e300 or not least <= found <= most:
            bounds = f" from {least:g} to {most:g}" if math.isfinite(least) and math.isfinite(most) else f" from {least:g}"
            self.wrong(name, f"write a number{bounds if math.isfinite(least) else ''}")
        return found

    def whole(self, name: str, least: int, most: int) -> int | None:
        """A whole number within these bounds; None where it is left out."""
        found = self._get(name)
        if found is not None and (not _is_whole(found) or not least <= found <= most):
            self.wrong(name, f"write a whole number from {least} to {most}")
        return found

    def choice(self, name: str, choices: type[Choice], left_out: Choice) -> Choice:
        """One of these words."""
        found = self._get(name)
        if found is None:
            return left_out
        if not isinstance(found, str) or found not in choices.values:
            self.wrong(name, f"choose one of {', '.join(choices.values)}")
        return choices(found)

    def day(self, name: str) -> date | None:
        """A day as YYYY-MM-DD; None where it is left out."""
        found = self._get(name)
        if found is None:
            return None
        try:
            day = date.fromisoformat(found)
        except (TypeError, ValueError):
            day = None
        if day is None or day.isoformat() != found:
            self.wrong(name, "write a day as 2026-11-23")
        return day

    def windows(self, name: str) -> tuple[Window, ...]:
        """Times of the week: [weekday, start, end], Monday is 0, in minutes of one day."""
        return tuple(self._window(f"{name}[{place}]", row) for place, row in enumerate(self.list(name)))

    def _window(self, name: str, row: Any) -> Window:
        whole = isinstance(row, list) and len(row) == 3 and all(map(_is_whole, row))
        if not whole or not (0 <= row[0] <= 6 and 0 <= row[1] <= row[2] <= DAY):
            self.wrong(name, "write [weekday 0 to 6, start, end] with minutes from 0 to 1440, the end not before the start")
        return Window(*row)

    def list(self, name: str) -> list[Any]:
        """A list; an empty one where it is left out."""
        found = self._get(name)
        if found is None:
            return []
        if not isinstance(found, list):
            self.wrong(name, "write a list in brackets")
        return found

    def object(self, name: str) -> "Fields":
        """An object inside this one; an empty one where it is left out."""
        found = self._get(name)
        return Fields({} if found is None else found, f"{self.path}.{name}".strip("."))

    def each(self, name: str) -> "Iterator[Fields]":
        """The objects of a list."""
        for place, item in enumerate(self.list(name)):
            yield Fields(item, f"{self.path}.{name}[{place}]".strip("."))
