"""What two records of one person say together: what only one of them knows is taken over, lists are joined, and where they differ somebody chooses."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from directory import clock
from directory.personal.lookup import email_token, name_words, phone_token
from matching.models import LawfulBasis, Person
from matching.persons import home_facts
from matching.persons.contacts import MayAnswer, Way

KEPT, OTHER = "kept", "other"
_JOINED = ("communication_needs", "safe_contact", "can_give", "notes")
_LABELS = {
    "name": "Name",
    "phone": "Phone",
    "email": "E-mail",
    "home": "Lives at",
    "date_of_birth": "Born",
    "lawful_basis": "Kept because",
    "external_id": "Number in the co-op's other systems",
    "facts.receives_care": "Gets health or social care",
    "facts.needs_help_because": "Needs help because of age, illness or disability",
    "facts.gender": "Gender",
    "facts.household": "Household",
    f"facts.{home_facts.WORDS}": "Anything else about the home",
    **{f"facts.{name}": question for name, question, *_ in home_facts.YES_NO},
    "contact.by": "How they would like us to get in touch",
    "contact.may_answer": "Who may answer",
    "contact.voicemail": "May we leave a message",
    "contact.language": "Language of an interpreter",
}
_SPELLED = {"phone": phone_token, "email": email_token, "name": name_words}


@dataclass(frozen=True)
class Difference:
    """One part in which the two differ: its name, its label, and what each says in words."""

    name: str
    label: str
    kept: str
    other: str


def differences(kept: Person, other: Person) -> list[Difference]:
    """All parts in which both say something and not the same, in the order of the form."""
    mine, theirs = _parts(kept), _parts(other)
    return [
        Difference(name, _LABELS.get(name, name), _words(name, mine[name]), _words(name, theirs[name])) for name in _differing(mine, theirs)
    ]


def joined(kept: Person, other: Person, chosen: Mapping[str, str]) -> dict[str, Any]:
    """The fields of the record that stays. chosen: "kept" or "other" for each difference; what was not chosen is told in the notes.

    Who brought the other one in stays with the other record, and acts through it.

    Raises ValidationError ({part: [text]}).
    """
    mine, theirs = _parts(kept), _parts(other)
    open_ones = list(_differing(mine, theirs))
    if missing := {name: ["Choose which one is right."] for name in open_ones if chosen.get(name) not in (KEPT, OTHER)}:
        raise ValidationError(missing)
    parts = {name: mine[name] if _given(mine[name]) else theirs[name] for name in mine}
    parts |= {name: theirs[name] for name in open_ones if chosen[name] == OTHER}
    fields = _fields(parts)
    fields |= {name: _both(getattr(kept, name), getattr(other, name)) for name in _JOINED}
    fields["facts"] |= _lists(kept.facts, other.facts)
    fields["contact"] |= _lists(kept.contact, other.contact)
    fields["part"] = kept.part if kept.part == other.part else Person.Part.BOTH
    fields["do_not_contact"] = kept.do_not_contact or other.do_not_contact
    fields["demo"] = kept.demo and other.demo
    fields["created_at"] = min(kept.created_at, other.created_at)
    let_go = [(name, theirs[name] if chosen[name] == KEPT else mine[name]) for name in open_ones]
    if let_go:
        told = "; ".join(f"{_LABELS.get(name, name)}: {_words(name, value)}" for name, value in let_go)
        fields["notes"] = _both(fields["notes"], f"When two records became one on {clock.today():%-d %B %Y}, the other said: {told}.")
    return fields


def _parts(person: Person) -> dict[str, Any]:
    """The record in the parts that are compared; what only one of two knows stands as None in the other."""
    home = (person.address, person.postcode, person.position) if person.address or person.postcode else None
    plain = {"name": person.name, "phone": person.phone, "email": person.email, "home": home, "date_of_birth": person.date_of_birth}
    found: dict[str, Any] = {**plain, "lawful_basis": person.lawful_basis, "external_id": person.external_id}
    for box in ("facts", "contact"):
        known = getattr(person, box) or {}
        names = [name.partition(".")[2] for name in _LABELS if name.startswith(f"{box}.")]
        found |= {f"{box}.{name}": known.get(name) for name in names}
    return found


def _differing(mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> Iterator[str]:
    return (
        name for name in mine if _given(mine[name]) and _given(theirs[name]) and _spelled(name, mine[name]) != _spelled(name, theirs[name])
    )


def _given(value: Any) -> bool:
    return value is not None and value != ""


def _spelled(name: str, value: Any) -> Any:
    if name == "home":
        return " ".join(f"{value[0]} {value[1]}".lower().replace(",", " ").split()).replace(" ", "")
    return (_SPELLED[name](value) or value) if name in _SPELLED else value


def _fields(parts: Mapping[str, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {"facts": {}, "contact": {}}
    for name, value in parts.items():
        box, _, key = name.partition(".")
        if key:
            if value is not None:
                fields[box][key] = value
        elif name == "home":
            fields |= dict(zip(("address", "postcode", "position"), value or ("", "", None), strict=True))
        else:
            fields[name] = value
    return fields


def _lists(mine: Mapping[str, Any] | None, theirs: Mapping[str, Any] | None) -> dict[str, list[str]]:
    """Lists of words are joined: both are true of the one person. Other things that no part names stay as they stand."""
    both: dict[str, list[str]] = {}
    for box in (mine or {}, theirs or {}):
        for name, value in box.items():
            if isinstance(value, list):
                both[name] = sorted({*both.get(name, []), *value})
    return both


def _both(mine: str, theirs: str) -> str:
    return mine if theirs in mine else theirs if mine in theirs else f"{mine}\n{theirs}"


def _words(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if name == "home":
        return " ".join(part for part in value[:2] if part)
    if name == "date_of_birth":
        return f"{value:%-d %B %Y}"
    labels: dict[str, Any] = {"lawful_basis": LawfulBasis, "contact.by": Way, "contact.may_answer": MayAnswer}
    return str(labels[name](value).label) if name in labels else str(value)
