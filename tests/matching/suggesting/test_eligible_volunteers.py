"""What is held of volunteers in memory is never behind the database, whoever changed it, and never holds what was undone."""

import re
from datetime import date, timedelta
from threading import Thread

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from directory import clock
from matching import matches, volunteers
from matching.asks import withdraw
from matching.eligibility import VolunteerColumns
from matching.models import Volunteer, VolunteerActivity
from matching.rules.decisions import rules_in_force
from matching.suggesting import living as eligible_volunteers
from matching.suggesting.facts import helpers
from matching.suggesting.living import GONE, living
from matching.suggesting.volunteers import judged
from tests import factories


@pytest.fixture(autouse=True)
def nothing_held():
    eligible_volunteers.forget()
    yield
    eligible_volunteers.forget()


def by_id(columns: VolunteerColumns) -> dict[str, tuple[object, ...]]:
    """All that is known of each, whatever the order of rows and of words."""
    found = {}
    for row, key in enumerate(columns.ids.tolist()):
        words = [columns.languages, columns.allergies, columns.activities, columns.trained_for, columns.related_to, columns.blocked_people]
        names = {number: word for word, number in columns.gender.numbers.items()}
        homes, doors = ({number: word for word, number in column.numbers.items()} for column in (columns.household, columns.door))
        own = columns.free.owner == row
        found[key] = (
            bool(columns.active[row]),
            *(repr(float(column[row])) for column in (columns.x, columns.y, columns.z, columns.limit, columns.age)),
            names.get(int(columns.gender.values[row])),
            homes.get(int(columns.household.values[row])),
            doors.get(int(columns.door.values[row])),
            *(bool(column[row]) for column in (columns.avoids_smoke, columns.visits_in_pair, columns.insured_car)),
            *(int(column[row]) for column in (columns.capacity, columns.active_matches, columns.level, columns.recheck)),
            *(frozenset(word for word, rows in each.rows.items() if row in rows) for each in words),
            sorted(zip(columns.free.start[own].tolist(), columns.free.end[own].tolist(), strict=True)),
        )
    return found


def as_read_now() -> dict[str, tuple[object, ...]]:
    return by_id(VolunteerColumns.of([each.facts for each in helpers(Volunteer.objects.exclude(status__in=GONE))]))


def check() -> None:
    now = living()
    assert by_id(now.columns) == as_read_now()
    shown = dict(Volunteer.objects.values_list("pk", "number"))
    assert {str(key): number for key, number in shown.items() if str(key) in now.columns.row_of} == dict(
        zip(now.columns.ids.tolist(), now.numbers.tolist(), strict=True)
    )


def test_every_change_is_seen_by_the_next_question(each_store):
    by = factories.coordinator()
    one, two = (factories.volunteer("shop-together", level="basic", facts={"gender": gender}) for gender in ("woman", "man"))
    check()
    person = factories.person()
    volunteers.correct_volunteer(one, by=by, windows=[[6, 1200, 1440]], languages=["urdu"], facts={"allergies": ["cats"]}, max_km=1)
    check()
    volunteers.offer_activity(two, "befriend-at-home", by=by, trained_on=clock.today())
    volunteers.keep_apart(person, one, "blocked", by=by)
    volunteers.keep_apart(person, two, "related", by=by)
    check()
    third = factories.volunteer("shop-together", level="basic", capacity=3)
    check()
    volunteers.set_status(one, "paused", by=by)
    check()
    ask = factories.ask(activity="shop-together")
    match = matches.offer(ask, third, by=by)
    matches.say_yes(match, by=third.user)
    check()
    assert living().columns.active_matches.max() == 1
    withdraw(ask, by=by)
    check()
    assert living().columns.active_matches.max() == 0
    volunteers.drop_activity(two, "befriend-at-home", by=by)
    volunteers.record_check(two, by=by, level="basic", seen_on=clock.today(), recheck_due=clock.today() + timedelta(days=9))
    check()
    volunteers.set_status(one, "left", by=by)
    check()
    assert len(living()) == 2


