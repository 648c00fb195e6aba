"""From one record of a feed (Open Referral UK 1 or 3, HSDS 3.1) to the values of listing fields and of its organisation.

Nothing is taken as it comes: every value is repaired, checked by its field, and left out with a note where it cannot be taken.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.core.exceptions import ValidationError
from django.utils.translation import get_language_info

from directory import clock
from directory.harvest import own_words, placing, pricing, reaching, timing
from directory.harvest.marking import first_words, markdown
from directory.harvest.parts import Notes, Record, original_id, record, records
from directory.harvest.reading import ages, day, line, moment, web_address, words
from directory.listing_fields import FIELDS
from directory.models import Organisation, Service
from directory.taxonomies import mapping
from directory.times import Times

Status = Service.Status
Route = Service.ReferralRoute
# A record is read anew when this changes, also where the source says what it said before.
VERSION = 1
SUMMARY_LETTERS = 300
DESCRIPTION_LETTERS = 20_000
MOST_ID = 300
MOST_ORGANISATION_ID = 200
STATUS = {
    "active": Status.ACTIVE,
    "temporarily closed": Status.PAUSED,
    "temporarily_closed": Status.PAUSED,
    "paused": Status.PAUSED,
    "inactive": Status.CLOSED,
    "defunct": Status.CLOSED,
    "closed": Status.CLOSED,
}
HIDDEN = "the status is not one of the standard's: hidden until somebody has looked"
ROUTES = {
    "referral": Route.PROFESSIONAL,
    "self referral": Route.SELF,
    "appointment": Route.SELF,
    "drop-in": Route.NONE,
    "drop in": Route.NONE,
}
WAYS = {
    "venue": "place",
    "online": "online",
    "phone": "phone",
    "telephone": "phone",
    "home visit": "home",
    "home": "home",
    "outreach": "outreach",
}
REGISTERS = {
    "GB-CHC": "charity_number",
    "GB-SC": "charity_number",
    "GB-NIC": "charity_number",
    "GB-COH": "company_number",
    "GB-MPR": "coop_number",
}


class Rejected(Exception):
    """This record cannot be a listing; the text says why."""


@dataclass(frozen=True)
class Told:
    """What a record says of its organisation. `key` is the source's id, or "" where it has none."""

    key: str
    values: dict[str, Any]


@dataclass(frozen=True)
class Understood:
    """One record, understood. `values` are listing fields in their strict form; `times_at` those times that hold at one of several places."""

    source_id: str
    name: str
    values: dict[str, Any]
    organisation: Told
    modified_at: datetime | None
    checked_on: date | None
    hidden: bool
    notes: Notes
    times_at: list[tuple[dict[str, Any], list[Times]]] = field(default_factory=list)
    areas_at: list[tuple[dict[str, Any], list[dict[str, Any]]]] = field(default_factory=list)


def id_here(source: str, original: str) -> UUID:
    """The id that a record of a source has here: always the same one."""
    return uuid5(uuid5(NAMESPACE_URL, source), original)


def id_of(told: Any) -> str:
    """The id of a record as the source wrote it. Raises Rejected."""
    found = original_id(record(told).get("id"))
    if not isinstance(told, Mapping):
        raise Rejected("it is no record at all")
    if not found or len(found) > MOST_ID:
        raise Rejected("it has no id" if not found else f"its id has more than {MOST_ID} letters")
    return found


def understand(told: Record) -> Understood:
    """The listing that a record tells of. Raises Rejected."""
    notes = Notes()
    source_id = id_of(told)
    name = line(told.get("name"), 200)
    if not name:
        raise Rejected("it has no name")
    if isinstance(told.get("name"), str) and len(told["name"]) > 2 * 200:
        notes.add("a name that is too long was cut")
    modified = moment(told.get("last_modified") or told.get("updated_at"))
    if told.get("last_modified") and modified is None:
        notes.add("a moment of change could not be read")
    whereabouts, online = placing.spots(told, notes)
    rows, said, times_at = _times(told, whereabouts, notes)
    raw: dict[str, Any] = {"name": name, "times": [row.as_json() for row in rows], "places": [spot.place for spot in whereabouts]}
    raw["access"] = next((spot.access for spot in whereabouts if spot.access), {})
    raw["area"], areas_at = _areas(told, whereabouts, notes)
    raw |= _words(told, said, notes) | _for_whom(told, notes) | _how(told, whereabouts, online) | pricing.costs(told, notes)
    raw |= _contact(told, notes)
    raw["status"], hidden = _status(told, notes)
    raw |= own_words.values(told)
    raw["internal_note"] = _note(told, raw, hidden, notes)
    _needs_of_terms(told, raw, notes)
    values = _cleaned(raw, notes)
    organisation = told_of_organisation(told, notes)
    return Understood(source_id, name, values, organisation, modified, _checked(told, notes), hidden, notes, times_at, areas_at)


