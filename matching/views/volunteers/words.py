"""A volunteer's record in the shapes of the components."""

from datetime import time
from typing import Any

from directory import clock
from directory.accounts.models import User
from directory.opening_words import hours
from matching.desk_states import TaskState
from matching.eligibility import Level
from matching.eligibility.distance import KM_IN_A_MILE
from matching.models import Task, Volunteer
from matching.people import keep_look
from matching.persons.said import GENDERS, gender_of
from matching.rules.activities import rules
from matching.states import MATCH_OPEN
from matching.suggesting.facts import is_trained
from matching.views.volunteers.forms import miles_words
from matching.views.volunteers.record_form import RecordForm
from matching.visiting.hours import hours_of
from matching.volunteer_states import VOLUNTEER_GONE, VolunteerStatus
from matching.volunteering.checks import WORKFORCES, asked_for
from matching.volunteering.details import WAYS
from matching.volunteering.missing import checks_needed, missing
from matching.volunteering.signing_up import alike
from matching.windows import DAYS

MOST_ENDED = 10


def record_rows(volunteer: Volunteer, by: User, *, keeps: bool) -> dict[str, Any]:
    """What the desk's page shows. Whom they are kept apart from is named, and each name noted as looked at."""
    context: dict[str, Any] = {
        "volunteer": volunteer,
        "keeps": keeps,
        "reach": reach_rows(volunteer),
        "check": check_words(volunteer),
        "gone": volunteer.status in VOLUNTEER_GONE,
    }
    if not keeps:
        return context
    matches = volunteer.matches.select_related("ask__need")
    rows = list(volunteer.pair_rules.select_related("person").prefetch_related("person__family"))
    for rule in rows:
        keep_look(rule.person, by=by, where="desk-volunteer")
    new = volunteer.status in (VolunteerStatus.APPLIED, VolunteerStatus.CHECKING)
    return context | {
        "missing": missing(volunteer) if volunteer.status not in VOLUNTEER_GONE else [],
        "alike": alike(volunteer) if new else [],
        "offered": offered_rows(volunteer),
        "asked_for": [(day, level.label, rules()[activity].label) for day, level, activity in asked_for(volunteer) if activity in rules()],
        "references": list(volunteer.references.all()),
        "attendances": volunteer.attendances.select_related("date__course").order_by("-date__starts_at"),
        "open_matches": matches.filter(state__in=MATCH_OPEN).order_by("offered_at"),
        "ended_matches": matches.exclude(state__in=MATCH_OPEN)[:MOST_ENDED],
        "pair_rules": rows,
        "tasks": Task.objects.filter(volunteer=volunteer, state=TaskState.OPEN, whose=Task.For.COORDINATOR),
        "month": hours_words(volunteer),
    }


def reach_rows(volunteer: Volunteer) -> list[dict[str, Any]]:
    """Who they are, where, when and how far: rows of the summary component."""
    return [{"label": label, "value": value} for _, label, value in _rows(volunteer) if value]


def as_written(volunteer: Volunteer, field: str) -> dict[str, Any]:
    """What stands there now in one field, as a row of the summary component, called as on the page or in the form."""
    rows = [(label, value) for name, label, value in (*_rows(volunteer), *_only_asked(volunteer)) if name == field]
    if len(rows) > 1:
        return {"label": "About them", "value": [f"{label}: {_plain(value)}" for label, value in rows]}
    label, value = rows[0] if rows else (str(RecordForm.base_fields[field].label), getattr(volunteer, field))
    return {"label": label, "value": [_plain(value)]}


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, list) else str(value or "nothing")


