"""Requests for help: opened, met, withdrawn, recorded as unmet, opened again; and the signpost that passes no data on."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import allowed, relations_of, require, role_used, roles_of
from directory.accounts.roles import Permission, Relation, Role
from directory.geodata.locating import area_for_postcode
from directory.journal.codes import Code, Codes
from directory.journal.recording import record
from directory.models import Need, Service
from directory.states import NEW, WrongState
from matching.befriending.leaving import leave_groups
from matching.models import Ask, Person, Signpost, UnmetNeed
from matching.numbering import hold_numbers, next_number
from matching.people import here, note_giving, require_own_side
from matching.persons.once import SentAlready, key_of
from matching.rules.activities import of_need
from matching.states import ASK, MATCH_OPEN, MATCH_TAKEN, REFERRAL_OPEN, AskState
from matching.stopping import end_active, lapse_offers, lock_matches, stop_introductions
from matching.unmet.providers import require_providers_listed
from matching.windows import DAY, is_window

# Company is a relationship: one pair at a time is introduced, however often it is.
COMPANY = frozenset(
    {"befriend-at-home", "befriend-by-phone", "sit-while-carer-out", "sit-with-personal-care", "listening", "bereavement-listening"}
)
REGULAR = frozenset({Ask.Often.WEEKLY, Ask.Often.DAILY})


@transaction.atomic
def open_ask(
    person: Person,
    *,
    by: User,
    need: Need | str,
    activity: str = "",
    often: str = Ask.Often.ONCE,
    minutes: int = 60,
    windows: Iterable[Sequence[int]] = (),
    urgency: int = Ask.Urgency.SOON,
    by_phone_or_online: bool = False,
    gender_required: str = "",
    two_visitors: bool = False,
    for_carer: bool = False,
    wishes: str = "",
    source: str = Ask.Source.COORDINATOR,
    can_give: str | None = None,
    interests: Iterable[str] | None = None,
    once: str = "",
) -> Ask:
    """Write down one need of one person, and what they can give. The area is the one of their postcode on this day, and stays.

    need: a need or its slug; activity: the slug of an activity of that need, or empty. windows: [[weekday, start minute, end minute], …],
    Monday is 0; none means any time. source: who asked, as a coordinator notes it; for everybody else it is their own side.
    can_give, interests: written into the person's record in the same step; None leaves what stands there. Where two people should go to the
    home, two visitors are asked for. once: the form's own mark, by which a form that is sent twice makes one request.
    Raises PermissionDenied, ValidationError ({field: [text]}), SentAlready, WrongState for a record that became part of another.
    """
    require_own_side(by, person)
    # Everybody takes the numbers' lock first, then the person's.
    hold_numbers("ask")
    person = here(person)
    ask = Ask(
        person=person,
        activity=activity,
        often=often,
        minutes=minutes,
        windows=[list(window) for window in windows],
        urgency=urgency,
        by_phone_or_online=by_phone_or_online,
        gender_required=gender_required.strip().lower(),
        two_visitors=two_visitors or (not by_phone_or_online and bool((person.facts or {}).get("two_visitors"))),
        for_carer=for_carer,
        wishes=wishes.strip(),
        source=_source_of(by, person, source),
        made_by=by,
    )
    if once:
        ask.pk = key_of("ask", once, by)
    ASK.check(NEW, AskState.OPEN, relations_of(by, ask))
    found = Need.objects.filter(pk=need).first() if isinstance(need, str) else need
    if errors := _faults(ask, found):
        raise ValidationError(errors)
    ask.need = found  # type: ignore[assignment]
    if known := Ask.objects.filter(pk=ask.pk).first() if once else None:
        return _sent_before(known, ask)
    area = area_for_postcode(person.postcode) if person.postcode else None
    if area is not None:
        ask.keep_area(area)
    ask.number = next_number("ask")
    ask.save(force_insert=True)
    record("ask.opened", ask, by=by, role=_role(by), codes=_opened(ask))
    note_giving(person, by=by, can_give=can_give, interests=interests)
    return ask


def _sent_before(known: Ask, now: Ask) -> Ask:
    same = ("person_id", "need_id", "activity", "often", "minutes", "windows", "wishes")
    if any(getattr(known, name) != getattr(now, name) for name in same):
        raise SentAlready
    return known


def _opened(ask: Ask) -> Codes:
    """What the journal keeps of a new request."""
    return {
        "to": AskState.OPEN,
        "person": ask.person_id,
        "need": ask.need_id,
        "activity": ask.activity or None,
        "often": ask.often,
        "urgency": ask.urgency,
        "source": ask.source,
        "carer": ask.for_carer,
        "gender_asked": bool(ask.gender_required),
    }


@transaction.atomic
def meet(ask: Ask, *, by: User) -> Ask:
    """Somebody helps: the request is met. Offers that wait for an answer lapse. Raises PermissionDenied, WrongState."""
    ask = _close(ask, AskState.MET, "ask.met", by=by)
    lapse_offers(ask, by=by)
    # Met by somebody else: a group in which they have not said yes goes on without them.
    leave_groups(by=by, ask=ask, said_yes_at=None)
    return ask


@transaction.atomic
def withdraw(ask: Ask, *, by: User) -> Ask:
    """The person does not want it any more; no reason owed. What was offered or begun with volunteers stops.

    Referrals of it stay: `persons.withdrawing.withdraw_with_referrals` ends them in the same step. Raises PermissionDenied, WrongState.
    """
    ask = _close(ask, AskState.WITHDRAWN, "ask.withdrawn", by=by)
    lapse_offers(ask, by=by)
    stop_introductions(ask, by=by)
    end_active(ask, by=by)
    leave_groups(by=by, ask=ask)
    return ask


@transaction.atomic
def record_unmet(ask: Ask, *, by: User, emptied_by: str, nearest_miss: str = "") -> UnmetNeed:
    """Nobody could help: counted with need, area and what emptied the list, for an adult or a carer.

    emptied_by: a code of `UnmetNeed.EmptiedBy`; nearest_miss: the code that kept most volunteers out, if one did.
    Raises PermissionDenied, ValidationError; WrongState also where a volunteer is on it or a referral of it is open, and for personal care for which no list of
    registered providers was kept.
    """
    ask = _locked(ask)
    _require_move(ask, AskState.UNMET, by)
    if emptied_by not in UnmetNeed.EmptiedBy.values:
        raise ValidationError({"emptied_by": ["Choose what emptied the list."]})
    if ask.matches.filter(state__in=MATCH_TAKEN).exists():
        raise WrongState("A volunteer is on this request: it is not unmet.")
    if under_way := ", ".join(str(row) for row in ask.referrals.filter(state__in=REFERRAL_OPEN).order_by("number")):
        raise WrongState(f"Somebody has been asked, or is about to be ({under_way}): it is not unmet until that has ended.")
    require_providers_listed(ask)
    ask = _close(ask, AskState.UNMET, "ask.unmet", by=by, codes={"emptied_by": emptied_by, "nearest_miss": nearest_miss or None})
    lapse_offers(ask, by=by)
    leave_groups(by=by, ask=ask)
    return UnmetNeed.objects.create(
        ask=ask,
        need_id=ask.need_id,
        activity=ask.activity,
        emptied_by=emptied_by,
        nearest_miss=nearest_miss,
        for_carer=ask.for_carer,
        area_set=ask.area_set,
        area_code=ask.area_code,
        area_name=ask.area_name,
        recorded_by=by,
    )


@transaction.atomic
def reopen(ask: Ask, *, by: User) -> Ask:
    """Look again for somebody who helps; that it was unmet stays counted. Raises PermissionDenied, WrongState."""
    ask = _locked(ask)
    _require_move(ask, AskState.OPEN, by)
    before = ask.state
    ask.state, ask.closed_at = AskState.OPEN, None
    ask.save(update_fields=["state", "closed_at"])
    record("ask.reopened", ask, by=by, role=_role(by), codes={"from": before, "to": ask.state})
    return ask


@transaction.atomic
def signpost(ask: Ask, service: Service, *, by: User) -> Signpost:
    """Tell the person of a service; nothing about them is passed on, so no agreement is needed.

    Raises PermissionDenied, WrongState for a request that is closed, ValidationError for a service that visitors do not see.
    """
    require_own_side(by, ask.person)
    ask = _locked(ask)
    if ask.state != AskState.OPEN:
        raise WrongState("This request is closed.")
    if not service.is_public:
        raise ValidationError({"service": ["This service is not listed at present."]})
    signpost = Signpost.objects.create(ask=ask, service=service, by=by)
    record("ask.signposted", ask, by=by, role=_role(by), codes={"service": service.pk})
    return signpost


@transaction.atomic
def say_activity(ask: Ask, activity: str, *, by: User) -> Ask:
    """Say what exactly is to be done for the need, before anybody is offered it.

    Raises PermissionDenied, ValidationError, WrongState for a request that is closed or on offer.
    """
    require(by, Permission.MATCH, ask)
    ask = _locked(ask)
    if ask.state != AskState.OPEN or ask.matches.filter(state__in=MATCH_OPEN).exists():
        raise WrongState("This request is closed, or a volunteer has been asked already.")
    if not _is_of_need(activity, ask.need_id):
        raise ValidationError({"activity": ["Choose an activity of this need."]})
    ask.activity = activity
    ask.save(update_fields=["activity"])
    record("ask.activity_said", ask, by=by, role=_role(by), codes={"activity": activity})
    return ask


@transaction.atomic
def note_choice(ask: Ask, text: str, *, by: User) -> Ask:
    """Write down the person's own choice, in their words; it stands above every order of candidates. Raises PermissionDenied."""
    require_own_side(by, ask.person)
    ask = _locked(ask)
    ask.person_choice = text.strip()
    ask.save(update_fields=["person_choice"])
    record("ask.choice_noted", ask, by=by, role=_role(by))
    return ask


