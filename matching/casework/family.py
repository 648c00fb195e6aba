"""Family and the main contact: written down with or without an account, and what the person or the law lets each of them see."""

from datetime import date
from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import require, role_used, roles_of
from directory.accounts.roles import Permission, Role
from directory.journal.codes import Codes
from directory.journal.recording import record
from directory.personal.lookup import email_token, phone_token
from directory.states import WrongState
from matching.models import FamilyLink, Person
from matching.people import here
from matching.persons.once import SentAlready, key_of
from matching.persons.versions import still_to_write, version_of

Sees, Authority = FamilyLink.Sees, FamilyLink.Authority
FIELDS = frozenset({"name", "phone", "email", "relation", "is_main", "sees", "authority", "authority_seen_on"})


def family_of(person: Person) -> list[FamilyLink]:
    """Those who are written down, the main contact first."""
    return list(person.family.select_related("user").order_by("-is_main", "since", "pk"))


@transaction.atomic
def add_family(person: Person, *, by: User, account: str = "", once: str = "", **fields: Any) -> FamilyLink:
    """Write down somebody of the family, or another main contact.

    fields: any of FIELDS. account: the e-mail address of their account, where they have one. A new main contact takes the place of the old one.
    once: the form's own mark, by which a form that is sent twice writes down one. Raises PermissionDenied, ValidationError, SentAlready, WrongState.
    """
    require(by, Permission.KEEP_RECORDS, person)
    person = here(person)
    fields = _stripped(fields)
    key = key_of("family", once, by) if once else uuid4()
    if (known := FamilyLink.objects.filter(pk=key).first()) is not None:
        if known.person_id != person.pk or any(getattr(known, name) != value for name, value in fields.items()):
            raise SentAlready
        return known
    link = FamilyLink(pk=key, person=person, user=_account(account, person) if account else None)
    return _written(link, fields, by=by, kind="person.family_added")


@transaction.atomic
def change_family(link: FamilyLink, *, by: User, version: str = "", **fields: Any) -> FamilyLink:
    """Put right what is written about somebody of the family.

    version: `version_of_family` when the form was opened; what somebody else changed since then stays. Raises as `add_family` does, and
    ChangedMeanwhile where both changed the same field; WrongState also where somebody took them off the record.
    """
    require(by, Permission.KEEP_RECORDS, link.person)
    here(link.person)
    found = FamilyLink.objects.select_for_update(no_key=True).filter(pk=link.pk).first()
    if found is None:
        raise WrongState("Somebody has taken them off the record meanwhile.")
    fields = _stripped(fields)
    if version:
        fields = still_to_write(found, version, fields, FIELDS)
    return _written(found, fields, by=by, kind="person.family_changed")


def version_of_family(link: FamilyLink) -> str:
    """The mark that a form for `change_family` carries."""
    return version_of(link, FIELDS)


@transaction.atomic
def remove_family(link: FamilyLink, *, by: User) -> None:
    """They are not family any more, or the person does not want them to be rung. Raises PermissionDenied."""
    require(by, Permission.KEEP_RECORDS, link.person)
    person, codes = link.person, {"user": link.user_id, "link": link.pk}
    if FamilyLink.objects.filter(pk=link.pk).delete()[0]:
        record("person.family_removed", person, by=by, role=role_used(by, Permission.KEEP_RECORDS), codes=codes)


def _written(link: FamilyLink, fields: dict[str, Any], *, by: User, kind: str) -> FamilyLink:
    if strange := fields.keys() - FIELDS:
        raise TypeError(f"Not a field that is written here: {', '.join(sorted(strange))}.")
    changed = {name for name, value in fields.items() if getattr(link, name) != value}
    for name, value in fields.items():
        setattr(link, name, value)
    if errors := _faults(link):
        raise ValidationError(errors)
    if link.authority == Authority.NONE:
        link.authority_seen_on = link.authority_seen_by = None
    elif changed & {"authority", "authority_seen_on"}:
        link.authority_seen_by = by
    if not changed and not link._state.adding:
        return link
    if link.is_main:
        link.person.family.filter(is_main=True).exclude(pk=link.pk).update(is_main=False)
    link.save()
    codes: Codes = {"user": link.user_id, "link": link.pk, "sees": link.sees, "authority": link.authority, "is_main": link.is_main}
    record(kind, link.person, by=by, role=role_used(by, Permission.KEEP_RECORDS), codes=codes)
    return link


def _stripped(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value.strip() if isinstance(value, str) else value for name, value in fields.items()}


def _faults(link: FamilyLink) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if not link.name and link.user is None:
        errors["name"] = ["Write what they are called."]
    if link.phone and phone_token(link.phone) is None:
        errors["phone"] = ["This does not look like a telephone number. Write it like 01484 496000."]
    if link.email and email_token(link.email) is None:
        errors["email"] = ["This does not look like an e-mail address."]
    if link.is_main and link.user is None and not (link.phone or link.email):
        errors["phone"] = ["The main contact needs a phone number or an e-mail address."]
    for name, choices in (("sees", Sees.values), ("authority", Authority.values)):
        if getattr(link, name) not in choices:
            errors[name] = ["Choose from the list."]
    seen: date | None = link.authority_seen_on
    if link.authority != Authority.NONE and (seen is None or seen > clock.today()):
        errors["authority_seen_on"] = ["Write the day on which the document was seen; it cannot lie ahead."]
    return errors


def _account(email: str, person: Person) -> User:
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is None or Role.FAMILY not in roles_of(user):
        raise ValidationError(
            {"account": ["There is no account of family with this e-mail address. Leave it empty, or have one opened first."]}
        )
    if person.family.filter(user=user).exists():
        raise ValidationError({"account": ["This account is written down with them already."]})
    return user
