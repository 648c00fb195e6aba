"""Rows of somebody under 18: refused before anything else of them is read, and never kept."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError

from matching.models import Person, Sheet
from matching.persons.ages import TooYoung, require_adult, young_carers_words
from matching.sheets.columns import day


def is_young(kind: str, row: Mapping[str, str]) -> bool:
    """Does the row's day of birth say so? A day that cannot be read says nothing: the row is wrong for that, and can be put right."""
    if kind != Sheet.Kind.PEOPLE:
        return False
    try:
        require_adult(day(row.get("date_of_birth", "")))
    except TooYoung:
        return True
    except ValidationError:
        return False
    return False


def young_words(row: Mapping[str, str]) -> str:
    """Who helps instead; and what is to be done about a record that stands here already."""
    words = f"{young_carers_words()} Nothing of this row is kept."
    number = row.get("external_id", "").strip()
    if number and Person.objects.filter(external_id=number).exists():
        words += " Somebody with this number is written down already: open the record and choose “They are under 18”."
    return words


def without_young(kind: str, rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """The rows that may be kept."""
    return [row for row in rows if not is_young(kind, row)]
