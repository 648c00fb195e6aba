"""After the talk: who asked becomes a person on our records, with what they agreed to and what would help, in one go."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from directory import clock
from directory.accounts.models import User
from directory.accounts.roles import Relation
from matching.agreements import covers, record_agreement
from matching.asking import steps
from matching.asking.desk import locked, move
from matching.asking.reaching import told_of
from matching.asks import open_ask
from matching.casework.family import add_family
from matching.desk_states import ENQUIRY, EnquiryState
from matching.models import Agreement, Ask, Enquiry, FamilyLink, Person
from matching.numbering import hold_numbers
from matching.people import add_giving, keep_look, register_person
from matching.persons.contacts import MayAnswer
from matching.persons.lookup import people_called

SOURCES = {Enquiry.Whom.SELF: Ask.Source.SELF, Enquiry.Whom.FAMILY: Ask.Source.FAMILY, Enquiry.Whom.WORK: Ask.Source.PARTNER}


@transaction.atomic
def take_up(
    enquiry: Enquiry,
    *,
    by: User,
    who: Mapping[str, Any],
    ask: Mapping[str, Any],
    agreement: Mapping[str, Any] | None = None,
    person: Person | None = None,
) -> Ask:
    """Write down the person, their agreement and their request, and end the enquiry.

    who: as register_person takes it; left aside but for what they can give where `person` says who it is. ask: as open_ask takes it. agreement: given_by, how and
    seen, as it was told; None where nobody has said yes yet, so that nothing is sent. Family who asked stands with the person from now on.
    Raises PermissionDenied, WrongState, ValidationError.
    """
    hold_numbers("ask")
    row = locked(enquiry, by=by)
    ENQUIRY.check(row.state, EnquiryState.TAKEN_UP, [Relation.COORD])
    found = person or register_person(by=by, brought_in_by=by, **_with_answers(row, who))
    if row.whom == Enquiry.Whom.FAMILY:
        _write_family(found, row, by=by)
    opened = open_ask(found, by=by, **ask)
    if person is not None:
        add_giving(found, who.get("can_give", ""), by=by)
    if agreement is not None:
        _record_agreement(found, opened, agreement, by=by)
    row.person, row.ask, row.taken_by = found, opened, by
    row.ended_at = row.touched_at = clock.now()
    columns = ["person", "ask", "taken_by", "ended_at", "touched_at"]
    move(row, EnquiryState.TAKEN_UP, by=by, columns=columns, codes={"person": found.pk, "ask": opened.pk, "known": person is not None})
    return opened


def doubles_of(enquiry: Enquiry, *, by: User) -> list[Person]:
    """People on our records who may be the one it is about: the same phone or e-mail address, or the whole name. Each counts as looked at."""
    found: set[Person] = set()
    for text in _called(enquiry):
        found |= people_called(text)
    people = sorted((person for person in found if person.merged_into_id is None), key=lambda person: (person.created_at, str(person.pk)))
    for person in people:
        keep_look(person, by=by, where="desk-enquiry-doubles")
    return people


def contact_of(enquiry: Enquiry) -> dict[str, Any]:
    """How the person is reached, as `Person.contact` keeps it. What who asked for somebody else said of themselves is left out."""
    if enquiry.whom == Enquiry.Whom.SELF:
        return told_of(enquiry)
    codes = enquiry.answers.get(steps.UNDERSTAND, {}).get("codes", [])
    return {"codes": codes} if codes else {}


def _with_answers(row: Enquiry, who: Mapping[str, Any]) -> dict[str, Any]:
    """What was told beside the form at the desk: how to reach the person, what helps to understand."""
    more = row.answers.get(steps.UNDERSTAND, {}).get("more", "")
    return {"contact": contact_of(row), "communication_needs": more, "safe_contact": _about_family(row), **who}


def _about_family(row: Enquiry) -> str:
    """What to mind when family who asked is rung: it stands with the person, as the link to them has no room for it."""
    name, reach = row.answers.get(steps.YOU, {}).get("name", ""), row.answers.get(steps.REACH, {})
    if row.whom != Enquiry.Whom.FAMILY or not reach:
        return ""
    message = "a message is fine" if reach.get("voicemail") == "yes" else "leave no message"
    quiet = "" if reach.get("may_answer") == MayAnswer.ANYBODY else ", and say to nobody else who rings"
    return f"When you ring {name}: {message}{quiet}."


def _called(enquiry: Enquiry) -> list[str]:
    said = enquiry.answers
    if enquiry.whom == Enquiry.Whom.SELF:
        known = (said.get(steps.YOU, {}).get("name"), said.get(steps.CONTACT, {}).get("phone"), said.get(steps.CONTACT, {}).get("email"))
    else:
        known = (said.get(steps.THEM, {}).get("their_name"), said.get(steps.THEM, {}).get("their_phone"), None)
    return [text for text in known if text]


def _write_family(person: Person, row: Enquiry, *, by: User) -> FamilyLink:
    """Who asked, as family without an account; the main contact where there is none yet. They see nothing until the person lets them."""
    you, contact, them = (row.answers.get(step, {}) for step in (steps.YOU, steps.CONTACT, steps.THEM))
    return add_family(
        person,
        by=by,
        name=you.get("name", ""),
        phone=contact.get("phone", ""),
        email=contact.get("email", ""),
        relation=them.get("relation", ""),
        is_main=not person.family.filter(is_main=True).exists(),
    )


def _record_agreement(person: Person, ask: Ask, told: Mapping[str, Any], *, by: User) -> Agreement:
    if not told.get("given_by"):
        raise ValidationError({"given_by": ["Choose who agreed."]})
    values = {"given_by": told["given_by"], "how": told.get("how", ""), "seen": told.get("seen", "")}
    return record_agreement(person, by=by, at=clock.now(), **covers(told["given_by"], ask), **values)
