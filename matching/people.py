"""People whom the co-op helps or who care for them: written down, corrected, looked up. Every look is kept."""

from collections.abc import Iterable, Mapping
from typing import Any, Unpack

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from directory.accounts.models import User
from directory.accounts.policy import allowed, relations_of, require, role_used
from directory.accounts.roles import Permission, Relation
from directory.journal.recording import record
from directory.states import WrongState
from matching.models import FamilyLink, Look, Person
from matching.persons.checking import CORRECTABLE, NOTHING_KNOWN, PersonFields, cleaned, require_fields, set_fields
from matching.persons.lookup import people_called, people_numbered, write_tokens
from matching.persons.once import SentAlready, key_of
from matching.persons.versions import still_to_write, version_of
from matching.stopping.waiting import lock_waiting, stop_waiting

_OWN_SIDE = frozenset({Relation.STAFF, Relation.SELF, Relation.FAMILY})


@transaction.atomic
def register_person(
    *, by: User, brought_in_by: User | None = None, once: str = "", demo: bool = False, **fields: Unpack[PersonFields]
) -> Person:
    """Write down somebody who needs help, or who cares for somebody.

    A coordinator may, and whoever may prepare referrals; whom these write down counts as brought in by them. The position is the
    postcode's; a postcode that is not known leaves it empty. fields: a name at least; see `Person`. once: the form's own mark, by which a
    form that is sent twice makes one person.
    Raises PermissionDenied, ValidationError ({field: [text]}), TooYoung (nobody under 18 is written down), SentAlready; TypeError for a field
    that is not written here.
    """
    require_fields(fields)
    keeps = allowed(by, Permission.KEEP_RECORDS)
    person = Person(brought_in_by=brought_in_by if keeps else by, demo=demo)
    if not keeps:
        require(by, Permission.PREPARE_REFERRAL, person)
    set_fields(person, cleaned({**NOTHING_KNOWN, **fields}))
    if once:
        person.pk = key_of("person", once, by)
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError:
        return _sent_before(person)
    write_tokens(person)
    record("person.registered", person, by=by, role=_role(by), codes={"part": person.part, "basis": person.lawful_basis, "demo": demo})
    return person


def _sent_before(person: Person) -> Person:
    """The person whom the same form made when it was sent before. Raises SentAlready where it held other words then."""
    known = Person.objects.filter(pk=person.pk).first()
    if known is None:
        raise ValidationError({"external_id": ["Somebody else has this number already."]})
    if known.merged_into_id is None and any(getattr(known, name) != getattr(person, name) for name in ("name", "phone", "postcode")):
        raise SentAlready
    return known


@transaction.atomic
def correct_person(person: Person, *, by: User, version: str = "", **fields: Any) -> Person:
    """Put right what is written about a person; the journal keeps which fields, never what they say.

    fields: any of CORRECTABLE; facts and contact are replaced as a whole, and which facts changed is told too. version: what `version_of_person`
    gave when the form was opened; what somebody else changed since then stays. With `do_not_contact` all that waits for the person stops in
    the same transaction.
    Raises PermissionDenied, ValidationError, TooYoung; ChangedMeanwhile where both changed the same field; WrongState for a record that became
    part of another; TypeError for a field that is not corrected here.
    """
    require(by, Permission.KEEP_RECORDS, person)
    require_fields(fields)
    if fields.get("do_not_contact"):
        lock_waiting(person)
    person = here(person)
    before = {name: getattr(person, name) for name in fields}
    wanted = cleaned(fields)
    if version:
        wanted = still_to_write(person, version, wanted, CORRECTABLE)
    changed = sorted(name for name, value in wanted.items() if before[name] != value)
    if changed:
        set_fields(person, wanted)
        try:
            with transaction.atomic():
                person.save()
        except IntegrityError:
            raise ValidationError({"external_id": ["Somebody else has this number already."]}) from None
        write_tokens(person)
        changed += _changed_facts(before.get("facts") or {}, person.facts or {}) if "facts" in changed else []
        record("person.corrected", person, by=by, role=_role(by), codes={"fields": changed})
    if "do_not_contact" in changed and person.do_not_contact:
        stop_waiting(person, by=by)
    return person


