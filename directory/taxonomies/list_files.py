"""From a published list of terms as JSON to its terms: strict about what matters, and patient about how it is wrapped.

The lists of the Local Government Association come from `/lists/<list>` of its web services, each item with `identifier` and `label`; the
documentation is public, a whole answer is not. So a list may stand under any name or bare, and the names that SKOS and Open Referral use for
the same things (`notation`, `prefLabel`, `broader`, `parent_id`) are read as well.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MOST_BYTES = 30_000_000
MOST_TERMS = 100_000
# The lists of the LGA, and what the address of one of their terms begins with.
ESD = "http://id.esd.org.uk/"
ESD_TERMS = {
    "services": "service",
    "needs": "need",
    "circumstances": "circumstance",
    "functions": "function",
    "powersAndDuties": "powerAndDuty",
    "englishAndWelshServices": "service",
    "circumstancesPersonal": "circumstance",
    "circumstancesEligibility": "circumstance",
}
CODE = ("identifier", "notation", "code", "id")
NAME = ("label", "prefLabel", "name", "title")
ADDRESS = ("uri", "@id", "term_uri")
BROADER = ("broader", "parent", "parent_id", "parentId", "broaderIdentifier")


class BadList(Exception):
    """The file cannot be taken as a list of terms; the text names the file and, where there is one, the term."""


@dataclass(frozen=True)
class Item:
    """One term: `broader` is the code of the one above it, or ""."""

    code: str
    uri: str
    name: str
    description: str
    broader: str


@dataclass(frozen=True)
class ListFile:
    """A whole list, checked: every code once, every `broader` one of them, nothing above itself."""

    uri: str
    name: str
    version: str
    licence: str
    items: tuple[Item, ...]


def read_list(path: Path, *, uri: str = "", terms_uri: str = "") -> ListFile:
    """The list that a file holds. `uri` is the list's own address and `terms_uri` what its terms' addresses begin with, where the file
    says neither. Raises BadList.
    """
    told = _json(path)
    rows = _rows(told, path.name)
    about = told if isinstance(told, Mapping) else {}
    key = _text(about, CODE)
    uri = uri or _text(about, ADDRESS) or (f"{ESD}list/{key}" if key in ESD_TERMS else "")
    if not uri:
        raise BadList(f"{path.name} does not say which list it is. Give its address with --uri.")
    terms_uri = terms_uri or _terms_uri(uri)
    items = tuple(_items(rows, path.name, terms_uri))
    _refuse_circles(items, path.name)
    name = _text(about, NAME) or uri
    return ListFile(
        uri[:300], name[:200], _text(about, ("version", "modified", "date"))[:60], _text(about, ("licence", "license"))[:300], items
    )


def _json(path: Path) -> Any:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadList(f"{path.name} is larger than {MOST_BYTES // 1_000_000} million bytes: that is no list of terms.")
        return json.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise BadList(f"{path} cannot be read: {error.strerror or 'it is not a file'}.") from error
    except UnicodeDecodeError as error:
        raise BadList(f"{path.name}: the letters are not in UTF-8.") from error
    except json.JSONDecodeError as error:
        raise BadList(f"{path.name}, line {error.lineno}, column {error.colno}: this is not JSON ({error.msg}).") from error
    except RecursionError as error:
        raise BadList(f"{path.name}: this is nested too deeply for a list of terms.") from error


def _rows(told: Any, file: str) -> list[Any]:
    """The list of terms: the whole file, or the one list of objects that it holds."""
    found = [told] if isinstance(told, list) else []
    if isinstance(told, Mapping):
        found = [value for value in told.values() if isinstance(value, list) and value and isinstance(value[0], Mapping)]
        found = [rows for rows in found if _text(rows[0], CODE) and _text(rows[0], NAME)] or found
    if len(found) != 1 or not found[0]:
        raise BadList(f"{file} holds no list of terms." if len(found) < 2 else f"{file} holds several lists: keep the one of the terms.")
    if len(found[0]) > MOST_TERMS:
        raise BadList(f"{file} holds more than {MOST_TERMS:,} terms.")
    return found[0]


def _terms_uri(uri: str) -> str:
    kind = (
        ESD_TERMS.get(uri.rstrip("/").rsplit("/", 1)[-1])
        if uri.removeprefix("https").removeprefix("http").startswith("://id.esd.")
        else None
    )
    return f"{ESD}{kind}/" if kind else ""


def _items(rows: list[Any], file: str, terms_uri: str) -> Iterator[Item]:
    seen: dict[str, int] = {}
    broader: list[tuple[int, str]] = []
    codes: dict[str, str] = {}
    made: list[Item] = []
    for number, row in enumerate(rows, start=1):
        told = row if isinstance(row, Mapping) else {}
        code, name = _text(told, CODE), _text(told, NAME)
        if not code or not name:
            raise BadList(f"{file}, term {number}: it has no {'identifier' if not code else 'label'}.")
        if len(code) > 100 or len(name) > 300:
            raise BadList(f"{file}, term {number} ({code[:40]}): the {'identifier' if len(code) > 100 else 'label'} is too long.")
        if code in seen:
            raise BadList(f"{file}, term {number}: {code} is there already, as term {seen[code]}.")
        seen[code] = number
        uri = _text(told, ADDRESS) or (f"{terms_uri}{code}" if terms_uri else "")
        if not uri or len(uri) > 300:
            raise BadList(f"{file}, term {number} ({code}): it has no address. Say with --terms-uri what the terms' addresses begin with.")
        if uri in codes:
            raise BadList(f"{file}, term {number} ({code}): its address is that of {codes[uri]} as well.")
        codes[uri] = code
        above = _broader(told)
        broader.append((number, above))
        made.append(Item(code, uri, name, _text(told, ("description", "definition", "scopeNote"))[:5000], above))
    for item, (number, above) in zip(made, broader, strict=True):
        found = codes.get(above, above)
        if found and found not in seen:
            raise BadList(f"{file}, term {number} ({item.code}): the term above it, {above[:60]}, is not in the list.")
        yield Item(item.code, item.uri, item.name, item.description, found)


def _broader(told: Mapping[str, Any]) -> str:
    """The code or the address of the term above; of several, the first."""
    for name in BROADER:
        value = told.get(name)
        value = value[0] if isinstance(value, list) and value else value
        if isinstance(value, Mapping):
            value = _text(value, CODE) or _text(value, ADDRESS)
        if found := _plain(value):
            return found
    return ""


def _refuse_circles(items: tuple[Item, ...], file: str) -> None:
    above = {item.code: item.broader for item in items}
    sound: set[str] = set()
    for code in above:
        way: list[str] = []
        while code and code not in sound:
            if code in way:
                raise BadList(f"{file}: {code} lies above itself.")
            way.append(code)
            code = above[code]
        sound.update(way)


def _text(told: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next((found for name in names if (found := _plain(told.get(name)))), "")


def _plain(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return " ".join(str(value).replace("\0", "").split())
