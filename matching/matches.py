"""A volunteer and a person: offered, said yes to, introduced, begun, ended. First yes wins, and nobody owes a reason."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from directory.accounts.models import User
from directory.accounts.policy import allowed, relations_of, require
from directory.accounts.roles import Permission, Relation
from directory.journal.codes import Codes
from directory.journal.recording import record
from directory.states import NEW, WrongState
from matching.activities import rules
from matching.asks import is_errand, say_activity
from matching.eligibility import Code
from matching.facts import codes_against, wish_binds
from matching.models import Ask, Match, Volunteer
from matching.people import keep_look
from matching.persons.home_facts import home_lines
from matching.scoring import REASONS, score_of
from matching.states import MATCH, MATCH_OPEN, MATCH_TAKEN, AskState, MatchState
from matching.stopping import lapse_offers, lock_matches, write_move

_PERMISSIONS = {
    Relation.VOLUNTEER: Permission.VOLUNTEER,
    Relation.SELF: Permission.SEND_REFERRAL,
    Relation.COORD: Permission.MATCH,
}


class NotEligible(WrongState):
    """This volunteer may not take this request (409). `codes` are for staff only: the volunteer is never told."""

    def __init__(self, codes: Iterable[Code]) -> None:
        super().__init__("This cannot go on as it is: something has changed.")
        self.codes = tuple(codes)


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


@transaction.atomic
def offer(ask: Ask, volunteer: Volunteer, *, by: User, activity: str = "") -> Match:
    """Offer a request to a volunteer.

    activity: what exactly is to be done, where the request names only the need; it is then written on the request.
    An errand may be offered to several; company and what is regular go to one at a time. Why this volunteer was chosen is stored.
    Raises PermissionDenied, ValidationError without an activity, NotEligible (with all codes), WrongState: the request is closed, taken,
    or offered already.
    """
    require(by, Permission.MATCH, ask)
    ask = _locked_ask(ask)
    volunteer = _locked_volunteer(volunteer.pk)
    if activity and activity != ask.activity:
        ask = say_activity(ask, activity, by=by)
    if not ask.activity:
        raise ValidationError({"activity": ["Say what exactly is to be done: it decides who may."]})
    MATCH.check(NEW, MatchState.OFFERED, [Relation.COORD])
    _require_free(ask, volunteer)
    _require_eligible(ask, volunteer)
    parts = score_of(ask, volunteer)
    match = Match.objects.create(ask=ask, volunteer=volunteer, offered_by=by, explanation=[[part.part, part.points] for part in parts])
    codes: Codes = {"to": match.state, "ask": ask.pk, "volunteer": volunteer.pk, "points": sum(part.points for part in parts)}
    if wish_binds(ask):
        codes = {**codes, "gender_wish": True}
    record("match.offered", match, by=by, role=Relation.COORD, codes=codes)
    return match


@transaction.atomic
def say_yes(match: Match, *, by: User) -> Match:
    """The volunteer takes it; the first yes wins, and the other offers of the same request lapse.

    Raises PermissionDenied; WrongState when somebody was quicker or it is no longer open, NotEligible when facts have changed since.
    """
    match, held = _locked(match, by)
    MATCH.check(match.state, MatchState.ACCEPTED, held)
    _require_open(match.ask)
    if Match.objects.filter(ask=match.ask, state__in=MATCH_TAKEN).exists():
        raise WrongState("Somebody else has said yes already. Thank you.")
    _require_eligible(match.ask, match.volunteer)
    try:
        with transaction.atomic():
            match = write_move(match, MatchState.ACCEPTED, held, by=by)
    except IntegrityError:
        raise WrongState("Somebody else has said yes already. Thank you.") from None
    lapse_offers(match.ask, by=by, but=match)
    return match


@transaction.atomic
def decline(match: Match, *, by: User) -> Match:
    """The volunteer does not take it, or one of the two says no after the introduction. Raises PermissionDenied, WrongState."""
    match, held = _locked(match, by)
    return write_move(match, MatchState.DECLINED, held, by=by)


@transaction.atomic
def introduce(match: Match, *, by: User) -> Match:
    """Tell the volunteer who it is, and the person who comes. From here on personal data has moved.

    Raises PermissionDenied; WrongState for a closed request, NotEligible when facts or the agreement have changed since the yes.
    """
    match, held = _locked(match, by)
    MATCH.check(match.state, MatchState.INTRODUCED, held)
    _require_open(match.ask)
    _require_eligible(match.ask, match.volunteer, taken=match)
    return write_move(match, MatchState.INTRODUCED, held, by=by)


@transaction.atomic
def start(match: Match, *, by: User) -> Match:
    """The person says yes to the volunteer, noted by the person or a coordinator. Raises PermissionDenied, WrongState."""
    match, held = _locked(match, by)
    return write_move(match, MatchState.ACTIVE, held, by=by)


@transaction.atomic
def end(match: Match, *, by: User) -> Match:
    """Either side ends it; no reason is asked for. Raises PermissionDenied, WrongState."""
    match, held = _locked(match, by)
    return write_move(match, MatchState.ENDED, held, by=by)


@transaction.atomic
def lapse(match: Match) -> Match:
    """Nobody answered in time: called by a timer only. Raises WrongState."""
    match = Match.objects.select_for_update(of=("self",)).select_related("ask", "volunteer").get(pk=match.pk)
    return write_move(match, MatchState.LAPSED, [Relation.SYSTEM], by=None)


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
    )


def introduction(match: Match, *, by: User) -> Introduction:
    """Who the person is, for the volunteer who was introduced or for a coordinator; the look is kept.

    Raises PermissionDenied, also before the introduction and after the end: then there is nothing to see any more.
    """
    held = _held(by, match)
    person = match.ask.person
    if person is None or not held & {Relation.VOLUNTEER, Relation.COORD} or match.state not in (MatchState.INTRODUCED, MatchState.ACTIVE):
        raise PermissionDenied("This is not open to you.")
    keep_look(person, by=by, where="introduction")
    return Introduction(
        match=match,
        name=person.name,
        phone=person.phone,
        address=person.address,
        postcode=person.postcode,
        safe_contact=person.safe_contact,
        communication_needs=person.communication_needs,
        contact=person.contact,
        home=_home(match.ask),
        wishes=match.ask.wishes,
    )


def _home(ask: Ask) -> tuple[str, ...]:
    """What a visitor must know of the home: nothing for help by phone, only the doorstep for what is done elsewhere."""
    if ask.person is None or ask.by_phone_or_online:
        return ()
    rule = rules().get(ask.activity)
    return home_lines(ask.person.facts, inside=rule is None or rule.at_home)


def _held(by: User, match: Match) -> frozenset[Relation]:
    """The relations in which this user may act: they stand so, and one of their roles may do what goes with it."""
    return frozenset(
        relation for relation in relations_of(by, match) if relation in _PERMISSIONS and allowed(by, _PERMISSIONS[relation], match)
    )


def _locked(match: Match, by: User) -> tuple[Match, frozenset[Relation]]:
    """Permission first; then request, volunteer and matches, locked in this order by everybody, as they are now.

    The volunteer too: one who says yes to two requests at the same moment takes no more than they can.
    """
    held = _held(by, match)
    if not held:
        raise PermissionDenied("This is not open to you.")
    ask = _locked_ask(match.ask)
    volunteer = _locked_volunteer(match.volunteer_id)
    lock_matches(ask)
    match = Match.objects.select_for_update().get(pk=match.pk)
    match.ask, match.volunteer = ask, volunteer
    return match, held


def _locked_ask(ask: Ask) -> Ask:
    return Ask.objects.select_for_update(of=("self",)).select_related("person", "need").get(pk=ask.pk)


def _locked_volunteer(key: UUID) -> Volunteer:
    return Volunteer.objects.select_for_update().get(pk=key)


def _require_open(ask: Ask) -> None:
    if ask.state != AskState.OPEN:
        raise WrongState("This request is closed.")


def _require_free(ask: Ask, volunteer: Volunteer) -> None:
    _require_open(ask)
    theirs = Match.objects.filter(ask=ask)
    if theirs.filter(state__in=MATCH_TAKEN).exists():
        raise WrongState("A volunteer has said yes already.")
    waiting = theirs.filter(state__in=MATCH_OPEN)
    if waiting.filter(volunteer=volunteer).exists():
        raise WrongState("It has been offered to this volunteer already.")
    if not is_errand(ask) and waiting.exists():
        raise WrongState("Company and regular help are offered to one volunteer at a time; another offer is waiting for an answer.")


def _require_eligible(ask: Ask, volunteer: Volunteer, taken: Match | None = None) -> None:
    codes = codes_against(ask, volunteer, taken=taken)
    if codes:
        raise NotEligible(codes)