def is_errand(ask: Ask) -> bool:
    """Is it done once somebody has done it? Then the first volunteer's yes decides; what is regular, or company, goes pair by pair."""
    return ask.often not in REGULAR and ask.activity not in COMPANY


def _close(ask: Ask, to: AskState, kind: str, *, by: User, codes: Mapping[str, Code] | None = None) -> Ask:
    ask = _locked(ask)
    _require_move(ask, to, by)
    lock_matches(ask)
    before = ask.state
    ask.state, ask.closed_at = to, clock.now()
    ask.save(update_fields=["state", "closed_at"])
    record(kind, ask, by=by, role=_role(by), codes={"from": before, "to": to, **(codes or {})})
    return ask


def _locked(ask: Ask) -> Ask:
    return Ask.objects.select_for_update().get(pk=ask.pk)


def _require_move(ask: Ask, to: AskState, by: User) -> None:
    """Permission first: a stranger learns nothing about the state."""
    held = set()
    if allowed(by, Permission.MATCH, ask):
        held.add(Relation.COORD)
    if Relation.SELF in relations_of(by, ask) and allowed(by, Permission.SEND_REFERRAL, ask):
        held.add(Relation.SELF)
    if not held:
        raise PermissionDenied("This is not open to you.")
    ASK.check(ask.state, to, held)


