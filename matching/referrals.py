"""Referrals: prepared, sent, answered, followed to their end. One function moves the state; every verb goes through it."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import allowed, relations_of, role_used, roles_of
from directory.accounts.roles import Permission, Relation, Role
from directory.bank_holidays import is_bank_holiday
from directory.journal.recording import record
from directory.models import Service
from directory.states import NEW, WrongState
from matching.agreements import take_back, valid_agreement
from matching.candidates import candidates_for, store_offered
from matching.models import Ask, Attempt, LawfulBasis, Referral, ReferralNote
from matching.numbering import next_number
from matching.people import here, require_own_side
from matching.persons.doubles import is_possible_double
from matching.reasons import SILENCING_REASONS, Reason
from matching.referring import records
from matching.states import REFERRAL, REFERRAL_ENDED, REFERRAL_OPEN, ReferralState, require_referral_details
from matching.stopping import lock_waiting, stop_waiting

Channel, Priority = Referral.Channel, Referral.Priority

# The referrer's side sends and takes back; the provider's side answers.
SENDING = frozenset({Relation.STAFF, Relation.SELF, Relation.ADMIN})
ANSWERING = frozenset({Relation.PROV, Relation.COORD})
# Every ending asks that the person is told of it.
REFERRAL_ENDED_TO_TELL = REFERRAL_ENDED - {ReferralState.ENTERED_IN_ERROR, ReferralState.DECLINED_BY_PERSON}
WORKING_DAYS_TO_ANSWER = {Priority.ROUTINE: 5, Priority.SOON: 2, Priority.URGENT: 1}


@transaction.atomic
def prepare(
    ask: Ask,
    *,
    by: User,
    service: Service | None = None,
    to_volunteers: bool = False,
    candidates: list[dict[str, Any]] | None = None,
    follows: Referral | None = None,
    note: str = "",
    council_case_ref: str = "",
    lawful_basis: str = LawfulBasis.SOCIAL_CARE,
) -> Referral:
    """A draft for one request: to a service, or to the co-op's volunteers. Nothing leaves the co-op yet.

    candidates: what was offered, as `Offered` keeps it; the newest one of the request where left out. follows: the ended referral that
    this one comes after; the last one of the request where left out.
    Raises PermissionDenied, WrongState (the request is closed), ValidationError.
    """
    require_own_side(by, ask.person)
    ask = Ask.objects.select_for_update().get(pk=ask.pk)
    _require_possible(ask, service, to_volunteers, follows)
    referral = Referral(
        ask=ask,
        person=ask.person,
        need=ask.need,
        service=service,
        to_volunteers=to_volunteers,
        source=_source_of(ask, by),
        lawful_basis=lawful_basis,
        created_by=by,
        referrer=by,
        council_case_ref=council_case_ref.strip(),
        follows=follows or _ended_before(ask),
        area_set=ask.area_set,
        area_code=ask.area_code,
        area_name=ask.area_name,
    )
    relations = relations_of(by, referral)
    REFERRAL.check(NEW, ReferralState.DRAFT, relations)
    # The number's lock comes before the journal's, which keeping the candidates takes.
    referral.number = next_number("referral")
    referral.candidates = _offered(ask, by=by) if candidates is None else candidates
    referral.possible_double = is_possible_double(referral)
    referral.save(force_insert=True)
    if note.strip():
        ReferralNote.objects.create(referral=referral, by=by, text=note.strip())
    _record(referral, NEW, by=by, side=_side(REFERRAL.find(NEW, ReferralState.DRAFT).by, relations), details={})
    return referral


@transaction.atomic
def move(referral: Referral, to: str, *, by: User, **details: Any) -> Referral:
    """Take one step of the state table, with what it needs and records; the journal row is written in the same transaction.

    details: reason, outcome, note, review_on (date), attempts ([{"at": datetime, "how": channel}]), first_contact_at, channel, priority,
    due_at, on_behalf_of (the coordinator speaks for the provider), person_told ({"at", "how"}).
    Raises PermissionDenied (not for this user), WrongState (no such step), ValidationError ({field: [text]}).
    """
    silent = details.get("reason") in SILENCING_REASONS and referral.person is not None
    referral = _locked(referral, with_person=silent)
    relations = _acting(referral, by)
    if not relations:
        raise PermissionDenied("This referral is not yours to move.")
    if to not in ReferralState.values:
        raise ValidationError({"to": ["This is not a state of a referral."]})
    step = REFERRAL.check(referral.state, to, relations)
    sides = step.by & relations
    require_referral_details(step, details, sides)
    side = _side(step.sides(sides, str(details.get("reason") or "")) or sides, relations)
    if to == ReferralState.REQUESTED:
        _require_ready(referral)
    came_from = referral.state
    records.apply(referral, step, details, side=side, now=clock.now(), due_at=due_date)
    referral.save()
    _keep_words(referral, details, by=by)
    if silent:
        _fall_silent(referral, str(details["reason"]), by=by)
    _record(referral, came_from, by=by, side=side, details=details)
    return referral


def send(referral: Referral, *, by: User, channel: str = "", priority: str = Priority.ROUTINE, due_at: datetime | None = None) -> Referral:
    """Ask the provider. The basis and the person's agreement hold, the service is active and vetted, and nothing like it is open already."""
    return move(referral, ReferralState.REQUESTED, by=by, channel=channel, priority=priority, due_at=due_at)


