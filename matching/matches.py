"""A volunteer and a person: offered, said yes to, introduced, begun, ended. First yes wins, and nobody owes a reason."""

from collections.abc import Iterable
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import TextChoices

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import require
from directory.accounts.roles import Permission, Relation
from directory.journal.codes import Codes
from directory.journal.recording import record
from directory.states import NEW, WrongState
from matching.asks import say_activity
from matching.eligibility import Code
from matching.models import Agreement, Ask, Match, Volunteer
from matching.offering.cards import Introduction, OfferCard, introduction, offer_card
from matching.offering.holding import end_seen, locked, locked_ask, locked_volunteer
from matching.offering.rest import require_rested
from matching.persons.versions import require_as_seen
from matching.rules.errands import is_errand
from matching.states import MATCH, MATCH_ENDED, MATCH_OPEN, MATCH_TAKEN, AskState, MatchState
from matching.stopping.groups import places
from matching.stopping.telling import tell_other_side
from matching.stopping.waiting import lapse_offers, write_move
from matching.suggesting.facts import codes_against, wish_binds
from matching.suggesting.scoring import score_of

__all__ = [
    "Introduction",
    "NotEligible",
    "OfferCard",
    "SaidBy",
    "decline",
    "end",
    "end_seen",
    "introduce",
    "introduction",
    "lapse",
    "offer",
    "offer_card",
    "offer_to",
    "say_yes",
    "start",
]

MOST_AT_ONCE = 5
REVIEW_AFTER = timedelta(weeks=6)
QUICKER = "Somebody else was quicker and has said yes already. Thank you for offering."
OVER = "This is no longer open. Thank you all the same."


class SaidBy(TextChoices):
    """Whose no, or whose end it is, as a coordinator was told."""

    PERSON = "person", "The person"
    VOLUNTEER = "volunteer", "The volunteer"


_SIDES: dict[str, Relation] = {SaidBy.PERSON: Relation.SELF, SaidBy.VOLUNTEER: Relation.VOLUNTEER}


class NotEligible(WrongState):
    """This volunteer may not take this request (409). `codes` are for staff only: the volunteer is never told."""

    def __init__(self, codes: Iterable[Code], words: str = "This cannot go on as it is: something has changed.") -> None:
        super().__init__(words)
        self.codes = tuple(codes)


@transaction.atomic
def offer(ask: Ask, volunteer: Volunteer, *, by: User, activity: str = "") -> Match:
    """Offer a request to one volunteer. Arguments and errors: see `offer_to`."""
    return offer_to(ask, [volunteer], by=by, activity=activity)[0]


@transaction.atomic
def offer_to(ask: Ask, volunteers: Iterable[Volunteer], *, by: User, activity: str = "") -> list[Match]:
    """Offer a request to one or a few volunteers: to all of these, or to none.

    activity: what exactly is to be done, where the request names only the need; it is then written on the request.
    An errand may be offered to several; company and what is regular go to one at a time. Why this volunteer was chosen is stored.
    Raises PermissionDenied; ValidationError without an activity, for nobody and for too many; NotEligible (with all codes); AskedEnough;
    WrongState: the request is closed, taken, or offered already.
    """
    require(by, Permission.MATCH, ask)
    ask = locked_ask(ask)
    chosen = [locked_volunteer(key) for key in sorted({volunteer.pk for volunteer in volunteers})]
    if not 1 <= len(chosen) <= MOST_AT_ONCE:
        raise ValidationError({"volunteers": [f"Choose one volunteer, or up to {MOST_AT_ONCE}."]})
    if activity and activity != ask.activity:
        ask = say_activity(ask, activity, by=by)
    if not ask.activity:
        raise ValidationError({"activity": ["Say what exactly is to be done: it decides who may."]})
    MATCH.check(NEW, MatchState.OFFERED, [Relation.COORD])
    return [_offer_one(ask, volunteer, by=by) for volunteer in chosen]


def _offer_one(ask: Ask, volunteer: Volunteer, *, by: User) -> Match:
    _require_free(ask, volunteer)
    if codes := codes_against(ask, volunteer):
        raise NotEligible(codes, f"{volunteer} cannot take this on as things are. Nobody was asked.")
    require_rested(volunteer)
    parts = score_of(ask, volunteer)
    match = Match.objects.create(ask=ask, volunteer=volunteer, offered_by=by, explanation=[[part.part, part.points] for part in parts])
    codes_kept: Codes = {"to": match.state, "ask": ask.pk, "volunteer": volunteer.pk, "points": sum(part.points for part in parts)}
    if wish_binds(ask):
        codes_kept = {**codes_kept, "gender_wish": True}
    record("match.offered", match, by=by, role=Relation.COORD, codes=codes_kept)
    return match


@transaction.atomic
def say_yes(match: Match, *, by: User) -> Match:
    """The volunteer takes it; the first yes wins, and the other offers of the same request lapse.

    Raises PermissionDenied; WrongState when somebody was quicker or it is no longer open, NotEligible when facts have changed since.
    """
    match, held = locked(match, by)
    if Relation.VOLUNTEER in held:
        _require_waiting(match)
    MATCH.check(match.state, MatchState.ACCEPTED, held)
    _require_open(match.ask)
    if Match.objects.filter(ask=match.ask, state__in=MATCH_TAKEN).exists():
        raise WrongState(QUICKER)
    _require_eligible(match.ask, match.volunteer)
    try:
        with transaction.atomic():
            match = write_move(match, MatchState.ACCEPTED, held, by=by)
    except IntegrityError:
        raise WrongState(QUICKER) from None
    lapse_offers(match.ask, by=by, but=match)
    return match


