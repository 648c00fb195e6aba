"""Who looked at a person's record: told to a coordinator in plain words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from directory.accounts.models import User
from directory.accounts.policy import require
from directory.accounts.roles import Permission, Role
from matching.models import Look, Person

PLACES = {
    "found": "found in a search",
    "desk-agree": "the form for an agreement",
    "desk-call-back": "a call that somebody asked for",
    "desk-enquiry": "what somebody asked on the website",
    "desk-enquiry-take-up": "the page on which an enquiry is written down",
    "desk-enquiry-doubles": "people who may be the one who asked",
    "desk-group": "the page of a small group",
    "desk-pair": "the page of a person and their volunteer",
    "desk-sheet-wrong": "the rows of a spreadsheet that were wrong",
    "desk-volunteer": "the page of a volunteer",
    "desk-volunteer-edit": "a volunteer's record, to put something right",
    "desk-volunteer-letter": "a volunteer's letter",
    "volunteer-photo": "a volunteer's photograph",
    "desk-week": "the week, at the desk",
    "desk-ask-edit": "a request, to put something right",
    "care-visit": "a visit of the care team, being planned",
    "visit": "the page of a visit",
    "visits": "a volunteer's own visits",
    "letter": "a letter to the person",
    "small-group": "a small group, on the page of its volunteer",
    "ask": "the form that asks for help, signed in",
    "desk-person": "the record",
    "desk-person-edit": "the record, to put something right",
    "desk-person-looks": "this list",
    "desk-person-under-18": "the page on which somebody under 18 is forgotten",
    "desk-person-care": "the care team's visits to them",
    "desk-person-family": "family and main contact",
    "desk-doubles": "the list of records that may be the same",
    "desk-merge": "two records side by side",
    "desk-ask-new": "a new request",
    "desk-match": "the page of a request",
    "desk-ask-withdraw": "the page on which a request is withdrawn",
    "desk-referral": "a referral, at the desk",
    "partner-referral": "a referral, at the group that was asked",
    "council-referral": "a referral, at the council",
    "introduction": "the page of the volunteer who was introduced",
    "account-requests": "their own requests, on the page of an account",
}


@dataclass(frozen=True)
class Seen:
    """One look: when, who, in which role, where."""

    at: datetime
    who: str
    role: str
    where: str


def looks_at(person: Person, *, by: User) -> QuerySet[Look]:
    """Every look at this person, also at records that became part of this one; the newest first. Raises PermissionDenied."""
    require(by, Permission.KEEP_RECORDS, person)
    return Look.objects.filter(person_id__in=[person.pk, *person.merged_from.values_list("pk", flat=True)])


def in_words(looks: list[Look]) -> list[Seen]:
    """These looks with names and plain words."""
    names = {user.pk: user.get_full_name() for user in User.objects.filter(pk__in={look.by_id for look in looks})}
    return [Seen(look.at, _who(look, names), _role(look.by_role), _place(look.where)) for look in looks]


def _who(look: Look, names: Mapping[UUID, str]) -> str:
    return names.get(look.by_id, "an account that is no longer there")


def _role(code: str) -> str:
    return str(Role(code).label).lower() if code in Role.values else ""


def _place(where: str) -> str:
    return PLACES.get(where, where.replace("-", " "))
