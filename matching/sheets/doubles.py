"""Whoever comes in new and may be written down already: told in the trial, and refused nowhere, for a coordinator decides."""

from collections.abc import Mapping

from matching.models import Person
from matching.persons.doubles import shared_by, written_down_as


def perhaps_the_same(number: str, rows: Mapping[str, str]) -> str:
    """With whom a new record shares name and phone or e-mail, in words; nothing where with nobody.

    number: theirs in the other systems; rows: the row of the file by this number.
    """
    person = Person.objects.get(external_id=number)
    other = next(iter(written_down_as(person)), None)
    if other is None:
        return ""
    if row := rows.get(other.external_id or ""):
        who = f"row {row}"
    else:
        who = f"{other.external_id}, who is written down already" if other.external_id else "somebody who is written down already"
    return f"Possibly the same as {who}: {' and '.join(shared_by(person, other))}."
