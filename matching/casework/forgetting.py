"""Somebody on record turns out to be under 18: all that was under way ends, and the record goes, with every word about them."""

from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q

from directory.accounts.models import User
from directory.accounts.policy import require, role_used
from directory.accounts.roles import Permission
from directory.journal.codes import Codes
from directory.journal.recording import record
from directory.states import WrongState
from matching import asks
from matching.casework.withdrawing import end_referral, ends_at_once, withdraw_with_referrals
from matching.models import Ask, Enquiry, Person, Referral, ReferralNote, Sheet, Task, Visit
from matching.people import here, version_of_person
from matching.persons.versions import require_as_seen, version_of_rows
from matching.reasons import Reason
from matching.referring.stories import provider_name
from matching.states import MATCH_OPEN, REFERRAL_OPEN, AskState, VisitState
from matching.stopping.groups import leave_groups
from matching.stopping.waiting import end_active, lapse_offers, lock_waiting, stop_introductions
from matching.tasks import drop_tasks_about, open_task
from matching.visits.stopping import cancel_visits


def goes_with(person: Person) -> list[str]:
    """What ends when the record goes, in words for the desk."""
    lines = []
    for ask in _living(person):
        lines += [f"{ask} is withdrawn." if ask.state == AskState.OPEN else f"What is left of {ask} ends.", *ends_at_once(ask)]
    referrals = Referral.objects.filter(person=person, state__in=REFERRAL_OPEN).order_by("number")
    lines += [f"{row} to {provider_name(row)} is taken back." for row in referrals]
    care = Visit.objects.filter(person=person, match=None, group=None, state=VisitState.PLANNED).count()
    return [*lines, *([f"Visits of the care team that are cancelled: {care}."] if care else [])]


def mark_of(person: Person) -> str:
    """The mark of a page that told what goes: the record, and all that ends with it."""
    return version_of_rows(person, [[version_of_person(person)], goes_with(person), sorted(asks.seen(ask) for ask in _living(person))])


@transaction.atomic
def forget_young(person: Person, *, by: User, mark: str) -> list[str]:
    """Nobody under 18 has a record here: everything ends, volunteers are told, and record, notes and enquiries are deleted.

    Requests, referrals and visits stay as numbers without a person, for the figures; the journal keeps ids. mark: `mark_of` of the page.
    Gives what a coordinator still has to do, in words without a name.
    Raises PermissionDenied; WrongState where something else would end by now, and nothing has then.
    """
    require(by, Permission.KEEP_RECORDS, person)
    sheets = list(Sheet.objects.select_for_update().order_by("pk")) if _numbers(person) else []
    lock_waiting(person)
    # With its key, before anything is recorded: nothing new comes to hang on it from here on.
    person = here(Person.objects.select_for_update().filter(pk=person.pk).first() or person)
    require_as_seen(mark or "none", mark_of(person))
    drop_tasks_about(by=by, person=person)
    left = _end_all(person, by=by)
    # Who is told that it has ended, stands on the list without the person.
    Task.objects.filter(person=person, state="open").update(person=None)
    told = _still_to_do(person, left, by=by)
    _forget_words(person)
    _forget_rows(person, sheets)
    name: tuple[str, UUID] = (Person._meta.label_lower, person.pk)
    codes: Codes = {"reason": "under_18", "left": [row.pk for row in left]}
    Person.objects.filter(merged_into=person).delete()
    person.delete()
    record("person.forgotten", name, by=by, role=role_used(by, Permission.KEEP_RECORDS), codes=codes)
    return told


def _living(person: Person) -> list[Ask]:
    """Requests that are open, or with which somebody still helps."""
    rows = person.asks.filter(
        Q(state=AskState.OPEN) | Q(matches__state__in=MATCH_OPEN) | Q(group_places__left_at=None, group_places__isnull=False)
    )
    return list(rows.distinct().order_by("number"))


def _end_all(person: Person, *, by: User) -> list[Referral]:
    left: list[Referral] = []
    for ask in _living(person):
        if ask.state == AskState.OPEN:
            withdraw_with_referrals(ask, by=by, reason=Reason.HELPED_ELSEWHERE)
            continue
        lapse_offers(ask, by=by)
        stop_introductions(ask, by=by)
        end_active(ask, by=by)
        leave_groups(by=by, ask=ask)
    for row in Referral.objects.filter(person=person, state__in=REFERRAL_OPEN).select_related("person").order_by("number"):
        try:
            with transaction.atomic():
                end_referral(row, by=by, reason=Reason.HELPED_ELSEWHERE)
        except (PermissionDenied, WrongState, ValidationError):
            left.append(row)
    cancel_visits(by=by, person=person)
    return left


def _still_to_do(person: Person, left: list[Referral], *, by: User) -> list[str]:
    told = [f"{row} was made by somebody else: ask them to take it back. Its person was under 18, and is forgotten." for row in left]
    if person.user_id is not None:
        told.append("Somebody under 18 whose record is forgotten has an account to sign in with: ask an administrator to close it.")
    for words in told:
        open_task(Task.Kind.OTHER, by=by, words=words)
    return told


def _forget_words(person: Person) -> None:
    """What was written about them beside their record."""
    mine = Referral.objects.filter(person=person)
    ReferralNote.objects.filter(referral__in=mine).delete()
    mine.update(council_case_ref="")
    person.asks.update(wishes="", person_choice="")
    Visit.objects.filter(person=person).update(note="")
    Enquiry.objects.filter(Q(person=person) | Q(ask__person=person)).update(answers={}, place="")


def _numbers(person: Person) -> set[str]:
    """Theirs in the co-op's other systems."""
    found = {person.external_id, *person.merged_from.values_list("external_id", flat=True)}
    return {number for number in found if number}


def _forget_rows(person: Person, sheets: list[Sheet]) -> None:
    """Their rows in what was handed in lately, also under the number of a record that became part of this one."""
    numbers = _numbers(person)
    for sheet in sheets:
        kept = [row for row in sheet.rows if sheet.kind != Sheet.Kind.PEOPLE or row.get("external_id", "").strip() not in numbers]
        if len(kept) < len(sheet.rows):
            sheet.rows = kept
            sheet.save(update_fields=["rows"])
