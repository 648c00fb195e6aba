"""What a volunteer sees: before saying yes nothing of who it is; once introduced who it is, and not longer than the two know each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied

from directory.accounts.models import User
from directory.accounts.policy import allowed, relations_of
from directory.accounts.roles import Permission, Relation
from matching.models import Ask, Match, Person
from matching.offering.answering import answer_by
from matching.people import keep_looks
from matching.persons.home_facts import home_lines
from matching.rules.activities import rules
from matching.states import MatchState
from matching.suggesting.scoring import REASONS
from matching.volunteer_states import VOLUNTEER_KNOWS


@dataclass(frozen=True)
class OfferCard:
    """All that a volunteer sees before saying yes: never a name, an address or an exact position."""

    match_id: UUID
    need: str
    activity: str
    area: str
    often: str
    minutes: int
    windows: tuple[tuple[int, int, int], ...]
    reasons: tuple[str, ...]
    answer_by: datetime | None = None


@dataclass(frozen=True)
class Introduction:
    """What a volunteer sees of the person once introduced, and not longer than the two know each other."""

    match: Match
    name: str
    phone: str
    address: str
    postcode: str
    safe_contact: str
    communication_needs: str
    contact: Mapping[str, Any]
    home: tuple[str, ...]
    wishes: str
    email: str = ""
    do_not_contact: bool = False


def offer_card(match: Match) -> OfferCard:
    """What the volunteer sees before saying yes: the need, the area, the times, why they were asked; nothing else."""
    ask = match.ask
    rule = rules().get(ask.activity)
    return OfferCard(
        match_id=match.pk,
        need=ask.need.name,
        activity=rule.label if rule else "",
        area=ask.area_name,
        often=ask.get_often_display(),
        minutes=ask.minutes,
        windows=tuple((weekday, start, end) for weekday, start, end in ask.windows),
        reasons=tuple(REASONS[part] for part, points in match.explanation if points > 0 and part in REASONS),
        answer_by=answer_by(match),
    )


def introduction(match: Match, *, by: User) -> Introduction:
    """Who the person is, for the volunteer who was introduced or for a coordinator; the look is kept.

    Raises PermissionDenied, also before the introduction, while the volunteer is being checked, and after the end.
    """
    return introductions([match], by=by)[match.pk]


def introductions(matches: Sequence[Match], *, by: User) -> dict[UUID, Introduction]:
    """The same for a list of matches, by their ids; each person's look is kept once. Raises as `introduction` does."""
    found = {match.pk: _introduction(match, by) for match in matches}
    keep_looks((match.ask.person for match in matches), by=by, where="introduction")
    return found


def _introduction(match: Match, by: User) -> Introduction:
    person = match.ask.person
    if person is None or not _may_know(by, match) or match.state not in (MatchState.INTRODUCED, MatchState.ACTIVE):
        raise PermissionDenied("This is not open to you.")
    return Introduction(
        match=match,
        name=person.name,
        phone=person.phone,
        address=person.address,
        postcode=person.postcode,
        safe_contact=person.safe_contact,
        communication_needs=person.communication_needs,
        contact=person.contact or {},
        home=home_for(match.ask, person),
        wishes=match.ask.wishes,
        email=person.email,
        do_not_contact=person.do_not_contact,
    )


def home_for(ask: Ask, person: Person) -> tuple[str, ...]:
    """What a visitor must know of the home: nothing for help by phone, only the doorstep for what is done elsewhere."""
    if ask.by_phone_or_online:
        return ()
    rule = rules().get(ask.activity)
    return home_lines(person.facts, inside=rule is None or rule.at_home)


def _may_know(by: User, match: Match) -> bool:
    held = relations_of(by, match)
    with_us = match.volunteer.status in VOLUNTEER_KNOWS
    own = with_us and Relation.VOLUNTEER in held and allowed(by, Permission.VOLUNTEER, match)
    return own or (Relation.COORD in held and allowed(by, Permission.MATCH, match))
