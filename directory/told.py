"""What a listing tells, section by section, and what a caller would ask next.

What a group has proposed counts as told: it has done its part, and the rest is ours.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from directory import contacts
from directory.change_states import FIELD_UNDECIDED
from directory.contacts import Where
from directory.listing_fields import read_values
from directory.models import ChangeField, Service
from directory.sections import COST, GETTING_IN, NOW, REACH, SECTIONS, START, WHAT, WHERE, WHO, Section

Values = Mapping[str, Any]
# Beside the fields of the listing: is there a number or an address of somebody, here or of the whole group?
REACHED = "reached"


def _always(_: Values) -> bool:
    return True


def _is_visited(values: Values) -> bool:
    return "place" in values["delivery"] or bool(values["places"])


def _comes_to_people(values: Values) -> bool:
    return bool({"home", "outreach"} & set(values["delivery"])) or not values["places"]


def _has_hours(values: Values) -> bool:
    """Who comes to people, or rings them, agrees each day with them; one that is rung has hours."""
    ways = set(values["delivery"])
    return not ways or bool({"place", "online"} & ways) or ways == {"phone"}


@dataclass(frozen=True)
class Fact:
    """One thing that callers ask. `at` is the id of the question on the section's page, `needed` whether it is asked of this kind at all."""

    section: Section
    question: str
    say: str
    at: str
    told: Callable[[Values], bool]
    needed: Callable[[Values], bool] = _always


# In the order in which callers ask: first whether they can come, then whether they would manage, last what it is like.
ASKED = (
    Fact(REACH, "What number do I ring?", "Say what number people ring", "id_phone", lambda values: bool(values[REACHED])),
    Fact(START, "Can I just turn up?", "Say what happens first", "id_how_to_access", lambda values: bool(values["how_to_access"])),
    Fact(NOW, "When is it?", "Say when you are open", "times", lambda values: bool(values["times"]), _has_hours),
    Fact(
        WHERE,
        "Where is it?",
        "Say where you are",
        "id_place_0_address",
        lambda values: bool(values["delivery"]) and ("place" not in values["delivery"] or bool(values["places"])),
    ),
    Fact(
        WHERE,
        "Is it for people in my village?",
        "Say which area you cover",
        "id_area_districts",
        lambda values: bool(values["area"]),
        _comes_to_people,
    ),
    Fact(
        COST,
        "What does it cost?",
        "Say what it costs",
        "id_cost",
        lambda values: values["is_free"] is True or bool(values["cost"] or values["costs"]),
    ),
    Fact(
        WHO,
        "Is it for somebody like me?",
        "Say who it is for",
        "id_who_for",
        lambda values: bool(values["who_for"]) or values["min_age"] is not None or values["max_age"] is not None,
    ),
    Fact(
        GETTING_IN,
        "Can I get in without a step?",
        "Say whether there is a step",
        "id_access_step_free",
        lambda values: "step_free" in values["access"],
        _is_visited,
    ),
    Fact(
        GETTING_IN,
        "Is there a toilet that I can use?",
        "Say whether there is an accessible toilet",
        "id_access_accessible_toilet",
        lambda values: "accessible_toilet" in values["access"],
        _is_visited,
    ),
    Fact(
        WHAT,
        "What do I get there?",
        "Say what people get",
        "id_what_you_get",
        lambda values: bool(values["what_you_get"] or values["description"]),
    ),
    Fact(WHAT, "Is it something that would help me?", "Tick what it helps with", "id_needs_0_0", lambda values: bool(values["needs"])),
)


@dataclass(frozen=True)
class SectionStanding:
    """How one section stands: what callers ask that it does not tell, and which of its fields wait for a moderator."""

    section: Section
    missing: tuple[Fact, ...]
    waiting: tuple[str, ...]
    is_asked: bool

    @property
    def is_told(self) -> bool:
        """Has the group done its part?"""
        return not self.missing


@dataclass(frozen=True)
class Standing:
    """How a whole listing stands; `next` is the first missing fact in the order in which callers ask."""

    sections: tuple[SectionStanding, ...]
    next: Fact | None

    @property
    def told(self) -> int:
        """How many sections are told."""
        return sum(each.is_told for each in self.sections)

    @property
    def waiting(self) -> int:
        """How many fields wait for a moderator."""
        return sum(len(each.waiting) for each in self.sections)


def waiting_values(services: Iterable[Service]) -> dict[UUID, dict[str, Any]]:
    """By listing: each field that waits for a moderator, with what was proposed last. One query."""
    rows = ChangeField.objects.filter(change__service__in=services, state__in=FIELD_UNDECIDED).order_by("change__made_at", "id")
    found: dict[UUID, dict[str, Any]] = {}
    for key, name, value in rows.values_list("change__service_id", "name", "new_value"):
        found.setdefault(key, {})[name] = value
    return found


def standing(service: Service, waiting: Values) -> Standing:
    """How a listing (loaded with_everything) stands, with what waits for a moderator: {field: proposed value}."""
    values = {**read_values(service), **waiting}
    group = service.organisation
    values[REACHED] = bool(values["phone"] or values["email"] or contacts.shown(service, Where.SITE) or group.phone or group.email)
    asked = [fact for fact in ASKED if fact.needed(values)]
    missing = [fact for fact in asked if not fact.told(values)]
    sections = tuple(
        SectionStanding(
            section,
            tuple(fact for fact in missing if fact.section is section),
            tuple(name for name in section.fields if name in waiting),
            any(fact.section is section for fact in asked),
        )
        for section in SECTIONS
    )
    return Standing(sections, missing[0] if missing else None)