def declined_by_person(referral: Referral, *, by: User, reason: str) -> Referral:
    """The person said no before anything was sent; it counts as offered."""
    return move(referral, ReferralState.DECLINED_BY_PERSON, by=by, reason=reason)


def accept(referral: Referral, *, by: User, note: str = "", on_behalf_of: bool = False, channel: str = "") -> Referral:
    """The provider takes it on."""
    return move(referral, ReferralState.ACCEPTED, by=by, note=note, on_behalf_of=on_behalf_of, channel=channel)


def reject(referral: Referral, *, by: User, reason: str, note: str = "", on_behalf_of: bool = False, channel: str = "") -> Referral:
    """The provider could not take it on."""
    return move(referral, ReferralState.REJECTED, by=by, reason=reason, note=note, on_behalf_of=on_behalf_of, channel=channel)


def start(
    referral: Referral, *, by: User, first_contact_at: datetime | None = None, on_behalf_of: bool = False, channel: str = ""
) -> Referral:
    """Help has begun: the first contact happened."""
    return move(referral, ReferralState.IN_PROGRESS, by=by, first_contact_at=first_contact_at, on_behalf_of=on_behalf_of, channel=channel)


def hold(referral: Referral, *, by: User, reason: str, review_on: date, note: str = "", on_behalf_of: bool = False) -> Referral:
    """It waits, for a reason, to be looked at again on a day."""
    return move(referral, ReferralState.ON_HOLD, by=by, reason=reason, review_on=review_on, note=note, on_behalf_of=on_behalf_of)


def resume(referral: Referral, *, by: User, on_behalf_of: bool = False) -> Referral:
    """It goes on after waiting; the days held are counted apart."""
    return move(referral, ReferralState.IN_PROGRESS, by=by, on_behalf_of=on_behalf_of)


def complete(referral: Referral, *, by: User, outcome: str, note: str = "", on_behalf_of: bool = False) -> Referral:
    """It is done, and this came of it. The request stays open until it is met, withdrawn or recorded as unmet."""
    return move(referral, ReferralState.COMPLETED, by=by, outcome=outcome, note=note, on_behalf_of=on_behalf_of)


def fail(
    referral: Referral, *, by: User, reason: str, attempts: Iterable[Mapping[str, Any]] = (), note: str = "", on_behalf_of: bool = False
) -> Referral:
    """Closed, not achieved. "Could not contact" needs three attempts, each with its day."""
    return move(referral, ReferralState.FAILED, by=by, reason=reason, attempts=list(attempts), note=note, on_behalf_of=on_behalf_of)


def cancel(referral: Referral, *, by: User, reason: str, note: str = "") -> Referral:
    """Taken back, for a reason of the side that takes it back."""
    return move(referral, ReferralState.CANCELLED, by=by, reason=reason, note=note)