@transaction.atomic
def decline(match: Match, *, by: User, said_by: str = "", mark: str = "") -> Match:
    """The volunteer does not take it, or one of the two says no after the introduction; the other one is told.

    said_by: a code of `SaidBy`, where a coordinator notes it; mark: `end_seen` of their page, an empty one is not asked for.
    Raises PermissionDenied; WrongState also where something has changed since the mark.
    """
    match, held = locked(match, by)
    require_as_seen(mark, end_seen(match))
    if Relation.VOLUNTEER in held and match.state in MATCH_ENDED:
        raise WrongState(OVER)
    return _part(match, MatchState.DECLINED, held, by=by, said_by=said_by)


@transaction.atomic
def introduce(match: Match, *, by: User) -> Match:
    """Tell the volunteer who it is, and the person who comes. From here on personal data has moved.

    Raises PermissionDenied; WrongState for a closed request, NotEligible when facts or the agreement have changed since the yes.
    """
    match, held = locked(match, by)
    MATCH.check(match.state, MatchState.INTRODUCED, held)
    _require_open(match.ask)
    _require_eligible(match.ask, match.volunteer, taken=match)
    return write_move(match, MatchState.INTRODUCED, held, by=by)


@transaction.atomic
def start(match: Match, *, by: User, how: str = "") -> Match:
    """The person says yes to the volunteer, noted by the person or a coordinator. What is regular is looked at again after six weeks.

    how: a code of `Agreement.How`, which a coordinator who notes it always says; what the person says on their own page is said online.
    Raises PermissionDenied, ValidationError for no code or another; WrongState for a closed request, NotEligible when facts or the agreement have
    changed since the introduction.
    """
    match, held = locked(match, by)
    how = how or (Agreement.How.ONLINE if Relation.SELF in held else "")
    if how not in Agreement.How.values and held & {Relation.SELF, Relation.COORD}:
        raise ValidationError({"how": ["Choose how it was said."]})
    MATCH.check(match.state, MatchState.ACTIVE, held)
    _require_open(match.ask)
    _require_eligible(match.ask, match.volunteer, taken=match)
    match.review_on = None if is_errand(match.ask) else clock.today() + REVIEW_AFTER
    return write_move(match, MatchState.ACTIVE, held, by=by, codes={"how": how})


@transaction.atomic
def end(match: Match, *, by: User, said_by: str = "", mark: str = "") -> Match:
    """Either side ends it; no reason is asked for, and the other one is told. Arguments and errors: see `decline`."""
    match, held = locked(match, by)
    require_as_seen(mark, end_seen(match))
    return _part(match, MatchState.ENDED, held, by=by, said_by=said_by)


@transaction.atomic
def lapse(match: Match) -> Match:
    """Nobody answered in time: called by a timer only. Raises WrongState."""
    match = Match.objects.select_for_update(of=("self",), no_key=True).select_related("ask", "volunteer").get(pk=match.pk)
    return write_move(match, MatchState.LAPSED, [Relation.SYSTEM], by=None)


def _part(match: Match, to: MatchState, held: frozenset[Relation], *, by: User, said_by: str) -> Match:
    before = match.state
    match = write_move(match, to, held, by=by)
    own = next((side for side in (Relation.SELF, Relation.VOLUNTEER) if side in held), None)
    tell_other_side(match, before, by=by, acted=_SIDES.get(said_by) if said_by and Relation.COORD in held else own)
    return match


def _require_waiting(match: Match) -> None:
    """A volunteer who presses twice, or late, is told what has become of it."""
    if match.state in MATCH_TAKEN:
        raise WrongState("You have said yes to this already. Thank you.")
    if match.state == MatchState.LAPSED:
        taken = Match.objects.filter(ask=match.ask).exclude(volunteer=match.volunteer_id).exclude(answered_at=None)
        raise WrongState(
            QUICKER if taken.exclude(state=MatchState.DECLINED).exists() else "This is no longer open. Thank you all the same."
        )


def _require_open(ask: Ask) -> None:
    if ask.state != AskState.OPEN:
        raise WrongState("This request is closed.")
    if ask.person is not None and ask.person.do_not_contact:
        raise WrongState("This request rests: nobody is to be asked or introduced for it.")


def _require_free(ask: Ask, volunteer: Volunteer) -> None:
    _require_open(ask)
    theirs = Match.objects.filter(ask=ask)
    if theirs.filter(state__in=MATCH_TAKEN).exists():
        raise WrongState("A volunteer has said yes already.")
    if places(ask=ask).exists():
        raise WrongState("This person has a place in a small group; take them out of it first.")
    waiting = theirs.filter(state__in=MATCH_OPEN)
    if waiting.filter(volunteer=volunteer).exists():
        raise WrongState("It has been offered to this volunteer already.")
    if not is_errand(ask) and waiting.exists():
        raise WrongState("Company and regular help are offered to one volunteer at a time; another offer is waiting for an answer.")


def _require_eligible(ask: Ask, volunteer: Volunteer, taken: Match | None = None) -> None:
    codes = codes_against(ask, volunteer, taken=taken)
    if codes:
        raise NotEligible(codes)
