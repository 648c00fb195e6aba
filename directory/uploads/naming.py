"""What the columns of listings are called in plain words, and which of somebody's headings is likely which."""

from collections.abc import Iterable

from directory.imports.mapping import COLUMNS
from directory.imports.reading import KNOWN
from directory.listing_fields import FIELDS

_OWN = {
    "source_id": "Its number in the source (tells the rows apart)",
    "organisation": "Group or organisation",
    "organisation_kind": "Kind of organisation",
    "category": "Category in the source",
    "summary": "In one plain sentence",
    "description": "More about it",
    "needs": "What it helps with (our needs, with semicolons)",
    "min_age": "Lowest age",
    "max_age": "Highest age",
    "delivery": "How it reaches people",
    "address": "Address",
    "postcode": "Postcode",
    "lat": "Latitude",
    "lon": "Longitude",
    "precision": "How exact the position is",
    "cost": "Cost",
    "access": "Getting in",
    "source": "Source, where rows differ",
    "source_date": "Day on which the source said it",
    "licence": "Licence",
    "status": "Running, paused or closed",
    "regulated": "Regulated (1 for yes)",
    "set": "Set in the source",
    "ward": "Ward in the source",
}
LABELS = {name: _OWN.get(name) or FIELDS[COLUMNS[name]].label for name in KNOWN}
CHOICES = [("", "Leave it out"), *sorted(LABELS.items(), key=lambda pair: pair[1].casefold())]
_ALSO = {
    "name": ("title", "service", "service name", "group name", "activity"),
    "organisation": ("organization", "provider", "group", "charity", "run by"),
    "source_id": ("id", "ref", "reference", "no", "number"),
    "summary": ("what", "short description"),
    "description": ("details", "about", "information"),
    "phone": ("telephone", "tel", "telephone number", "phone number", "contact number"),
    "email": ("e mail", "email address", "e mail address"),
    "url": ("website", "web", "web page", "web address", "link"),
    "postcode": ("post code",),
    "lat": ("latitude",),
    "lon": ("longitude", "lng", "long"),
    "opening": ("times", "opening times", "opening hours", "hours", "when"),
    "cost": ("price", "charge"),
    "area_served": ("area", "area covered"),
}
_BY_WORD = {name.replace("_", " "): name for name in KNOWN} | {word: name for name, words in _ALSO.items() for word in words}


def likely(headings: Iterable[str], kept: dict[str, str]) -> dict[str, str]:
    """What each heading probably is here: as the source's files had it before, or as it is called; each of ours once."""
    told = {heading: kept[heading] for heading in headings if heading in kept}
    for heading in headings:
        if heading not in told:
            ours = _BY_WORD.get(" ".join("".join(letter if letter.isalnum() else " " for letter in heading.casefold()).split()), "")
            told[heading] = "" if ours in told.values() else ours
    if "name" not in told.values() and (group := next((heading for heading, ours in told.items() if ours == "organisation"), None)):
        # A list of groups: what they are called is what they offer.
        told[group] = "name"
    return told
