"""The fields of organisations, for choosing between two of them: what is offered first, and what a choice makes of two values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import DateField, ForeignKey

from directory.claimed import is_claimed
from directory.merging.choosing import BOTH, DROP, KEEP, both_names
from directory.models import Organisation, Service
from directory.models.organisations import VETTING_FACTS

# A field as it is kept in a merge: the values of its columns, in their order.
Value = list[Any]


@dataclass(frozen=True)
class OfOrganisation:
    """One choice: the columns that go together, and how both are put together where that makes sense.

    `promised`: somebody saw or decided it of that one; nothing is taken over unless a person says so.
    """

    label: str
    columns: tuple[str, ...]
    mark: str = ""
    promised: bool = False


_LABELS = {"url": "Web address", "email": "E-mail"}


def _label(column: str) -> str:
    if column in _LABELS:
        return _LABELS[column]
    words = str(Organisation._meta.get_field(column).verbose_name)  # type: ignore[union-attr]
    return words[:1].upper() + words[1:]


_FACTS = {"named_contact": "named contact", "data_sharing_agreement": "data-sharing agreement"}
FIELDS: dict[str, OfOrganisation] = {
    "name": OfOrganisation("Name", ("name",)),
    "other_names": OfOrganisation("Other names", ("other_names",), mark=";"),
    **{name: OfOrganisation(_label(name), (name,)) for name in ("kind", "description", "url", "email", "phone")},
    "social": OfOrganisation("On social media", ("social",), mark="\n"),
    "networks": OfOrganisation("Networks it belongs to", ("networks",), mark=";"),
    **{name: OfOrganisation(_label(name), (name,)) for name in ("charity_number", "company_number", "coop_number", "cqc_provider")},
    "logo": OfOrganisation("Logo", ("logo", "logo_alt")),
    "parent": OfOrganisation("Part of", ("parent",), promised=True),
    **{
        fact: OfOrganisation(
            f"Vetting: {_FACTS.get(fact, fact.replace('_', ' '))}",
            tuple(f"{fact}_{part}" for part in ("seen_on", "seen_by", "review_on")),
            promised=True,
        )
        for fact in VETTING_FACTS
    },
}
JOINED = frozenset(name for name, field in FIELDS.items() if field.mark)
RISKY = frozenset({"name", "parent", *VETTING_FACTS})


def standing(organisation: Organisation) -> tuple[bool, bool, int, int]:
    """For comparing: vetted, kept by its group, with more listings that are shown, fuller."""
    shown = Service.objects.public().filter(organisation=organisation).count()
    filled = sum(any(value) for value in read_values(organisation).values())
    return organisation.is_vetted, is_claimed(organisation.pk), shown, filled


def rather_kept(one: Organisation, other: Organisation) -> tuple[Organisation, Organisation]:
    """The two, the one that is rather kept first."""
    return (one, other) if standing(one) >= standing(other) else (other, one)


def read_values(organisation: Organisation) -> dict[str, Value]:
    """All fields, as JSON holds them."""
    return {name: [_plain(organisation, column) for column in field.columns] for name, field in FIELDS.items()}


def columns_of(values: Mapping[str, Value]) -> dict[str, Any]:
    """These fields as columns, as the verb of organisations takes them. A picture or a person that is there no more is left out."""
    return {
        column: _whole(column, value) for name, found in values.items() for column, value in zip(FIELDS[name].columns, found, strict=True)
    }


def offered(keep: Organisation, drop: Organisation) -> dict[str, str]:
    """A choice for each field in which the two differ: what says something before what says nothing, else the kept one's words.

    Names, networks and pages elsewhere are rather joined. What was promised of one stays with that one, unless somebody says otherwise.
    """
    ours, theirs, found = read_values(keep), read_values(drop), {}
    for name, field in FIELDS.items():
        if name == "other_names":
            if joined(name, ours, theirs) != ours[name]:
                found[name] = BOTH
        elif name == "parent" and str(drop.pk) in ours[name]:
            continue  # It cannot be part of what becomes part of it.
        elif name == "parent" and str(keep.pk) in theirs[name] or ours[name] == theirs[name]:
            continue
        elif not any(theirs[name]) or field.promised:
            found[name] = KEEP
        elif not any(ours[name]):
            found[name] = DROP
        else:
            found[name] = BOTH if name in JOINED else KEEP
    return found


def clean_choices(choices: Mapping[str, str]) -> dict[str, str]:
    """Raises ValidationError for a field or a choice that there is not."""
    for name, choice in choices.items():
        if name not in FIELDS or choice not in (KEEP, DROP, BOTH) or (choice == BOTH and name not in JOINED):
            raise ValidationError({name: ["There is no such choice."]})
    return dict(choices)


def chosen(keep: Mapping[str, Value], drop: Mapping[str, Value], choices: Mapping[str, str]) -> dict[str, Value]:
    """The values that the choices bring to the kept one; those that it has already are left out."""
    values = {}
    for name, choice in choices.items():
        sides = (drop, keep) if name == "other_names" and choices.get("name") == DROP else (keep, drop)
        values[name] = joined(name, *sides) if choice == BOTH else drop[name] if choice == DROP else keep[name]
    return {name: value for name, value in values.items() if value != keep[name]}


def joined(name: str, keep: Mapping[str, Value], drop: Mapping[str, Value]) -> Value:
    """Both values of a field as one, as long as they fit."""
    if name == "other_names":
        return [both_names(*({each: side[each][0] for each in ("name", "other_names")} for side in (keep, drop)))]
    mark = FIELDS[name].mark
    once: dict[str, str] = {}
    for part in (*str(keep[name][0]).split(mark), *str(drop[name][0]).split(mark)):
        if part.strip():
            once.setdefault(part.strip().casefold(), part.strip())
    parts = list(once.values())
    most = Organisation._meta.get_field(FIELDS[name].columns[0]).max_length or 10_000  # type: ignore[union-attr]
    between = "\n" if mark == "\n" else "; "
    while len(between.join(parts)) > most:
        parts.pop()
    return [between.join(parts)]


def words(name: str, value: Value) -> str:
    """A value for people."""
    first = value[0]
    if not any(value):
        return "Nothing"
    if name == "kind":
        return str(Organisation.Kind(first).label)
    if name == "parent":
        return str(Organisation.objects.filter(pk=first).first() or "Nothing")
    if name == "logo":
        return f"A picture: {value[1]}"
    if name in VETTING_FACTS:
        seen, review = (date.fromisoformat(each) if each else None for each in (value[0], value[2]))
        looked = f"Seen on {seen.day} {seen:%B %Y}" if seen else "Not seen"
        return f"{looked}; to be looked at again on {review.day} {review:%B %Y}" if review else looked
    return str(first)


def _plain(organisation: Organisation, column: str) -> Any:
    field = Organisation._meta.get_field(column)
    value = getattr(organisation, field.attname if isinstance(field, ForeignKey) else column)
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(field, ForeignKey) and value is not None else value


def _whole(column: str, value: Any) -> Any:
    field = Organisation._meta.get_field(column)
    if isinstance(field, ForeignKey):
        return field.related_model._base_manager.filter(pk=value).first() if value else None
    return date.fromisoformat(value) if isinstance(field, DateField) and value else value
