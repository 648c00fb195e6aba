"""The demonstration's invented people and volunteers."""

from datetime import date, timedelta
from typing import Any

from carestore.demo.cast import DOMAIN, read
from directory import clock
from directory.accounts.granting import grant
from directory.accounts.models import User
from directory.accounts.roles import Role
from directory.opening_text import parse_times
from matching.agreements import record_agreement
from matching.casework.family import change_family
from matching.models import Person, Volunteer
from matching.people import link_account, link_family, register_person
from matching.rules.activities import rules
from matching.rules.decisions import confirm_activity
from matching.volunteers import keep_apart, offer_activity, record_check, register_volunteer, set_status

DRAWN_UP = (
    *("name", "part", "address", "postcode", "phone", "email"),
    *("communication_needs", "contact", "safe_contact", "notes", "facts", "can_give"),
)


def confirm_rules(users: dict[str, User]) -> None:
    """Every rule that waits for a professional, confirmed for the demonstration only; `leave_demo` takes it back."""
    for slug, rule in rules().items():
        if rule.professional_review:
            confirm_activity(
                slug, by=users["admin"], professional="Nobody (demo only)", source="Confirmed for the demonstration only", demo=True
            )


def make_person(row: dict[str, Any], users: dict[str, User]) -> Person:
    """One person with the agreement that the file tells of."""
    coordinator = users["coordinator"]
    fields = {name: row[name] for name in DRAWN_UP if name in row}
    fields["facts"] = {**row.get("facts", {}), "interests": row.get("interests", [])}
    born = date.fromisoformat(row["date_of_birth"])
    brought_in_by = users[row["brought_in_by"]]
    person = register_person(by=coordinator, date_of_birth=born, brought_in_by=brought_in_by, demo=True, **fields)
    agreed = row["agreement"]
    record_agreement(
        person,
        by=coordinator,
        given_by=agreed["given_by"],
        how=agreed["how"],
        seen=agreed.get("seen", ""),
        at=clock.now(),
        scope="referrals",
    )
    for login in read("logins.json")["logins"]:
        if login.get("person") == row["key"]:
            link_account(person, users[login["role"]], by=coordinator)
        if login.get("family_of") == row["key"]:
            link = link_family(person, users[login["role"]], by=coordinator, relation=login["relation"])
            change_family(link, by=coordinator, **login["family"])
    return person


def make_volunteers(users: dict[str, User]) -> dict[str, Volunteer]:
    """All volunteers by their key; those without a log-in get an account that nobody can sign in to, since only a volunteer says yes."""
    coordinator, today = users["coordinator"], clock.today()
    logins = {row["volunteer"]: users[row["role"]] for row in read("logins.json")["logins"] if "volunteer" in row}
    made = {}
    for row in read("volunteers.json")["volunteers"]:
        account = logins.get(row["key"]) or User.objects.create_user(f"v-{row['key']}@{DOMAIN}", name=row["name"])
        grant(account, Role.VOLUNTEER, by=None)
        volunteer = register_volunteer(
            by=coordinator,
            user=account,
            demo=True,
            date_of_birth=date.fromisoformat(row["date_of_birth"]),
            windows=windows(row["windows"]),
            **{name: row[name] for name in ("name", "phone", "email", "postcode", "village", "facts", "languages", "interests")},
            **{name: row[name] for name in ("max_km", "capacity", "visits_in_pair", "has_car", "car_insurance_ok") if name in row},
        )
        for activity in row["activities"]:
            trained_on = today - timedelta(days=200) if activity in row.get("trained_for", []) else None
            offer_activity(volunteer, activity, by=coordinator, trained_on=trained_on)
        if row["check"] != "none":
            seen_on, due = today - timedelta(days=row["check_seen_days_ago"]), today + timedelta(days=row["recheck_in_days"])
            volunteer = record_check(volunteer, by=coordinator, level=row["check"], seen_on=seen_on, recheck_due=due)
        made[row["key"]] = _brought_to(volunteer, row["status"], by=coordinator)
    return made


def keep_pairs_apart(people: dict[str, Person], volunteers: dict[str, Volunteer], users: dict[str, User]) -> None:
    """Who is related, and who is not to be paired."""
    for row in read("volunteers.json")["pairs"]:
        keep_apart(people[row["person"]], volunteers[row["volunteer"]], row["kind"], by=users["coordinator"])


def windows(text: str) -> list[list[int]]:
    """'Tu 10:00-12:00' as [[weekday, start minute, end minute], …]."""
    if not text:
        return []
    rows = [(times["weekday"], times["opens"], times["closes"]) for times in map(_as_dict, parse_times(text))]
    return [[weekday, opens.hour * 60 + opens.minute, closes.hour * 60 + closes.minute] for weekday, opens, closes in rows]


def _as_dict(times: Any) -> dict[str, Any]:
    return times if isinstance(times, dict) else {name: getattr(times, name) for name in ("weekday", "opens", "closes")}


def _brought_to(volunteer: Volunteer, status: str, *, by: User) -> Volunteer:
    """Step by step, as a volunteer really comes in."""
    steps = ["checking", "active", "paused"]
    if status == "applied":
        return volunteer
    for step in steps[: steps.index(status) + 1]:
        volunteer = set_status(volunteer, step, by=by)
    return volunteer
