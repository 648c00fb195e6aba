"""A request is opened: one need of one person, and what they can give."""

from collections.abc import Iterable
from typing import Unpack

from django.db import transaction

from directory.accounts.models import User
from directory.accounts.policy import allowed, relations_of, roles_of
from directory.accounts.roles import Permission, Relation, Role
from directory.geodata.locating import area_for_postcode
from directory.journal.codes import Codes
from directory.journal.recording import record
from directory.states import NEW
from matching.asks.asked import Asked, write_asked
from matching.asks.holding import role_of
from matching.models import Ask, Person
from matching.numbering import hold_numbers, next_number
from matching.people import here, note_giving, require_own_side
from matching.persons.once import SentAlready, key_of
from matching.states import ASK, AskState


@transaction.atomic
def open_ask(
    person: Person,
    *,
    by: User,
    source: str = Ask.Source.COORDINATOR,
    can_give: str | None = None,
    interests: Iterable[str] | None = None,
    once: str = "",
    **asked: Unpack[Asked],
) -> Ask:
    """Write down one need of one person, and what they can give. The area is the one of their postcode on this day, and stays.

    asked: see `Asked`. source: who asked, as a coordinator notes it; for everybody else it is their own side. can_give, interests:
    written into the person's record in the same step; None leaves what stands there. once: the form's own mark, by which a form that is
    sent twice makes one request.
    Raises PermissionDenied, ValidationError ({field: [text]}), SentAlready, WrongState for a record that became part of another.
    """
    require_own_side(by, person)
    # Everybody takes the numbers' lock first, then the person's.
    hold_numbers("ask")
    person = here(person)
    ask = Ask(person=person, source=_source_of(by, person, source), made_by=by)
    if once:
        ask.pk = key_of("ask", once, by)
    ASK.check(NEW, AskState.OPEN, relations_of(by, ask))
    write_asked(ask, person, asked)
    if known := Ask.objects.filter(pk=ask.pk).first() if once else None:
        return _sent_before(known, ask)
    area = area_for_postcode(person.postcode) if person.postcode else None
    if area is not None:
        ask.keep_area(area)
    ask.number = next_number("ask")
    ask.save(force_insert=True)
    record("ask.opened", ask, by=by, role=role_of(by), codes=_opened(ask))
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
