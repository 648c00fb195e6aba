"""Is this person written down twice, and is somebody else already helping them with this? Told to the coordinator alone, never to the one who refers."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from uuid import UUID

from matching.models import LookupToken, NotTheSame, Person, Referral
from matching.states import REFERRAL_OPEN

Field = LookupToken.Field
Pair = tuple[UUID, UUID]
# So many with one phone number are a house with a telephone in the hall, not one person many times.
MOST_ALIKE = 12
_REACHED = (Field.PHONE, Field.EMAIL)
REASONS = {Field.PHONE: "the same phone", Field.EMAIL: "the same e-mail", Field.NAME: "the same name", "postcode": "the same postcode"}


@dataclass(frozen=True)
class Double:
    """Two records that may be one person, and what they share, in words. `one` is the older record."""

    one: Person
    other: Person
    shared: tuple[str, ...]


def is_possible_double(referral: Referral) -> bool:
    """Is there an open referral for the same need, of the same person or of somebody with the same phone or the same whole name?"""
    if referral.person is None:
        return False
    people = {referral.person.pk, *_alike(referral.person)}
    others = Referral.objects.filter(person__in=people, need=referral.need, state__in=REFERRAL_OPEN)
    return others.exclude(pk=referral.pk).exists()


def records_like(person: Person) -> list[UUID]:
    """Other records that may be of the same person and of which nobody has said that they are not."""
    return [other for other in sorted(_alike(person)) if pair_of(person.pk, other) not in _told_apart([person.pk])]


def written_down_as(person: Person) -> list[Person]:
    """Other records with the same name and the same phone or e-mail, the oldest first."""
    mine = _by_field(person)
    reached = LookupToken.objects.filter(field__in=_REACHED, token__in=mine[Field.PHONE] | mine[Field.EMAIL]).exclude(person=person)
    rows = Person.objects.filter(pk__in=reached.values("person"), merged_into=None).order_by("created_at", "pk")[:MOST_ALIKE]
    return [row for row in rows if mine[Field.NAME] and _by_field(row)[Field.NAME] == mine[Field.NAME]]


def possible_doubles() -> list[Double]:
    """All pairs of records that may be one person: same phone, same e-mail or same whole name. Those that share most come first."""
    shared: dict[Pair, set[str]] = defaultdict(set)
    for field, groups in _groups():
        for group in groups:
            for one, other in combinations(sorted(group), 2) if len(group) <= MOST_ALIKE else ():
                shared[one, other].add(field)
    apart = _told_apart({key for pair in shared for key in pair})
    pairs = [pair for pair in shared if pair not in apart]
    rows = Person.objects.filter(merged_into=None).in_bulk({key for pair in pairs for key in pair})
    found = [_double(rows[one], rows[other], shared[one, other]) for one, other in pairs if one in rows and other in rows]
    return sorted(found, key=lambda double: (-len(double.shared), double.one.created_at, str(double.other.pk)))


def shared_by(one: Person, other: Person) -> tuple[str, ...]:
    """What two records have in common, in words."""
    fields: set[str] = set()
    mine, theirs = _by_field(one), _by_field(other)
    for field in (Field.PHONE, Field.EMAIL):
        if mine[field] & theirs[field]:
            fields.add(field)
    if len(mine[Field.NAME]) > 1 and mine[Field.NAME] == theirs[Field.NAME]:
        fields.add(Field.NAME)
    return _double(one, other, fields).shared


def pair_of(one: UUID, other: UUID) -> Pair:
    """Two keys in their one order."""
    return (one, other) if one < other else (other, one)


def _double(one: Person, other: Person, fields: Iterable[str]) -> Double:
    told = set(fields)
    if one.postcode and one.postcode.replace(" ", "").upper() == other.postcode.replace(" ", "").upper():
        told.add("postcode")
    older, younger = sorted((one, other), key=lambda person: (person.created_at, str(person.pk)))
    return Double(older, younger, tuple(words for field, words in REASONS.items() if field in told))


def _by_field(person: Person) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {field: set() for field in Field.values}
    for field, token in person.tokens.values_list("field", "token"):
        found[field].add(token)
    return found


def _groups() -> Iterable[tuple[str, Iterable[set[UUID]]]]:
    """For each field, the records that share a value of it: a number, an address, or every part of the name."""
    names: dict[UUID, set[str]] = defaultdict(set)
    exact: dict[tuple[str, str], set[UUID]] = defaultdict(set)
    for key, field, token in LookupToken.objects.values_list("person_id", "field", "token").iterator(chunk_size=5_000):
        if field == Field.NAME:
            names[key].add(token)
        else:
            exact[field, token].add(key)
    called: dict[frozenset[str], set[UUID]] = defaultdict(set)
    for key, tokens in names.items():
        if len(tokens) > 1:
            called[frozenset(tokens)].add(key)
    for field in (Field.PHONE, Field.EMAIL):
        yield field, [group for (name, _), group in exact.items() if name == field and len(group) > 1]
    yield Field.NAME, [group for group in called.values() if len(group) > 1]


def _told_apart(keys: Iterable[UUID]) -> set[Pair]:
    """Pairs among these of which somebody has said that they are two people."""
    wanted = set(keys)
    rows = NotTheSame.objects.values_list("one_id", "other_id")
    return {(one, other) for one, other in rows if one in wanted or other in wanted}


def _alike(person: Person) -> set[UUID]:
    tokens = list(person.tokens.values_list("field", "token"))
    exact = [token for field, token in tokens if field in (Field.PHONE, Field.EMAIL)]
    names = {token for field, token in tokens if field == Field.NAME}
    alike: set[UUID] = set(LookupToken.objects.filter(token__in=exact).exclude(person=person).values_list("person_id", flat=True))
    if len(names) > 1:
        shared: dict[UUID, set[str]] = {}
        rows = LookupToken.objects.filter(token__in=names, field=Field.NAME).exclude(person=person)
        for other, token in rows.values_list("person_id", "token"):
            shared.setdefault(other, set()).add(token)
        alike |= {other for other, found in shared.items() if found == names}
    return alike