@transaction.atomic
def note_giving(person: Person, *, by: User, can_give: str | None = None, interests: Iterable[str] | None = None) -> Person:
    """What the person can give, and what they like, as it is asked together with what they need; None leaves what stands there.

    Raises PermissionDenied, ValidationError.
    """
    require_own_side(by, person)
    person = here(person)
    told: dict[str, Any] = {} if can_give is None else {"can_give": can_give}
    if interests is not None:
        told["facts"] = {**(person.facts or {}), "interests": list(interests)}
    told = {name: value for name, value in cleaned(told).items() if value != getattr(person, name)}
    if told:
        set_fields(person, told)
        person.save(update_fields=list(told))
        fields = sorted("facts.interests" if name == "facts" else name for name in told)
        record("person.corrected", person, by=by, role=_role(by), codes={"fields": fields})
    return person


def add_giving(person: Person, words: str, *, by: User) -> Person:
    """What somebody else told that the person can give: below what stands there, and not twice. Raises as `note_giving` does."""
    said, stands = words.replace("\r\n", "\n").strip(), Person.objects.get(pk=person.pk).can_give.strip()
    if not said or f"\n{said}\n".lower() in f"\n{stands}\n".lower():
        return person
    return note_giving(person, by=by, can_give=f"{stands}\n{said}".strip())


def version_of_person(person: Person) -> str:
    """The mark that a form for `correct_person` carries."""
    return version_of(person, CORRECTABLE)


def here(person: Person) -> Person:
    """The person's row as it is now, held until the transaction ends, so that nothing is written to a record that is just becoming part of another.

    Raises WrongState where it has become so, or is gone.
    """
    found = Person.objects.select_for_update(no_key=True).filter(pk=person.pk).first()
    if found is None:
        raise WrongState("The person's record is no longer there.")
    if found.merged_into_id is not None:
        raise WrongState("This record has become part of another one. Open the person anew.")
    return found


def find_people(text: str, *, by: User) -> list[Person]:
    """Those whose phone, e-mail address or number this is, or whose name has all these parts; newest first. Each one found counts as looked at.

    Their number is the one in the co-op's other systems, or that of a request or a referral of theirs.

    Raises PermissionDenied: only who keeps records may search in them.
    """
    require(by, Permission.KEEP_RECORDS)
    found = sorted(people_called(text) | people_numbered(text), key=lambda person: (person.created_at, str(person.pk)), reverse=True)
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


def keep_looks(persons: Iterable[Person | None], *, by: User, where: str) -> None:
    """The same for a list of people, each noted once, in one go."""
    Look.objects.bulk_create(_look(person, by, where) for person in dict.fromkeys(persons) if person is not None)


@transaction.atomic
def link_account(person: Person, user: User, *, by: User) -> Person:
    """Say that this account is the person's own. Raises PermissionDenied, ValidationError where it is somebody else's."""
    require(by, Permission.KEEP_RECORDS, person)
    if Person.objects.filter(user=user).exclude(pk=person.pk).exists():
        raise ValidationError({"user": ["This account belongs to another person."]})
    here(person)
    person.user = user
    person.save(update_fields=["user"])
    record("person.account_linked", person, by=by, role=_role(by), codes={"user": user.pk})
    return person


@transaction.atomic
def link_family(person: Person, user: User, *, by: User, relation: str = "") -> FamilyLink:
    """Say that this account belongs to family or the main contact. relation: in words ("daughter"). Raises PermissionDenied."""
    require(by, Permission.KEEP_RECORDS, person)
    here(person)
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


def _changed_facts(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    return sorted(f"facts.{name}" for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def _look(person: Person, by: User, where: str) -> Look:
    ways = (Permission.SEE_PERSON, Permission.VOLUNTEER, Permission.SEE_REFERRAL, Permission.PREPARE_REFERRAL)
    role = next((role for role in (role_used(by, way) for way in ways) if role), "")
    return Look(by_id=by.pk, by_role=role, person_id=person.pk, where=where)


def _role(by: User) -> str:
    return role_used(by, Permission.KEEP_RECORDS) or role_used(by, Permission.PREPARE_REFERRAL) or role_used(by, Permission.SEND_REFERRAL)
