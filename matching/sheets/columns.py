"""Which columns a spreadsheet has, by what it holds, and what its cells say. A cell that is empty says nothing, and changes nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError

from directory.opening_text import parse_times
from matching.eligibility.distance import KM_IN_A_MILE
from matching.models import Agreement, Ask, Sheet
from matching.persons.needs import communication_needs
from matching.persons.said import GENDERS, gender_of
from matching.rules.activities import rules
from matching.sheets.faults import Faults
from matching.volunteering.details import MOST_MILES

Kind = Sheet.Kind
# What is wrong is told by its column and never by what stands there: in a shifted row that is somebody's name.
_TIMES = "Write days of the week and times, such as “Tu 10:00-12:00; Th 14:00-16:00”."
_YES, _NO = frozenset({"yes", "y", "true", "1", "x"}), frozenset({"no", "n", "false", "0"})


@dataclass(frozen=True)
class Column:
    """One heading: what stands under it, in words for whoever fills it in, and how a cell is read."""

    name: str
    means: str
    read: Callable[[str], Any]
    needed: bool = False


def text(cell: str) -> str:
    """As it stands there."""
    return cell


def yes_no(cell: str) -> bool:
    """Raises ValidationError."""
    word = cell.strip().lower()
    if word not in _YES | _NO:
        raise ValidationError("Write yes or no.")
    return word in _YES


def day(cell: str) -> date:
    """2026-11-23, or 23/11/2026 as we write it here. Raises ValidationError."""
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"):
        try:
            return datetime.strptime(cell.strip(), form).date()
        except ValueError:
            continue
    raise ValidationError("Write the day like 23/11/2026.")


def words(cell: str) -> list[str]:
    """With commas or semicolons between them, in small letters."""
    return sorted({word.strip().lower() for word in cell.replace(";", ",").split(",")} - {""})


def activities(cell: str) -> list[str]:
    """By their names or by our words for them. Raises ValidationError."""
    known = {rule.label.lower(): slug for slug, rule in rules().items()} | {slug: slug for slug in rules()}
    asked = [part.strip() for part in cell.split(";") if part.strip()]
    strange = [part for part in asked if part.lower() not in known]
    if strange:
        raise ValidationError("We do not know the activity. Write its short name, with semicolons between several.")
    return sorted({known[part.lower()] for part in asked})


def activity(cell: str) -> str:
    """Exactly one. Raises ValidationError."""
    found = activities(cell)
    if len(found) != 1:
        raise ValidationError("Write one activity in a row.")
    return found[0]


def week(cell: str) -> list[list[int]]:
    """Such as “Tu 10:00-12:00; Th 14:00-16:00”. Raises ValidationError."""
    try:
        rows = parse_times(cell)
    except ValidationError as error:
        raise ValidationError(_TIMES) from error
    if any(row.weekday is None for row in rows):
        raise ValidationError(_TIMES)
    last = 24 * 60
    times = [(row.weekday, row.opens.hour * 60 + row.opens.minute, row.closes.hour * 60 + row.closes.minute or last) for row in rows]
    return [[int(weekday or 0), start, end] for weekday, start, end in times]


def number(cell: str) -> int:
    """Raises ValidationError."""
    try:
        return int(cell)
    except ValueError as error:
        raise ValidationError("Write a number.") from error


def miles(cell: str) -> float:
    """In kilometres. Raises ValidationError."""
    try:
        far = float(cell)
    except ValueError as error:
        raise ValidationError("Write how many miles, as a number.") from error
    if not 0 <= far <= MOST_MILES:
        raise ValidationError(f"Write how many miles they go, from 0 to {MOST_MILES}.")
    return far * KM_IN_A_MILE


def needs(cell: str) -> list[str]:
    """Codes of communication needs, or our words for them, with commas or semicolons between them. Raises ValidationError."""
    known = {need.label.lower(): code for code, need in communication_needs().items()} | {code: code for code in communication_needs()}
    said = words(cell)
    if any(word not in known for word in said):
        raise ValidationError(f"Write some of these: {', '.join(communication_needs())}.")
    return [code for code in communication_needs() if code in {known[word] for word in said}]


def one_of(*codes: str) -> Callable[[str], str]:
    """One of these codes. Its function raises ValidationError."""

    def read(cell: str) -> str:
        word = cell.strip().lower().replace(" ", "_")
        if word not in codes:
            raise ValidationError(f"Write one of these: {', '.join(codes)}.")
        return word

    return read


def gender(cell: str) -> str:
    """In our words for it. Raises ValidationError."""
    word = gender_of(cell)
    if word and word not in GENDERS:
        raise ValidationError(f"Write one of these, or nothing: {', '.join(GENDERS)}.")
    return word


_WHO = (
    Column("name", "Name", text),
    Column("phone", "Telephone number", text),
    Column("email", "E-mail address", text),
    Column("address", "House and street", text),
    Column("postcode", "Such as HD7 5AA", text),
    Column("date_of_birth", "Such as 23/11/1950", day),
    Column("languages", "With commas between them", words),
    Column("gender", f"Only if they said so: {', '.join(GENDERS)}", gender),
)
_OURS = Column("external_id", "Their number in your other systems; it never changes", text, needed=True)

COLUMNS: Mapping[str, tuple[Column, ...]] = {
    Kind.PEOPLE: (
        _OURS,
        *_WHO,
        Column("part", "cared_for, carer or both", one_of("cared_for", "carer", "both")),
        Column("receives_care", "Health or social care: yes or no", yes_no),
        Column("needs_help_because", "Needs help because of age, illness or disability: yes or no", yes_no),
        Column("animals", "Animals in the home, with commas between them", words),
        Column("smoker", "Somebody smokes there: yes or no", yes_no),
        Column("communication_needs", "What helps them to understand and be understood", text),
        Column("communication_codes", f"The same in codes, with commas between them: {', '.join(communication_needs())}", needs),
        Column("safe_contact", "Who may answer, and whether to leave a message", text),
        Column("do_not_contact", "They are not to be contacted: yes or no; a no never takes back what stands here", yes_no),
        Column("agreed_on", "Day on which they said yes to being referred; without it nobody is asked for them", day),
        Column("agreed_how", f"How they said it: {', '.join(Agreement.How.values)}", one_of(*Agreement.How.values)),
        Column("notes", "Anything else", text),
    ),
    Kind.VOLUNTEERS: (
        _OURS,
        *_WHO,
        Column("status", "applied, checking, active or paused", one_of("applied", "checking", "active", "paused", "left", "removed")),
        Column("village", "Village", text),
        Column("activities", "What they offer, with semicolons between them", activities),
        Column("times", "Such as Tu 10:00-12:00; Th 14:00-16:00", week),
        Column("miles", "How far they go, in miles", miles),
        Column("people", "How many people at the same time", number),
        Column("car", "Have a car: yes or no", yes_no),
        Column("car_insured", "The insurer knows: yes or no", yes_no),
        Column("pair", "Go with somebody where two are needed: yes or no", yes_no),
        Column("allergies", "Animals, with commas between them", words),
        Column("avoids_smoke", "yes or no", yes_no),
        Column("interests", "With commas between them", words),
        Column("likes", "What they like doing", text),
        Column("notes", "Anything else", text),
    ),
    Kind.CHECKS: (
        Column("volunteer", "Their number in your other systems", text, needed=True),
        Column("level", "basic, enhanced or enhanced_barred", one_of("none", "basic", "enhanced", "enhanced_barred"), needed=True),
        Column("seen_on", "Day on which somebody saw the certificate", day, needed=True),
        Column("recheck_due", "Day on which it is due again", day, needed=True),
        Column("workforce", "adult, or child_and_adult", one_of("adult", "child_and_adult")),
    ),
    Kind.PAIRS: (
        Column("person", "The person's number in your other systems", text, needed=True),
        Column("volunteer", "The volunteer's number in your other systems", text, needed=True),
        Column("activity", "What they do together", activity, needed=True),
        Column("often", ", ".join(Ask.Often.values), one_of(*Ask.Often.values)),
        Column("minutes", "How long a visit takes", number),
        Column("times", "Such as Tu 10:00-11:00", week),
    ),
}


def values_of(kind: str, cells: Mapping[str, str], faults: Faults) -> dict[str, Any]:
    """What a row says, by column; empty cells are left out, and so are those that cannot be read, which `faults` gathers."""
    said: dict[str, Any] = {}
    for column in COLUMNS[kind]:
        cell = cells.get(column.name, "").strip()
        if not cell:
            if column.needed:
                faults.add(column.name, "This is needed.")
            continue
        try:
            said[column.name] = column.read(cell)
        except ValidationError as error:
            faults.add(column.name, *error.messages)
    return said
