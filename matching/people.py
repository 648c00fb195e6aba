"""People whom the co-op helps or who care for them: written down, corrected, looked up. Every look is kept."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from directory.accounts.models import User
from directory.accounts.policy import allowed, relations_of, require, role_used
from directory.accounts.roles import Permission, Relation
from directory.geodata.locating import normalise_postcode
from directory.journal.recording import record
from matching.homes import clean_facts, position_of
from matching.lookup import people_called, write_tokens
from matching.models import FamilyLink, LawfulBasis, Look, Person
from matching.stopping import lock_waiting, stop_waiting

CORRECTABLE = frozenset(
    {
        "part",
        "name",
        "phone",
        "email",
        "address",
        "postcode",
        "date_of_birth",
        "facts",
        "communication_needs",
        "safe_contact",
        "do_not_contact",
        "notes",
        "lawful_basis",
    }
)
_OWN_SIDE = frozenset({Relation.STAFF, Relation.SELF, Relation.FAMILY})


@transaction.atomic
def register_person(
    *,
    by: User,
    name: str,
    phone: str = "",
    email: str = "",
    address: str = "",
    postcode: str = "",
    part: str = Person.Part.CARED_FOR,
    facts: Mapping[str, Any] | None = None,
    communication_needs: str = "",
    safe_contact: str = "",
    date_of_birth: date | None = None,
    notes: str = "",
    lawful_basis: str = LawfulBasis.SOCIAL_CARE,
    brought_in_by: User | None = None,
    demo: bool = False,
) -> Person:
    """Write down somebody who needs help, or who cares for somebody.

    A coordinator may, and whoever may prepare referrals; whom these write down counts as brought in by them. The position is the
    postcode's; a postcode that is not known leaves it empty. facts: see `Person.facts`.
    Raises PermissionDenied, ValidationError ({field: [text]}).
    """
    keeps = allowed(by, Permission.KEEP_RECORDS)
    person = Person(brought_in_by=brought_in_by if keeps else by)
    if not keeps:
        require(by, Permission.PREPARE_REFERRAL, person)
    _write(
        person,
        name=name,
        phone=phone,
        email=email,
        address=address,
        postcode=postcode,
        part=part,
        facts=facts or {},
        communication_needs=communication_needs,
        safe_contact=safe_contact,
        date_of_birth=date_of_birth,
        notes=notes,
        lawful_basis=lawful_basis,
    )
    person.demo = demo
    person.save(force_insert=True)
    write_tokens(person)
    record("person.registered", person, by=by, role=_role(by), codes={"part": person.part, "basis": person.lawful_basis, "demo": demo})
    return person


@transaction.atomic
def correct_person(person: Person, *, by: User, **fields: Any) -> Person:
    """Put right what is written about a person; the journal keeps which fields, never what they say.

    fields: any of CORRECTABLE; facts are replaced as a whole, and which of them changed is told too. With `do_not_contact` all that
    waits for the person stops in the same transaction.
    Raises PermissionDenied, ValidationError; TypeError for a field that is not corrected here.
    """
    require(by, Permission.KEEP_RECORDS, person)
    if strange := fields.keys() - CORRECTABLE:
        raise TypeError(f"Not a field that is corrected here: {', '.join(sorted(strange))}.")
    person = Person.objects.select_for_update().get(pk=person.pk)
    changed = sorted(name for name, value in fields.items() if getattr(person, name) != value)
    silent = "do_not_contact" in changed and fields["do_not_contact"]
    if silent:
        lock_waiting(person)
    if changed:
        before = dict(person.facts or {})
        _write(person, **fields)
        changed += _changed_facts(before, person.facts or {})
        person.save()
        write_tokens(person)
        record("person.corrected", person, by=by, role=_role(by), codes={"fields": changed})
    if silent:
        stop_waiting(person, by=by)
    return person


def find_people(text: str, *, by: User) -> list[Person]:
    """Those whose phone or e-mail address this is, or whose name has all these parts; newest first. Each one found counts as looked at.

    Raises PermissionDenied: only who keeps records may search in them.
    """
    require(by, Permission.KEEP_RECORDS)
    found = sorted(people_called(text), key=lambda person: (person.created_at, str(person.pk)), reverse=True)
    Look.objects.bulk_create(_look(person, by, "found") for person in found)
    return found


def look_at(person: Person, *, by: User, where: str) -> Person:
    """The person, for a page that shows who they are. where: the page's short name, such as "desk-person".

    Raises PermissionDenied.
    """
    require(by, Permission.SEE_PERSON, person)
    keep_look(person, by=by, where=where)
    return person


def keep_look(person: Person, *, by: User, where: str) -> None:
    """Note that this user saw who the person is; the caller has asked whether they may."""
    _look(person, by, where).save()


@transaction.atomic
def link_account(person: Person, user: User, *, by: User) -> Person:
    """Say that this account is the person's own. Raises PermissionDenied, ValidationError where it is somebody else's."""
    require(by, Permission.KEEP_RECORDS, person)
    if Person.objects.filter(user=user).exclude(pk=person.pk).exists():
        raise ValidationError({"user": ["This account belongs to another person."]})
    person.user = user
    person.save(update_fields=["user"])
    record("person.account_linked", person, by=by, role=_role(by), codes={"user": user.pk})
    return person


@transaction.atomic
def link_family(person: Person, user: User, *, by: User, relation: str = "") -> FamilyLink:
    """Say that this account belongs to family or the main contact. relation: in words ("daughter"). Raises PermissionDenied."""
    require(by, Permission.KEEP_RECORDS, person)
    link, _ = FamilyLink.objects.update_or_create(person=person, user=user, defaults={"relation": relation})
    record("person.family_linked", person, by=by, role=_role(by), codes={"user": user.pk})
    return link


def require_own_side(by: User, person: Person | None) -> None:
    """May this user act for the person: as a coordinator, as the one who brought them in, as family, or as the person?

    Raises PermissionDenied.
    """
    if allowed(by, Permission.KEEP_RECORDS):
        return
    if person is None or not relations_of(by, person) & _OWN_SIDE:
        raise PermissionDenied("This is not open to you.")
    if not any(allowed(by, permission, person) for permission in (Permission.PREPARE_REFERRAL, Permission.SEND_REFERRAL)):
        raise PermissionDenied("This is not open to you.")


def _write(person: Person, **fields: Any) -> None:
    """Set and check the fields, so that every fault is told by its field."""
    for name, value in fields.items():
        setattr(person, name, value.strip() if isinstance(value, str) else value)
    errors = {}
    if not person.name:
        errors["name"] = ["Write what the person is called."]
    if person.part not in Person.Part.values:
        errors["part"] = ["Choose from the list."]
    if person.lawful_basis not in LawfulBasis.values:
        errors["lawful_basis"] = ["Choose from the list."]
    if person.postcode and normalise_postcode(person.postcode) is None:
        errors["postcode"] = ["Write a whole postcode, such as HD7 5AA, or leave it empty."]
    if errors:
        raise ValidationError(errors)
    if "facts" in fields:
        person.facts = clean_facts(person.facts)
    if "postcode" in fields:
        person.position = position_of(person.postcode)


def _changed_facts(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    return sorted(f"facts.{name}" for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def _look(person: Person, by: User, where: str) -> Look:
    role = role_used(by, Permission.SEE_PERSON) or role_used(by, Permission.VOLUNTEER)
    return Look(by_id=by.pk, by_role=role, person_id=person.pk, where=where)


def _role(by: User) -> str:
    return role_used(by, Permission.KEEP_RECORDS) or role_used(by, Permission.PREPARE_REFERRAL) or role_used(by, Permission.SEND_REFERRAL)