def enter_in_error(referral: Referral, *, by: User, text: str) -> Referral:
    """It should never have been: left out of every figure, counted once as data quality."""
    return move(referral, ReferralState.ENTERED_IN_ERROR, by=by, note=text)


@transaction.atomic
def tell_person(referral: Referral, *, by: User, how: str, at: datetime | None = None) -> Referral:
    """The person knows how it ended: when, how, by whom. Raises PermissionDenied, ValidationError (also before the end)."""
    referral = Referral.objects.select_for_update().get(pk=referral.pk)
    relations = _acting(referral, by)
    if not relations:
        raise PermissionDenied("This referral is not yours to note on.")
    if referral.state not in REFERRAL_ENDED:
        raise ValidationError({"person_told": ["It has not ended yet: the person is told of the end."]})
    if how not in Channel.values:
        raise ValidationError({"how": ["Choose how they were told."]})
    moment = at or clock.now()
    if moment > clock.now():
        raise ValidationError({"at": ["This lies in the future."]})
    referral.person_told_at, referral.person_told_how, referral.person_told_by = moment, how, by
    referral.save(update_fields=["person_told_at", "person_told_how", "person_told_by"])
    record("referral.person_told", referral, by=by, role=_side(relations, relations), codes={"how": how})
    return referral


def steps_for(referral: Referral, user: User) -> list[str]:
    """The states to which this user may move it from here: the buttons of a page."""
    return [step.to for step in REFERRAL.open_to(referral.state, _acting(referral, user))]


def speaks_for_provider(referral: Referral, held: Iterable[str]) -> bool:
    """Does somebody in these relations answer on the word of a group outside the co-op, as a coordinator does?"""
    outside = referral.service is not None and not referral.service.organisation.ours
    return outside and Relation.COORD in held and Relation.PROV not in held


def due_date(priority: str, sent_at: datetime) -> datetime:
    """By when an answer is promised: five, two or one working days on, at five in the afternoon in Europe/London."""
    day, left = clock.local(sent_at).date(), WORKING_DAYS_TO_ANSWER[Priority(priority)]
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5 and not is_bank_holiday(day)
    return datetime.combine(day, time(17), clock.LONDON)


def _locked(referral: Referral, *, with_person: bool) -> Referral:
    """The referral as it is now, held; with the person and all that waits for them where the step may stop it, in the order of everybody.

    Raises WrongState where the person's record became part of another one meanwhile.
    """
    before = referral.person
    if with_person and before is not None:
        lock_waiting(before)
    found = Referral.objects.select_for_update(no_key=True).get(pk=referral.pk)
    if with_person and found.person != before:
        raise WrongState("The person's record has become part of another one. Open the referral anew.")
    return found


def _acting(referral: Referral, by: User) -> frozenset[Relation]:
    """The relations by which this user may move it: those that stand behind a permission that their roles have."""
    held = relations_of(by, referral)
    sending = held & SENDING if allowed(by, Permission.SEND_REFERRAL, referral) else frozenset()
    answering = held & ANSWERING if allowed(by, Permission.ANSWER_REFERRALS, referral) else frozenset()
    return frozenset(sending | answering)


def _side(possible: Iterable[str], held: Iterable[str]) -> Relation:
    """The one relation that is written down, in the order of Relation."""
    both = set(possible) & set(held)
    return next(relation for relation in Relation if relation in both)


def _require_possible(ask: Ask, service: Service | None, to_volunteers: bool, follows: Referral | None) -> None:
    if ask.closed_at is not None:
        raise WrongState("This request is closed: open it again first.")
    if (service is None) == (not to_volunteers):
        raise ValidationError({"service": ["Choose one service, or the co-op's volunteers."]})
    if follows is not None and (follows.person_id != ask.person_id or follows.state not in REFERRAL_ENDED):
        raise ValidationError({"follows": ["A referral follows an ended one of the same person."]})


def _source_of(ask: Ask, by: User) -> str:
    """Where the request came from; what the co-op refers on for the council is made inside the co-op, so that a coordinator can send it."""
    outside = ask.source == Ask.Source.COUNCIL and Role.COUNCIL_REFERRER not in roles_of(by)
    return Ask.Source.COORDINATOR if outside else ask.source


