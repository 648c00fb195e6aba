"""From one row of a file to one listing. Each fault names its column and says what to do."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.text import slugify

from directory import clock
from directory.imports.reading import Row
from directory.listing_fields import FIELDS, clean_age
from directory.models import Organisation, Service
from directory.venues import ACCESS_FACTS

Kind = Organisation.Kind
# Plain columns of a file: heading -> listing field.
COLUMNS = {
    **{name: name for name in ("name", "other_names", "kind", "who_for", "how_to_access", "what_to_bring", "phone", "email", "url")},
    **{name: name for name in ("languages", "faith")},
    "opening": "times",
    "area_served": "area",
}
ORGANISATION_KINDS = {
    "place of worship": Kind.FAITH,
    "library": Kind.STATUTORY,
    "town hall": Kind.STATUTORY,
    "health": Kind.STATUTORY,
    "pharmacy": Kind.PRIVATE,
    "care home": Kind.PRIVATE,
}
AT_HOME = ("at home", "home care")
# What a source may say of a listing that it vouches for; anything else is kept as a note, and the listing counts as not checked.
VOUCHED = ("active", "active at source date", "open in source", "as mapped")
CLOSED = ("closed", "ended")
APPROXIMATE = "area (approximate)"
APPROXIMATE_MILES = 3
SUMMARY_LETTERS = 300
FIRST_YEAR = 1950
_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")


class BadCell(Exception):
    """One cell that cannot be taken."""

    def __init__(self, column: str, text: str) -> None:
        super().__init__(text)
        self.column, self.text = column, text


@dataclass(frozen=True)
class Listing:
    """One row, understood: what is known of the organisation and the values of listing fields in their strict form."""

    row: int
    organisation: str
    organisation_kind: str
    shares_organisation: bool
    source: str
    source_id: str
    provenance: dict[str, str]
    values: dict[str, Any]
    checked_on: date | None
    cells: dict[str, str] = field(default_factory=dict, compare=False)


def understand(row: Row, *, source: str, needs: Collection[str]) -> Listing:
    """The listing that a row tells of; `source` where the row names none. Raises BadCell."""
    cells = row.cells
    if row.fault:
        raise BadCell("(all)", row.fault)
    if cells.get("url", "").startswith("www."):
        cells["url"] = f"http://{cells['url']}"
    values = {field: _clean(column, field, cells[column]) for column, field in COLUMNS.items() if column in cells and column != "kind"}
    values["kind"] = _clean("kind", "kind", cells.get("kind") or Service.Kind.SERVICE)
    values |= _words(cells) | _where(cells) | _cost(cells) | _ages(cells)
    if "needs" in cells:
        values["needs"] = _needs(cells["needs"], needs)
    if "access" in cells:
        values["access"] = _access(cells["access"]) if values.get("places") else {}
    vouched, checked_on = _status(cells, values)
    values["internal_note"] = _note(cells, vouched)
    source = cells.get("source") or source
    name = cells.get("organisation") or values["name"]
    return Listing(
        row.number,
        name[:200],
        _organisation_kind(cells),
        bool(cells.get("organisation")),
        _short("source", source, 300),
        _short("source_id", cells.get("source_id") or _own_id(cells), 300),
        {
            "source_date": _short("source_date", cells.get("source_date", ""), 20),
            "licence": _short("licence", cells.get("licence", ""), 200),
        },
        values,
        checked_on,
        cells,
    )


def _clean(column: str, field: str, text: Any) -> Any:
    try:
        return FIELDS[field].clean(text)
    except ValidationError as error:
        raise BadCell(column, " ".join(error.messages)) from error


def _short(column: str, text: str, most: int) -> str:
    if len(text) > most:
        raise BadCell(column, f"is longer than {most} letters. Shorten it.")
    return text


def _own_id(cells: dict[str, str]) -> str:
    """Name and address tell listings apart where the source gives no id; the position, where there is no address either."""
    where = [cells.get("postcode", ""), cells.get("address", "")]
    if not any(where):
        where = [cells.get("lat", ""), cells.get("lon", "")]
    return "|".join([cells["name"], *where])


def _words(cells: dict[str, str]) -> dict[str, Any]:
    summary, description = cells.get("summary", ""), cells.get("description", "")
    if not summary:
        summary, description = _first_sentences(description)
    if not summary:
        raise BadCell("summary" if "summary" in cells else "description", "is empty. Say in one plain sentence what it is.")
    return {"summary": _clean("summary", "summary", summary), "description": _clean("description", "description", description)}


def _first_sentences(text: str) -> tuple[str, str]:
    """A text in two: as many whole sentences as a summary holds, and the rest."""
    if len(text) <= SUMMARY_LETTERS:
        return text, ""
    end = max(text.rfind(mark, 0, SUMMARY_LETTERS) for mark in (". ", "! ", "? "))
    cut = end + 1 if end > 0 else text.rfind(" ", 0, SUMMARY_LETTERS)
    return text[:cut].strip(), text[cut:].strip()


def _needs(text: str, known: Collection[str]) -> list[str]:
    slugs = []
    for word in filter(None, (part.strip() for part in text.split(";"))):
        slug = "-".join(word.lower().replace("&", " and ").split())
        if slug not in known:
            near = get_close_matches(slug, known, n=1)
            hint = f" Did you mean {near[0]}?" if near else " The needs are listed in directory/data/needs.csv."
            raise BadCell("needs", f"“{word}” is not one of the needs.{hint}")
        slugs.append(slug)
    return sorted(set(slugs))


def _where(cells: dict[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    position = _position(cells)
    approximate = cells.get("precision") == APPROXIMATE
    if {"address", "postcode", "lat"} & cells.keys():
        place = {"address": cells.get("address", ""), "postcode": cells.get("postcode", "")}
        there = any(place.values()) or position
        column = "postcode" if place["postcode"] else "address"
        values["places"] = _clean(column, "places", [place | position] if there and _is_a_place(cells) else [])
    if "delivery" in cells:
        values["delivery"] = _clean("delivery", "delivery", [way.strip() for way in cells["delivery"].split(";") if way.strip()])
    else:
        values["delivery"] = _likely_delivery(cells, has_place=bool(values.get("places")) and not approximate)
    if "area_served" not in cells and not _is_a_place(cells):
        values["area"] = [{"everywhere": True}]
    elif "area_served" not in cells and approximate and position:
        around = {"around": [position["lat"], position["lon"]], "miles": APPROXIMATE_MILES, "label": cells.get("address", "")[:100]}
        values["area"] = _clean("lat", "area", [around])
    return values


def _likely_delivery(cells: dict[str, str], *, has_place: bool) -> list[str]:
    """How it reaches people, from what else the source says."""
    if cells.get("address", "").lower() == "online":
        return ["online"]
    if any(words in cells.get("category", "") for words in AT_HOME):
        return ["home"]
    return ["place"] if has_place else []


def _is_a_place(cells: dict[str, str]) -> bool:
    return cells.get("address", "").lower() not in ("national", "online")


def _position(cells: dict[str, str]) -> dict[str, Any]:
    if not cells.get("lat") and not cells.get("lon"):
        return {}
    try:
        lat, lon = float(cells.get("lat", "")), float(cells.get("lon", ""))
    except ValueError as error:
        raise BadCell("lat", "lat and lon are both needed, in degrees such as 53.6235 and -1.8783. Or leave both empty.") from error
    if not (49 <= lat <= 61 and -9 <= lon <= 2):
        raise BadCell("lat", f"{lat}, {lon} does not lie in Great Britain. Are the two the wrong way round?")
    return {"lat": lat, "lon": lon, "found_by": "source"}


def _cost(cells: dict[str, str]) -> dict[str, Any]:
    if "cost" not in cells:
        return {}
    text = cells["cost"]
    free = True if text.lower() == "free" else False if text.lower().startswith("paid") else None
    words = "" if free else re.sub(r"^paid:?\s*", "", text, flags=re.IGNORECASE)
    return {"is_free": free, "cost": _clean("cost", "cost", words[:1].upper() + words[1:])}


def _ages(cells: dict[str, str]) -> dict[str, Any]:
    ages: dict[str, Any] = {}
    for column in ("min_age", "max_age"):
        if column in cells:
            try:
                ages[column] = clean_age(cells[column])
            except ValidationError as error:
                raise BadCell(column, " ".join(error.messages)) from error
    return ages


def _access(text: str) -> dict[str, Any]:
    """Facts such as "step_free=yes; parking=no; words=Ring the side bell"."""
    facts: dict[str, Any] = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        name, _, value = (piece.strip() for piece in part.partition("="))
        if name == "words":
            facts["words"] = value
        elif name in ACCESS_FACTS and value.lower() in ("yes", "no"):
            facts[name] = value.lower() == "yes"
        else:
            raise BadCell(
                "access", f"“{part}” cannot be read. Write a fact such as step_free=yes; the facts are {', '.join(ACCESS_FACTS)}."
            )
    return facts


def _status(cells: dict[str, str], values: dict[str, Any]) -> tuple[bool, date | None]:
    """Sets the status; returns whether the source vouches for the listing, and since when."""
    status = cells.get("status", "").lower()
    if "status" in cells:
        values["status"] = (
            Service.Status.CLOSED if status in CLOSED else Service.Status.PAUSED if status == "paused" else Service.Status.ACTIVE
        )
    vouched = status.startswith(VOUCHED) if status else True
    written = cells.get("source_date", "")
    if not written:
        return vouched, None
    found = _DATE.fullmatch(written)
    try:
        day = date(int(found[1]), int(found[2] or 1), int(found[3] or 1)) if found else None
    except ValueError:
        day = None
    if day is not None and not FIRST_YEAR <= day.year <= clock.today().year + 1:
        raise BadCell("source_date", f"“{written}” is no day on which a source can have said this. Leave it empty where it is not known.")
    if day is None:
        raise BadCell("source_date", f"“{written}” is not a date such as 2022, 2022-03 or 2022-03-15.")
    return vouched, day if vouched else None


def _note(cells: dict[str, str], vouched: bool) -> str:
    """What the source says and no field holds, for staff."""
    parts = [f"{column}: {cells[column]}" for column in ("category", "set", "precision", "ward") if cells.get(column)]
    parts += [] if vouched else [f"status: {cells['status']}"]
    parts += ["regulated"] if cells.get("regulated") == "1" else []
    return f"In the source: {'; '.join(parts)}." if parts else ""


def _organisation_kind(cells: dict[str, str]) -> str:
    kind = cells.get("organisation_kind", "")
    if kind and kind not in Kind.values:
        raise BadCell("organisation_kind", f"“{kind}” is not one of {', '.join(Kind.values)}.")
    return kind or str(ORGANISATION_KINDS.get(cells.get("category", ""), Kind.VOLUNTARY))


def organisation_id(name: str) -> str:
    """The id of an organisation within its source: its name."""
    return slugify(name)[:200]