def test_what_is_undone_is_never_held_and_others_do_not_see_what_is_not_committed(each_store):
    by, one = factories.coordinator(), factories.volunteer("shop-together", level="basic", capacity=1)
    assert living().columns.capacity.tolist() == [1]
    elsewhere = []

    def look():
        elsewhere.append(living().columns.capacity.tolist())
        connection.close()

    def change_and_fail():
        with transaction.atomic():
            volunteers.correct_volunteer(one, by=by, capacity=7)
            assert living().columns.capacity.tolist() == [7]
            if connection.vendor == "postgresql":
                thread = Thread(target=look)
                thread.start()
                thread.join()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change_and_fail()
    assert elsewhere in ([], [[1]])
    assert living().columns.capacity.tolist() == [1]
    # The journal's next event has the number of the one that was undone.
    volunteers.correct_volunteer(one, by=by, capacity=4)
    assert living().columns.capacity.tolist() == [4]
    check()


def test_where_nothing_changed_nothing_is_read_and_where_one_did_only_that_one(each_store):
    by = factories.coordinator()
    all_of_them = [factories.volunteer("shop-together", level="basic") for _ in range(4)]
    first = living()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert living() is first
    assert not [each for each in queries.captured_queries if "matching_volunteer" in each["sql"]]
    volunteers.correct_volunteer(all_of_them[1], by=by, capacity=9)
    with CaptureQueriesContext(connection) as queries:
        living()
    told = [each["sql"] for each in queries.captured_queries if 'FROM "matching_volunteer"' in each["sql"]]
    others = [str(each.pk).replace("-", "") for each in all_of_them if each != all_of_them[1]]
    assert told
    assert not [sql for sql in told for key in others if key in sql.replace("-", "")]
    # Whoever they are is not even asked of the database.
    assert not [sql for sql in told if '"matching_volunteer"."name"' in sql or '"matching_volunteer"."phone"' in sql]
    check()


def test_after_a_busy_day_the_database_is_asked_for_a_piece_at_a_time(each_store, monkeypatch):
    by = factories.coordinator()
    many = [factories.volunteer("shop-together", level="basic") for _ in range(5)]
    check()
    for each in many:
        volunteers.correct_volunteer(each, by=by, capacity=9)
        volunteers.keep_apart(factories.person(), each, "blocked", by=by)
    monkeypatch.setattr(eligible_volunteers, "_BATCH", 2)
    with CaptureQueriesContext(connection) as queries:
        assert living().columns.capacity.tolist() == [9] * 5
    keys = [re.findall(r"'?[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", each["sql"]) for each in queries.captured_queries]
    assert 0 < max(map(len, keys)) <= 2
    monkeypatch.undo()
    check()


@pytest.mark.django_db
def test_a_new_day_makes_somebody_of_age_and_lets_a_training_run_out(monkeypatch):
    today = clock.today()
    young = factories.volunteer(
        "shop-together", level="basic", date_of_birth=date(today.year - 18, today.month, today.day) + timedelta(days=1)
    )
    trained = factories.volunteer("shop-together", level="basic", trained=True)
    VolunteerActivity.objects.filter(volunteer=trained).update(trained_until=today)
    before = living()
    monkeypatch.setattr(eligible_volunteers, "_held", before)
    row, other = before.columns.row_of[str(young.pk)], before.columns.row_of[str(trained.pk)]
    assert before.columns.age[row] == 17
    assert other in before.columns.trained_for.rows["shop-together"]
    moment = clock.now() + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: moment)
    monkeypatch.setattr(clock, "today", lambda: today + timedelta(days=1))
    check()
    now = living().columns
    assert now.age[now.row_of[str(young.pk)]] == 18
    assert "shop-together" not in now.trained_for.rows


@pytest.mark.django_db
def test_who_is_not_active_any_more_is_not_shown_even_where_the_journal_was_not_told(monkeypatch):
    paused, there = (factories.volunteer("shop-together", level="basic") for _ in range(2))
    ask = factories.ask(activity="shop-together")
    monkeypatch.setattr(eligible_volunteers, "_held", living())
    Volunteer.objects.filter(pk=paused.pk).update(status="paused")
    found = judged(ask, [rules_in_force()["shop-together"]])
    assert [each.volunteer for each in found.able] == [there]
    Volunteer.objects.filter(pk=there.pk).delete()
    assert judged(ask, [rules_in_force()["shop-together"]]).able == []


@pytest.mark.django_db
def test_who_was_thrown_away_without_a_word_is_not_counted_after_the_next_event(monkeypatch):
    gone, there = (factories.volunteer("shop-together", level="basic") for _ in range(2))
    monkeypatch.setattr(eligible_volunteers, "_held", living())
    Volunteer.objects.filter(pk=gone.pk).delete()
    factories.person()
    assert living().columns.ids.tolist() == [str(there.pk)]