def _rows(volunteer: Volunteer) -> list[tuple[str, str, Any]]:
    """Each with the field that it shows, what it is called, and its words."""
    facts = volunteer.facts or {}
    gender = gender_of(facts.get("gender", ""))
    return [
        ("phone", "Phone", volunteer.phone),
        ("email", "E-mail", volunteer.email),
        ("address", "Lives at", " ".join(part for part in (volunteer.address, volunteer.postcode) if part)),
        ("date_of_birth", "Born", _born(volunteer)),
        ("windows", "When", times_words(volunteer)),
        ("ways", "How", ", ".join(WAYS[way] for way in volunteer.ways if way in WAYS) or "Any way"),
        ("max_km", "How far", miles_words(round(volunteer.max_km / KM_IN_A_MILE, 1))),
        ("capacity", "How many people", str(volunteer.capacity)),
        ("languages", "Languages", ", ".join(volunteer.languages)),
        ("interests", "Interests", ", ".join(volunteer.interests)),
        ("likes", "Likes doing", volunteer.likes),
        ("has_car", "Car", _car(volunteer)),
        ("facts", "Gender, as they say", GENDERS.get(gender, gender)),
        ("facts", "Allergic to", ", ".join(facts.get("allergies", []))),
        ("facts", "Avoids smoke", "Yes" if facts.get("avoids_smoke") else ""),
        ("external_id", "Number in our other systems", volunteer.external_id or ""),
        ("joined_on", "Here since", f"{volunteer.joined_on:%-d %B %Y}"),
        ("notes", "Notes", volunteer.notes),
    ]


def _only_asked(volunteer: Volunteer) -> list[tuple[str, str, Any]]:
    """What the form asks and the page does not show."""
    facts = volunteer.facts or {}
    return [
        ("facts", "Shares a home, by the name of", facts.get("household", "")),
        ("facts", "Said that they are 18 or over", bool(facts.get("says_adult"))),
    ]


def _born(volunteer: Volunteer) -> str:
    if volunteer.date_of_birth is not None:
        return f"{volunteer.date_of_birth:%-d %B %Y}"
    return "Not known; they said that they are 18 or over" if (volunteer.facts or {}).get("says_adult") else ""


def times_words(volunteer: Volunteer) -> list[str]:
    """Such as "Tuesday 9am to 12 noon"."""
    return [f"{DAYS[day]} {hours(_clock(start), _clock(end))}" for day, start, end in sorted(volunteer.windows)]


def check_in_short(volunteer: Volunteer) -> str:
    """Such as "DBS enhanced, seen 3 March 2026, recheck due 3 March 2029"; empty where nobody has seen one."""
    if volunteer.check_level == Level.NONE or volunteer.check_seen_on is None or volunteer.recheck_due is None:
        return ""
    level = str(volunteer.get_check_level_display()).lower()
    due = "recheck was due" if volunteer.recheck_due < clock.today() else "recheck due"
    return f"DBS {level}, seen {volunteer.check_seen_on:%-d %B %Y}, {due} {volunteer.recheck_due:%-d %B %Y}"


def check_words(volunteer: Volunteer) -> str:
    """The same, with whom it is for and who has seen it."""
    short = check_in_short(volunteer)
    if not short:
        return ""
    who = f" {volunteer.check_seen_by.get_full_name()} has seen it." if volunteer.check_seen_by is not None else ""
    return f"{short}. For work with {WORKFORCES.get(volunteer.check_workforce, 'Adults').lower()}.{who}"


def offered_rows(volunteer: Volunteer) -> list[dict[str, Any]]:
    """What they offer: which check it may need, and whether they are trained."""
    trained = {row.activity: row for row in volunteer.activities.all()}
    rows = []
    for line in checks_needed(volunteer):
        row = trained[line.activity]
        until = f" until {row.trained_until:%-d %B %Y}" if row.trained_until else ""
        ran_out = row.trained_on is not None and not is_trained(row, clock.today())
        rows.append(
            {
                "slug": line.activity,
                "label": line.label,
                "check": f"{line.level.label}, with {line.for_whom}" if line.level != Level.NONE else "No check",
                "enough": line.enough,
                "trained": "Training has run out" if ran_out else f"Trained on {row.trained_on:%-d %B %Y}{until}" if row.trained_on else "",
            }
        )
    return rows


def hours_words(volunteer: Volunteer) -> str:
    """What is done this month: 6 hours and 30 minutes."""
    today = clock.today()
    minutes = round(hours_of(volunteer, today.replace(day=1), today) * 60)
    if not minutes:
        return "No hours yet this month."
    spent, rest = divmod(minutes, 60)
    parts = [f"{count} {word}{'' if count == 1 else 's'}" for count, word in ((spent, "hour"), (rest, "minute")) if count]
    return f"{' and '.join(parts)} of visits this month."


def _car(volunteer: Volunteer) -> str:
    if not volunteer.has_car:
        return ""
    return "Yes, and the insurer knows" if volunteer.car_insurance_ok else "Yes; the insurer has not been told"


def _clock(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)