def told_of_organisation(told: Record, notes: Notes) -> Told:
    """What is said of the organisation; its id alone, where no more is said."""
    row = record(told.get("organization") or told.get("organisation"))
    key, other = original_id(row.get("id")), original_id(told.get("organization_id"))
    if key and other and key != other:
        notes.add("organization_id is not the id of the organization: the second was taken")
    key = key or other
    key = key if len(key) <= MOST_ORGANISATION_ID else ""
    name = words(row.get("name"), 200)
    if not name:
        return Told(key, {})
    values: dict[str, Any] = {"name": name, "description": markdown(row.get("description"), DESCRIPTION_LETTERS)}
    values["description"] = "" if values["description"] == name else values["description"]
    values["other_names"] = words(row.get("alternate_name"), 300)
    values["url"] = web_address(row.get("website")) or web_address(row.get("url"))
    values["email"] = reaching.email(row, notes)
    values["phone"] = next(iter(reaching.phones(row, notes)), "")[:60]
    for each in records(row, "organization_identifiers"):
        column = REGISTERS.get(words(each.get("identifier_scheme"), 20).upper())
        if column:
            values[column] = words(each.get("identifier"), 20)
    if row.get("ccs_kind") in Organisation.Kind.values:
        values["kind"] = row["ccs_kind"]
    if row.get("ccs_demo") is True:
        values["demo"] = True
    return Told(key, values)


def _times(
    told: Record, whereabouts: list[placing.Spot], notes: Notes
) -> tuple[list[Times], list[str], list[tuple[dict[str, Any], list[Times]]]]:
    """Times of the whole service, words in the place of times, and the times that hold at one place of several.

    A schedule that stands both with the service and with one of its places holds at that place.
    """
    own, said = timing.read_times(told, notes)
    at: list[tuple[dict[str, Any], list[Times]]] = []
    for spot in whereabouts:
        rows, more = timing.read_times(spot.at, notes)
        said += more
        if rows:
            at.append((spot.place, rows))
    if at:
        own = [row for row in own if all(row not in rows for _, rows in at)]
    if len(whereabouts) == 1 and at:
        own, at = timing.fitted([*own, *at[0][1]], notes), []
    return own, list(dict.fromkeys(said)), at


def _areas(
    told: Record, whereabouts: list[placing.Spot], notes: Notes
) -> tuple[list[dict[str, Any]], list[tuple[dict[str, Any], list[dict[str, Any]]]]]:
    whole = placing.areas(list(records(told, "service_areas", "service_area", notes=notes)), notes)
    at = [(spot.place, rows) for spot in whereabouts if (rows := placing.areas(list(records(spot.at, "service_areas")), notes))]
    if len(whereabouts) == 1 and at and not whole:
        return at[0][1], []
    return whole, [(place, rows) for place, rows in at if rows != whole] if len(whereabouts) > 1 else []


def _words(told: Record, said: list[str], notes: Notes) -> dict[str, Any]:
    source = told.get("description")
    text = markdown(source, DESCRIPTION_LETTERS)
    if isinstance(source, str) and len(source) > DESCRIPTION_LETTERS:
        notes.add(f"a description was cut at {DESCRIPTION_LETTERS:,} letters")
    summary, all_of_it = first_words(text, SUMMARY_LETTERS)
    parts = ["" if all_of_it else text]
    if alert := words(told.get("alert"), 500):
        parts.insert(0, f"**{alert}**")
    if said:
        parts.append("Times: " + "; ".join(said)[:1000])
    return {
        # Where nothing is said at all, the name has to do.
        "summary": summary or line(told.get("name"), 200),
        "description": "\n\n".join(part for part in parts if part),
        "other_names": words(told.get("alternate_name"), 300),
        "url": _url(told, notes),
    }


def _url(told: Record, notes: Notes) -> str:
    found = web_address(told.get("url"))
    if not found and words(told.get("url")):
        notes.add("a web address could not be read")
    return found


def _for_whom(told: Record, notes: Notes) -> dict[str, Any]:
    rules = list(records(told, "eligibilitys", "eligibilities", "eligibility"))
    first = rules[0] if rules else {}
    lowest = next((value for value in (told.get("minimum_age"), told.get("min_age"), first.get("minimum_age")) if value is not None), None)
    highest = next((value for value in (told.get("maximum_age"), told.get("max_age"), first.get("maximum_age")) if value is not None), None)
    low, high, turned = ages(lowest, highest)
    if turned:
        notes.add("the highest age lies below the lowest: both were left out")
    said = [words(told.get("eligibility_description"))] + [words(row.get("eligibility")) for row in rules]
    return {"min_age": low, "max_age": high, "who_for": words("; ".join(dict.fromkeys(filter(None, said))), 300)}