def _ended_before(ask: Ask) -> Referral | None:
    """The last referral of this request that was sent and ended: nothing is reopened, the next one follows it."""
    return ask.referrals.filter(state__in=REFERRAL_ENDED_TO_TELL, sent_at__isnull=False).order_by("-ended_at").first()


def _require_ready(referral: Referral) -> None:
    """What must hold before personal data leaves: basis, agreement, an active vetted service, and nothing like it on the way."""
    errors: dict[str, list[str]] = {}
    person = referral.person
    if person is None:
        raise WrongState("The person's record is no longer there.")
    person = here(person)
    referral.agreement = valid_agreement(person, referral.ask)
    if referral.agreement is None:
        errors["consent"] = ["The person's agreement is missing: write down who said yes, how and when."]
    if referral.service is not None:
        errors |= _faults_of(referral.service)
    same = Referral.objects.filter(
        person=person, need=referral.need, service=referral.service, to_volunteers=referral.to_volunteers, referrer=referral.referrer
    )
    if same.filter(state__in=REFERRAL_OPEN - {ReferralState.DRAFT}).exclude(pk=referral.pk).exists():
        errors["service"] = ["This is already on its way: the same person, need and service."]
    if errors:
        raise ValidationError(errors)


def _faults_of(service: Service) -> dict[str, list[str]]:
    if service.status != Service.Status.ACTIVE or not service.is_public:
        return {"service": ["This service is not running now."]}
    organisation = service.organisation
    if not organisation.ours and (missing := organisation.missing_vetting()):
        names = ", ".join(fact.replace("_", " ") for fact in missing)
        return {
            "service": [f"This group is not vetted (missing: {names}), so no personal data may go to it. Tell the person of it instead."]
        }
    return {}


def _offered(ask: Ask, *, by: User) -> list[dict[str, Any]]:
    newest = ask.offered.first() or store_offered(ask, candidates_for(ask, by=by), by=by)
    return [*newest.services, *newest.volunteers]


def _keep_words(referral: Referral, details: Mapping[str, Any], *, by: User) -> None:
    if note := str(details.get("note") or "").strip():
        ReferralNote.objects.create(referral=referral, by=by, text=note)
    for attempt in details.get("attempts") or ():
        Attempt.objects.create(referral=referral, at=attempt["at"], how=attempt["how"], by=by)
    if told := details.get("person_told"):
        tell_person(referral, by=by, how=told["how"], at=told.get("at"))
        referral.refresh_from_db()


def _fall_silent(referral: Referral, reason: str, *, by: User) -> None:
    """Nothing more goes out to a person who has died, is in hospital or care, or took the agreement back."""
    person = referral.person
    if person is None:
        return
    if reason == Reason.DECEASED and not person.do_not_contact:
        person.do_not_contact = True
        person.save(update_fields=["do_not_contact"])
    if reason == Reason.AGREEMENT_WITHDRAWN:
        agreement = referral.agreement or valid_agreement(person, referral.ask)
        if agreement is not None and agreement.withdrawn_at is None:
            take_back(agreement, by=by)
    stop_waiting(person, by=by)


def _record(referral: Referral, came_from: str, *, by: User, side: Relation, details: Mapping[str, Any]) -> None:
    codes: dict[str, Any] = {
        "from": came_from or None,
        "to": referral.state,
        "reason": details.get("reason") or None,
        "outcome": details.get("outcome") or None,
        "channel": referral.channel or None if referral.state == ReferralState.REQUESTED else details.get("channel") or None,
        "on_behalf_of": side in ANSWERING and speaks_for_provider(referral, {side}),
        "service": referral.service_id,
        "ask": referral.ask_id,
        "follows": None if came_from else referral.follows_id,
        "review_on": details.get("review_on"),
    }
    permission = Permission.ANSWER_REFERRALS if side in ANSWERING else Permission.SEND_REFERRAL
    role = role_used(by, permission) or role_used(by, Permission.PREPARE_REFERRAL)
    kind = "referral.prepared" if not came_from else "referral.moved"
    record(
        kind,
        referral,
        by=by,
        role=side,
        codes={**{key: value for key, value in codes.items() if value is not None}, "by_role": role or None},
    )
