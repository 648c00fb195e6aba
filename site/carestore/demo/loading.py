"""Loads the demonstration: all of it in one transaction, so that an interrupted start leaves nothing half-made."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

from django.db import connection, transaction

from carestore.demo import cast, enquiries, groups
from carestore.demo.casework import Casework, _at
from carestore.demo.people import confirm_rules, keep_pairs_apart, make_person, make_volunteers
from carestore.demo.training import hold_courses, name_referees
from directory import clock
from directory.accounts.system import SYSTEM_EMAIL
from directory.claims.models import Claim
from directory.journal.following import skip_to_head
from directory.suggestions.models import Suggestion
from matching.models import CallBack, Enquiry, Person, Release, Volunteer
from matching.statistics.counting import Period, parse_period
from matching.statistics.releases import SETTLING_DAYS, publish
from search.indexing import rebuild

Say = Callable[[str], None]


def is_loaded() -> bool:
    """Is the demonstration in this database?"""
    made = cast.User._meta.db_table in connection.introspection.table_names()
    return made and cast.User.objects.filter(email=f"admin@{cast.DOMAIN}").exists()


def last_settled_quarter() -> Period:
    """The newest quarter whose figures can be made today."""
    day = clock.today() - timedelta(days=SETTLING_DAYS + 1)
    year, quarter = (day.year, (day.month - 1) // 3) if day.month > 3 else (day.year - 1, 4)
    return parse_period(f"{year}-Q{quarter}")


@transaction.atomic
def load(home: Path, say: Say) -> None:
    """Log-ins, services, people, half a year of casework, one release."""
    quarter = last_settled_quarter()
    before = min(_at(quarter.first, minutes=9 * 60), clock.now()) - timedelta(days=60)
    with clock.held_at(before):
        users = cast.make_logins()
        say(f"{groups.load_services()} services")
    groups.settle_groups(users)
    groups.check_own_listings(users)
    # The casework asks the finder for candidates, so that what was offered is really kept.
    rebuild()
    confirm_rules(users)
    people = {}
    for row in cast.read("people.json")["people"]:
        with clock.held_at(_at(quarter.first, minutes=9 * 60) - timedelta(days=row["known_for"])):
            people[row["key"]] = make_person(row, users)
    with clock.held_at(_at(quarter.first, minutes=9 * 60) - timedelta(days=30)):
        volunteers = make_volunteers(users)
        keep_pairs_apart(people, volunteers, users)
        name_referees(volunteers, users)
    say(f"{len(people)} invented people, {len(volunteers)} invented volunteers")
    history = Casework(users, people, volunteers, quarter).tell()
    for row in cast.read("organisations.json")["edits"]:
        history.at(clock.now() - timedelta(days=row["days_ago"]), partial(groups.propose_edits, row, users))
    say(f"{history.run()} steps of casework")
    hold_courses(volunteers, users)
    enquiries.ask()
    if not Release.objects.filter(period=quarter.code).exists():
        publish(quarter.code, by=users["admin"])
    say(f"figures for {quarter.name}")
    # Nobody gets mail, or has to ring, about a history that never happened.
    for follower in ("referral_mails", "offer_mails", "group_mails", "referral_tasks"):
        skip_to_head(follower)
    cast.make_keys(home)


def holds_real_data() -> bool:
    """Is there anybody here who is not marked as invented, and an account besides the demonstration's own that may have written them down?

    So too who asked for help or to be rung, told us something of a listing, or claims one. What is tried out with log-ins whose password everybody
    knows is not real.
    """
    accounts = cast.User.objects.exclude(email__iendswith=f"@{cast.DOMAIN}").exclude(email=SYSTEM_EMAIL)
    people = [Person.objects.filter(demo=False), Volunteer.objects.filter(demo=False)]
    asked = [CallBack.objects.all(), Enquiry.objects.filter(demo=False)]
    said = [*asked, Suggestion.objects.all(), Claim.objects.exclude(user__email__iendswith=f"@{cast.DOMAIN}")]
    return accounts.exists() and any(rows.exists() for rows in (*people, *said))


def clear(home: Path) -> None:
    """Empty the database (on SQLite the file goes, elsewhere every table) and take away what lies beside it.

    The journal refuses deletion, and rightly: an invented history has no place in a real one, so the whole database is made anew.
    """
    if connection.vendor == "sqlite":
        name = Path(connection.settings_dict["NAME"])
        connection.close()
        for path in (name, name.with_name(name.name + "-wal"), name.with_name(name.name + "-shm")):
            path.unlink(missing_ok=True)
    else:
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        connection.close()
    for folder in ("index", "mail", "media", "cache", "looks", "uploads"):
        shutil.rmtree(home / folder, ignore_errors=True)
    for file in ("demo.json", "keys.json", "worker.beat"):
        (home / file).unlink(missing_ok=True)
