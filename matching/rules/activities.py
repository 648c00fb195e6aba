"""The activities that people ask for, as data: which check, who may do them, what they need. Read from data/activities.csv."""

import csv
from collections.abc import Container, Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import MappingProxyType

from matching.eligibility.facts import ByVolunteers, Level, PersonalCare, Regulated
from matching.eligibility.rule import ActivityRule

FILE = Path(__file__).parents[1] / "data" / "activities.csv"


def rules(*, confirmed: Container[str] = (), opened: Container[str] = ()) -> Mapping[str, ActivityRule]:
    """Every activity by its slug, in the order of the file.

    confirmed: slugs of rows under professional review that an administrator has confirmed; opened: limited ones opened for this co-op.
    Raises ValueError for a file that is broken.
    """
    return MappingProxyType(
        {slug: replace(rule, confirmed=slug in confirmed, opened=slug in opened) for slug, rule in _shipped().items()}
        if confirmed or opened
        else _shipped()
    )


def rule_for(slug: str, *, confirmed: Container[str] = (), opened: Container[str] = ()) -> ActivityRule:
    """One activity with what was decided about it. Raises KeyError for one that is not in the table."""
    rule = _shipped()[slug]
    return replace(rule, confirmed=slug in confirmed, opened=slug in opened)


def of_need(need: str) -> tuple[ActivityRule, ...]:
    """The activities below one need (its slug), in the order of the file."""
    return tuple(rule for rule in _shipped().values() if rule.need == need)


def read(lines: Iterable[str]) -> dict[str, ActivityRule]:
    """A table of activities as CSV. Raises ValueError naming the row that is broken."""
    found: dict[str, ActivityRule] = {}
    for number, row in enumerate(csv.DictReader(lines), start=2):
        try:
            rule = _rule(row)
        except (KeyError, ValueError) as error:
            raise ValueError(f"Line {number} of the activities: {error}") from error
        if rule.slug in found:
            raise ValueError(f"Line {number} of the activities: {rule.slug} is there twice.")
        found[rule.slug] = rule
    return found


@cache
def _shipped() -> dict[str, ActivityRule]:
    with FILE.open(encoding="utf-8", newline="") as lines:
        return read(lines)


def _rule(row: Mapping[str, str]) -> ActivityRule:
    volunteer = ByVolunteers(row["volunteer"])
    policy = Level(row["coop_policy"]) if row["coop_policy"] else None
    if policy is None and volunteer != ByVolunteers.NO:
        raise ValueError("coop_policy may be empty only where volunteer is no.")
    if policy not in (None, Level.NONE, Level.BASIC):
        raise ValueError("coop_policy is none or basic: no more may be asked for as a policy.")
    if not row["activity"]:
        raise ValueError("activity is empty.")
    return ActivityRule(
        slug=row["activity"],
        volunteer=volunteer,
        cqc_personal_care=PersonalCare(row["cqc_personal_care"]),
        needs_car=_yes(row, "needs_car"),
        at_home=_yes(row, "at_home"),
        distance_matters=_yes(row, "distance_matters"),
        private=_yes(row, "private"),
        regulated_activity=Regulated(row["regulated_activity"]),
        coop_policy=policy,
        enhanced_if_regular_care_recipient=_yes(row, "enhanced_if_regular_care_recipient"),
        professional_review=_yes(row, "professional_review"),
        element=row["element"],
        need=row["need"],
        label=row["label"],
        conditions=row["conditions"],
    )


def _yes(row: Mapping[str, str], column: str) -> bool:
    value = row[column]
    if value not in ("yes", "no"):
        raise ValueError(f"{column} is neither yes nor no: {value!r}")
    return value == "yes"
