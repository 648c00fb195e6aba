"""Which words stay where two listings become one: what is offered first, and what a choice makes of two values."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from directory.claimed import is_claimed
from directory.listing_fields import FIELDS
from directory.models import Service

KEEP, DROP, BOTH = "keep", "drop", "both"
# Of these, both together make sense.
JOINED = frozenset({"needs", "delivery", "payment", "places", "other_names", "internal_note"})
# What the kept listing promises, and when it is shown, is not a matter of words.
NEVER_TAKEN = frozenset({"status", "visible_from", "visible_to", "rhythm_days", "takes_referrals"})
CHOSEN = tuple(name for name in FIELDS if name not in NEVER_TAKEN)
NOTHING: tuple[Any, ...] = ("", None, [], {})
# These hold at places by their ids.
AT_PLACES = ("times", "area", "closures")


def standing(service: Service) -> tuple[bool, bool, date, int]:
    """For comparing: kept by its group, shown, checked lately, fuller."""
    claimed = is_claimed(service.organisation_id)
    filled = sum(FIELDS[name].read(service) not in NOTHING for name in CHOSEN)
    return claimed, service.is_public, service.checked_at or date.min, filled


def rather_kept(one: Service, other: Service) -> tuple[Service, Service]:
    """The two, the one that is rather kept first."""
    return (one, other) if standing(one) >= standing(other) else (other, one)


def offered(keep: Mapping[str, Any], drop: Mapping[str, Any]) -> dict[str, str]:
    """A choice for each field in which the two differ: what says something before what says nothing, else the kept one's words.

    Needs, other names and notes for staff are rather joined: nothing is lost, and whoever looks for the old name finds it.
    """
    found = {}
    for name in CHOSEN:
        if name == "other_names" and both_names(keep, drop) != keep[name]:
            found[name] = BOTH
        elif keep[name] == drop[name]:
            continue
        elif drop[name] in NOTHING:
            found[name] = KEEP
        elif keep[name] in NOTHING:
            found[name] = DROP
        else:
            found[name] = BOTH if name in ("needs", "internal_note") else KEEP
    return found


def clean_choices(choices: Mapping[str, str]) -> dict[str, str]:
    """Raises ValidationError for a field or a choice that there is not."""
    for name, choice in choices.items():
        if name not in CHOSEN or choice not in (KEEP, DROP, BOTH) or (choice == BOTH and name not in JOINED):
            raise ValidationError({name: ["There is no such choice."]})
    return dict(choices)


def chosen(keep: Mapping[str, Any], drop: Mapping[str, Any], choices: Mapping[str, str]) -> dict[str, Any]:
    """The values that the choices bring to the kept listing; those that it has already are left out."""
    values = {}
    for name, choice in choices.items():
        # Where the other one's name is taken, it is the kept one's that people still look for.
        sides = (drop, keep) if name == "other_names" and choices.get("name") == DROP else (keep, drop)
        value = keep[name] if choice == KEEP else drop[name] if choice == DROP else joined(name, *sides)
        if value != keep[name]:
            values[name] = value
    return values


def joined(name: str, keep: Mapping[str, Any], drop: Mapping[str, Any]) -> Any:
    """Both values of a field as one."""
    if name == "other_names":
        return both_names(keep, drop)
    if name == "internal_note":
        return "\n".join(dict.fromkeys(filter(None, (keep[name], drop[name]))))
    return [*keep[name], *(value for value in drop[name] if value not in keep[name])]


def both_names(keep: Mapping[str, Any], drop: Mapping[str, Any]) -> str:
    """All other names, and the name of the one that goes: people look for it."""
    names = [keep["name"], *keep["other_names"].split(";"), drop["name"], *drop["other_names"].split(";")]
    once: dict[str, str] = {}
    for name in filter(None, map(str.strip, names)):
        once.setdefault(name.casefold(), name)
    ordered = list(once.values())[1:]
    while len("; ".join(ordered)) > 300:
        ordered.pop()
    return "; ".join(ordered)