def _how(told: Record, whereabouts: list[placing.Spot], online: bool) -> dict[str, Any]:
    ways = {WAYS[way] for way in _several(told.get("attending_type")) if way in WAYS}
    ways |= {"place"} if whereabouts else set()
    ways |= {"online"} if online else set()
    routes = [ROUTES[way] for way in _several(told.get("attending_access")) if way in ROUTES]
    if told.get("needs_referral") is True:
        routes.append(Route.PROFESSIONAL)
    return {
        "delivery": sorted(ways),
        "referral_route": str(routes[0] if routes else Route.NONE),
        "how_to_access": markdown(told.get("application_process"), 5000),
        "what_to_bring": words("; ".join(filter(None, (words(row.get("document")) for row in records(told, "required_documents")))), 300),
        "wait_time": words(told.get("wait_time"), 100),
        "interpretation": words(told.get("interpretation_services"), 200),
        "languages": _languages(told),
    }


def _several(value: Any) -> list[str]:
    return [part.strip().lower() for part in words(value, 200).replace(";", ",").split(",") if part.strip()]


def _languages(told: Record) -> str:
    names = [words(row.get("name"), 60) or _language(row.get("code") or row.get("language")) for row in records(told, "languages")]
    return words("; ".join(dict.fromkeys(filter(None, names))), 200)


def _language(code: Any) -> str:
    text = words(code, 60)
    try:
        return str(get_language_info(text.lower())["name"])
    except KeyError:
        return text if len(text) > 3 else ""


def _contact(told: Record, notes: Notes) -> dict[str, Any]:
    found = reaching.phones(told, notes)
    values = {"phone": found[0] if found else "", "email": reaching.email(told, notes)}
    if len(found) > 1:
        more = "Other numbers: " + ", ".join(found[1:10])
        values["how_to_access"] = "\n\n".join(filter(None, (markdown(told.get("application_process"), 5000), more)))
    return values


def _status(told: Record, notes: Notes) -> tuple[str, bool]:
    """The status, and whether the listing is hidden until somebody has looked. One that says nothing counts as running."""
    said = words(told.get("status"), 60).lower()
    if said and said not in STATUS:
        notes.add(HIDDEN)
        return str(Status.CLOSED), True
    return str(STATUS.get(said, Status.ACTIVE)), False


def _checked(told: Record, notes: Notes) -> date | None:
    """The day on which the source made sure of it; never one to come."""
    found = day(told.get("assured_date"))
    if told.get("assured_date") and found is None:
        notes.add("a day of checking could not be read")
    return found if found and found <= clock.today() else None


def _needs_of_terms(told: Record, raw: dict[str, Any], notes: Notes) -> None:
    """What the terms of other vocabularies mean in our needs, where the record names none of ours. Staff see which nobody has confirmed."""
    terms = [term for row in _attributes(told) for term in (record(row.get("taxonomy_term")) or record(row.get("taxonomy")) or row,)]
    found = {} if raw.get("needs") else mapping.needs_of(terms)
    if not found:
        return
    raw["needs"] = sorted(found)
    if unsure := sorted(slug for slug, confirmed in found.items() if not confirmed):
        notes.add("needs were taken from terms whose meaning nobody has confirmed")
        said = f"Needs by terms whose meaning nobody has confirmed: {', '.join(unsure)}."
        raw["internal_note"] = " ".join(filter(None, [raw["internal_note"], said]))


def _attributes(told: Record) -> Iterator[Record]:
    return records(told, "attributes", "taxonomies", "service_taxonomys", "pc_targetAudience")


def _note(told: Record, raw: Mapping[str, Any], hidden: bool, notes: Notes) -> str:
    """What the source says and no field holds, for staff."""
    terms = []
    for row in _attributes(told):
        term = record(row.get("taxonomy_term")) or record(row.get("taxonomy")) or row
        terms.append(words(term.get("name") or term.get("audienceType"), 60))
        if not terms[-1]:
            notes.add("an attribute without term was left out")
    parts = [f"status: {words(told.get('status'), 60)}"] if hidden else []
    found = [term for term in dict.fromkeys(terms) if term and not raw.get("needs")]
    parts += [f"terms: {', '.join(found[:20])}"] if found else []
    parts += [f"accreditations: {said}"] if (said := words(told.get("accreditations"), 300)) and not raw.get("cqc_location") else []
    return f"In the source: {'; '.join(parts)}." if parts else ""


def _cleaned(raw: Mapping[str, Any], notes: Notes) -> dict[str, Any]:
    """Every value in its strict form; what its field refuses is left out."""
    values = {}
    for name, value in raw.items():
        try:
            values[name] = FIELDS[name].clean(value)
        except ValidationError:
            notes.add(f"“{FIELDS[name].label}” could not be taken")
    return values
