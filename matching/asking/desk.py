"""Enquiries at the desk: seen with a note of each look, tried, closed; what nobody could reach is closed by a timer."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q, QuerySet, TextChoices
from django.urls import reverse

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import require, role_used
from directory.accounts.roles import Permission, Relation
from directory.journal.codes import Codes
from directory.journal.recording import record
from matching.asking.sweeping import GIVEN_UP, KEPT, LATE, sweep_some
from matching.desk_states import ENQUIRY, ENQUIRY_ENDED, ENQUIRY_WAITING, EnquiryState
from matching.models import Enquiry, Look

FOR_WHOM = {
    Enquiry.Whom.SELF: "for themselves",
    Enquiry.Whom.FAMILY: "for family or a friend",
    Enquiry.Whom.WORK: "for somebody they know through work",
}


class Why(TextChoices):
    """Why an enquiry is closed without a request."""

    ANSWERED = "answered", "We could help with words alone"
    NO_LONGER_NEEDED = "no_longer_needed", "They do not need it any more"
    SAID_NO = "said_no", "The person who would be helped said no"
    NOT_REACHED = "not_reached", "Nobody could be reached"
    ALREADY = "already", "We are on it already"
    UNDER_18 = "under_18", "They are under 18: forget it at once"
    NOT_MEANT = "not_meant", "A joke, or a machine"


def waiting(*, by: User) -> QuerySet[Enquiry]:
    """What was sent and not taken up yet, the oldest first. Raises PermissionDenied."""
    require(by, Permission.KEEP_RECORDS)
    return Enquiry.objects.filter(state__in=ENQUIRY_WAITING).select_related("need").order_by("sent_at", "pk")


def is_late(enquiry: Enquiry) -> bool:
    """Should we have been in touch before today?"""
    sent = enquiry.sent_at or enquiry.begun_at
    due = enquiry.promised_on or clock.local(sent).date() + LATE
    return enquiry.state in ENQUIRY_WAITING and due < clock.today()


def closes_at(enquiry: Enquiry) -> datetime:
    """When it is closed as not reached, unless it is tried again."""
    sent = enquiry.sent_at or enquiry.begun_at
    return max(sent, enquiry.tried_at or sent) + GIVEN_UP


def look_at(enquiry: Enquiry, *, by: User, where: str) -> Enquiry:
    """The enquiry, for a page that shows who asked; the look is kept in the access log. Raises PermissionDenied."""
    require(by, Permission.KEEP_RECORDS)
    Look.objects.create(by_id=by.pk, by_role=role_used(by, Permission.KEEP_RECORDS), person_id=enquiry.pk, where=where)
    return enquiry


@transaction.atomic
def not_reached(enquiry: Enquiry, *, by: User, tries: int | None = None) -> Enquiry:
    """We tried, and nobody answered. tries: how many the page showed, so that a second press counts none. Raises PermissionDenied, WrongState."""
    row = locked(enquiry, by=by)
    if tries is not None and row.tries > tries:
        return row
    row.tries, row.tried_at = row.tries + 1, clock.now()
    return move(row, EnquiryState.TRIED, by=by, columns=["tries", "tried_at"], codes={"tries": row.tries})


@transaction.atomic
def close(enquiry: Enquiry, *, by: User, why: str) -> Enquiry:
    """No request comes of it. Of somebody under 18 every word goes at once. Raises PermissionDenied, WrongState, ValidationError."""
    row = locked(enquiry, by=by)
    if why not in Why.values:
        raise ValidationError({"why": ["Choose why."]})
    row.ended_at = clock.now()
    columns = ["ended_at"]
    if why == Why.UNDER_18:
        row.answers, row.place = {}, ""
        columns += ["answers", "place"]
    return move(row, EnquiryState.CLOSED, by=by, columns=columns, codes={"reason": why})


def locked(enquiry: Enquiry, *, by: User) -> Enquiry:
    """The row, for a verb of a coordinator. Raises PermissionDenied."""
    require(by, Permission.KEEP_RECORDS)
    return Enquiry.objects.select_for_update(of=("self",)).select_related("need").get(pk=enquiry.pk)


def move(row: Enquiry, to: EnquiryState, *, by: User | None, columns: list[str], codes: Codes | None = None) -> Enquiry:
    """Write the next state and its event; by=None is the timer. Called in the verb's transaction, with the row locked. Raises WrongState."""
    ENQUIRY.check(row.state, to, [Relation.COORD if by is not None else Relation.SYSTEM])
    before = row.state
    row.state = to
    row.save(update_fields=["state", *columns])
    told: Codes = {"from": before, "to": to, **(codes or {})}
    if by is None:
        record("system.enquiry_given_up", row, by=None, role=Relation.SYSTEM, codes=told)
    else:
        record("enquiry.moved", row, by=by, role=role_used(by, Permission.KEEP_RECORDS), codes=told)
    return row


def give_up_some() -> bool:
    """Close a few that nobody took or tried within GIVEN_UP; the daily job. True when nothing is left to do."""
    before = clock.now() - GIVEN_UP
    old = Enquiry.objects.filter(Q(tried_at=None) | Q(tried_at__lt=before), state__in=ENQUIRY_WAITING, sent_at__lt=before)
    return sweep_some(old, _give_up)


def erase_some() -> bool:
    """Of a few that ended KEPT ago: forget what was closed, and the answers of what was taken up, which stand in a record now.

    The daily job; True when nothing is left to do.
    """
    # What was erased was touched after its end.
    old = Enquiry.objects.filter(state__in=ENQUIRY_ENDED, ended_at__lt=clock.now() - KEPT, touched_at__lte=F("ended_at"))
    return sweep_some(old, _erase)


def _give_up(row: Enquiry) -> None:
    row.ended_at = clock.now()
    move(row, EnquiryState.CLOSED, by=None, columns=["ended_at"], codes={"reason": Why.NOT_REACHED})


def _erase(row: Enquiry) -> None:
    name = (Enquiry._meta.label_lower, row.pk)
    if row.state == EnquiryState.CLOSED:
        row.delete()
    else:
        row.answers, row.place, row.touched_at = {}, "", clock.now()
        row.save(update_fields=["answers", "place", "touched_at"])
    record("system.enquiry_erased", name, by=None)


def lines_of_the_day(*, by: User, most: int) -> list[dict[str, Any]]:
    """What was sent and not taken up yet, as lines of the day's work (today.Work); who asked stands behind the link, where the look is noted."""
    return [_line(row) for row in waiting(by=by)[:most]]


def _line(row: Enquiry) -> dict[str, Any]:
    parts = (row.need.name if row.need is not None else "", row.area_name, FOR_WHOM[Enquiry.Whom(row.whom)])
    promised = f"promised by {row.promised_on:%A %-d %B}" if row.promised_on else ""
    return {
        "title": f"{row}: show who asked",
        "url": reverse("desk-enquiry", args=[row.pk]),
        "meta": ", ".join(part for part in parts if part),
        "due": promised or (f"sent on {clock.local(row.sent_at):%A %-d %B}" if row.sent_at else ""),
        "tag": f"Tried {row.tries} time{'' if row.tries == 1 else 's'}" if row.tries else "",
        "tone": "clay",
        "late": is_late(row),
    }
