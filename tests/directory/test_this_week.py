"""What a group says from week to week: at once on the page, said twice it is said once, and taken back whole."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory import clock, this_week
from directory.accounts.models import User
from directory.listing_fields import read_values
from directory.listings import set_fields
from directory.models import Change, Service
from directory.opening import open_at
from directory.states import WrongState
from directory.this_week import _with_days

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with clock.held_at(MONDAY):
        yield


def days(first: int, last: int) -> list[date]:
    """Days of November 2026."""
    return [date(2026, 11, number) for number in range(first, last + 1)]


def values(service: Service) -> dict[str, Any]:
    service.refresh_from_db()
    return read_values(Service.objects.get(pk=service.pk))


def test_full_and_places_again(service: Service, partner: User) -> None:
    assert this_week.say_places(service, 0, by=partner)
    assert values(service)["spaces"] == {"left": 0, "on": "2026-11-23"}
    assert this_week.say_places(service, 0, by=partner) is None
    assert this_week.say_places(service, 3, by=partner)
    assert service.current_spaces == 3
    assert Change.objects.count() == 2


def test_counted_again_another_day_is_news(service: Service, partner: User) -> None:
    this_week.say_places(service, 2, by=partner)
    with clock.held_at(MONDAY + 3 * DAY):
        assert this_week.say_places(service, 2, by=partner)
        assert values(service)["spaces"]["on"] == "2026-11-26"


def test_closed_this_week_shuts_and_says_so(service: Service, partner: User) -> None:
    lunch = datetime(2026, 11, 24, 12, 30, tzinfo=UTC)
    assert open_at(service, lunch)
    assert this_week.say_closed(service, days(23, 29), by=partner)
    assert this_week.say_closed(service, days(23, 29), by=partner) is None
    assert not open_at(Service.objects.get(pk=service.pk), lunch)
    told = values(service)
    assert told["closures"] == [{"first": "2026-11-23", "last": "2026-11-29"}]
    assert told["notice"] == {"text": "Closed from Monday 23 to Sunday 29 November.", "until": "2026-11-29"}


def test_a_notice_of_their_own_stays(service: Service, partner: User) -> None:
    this_week.put_notice(service, "Bring a cup.", by=partner)
    this_week.say_closed(service, days(23, 23), by=partner)
    this_week.say_open(service, by=partner)
    assert values(service)["notice"] == {"text": "Bring a cup.", "until": "2026-11-30"}


def test_some_days_are_told_day_by_day(service: Service, partner: User) -> None:
    this_week.say_closed(service, [date(2026, 11, 24), date(2026, 11, 26), date(2026, 11, 27)], by=partner)
    told = values(service)
    assert told["notice"] == {
        "text": "Closed on Tuesday 24 November. Closed from Thursday 26 to Friday 27 November.",
        "until": "2026-11-27",
    }
    this_week.say_closed(service, days(25, 25), by=partner)
    assert values(service)["closures"] == [{"first": "2026-11-24", "last": "2026-11-27"}]
    assert values(service)["notice"]["text"] == "Closed from Tuesday 24 to Friday 27 November."


def test_open_again_ends_what_runs_and_keeps_what_was_and_what_comes_later(service: Service, partner: User) -> None:
    hall = str(service.at_locations.get().location_id)
    rows = [
        {"first": "2026-11-16", "last": "2026-12-04", "reason": "boiler"},
        {"first": "2026-11-25", "last": "2026-11-25", "place": hall},
        {"first": "2026-12-21", "last": "2027-01-03"},
    ]
    set_fields(service, {"closures": rows}, by=partner)
    assert this_week.say_open(service, by=partner)
    assert this_week.say_open(service, by=partner) is None
    assert values(service)["closures"] == [{**rows[0], "last": "2026-11-22"}, *rows[1:]]


def test_open_again_leaves_the_words_about_later_days(service: Service, partner: User) -> None:
    this_week.say_closed(service, [date(2026, 11, 24), date(2026, 12, 1)], by=partner)
    this_week.say_open(service, by=partner)
    assert values(service)["notice"] == {"text": "Closed on Tuesday 1 December.", "until": "2026-12-01"}


@pytest.mark.parametrize("wrong", [[], days(22, 23), [date(2026, 12, 7)]])
def test_days_that_are_over_or_far_ahead_are_refused(service: Service, partner: User, wrong: list[date]) -> None:
    with pytest.raises(ValidationError):
        this_week.say_closed(service, wrong, by=partner)


def test_all_of_it_is_taken_back_or_nothing(service: Service, partner: User, editor: User) -> None:
    before = values(service)
    change = this_week.say_closed(service, days(23, 29), by=partner)
    assert change is not None
    this_week.take_back(change, by=partner)
    assert values(service) == before
    with pytest.raises(WrongState):
        this_week.take_back(change, by=partner)
    again = this_week.say_closed(service, days(23, 29), by=partner)
    assert again is not None
    set_fields(service, {"notice": {"text": "The boiler is broken.", "until": "2026-12-24"}}, by=editor)
    before = values(service)
    with pytest.raises(WrongState):
        this_week.take_back(again, by=partner)
    assert values(service) == before


def test_another_group_says_nothing(service: Service, partner: User, stranger: User) -> None:
    change = this_week.say_places(service, 4, by=partner)
    assert change is not None
    before = values(service)
    for verb in (
        lambda: this_week.say_places(service, 0, by=stranger),
        lambda: this_week.say_closed(service, days(23, 23), by=stranger),
        lambda: this_week.say_open(service, by=stranger),
        lambda: this_week.put_notice(service, "Gone.", by=stranger),
        lambda: this_week.take_notice_down(service, by=stranger),
        lambda: this_week.take_back(change, by=stranger),
    ):
        with pytest.raises(PermissionDenied):
            verb()
    assert values(service) == before


closure = st.tuples(st.integers(0, 20), st.integers(0, 6), st.booleans()).map(
    lambda told: {
        "first": (MONDAY.date() + told[0] * DAY).isoformat(),
        "last": (MONDAY.date() + (told[0] + told[1]) * DAY).isoformat(),
        **({"reason": "holiday"} if told[2] else {}),
    }
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(closure, max_size=5), st.sets(st.integers(0, 13), min_size=1))
def test_exactly_these_days_are_closed_as_well(rows: list[dict[str, Any]], ahead: set[int]) -> None:
    def shut(closures: list[dict[str, Any]]) -> set[int]:
        spans = [(date.fromisoformat(row["first"]), date.fromisoformat(row["last"])) for row in closures]
        return {number for number in range(-3, 40) if any(a <= MONDAY.date() + number * DAY <= b for a, b in spans)}

    made = _with_days(rows, {MONDAY.date() + number * DAY for number in ahead})
    assert shut(made) == shut(rows) | ahead
    assert [row for row in rows if "reason" in row] == [row for row in made if "reason" in row]
