"""What was written is sent: it gets its number and our promise. Who is on our records already has the request opened at once instead."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from directory import clock
from directory.accounts.models import User
from directory.accounts.roles import Relation
from directory.geodata.locating import area_for_postcode
from directory.journal.codes import Codes
from directory.journal.recording import record
from directory.personal.lookup import postcode_token
from directory.states import NEW, WrongState
from matching.agreements import record_agreement, valid_agreement
from matching.asking import answers, steps
from matching.asking.keeping import people_of
from matching.asking.promises import promised_day
from matching.asks import open_ask
from matching.desk_states import ENQUIRY, EnquiryState
from matching.models import Agreement, Ask, Enquiry, Person
from matching.numbering import hold_numbers, next_number
from matching.people import add_giving
from matching.persons.needs import Voice, needs_coded
from matching.windows import PARTS_OF_DAY

_WEEKDAYS, _WEEKEND = range(5), range(5, 7)
WINDOWS: dict[str, tuple[Iterable[int], int, int]] = {
    "mornings": (_WEEKDAYS, PARTS_OF_DAY["am"].start, PARTS_OF_DAY["am"].end),
    "afternoons": (_WEEKDAYS, PARTS_OF_DAY["pm"].start, PARTS_OF_DAY["pm"].end),
    "evenings": (_WEEKDAYS, PARTS_OF_DAY["eve"].start, PARTS_OF_DAY["eve"].end),
    "weekends": (_WEEKEND, PARTS_OF_DAY["am"].start, PARTS_OF_DAY["eve"].end),
}


@transaction.atomic
def send(enquiry: Enquiry) -> Enquiry:
    """Somebody without a record of ours has answered everything: a coordinator gets in touch. Sent twice, it is sent once.

    Raises WrongState where it was forgotten meanwhile, ValidationError where something is still open.
    """
    # The numbers first, the journal last: see numbering.hold_numbers.
    hold_numbers("enquiry")
    row = _locked(enquiry)
    if row.state != EnquiryState.BEGUN:
        return row
    if row.person_id is not None:
        raise ValidationError("This request is opened at once, and not sent.")
    _require_whole(row)
    ENQUIRY.check(NEW, EnquiryState.BEGUN, [Relation.RAISER])
    ENQUIRY.check(EnquiryState.BEGUN, EnquiryState.WAITING, [Relation.RAISER])
    _settle(row)
    row.state, row.number = EnquiryState.WAITING, next_number("enquiry")
    row.sent_at = row.touched_at = clock.now()
    row.promised_on = promised_day(settings.SITE_PHONE_HOURS)
    row.save()
    record("public.enquiry_begun", row, by=None, role=Relation.RAISER, codes={"to": EnquiryState.BEGUN})
    record("public.enquiry_sent", row, by=None, role=Relation.RAISER, codes=_sent(row))
    return row


@transaction.atomic
def open_at_once(enquiry: Enquiry, *, by: User, agrees: bool = False) -> Ask:
    """Open the request of somebody on our records, asked by themselves or by their family, and forget the form.

    agrees: the person themselves says yes to being referred; what anybody else says of it is left out. Family prepares: without the
    person's own yes nothing is sent. Raises PermissionDenied, ValidationError; WrongState where the form was sent already.
    """
    hold_numbers("ask")
    row = _locked(enquiry)
    relation = next((relation for person, relation in people_of(by) if person.pk == row.person_id), None)
    if row.person is None or relation is None:
        raise PermissionDenied("This is not open to you.")
    _require_whole(row)
    ask = open_ask(row.person, by=by, need=row.need_id or "", **ask_values(row))
    if agrees and relation == Relation.SELF and valid_agreement(row.person, ask) is None:
        _agree(row.person, by)
    add_giving(row.person, row.answers.get(steps.GIVE, {}).get("give", ""), by=by)
    row.delete()
    return ask


def ask_values(enquiry: Enquiry) -> dict[str, Any]:
    """What was answered, as `open_ask` takes it: how often, how soon, when, in which words."""
    said = enquiry.answers
    often = said.get(steps.OFTEN, {})
    return {
        "often": often.get("often", Ask.Often.ONCE),
        "urgency": int(often.get("urgency", Ask.Urgency.SOON)),
        "windows": windows_of(said.get(steps.WHEN, {}).get("when", [])),
        "wishes": said.get(steps.ABOUT, {}).get("words", ""),
    }


def windows_of(parts: Iterable[str]) -> list[list[int]]:
    """The parts of the week that were ticked, as [[weekday, start minute, end minute], …]; none for any time."""
    chosen = [WINDOWS[part] for part in parts if part in WINDOWS]
    return sorted([day, start, end] for days, start, end in chosen for day in days)


def is_written_to(answered: Mapping[str, Any]) -> bool:
    """Is there no number that we may ring, or is nobody there who can hear us on the telephone?"""
    if not answered.get(steps.CONTACT, {}).get("phone"):
        return True
    codes = answered.get(steps.UNDERSTAND, {}).get("codes", [])
    theirs = bool(answered.get(steps.THEM))
    return not theirs and any(need.voice == Voice.NO for need in needs_coded(codes))


def promise(day: date | None, *, written: bool) -> str:
    """What we promise, in a sentence."""
    deed = "We write to you" if written else "We ring you"
    return f"{deed} by {day:%A} {day.day} {day:%B}." if day else f"{deed} in our hours."


def _agree(person: Person, by: User) -> Agreement:
    now: datetime = clock.now()
    return record_agreement(person, by=by, given_by=Agreement.GivenBy.PERSON, how=Agreement.How.ONLINE, at=now)


def _locked(enquiry: Enquiry) -> Enquiry:
    row = Enquiry.objects.select_for_update(of=("self",)).select_related("person").filter(pk=enquiry.pk).first()
    if row is None:
        raise WrongState("This was sent already, or forgotten.")
    return row


def _require_whole(enquiry: Enquiry) -> None:
    if steps.open_step(enquiry) != steps.CHECK:
        raise ValidationError("Something is still open.")


def _settle(row: Enquiry) -> None:
    """The columns by which it is found and counted: need, area, the digest of the postcode."""
    postcode = row.answers[steps.YOU].get("postcode", "")
    row.place = postcode_token(postcode) or ""
    place = row.answers.get(steps.WHERE, {}).get("place", "")
    area = (area_for_postcode(postcode) if postcode else None) or (answers.area_around(place) if place else None)
    if area is not None:
        row.keep_area(area)


def _sent(row: Enquiry) -> Codes:
    return {"from": EnquiryState.BEGUN, "to": row.state, "whom": row.whom, "need": row.need_id, "promised": row.promised_on}
