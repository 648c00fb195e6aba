"""The person's agreement to be referred: who said yes, how and when; and the withdrawal that stops what waits."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max, Q, QuerySet

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import allowed, relations_of, role_used
from directory.accounts.roles import Permission, Relation
from directory.journal.codes import Codes
from directory.journal.recording import record
from directory.states import WrongState
from matching.desk_states import TaskState
from matching.models import Agreement, Ask, Person
from matching.people import here
from matching.persons.once import SentAlready, key_of
from matching.persons.versions import ChangedMeanwhile, version_of_rows
from matching.stopping.groups import places, write_leaving
from matching.stopping.waiting import lapse_offers, lock_waiting, not_begun, stop_introductions
from matching.tasks import drop_asking

GivenBy, How, Scope = Agreement.GivenBy, Agreement.How, Agreement.Scope
_FOR_THE_PERSON = frozenset({GivenBy.ATTORNEY, GivenBy.DEPUTY, GivenBy.BEST_INTERESTS})


@transaction.atomic
def record_agreement(
    person: Person,
    *,
    by: User,
    given_by: str,
    how: str,
    at: datetime,
    scope: str = Scope.REFERRALS,
    ask: Ask | None = None,
    seen: str = "",
    once: str = "",
    version: str = "",
) -> Agreement:
    """Write down that somebody who may say yes said yes.

    For an adult nobody else can simply agree: it is the person, an attorney or deputy for health and welfare (seen: which document,
    seen by whom and when), or a best-interests decision for this one request (seen: who decided, why, when; Mental Capacity Act 2005
    ss. 3 to 5). Family, partner groups and care workers prepare and do not record it. at: when it was said, not in the future.
    once: the form's own mark, by which a form that is sent twice records one; version: `said_so_far` when the form was opened.
    Raises PermissionDenied, ValidationError, SentAlready; ChangedMeanwhile where somebody has said yes or no since the form was opened.
    """
    _require_may_record(by, person, given_by)
    errors = _faults(person, given_by=given_by, how=how, at=at, scope=scope, ask=ask, seen=seen)
    if errors:
        raise ValidationError(errors)
    if ask is not None:
        list(Ask.objects.select_for_update(no_key=True).filter(pk=ask.pk).values_list("pk"))
    person = here(person)
    agreement = Agreement(
        person=person,
        given_by=given_by,
        how=how,
        at=at,
        scope=scope,
        ask=ask if scope == Scope.REFERRAL else None,
        seen=seen.strip(),
        recorded_by=by,
    )
    if once:
        agreement.pk = key_of("agreement", once, by)
        if (known := Agreement.objects.filter(pk=agreement.pk).first()) is not None:
            return _sent_before(known, agreement)
    if version and version != said_so_far(person):
        raise ChangedMeanwhile(["agreement"])
    if _taken_back_since(person, at, ask):
        raise ValidationError({"at": ["They have taken their yes back since then: ask them anew."]})
    agreement.save(force_insert=True)
    codes: Codes = {"given_by": given_by, "how": how, "scope": scope, "person": person.pk, "ask": agreement.ask_id}
    record("agreement.recorded", agreement, by=by, role=_role(by), codes=codes)
    return agreement


def said_so_far(person: Person) -> str:
    """A mark that is another one as soon as somebody says yes or takes it back."""
    return version_of_rows(person, person.agreements.order_by("pk").values_list("pk", "withdrawn_at"))


def _taken_back_since(person: Person, at: datetime, ask: Ask | None) -> bool:
    """Was a no said later than this moment, for all or for this request? What was told late undoes no decision."""
    which = Q(scope=Scope.REFERRALS) | Q(scope=Scope.REFERRAL, ask=ask) if ask is not None else Q(scope=Scope.REFERRALS)
    return person.agreements.filter(which, withdrawn_at__gt=at).exists()


def _sent_before(known: Agreement, now: Agreement) -> Agreement:
    same = ("person_id", "given_by", "how", "scope", "ask_id", "seen")
    if any(getattr(known, name) != getattr(now, name) for name in same):
        raise SentAlready
    return known


@transaction.atomic
def withdraw_agreement(agreement: Agreement, *, by: User) -> Agreement:
    """The person, or who agreed for them, takes the yes back. No reason is owed; it is recorded once and stays.

    A general one takes with it every other agreement of the person that is in force. Offers to volunteers that hang on it stop in the
    same transaction. Raises PermissionDenied; WrongState where the record became part of another one meanwhile.
    """
    person = agreement.person
    if not allowed(by, Permission.KEEP_RECORDS) and not (_stands(by, person) and allowed(by, Permission.SEND_REFERRAL, person)):
        raise PermissionDenied("This is not open to you.")
    lock_waiting(person)
    agreement.refresh_from_db()
    if agreement.person_id != person.pk:
        raise WrongState("The person's record has become part of another one. Open the person anew.")
    take_back(agreement, by=by)
    stop_what_hangs_on_it(person, by=by)
    agreement.refresh_from_db()
    return agreement


def covers(given_by: str, ask: Ask | None) -> dict[str, Any]:
    """Scope and request of an agreement given by this one: a best-interests decision is for the one request, every other yes for all."""
    one_step = given_by == GivenBy.BEST_INTERESTS
    return {"scope": Scope.REFERRAL if one_step else Scope.REFERRALS, "ask": ask if one_step else None}


def take_back(agreement: Agreement, *, by: User) -> None:
    """Write down that this yes no longer holds, and with a general one every other of the person.

    Part of a larger step: the caller has asked for permission, called `lock_waiting`, and stops what hangs on it.
    """
    taken_back = Agreement.objects.filter(person=agreement.person_id)
    if agreement.scope == Scope.REFERRAL:
        taken_back = taken_back.filter(scope=Scope.REFERRAL, ask=agreement.ask_id)
    _end(taken_back, by=by)


def let_the_last_word_count(person: Person, *, by: User) -> None:
    """After two records became one: every yes of before the last general no is taken back too, and what hung on it stops.

    Part of a larger step: the caller has asked for permission and called `lock_waiting`.
    """
    last_no = person.agreements.filter(scope=Scope.REFERRALS, withdrawn_at__isnull=False).aggregate(at=Max("withdrawn_at"))["at"]
    if last_no is not None:
        _end(Agreement.objects.filter(person=person, at__lt=last_no), by=by)
    stop_what_hangs_on_it(person, by=by)


def _end(rows: QuerySet[Agreement], *, by: User) -> None:
    moment = clock.now()
    for row in rows.select_for_update(no_key=True).filter(withdrawn_at=None):
        row.withdrawn_at = max(moment, row.at)
        row.save(update_fields=["withdrawn_at"])
        codes: Codes = {"scope": row.scope, "person": row.person_id, "ask": row.ask_id}
        record("agreement.withdrawn", row, by=by, role=_role(by), codes=codes)


def valid_agreement(person: Person, ask: Ask | None, at: datetime | None = None) -> Agreement | None:
    """The agreement under which this person's data may be passed on for this request, at a moment (now where left out); None without one.

    One for this request comes before a general one. Where one for this request was withdrawn, an older general one no longer counts for it.
    """
    moment = at or clock.now()
    said = [each for each in person.agreements.all() if each.at <= moment]
    in_force = [each for each in said if each.withdrawn_at is None or each.withdrawn_at > moment]
    general = [each for each in in_force if each.scope == Scope.REFERRALS]
    if ask is None:
        return next(iter(general), None)
    own = [each for each in in_force if each.scope == Scope.REFERRAL and each.ask_id == ask.pk]
    ended = [each.withdrawn_at for each in said if each.scope == Scope.REFERRAL and each.ask_id == ask.pk and each not in in_force]
    taken_back = max((day for day in ended if day is not None), default=None)
    return next(iter([*own, *(each for each in general if taken_back is None or each.at >= taken_back)]), None)


def stop_what_hangs_on_it(person: Person, *, by: User) -> None:
    for ask in not_begun(person):
        if valid_agreement(person, ask) is None:
            lapse_offers(ask, by=by)
            stop_introductions(ask, by=by)
    for ask in person.asks.filter(tasks__service__isnull=False, tasks__state=TaskState.OPEN).distinct():
        if valid_agreement(person, ask) is None:
            drop_asking(by=by, ask=ask)
    for place in places(ask__person=person).select_related("ask", "group"):
        if valid_agreement(person, place.ask) is None:
            write_leaving(place, by=by, role=Relation.SYSTEM)


def _require_may_record(by: User, person: Person, given_by: str) -> None:
    if allowed(by, Permission.KEEP_RECORDS):
        return
    if not _stands(by, person) or not allowed(by, Permission.SEND_REFERRAL, person):
        raise PermissionDenied("This is not open to you.")
    if relations_of(by, person) == {Relation.SELF} and given_by != GivenBy.PERSON:
        raise PermissionDenied("Somebody else's yes is recorded by a coordinator.")


def _stands(by: User, person: Person) -> bool:
    return bool(relations_of(by, person) & {Relation.SELF, Relation.STAFF})


def _faults(person: Person, *, given_by: str, how: str, at: datetime, scope: str, ask: Ask | None, seen: str) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if given_by not in GivenBy.values:
        errors["given_by"] = ["Choose who agreed: the person, an attorney, a deputy, or a best-interests decision."]
    if how not in How.values:
        errors["how"] = ["Choose how it was said."]
    if scope not in Scope.values:
        errors["scope"] = ["Choose what it is for."]
    if at.tzinfo is None or at > clock.now():
        errors["at"] = ["Write when it was said; it cannot lie in the future."]
    if given_by == GivenBy.BEST_INTERESTS and scope != Scope.REFERRAL:
        errors["scope"] = ["A best-interests decision is for one request only."]
    if scope == Scope.REFERRAL and ask is None:
        errors["ask"] = ["Say which request it is for."]
    if ask is not None and ask.person_id != person.pk:
        errors["ask"] = ["This is another person's request."]
    if given_by in _FOR_THE_PERSON and not seen.strip():
        errors["seen"] = ["Write which document was seen, by whom and when; for a best-interests decision who decided and why."]
    return errors


def _role(by: User) -> str:
    wanted = (Permission.KEEP_RECORDS, Permission.SEND_REFERRAL, Permission.ANSWER_REFERRALS)
    return next((role for role in (role_used(by, permission) for permission in wanted) if role), "")
