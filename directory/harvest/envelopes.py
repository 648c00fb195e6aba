"""One page of a feed, whatever it is wrapped in: version 1, version 3, a bare list. What it says of itself is hints, never trusted. Pure."""

import codecs
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from directory.harvest.reading import whole

MOST_DEPTH = 60
MOST_ON_PAGE = 20_000
MOST_REASONABLE = 10_000_000


class BadPage(ValueError):
    """The body cannot be taken for a page of records; the text says why."""


@dataclass(frozen=True)
class Page:
    """The records of a page in their order, and what it says about itself: None where it says nothing that can be used."""

    items: list[Any]
    version: str
    number: int | None = None
    total: int | None = None
    pages: int | None = None
    last: bool | None = None
    warnings: list[str] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """The same for two pages with the same records."""
        return digest_of(self.items)


def parse(body: bytes) -> Any:
    """JSON of any sort of writing: with a byte order mark, single bytes of Latin-1, raw control letters, NaN. Raises BadPage."""
    text = body.decode("utf-8-sig", "harvest.windows")
    if text.lstrip()[:1] == "<":
        raise BadPage("it is a web page, not JSON: an error or a log-in, perhaps")
    try:
        found = json.loads(text, strict=False, parse_constant=lambda _: None)
    except (RecursionError, MemoryError) as error:
        raise BadPage("it is nested too deeply") from error
    except ValueError as error:
        raise BadPage("it is not whole JSON: cut off, perhaps") from error
    if _too_deep(found):
        raise BadPage("it is nested too deeply")
    return found


def open_envelope(told: Any, *, asked: int) -> Page:
    """The page that was asked for as number `asked`. Raises BadPage for what holds no list of records."""
    if isinstance(told, list):
        return Page(_bounded(told), "", warnings=["no envelope"])
    if not isinstance(told, dict):
        raise BadPage("it is neither an object nor a list")
    if isinstance(told.get("contents"), list):
        return _read(told, "contents", "3", ("total_items", "total_pages", "page_number", "last_page"), asked)
    if isinstance(told.get("content"), list):
        return _read(told, "content", "1", ("totalElements", "totalPages", "number", "last"), asked)
    if told.get("contents", 0) is None or told.get("content", 0) is None:
        return Page([], "3" if "contents" in told else "1", warnings=["null in the place of a list"])
    for name in ("services", "items", "results", "data"):
        if isinstance(told.get(name), list):
            return Page(_bounded(told[name]), "", warnings=["an envelope of its own kind"])
    raise BadPage("it holds no list of services")


def digest_of(told: Any) -> str:
    """A short code of any JSON value; the order of keys makes no difference."""
    text = json.dumps(told, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _read(told: dict[str, Any], items: str, version: str, names: tuple[str, str, str, str], asked: int) -> Page:
    total, pages, number = (_count(told.get(name)) for name in names[:3])
    last = told.get(names[3])
    warnings = ["v1 envelope"] if version == "1" else []
    if number is not None and number != asked:
        warnings.append(f"page_number {number} for page={asked}")
    if total is None or pages is None:
        warnings.append("totals unusable")
        total = pages = None
    return Page(_bounded(told[items]), version, number, total, pages, last if isinstance(last, bool) else None, warnings)


def _count(value: Any) -> int | None:
    found = whole(value)
    return found if found is not None and found <= MOST_REASONABLE else None


def _bounded(items: list[Any]) -> list[Any]:
    if len(items) > MOST_ON_PAGE:
        raise BadPage(f"there are more than {MOST_ON_PAGE:,} records on one page")
    return items


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    """In the place of bytes that are no UTF-8, what they are in Windows-1252."""
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("harvest.windows", _as_windows)


def _too_deep(told: Any) -> bool:
    """Looked at without recursion: how deep the interpreter itself gets depends on its version."""
    level = [told] if isinstance(told, dict | list) else []
    for _ in range(MOST_DEPTH):
        level = [each for held in level for each in (held.values() if isinstance(held, dict) else held) if isinstance(each, dict | list)]
        if not level:
            return False
    return True