def _source_of(by: User, person: Person, told: str) -> str:
    if allowed(by, Permission.KEEP_RECORDS):
        return told
    relations = relations_of(by, person)
    if Relation.SELF in relations:
        return Ask.Source.SELF
    if Relation.FAMILY in relations:
        return Ask.Source.FAMILY
    if Role.COUNCIL_REFERRER in roles_of(by):
        return Ask.Source.COUNCIL
    return Ask.Source.PARTNER if Role.PARTNER in roles_of(by) else Ask.Source.COORDINATOR


def _faults(ask: Ask, need: Need | None) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    chosen: dict[str, Collection[object]] = {"often": Ask.Often.values, "urgency": Ask.Urgency.values, "source": Ask.Source.values}
    for name, choices in chosen.items():
        if getattr(ask, name) not in choices:
            errors[name] = ["Choose from the list."]
    if need is None:
        errors["need"] = ["Choose a need from the list."]
    elif ask.activity and not _is_of_need(ask.activity, need.pk):
        errors["activity"] = ["Choose an activity of this need."]
    if not 5 <= ask.minutes <= DAY:
        errors["minutes"] = ["Write how many minutes it takes, from 5 to 1440."]
    if not all(is_window(window) for window in ask.windows):
        errors["windows"] = ["Each time needs a weekday, a start and a later end."]
    return errors


def _is_of_need(activity: str, need: object) -> bool:
    return activity in {rule.slug for rule in of_need(str(need))}


def _role(by: User) -> str:
    return role_used(by, Permission.KEEP_RECORDS) or role_used(by, Permission.PREPARE_REFERRAL) or role_used(by, Permission.SEND_REFERRAL)
