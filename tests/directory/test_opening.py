"""Is it open? One function, held against an oracle that only looks at the clock on the wall."""

import calendar
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from directory import clock, terms
from directory.bank_holidays import is_bank_holiday
from directory.clock import LONDON
from directory.models import Closure, Schedule, Service
from directory.opening import next_opening, open_at, open_until, parse_times, sentence, spans, weekdays
from directory.opening_text import format_times
from directory.times import Every, Times, refuse_overlaps, times_from_json

QUARTER = timedelta(minutes=15)
SPRING = date(2026, 3, 29)
AUTUMN = date(2026, 10, 25)


@pytest.fixture(autouse=True)
def no_terms(monkeypatch):
    """Terms that are not known, without a database."""
    monkeypatch.setattr(terms, "_terms", lambda minute: ())


def service_with(*rows: Times, status: str = "active", closures: list[Closure] | None = None) -> Service:
    """A service with these times that never met a database."""
    service = Service(name="A service", status=status)
    names = [name for name in Times.__slots__ if name != "place"]
    schedules = Schedule.objects.none()
    schedules._result_cache = [Schedule(service=service, **{name: getattr(row, name) for name in names}) for row in rows]
    closed = Closure.objects.none()
    closed._result_cache = closures or []
    service._prefetched_objects_cache = {"schedules": schedules, "closures": closed}
    return service


def begins_on(row: Times, day: date) -> bool:
    """The oracle's own calendar: all days of the month on which such a time begins."""
    days = [day.replace(day=number) for number in range(1, calendar.monthrange(day.year, day.month)[1] + 1)]
    if row.every == Every.ONCE:
        days = [row.on] if row.on else []
    elif row.every == Every.MONTH_DATE:
        days = [one for one in days if one.day == row.nth]
    else:
        days = [one for one in days if one.weekday() == row.weekday]
        if row.every == Every.MONTH_WEEKDAY:
            wanted = -1 if row.nth == -1 else (row.nth or 0) - 1
            days = days[wanted : wanted + 1 or None]
    after = row.valid_from is None or day >= row.valid_from
    before = row.valid_to is None or day <= row.valid_to
    return day in days and after and before and not (row.closed_on_bank_holidays and is_bank_holiday(day))


def runs_at(row: Times, moment: datetime) -> bool:
    """Does the clock on the wall show a time between opening and closing?"""
    wall = moment.astimezone(LONDON)
    at = wall.time().replace(second=0, microsecond=0)
    overnight = row.closes <= row.opens
    today = begins_on(row, wall.date()) and at >= row.opens and (overnight or at < row.closes)
    return today or (overnight and begins_on(row, wall.date() - timedelta(days=1)) and at < row.closes)


quarters = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
weekly = st.builds(Times, opens=quarters, closes=quarters, weekday=st.integers(0, 6))
numbered = st.builds(
    Times,
    opens=quarters,
    closes=quarters,
    every=st.just(str(Every.MONTH_WEEKDAY)),
    weekday=st.integers(0, 6),
    nth=st.sampled_from([1, 2, 3, 4, 5, -1]),
)
dated = st.builds(Times, opens=quarters, closes=quarters, every=st.just(str(Every.MONTH_DATE)), nth=st.integers(1, 31))
once = st.builds(Times, opens=quarters, closes=quarters, every=st.just(str(Every.ONCE)), on=days)
limited = st.builds(
    Times, opens=quarters, closes=quarters, weekday=st.integers(0, 6), valid_from=days, closed_on_bank_holidays=st.booleans()
)
any_time = st.one_of(weekly, numbered, dated, once, limited)
moments = st.builds(
    lambda day, minute: datetime.combine(day, time(), UTC) + timedelta(minutes=minute),
    st.one_of(days, st.sampled_from([SPRING, AUTUMN])),
    st.integers(0, 1439),
)


@given(st.lists(any_time, min_size=1, max_size=4), moments)
@settings(max_examples=400, deadline=None)
def test_open_is_what_the_clock_on_the_wall_says(rows: list[Times], moment: datetime) -> None:
    assert open_at(service_with(*rows), moment) is any(runs_at(row, moment) for row in rows)


@pytest.mark.parametrize("day", [SPRING, AUTUMN, date(2026, 7, 7)])
def test_every_minute_of_the_days_on_which_the_clocks_change(day: date) -> None:
    rows = [Times(time(0, 30), time(1, 30), weekday=6), Times(time(22), time(2), weekday=5), Times(time(2, 15), time(12), weekday=6)]
    service = service_with(*rows)
    start = datetime.combine(day, time(), UTC) - timedelta(hours=2)
    minutes = [start + timedelta(minutes=minute) for minute in range(28 * 60)]
    assert [open_at(service, minute) for minute in minutes] == [any(runs_at(row, minute) for row in rows) for minute in minutes]


def test_the_hour_that_comes_twice_is_open_twice() -> None:
    night = service_with(Times(time(1), time(2), weekday=6))
    opened = [minute for minute in range(24 * 60) if open_at(night, datetime(2026, 10, 25, tzinfo=UTC) + timedelta(minutes=minute))]
    assert len(opened) == 120
    left_out = [minute for minute in range(24 * 60) if open_at(night, datetime(2026, 3, 29, tzinfo=UTC) + timedelta(minutes=minute))]
    assert left_out == []


def told_by(found: list[tuple[int, int, bool]], moment: datetime) -> bool | None:
    """What spans say of a moment."""
    minute = int(moment.timestamp() // 60)
    sure = {sure for start, end, sure in found if start <= minute < end}
    return True if True in sure else None if sure else False


in_term = st.builds(Times, opens=quarters, closes=quarters, weekday=st.integers(0, 6), term_time_only=st.just(True))


@given(
    st.lists(any_time | in_term, min_size=1, max_size=4),
    moments,
    st.integers(1, 12),
    st.lists(st.floats(0, 1, exclude_max=True), max_size=30),
    st.sampled_from(["active", "active", "paused"]),
)
@settings(max_examples=300, deadline=None)
def test_spans_say_the_same_as_asking_at_each_moment(
    rows: list[Times], start: datetime, length: int, looks: list[float], status: str
) -> None:
    service = service_with(*rows, status=status)
    end = start + timedelta(days=length)
    found = spans(service, start, end)
    edges = [moment for a, b, _ in found for moment in (a - 1, a, b - 1, b)]
    moments = [start, end - timedelta(minutes=1), *(start + look * (end - start) for look in looks)]
    moments += [datetime.fromtimestamp(minute * 60, UTC) for minute in edges]
    for moment in moments:
        if start <= moment < end:
            assert told_by(found, moment) is open_at(service, moment)
    assert all(int(start.timestamp()) <= a * 60 < b * 60 <= int(end.timestamp()) for a, b, _ in found)


@pytest.mark.parametrize("day", [SPRING, AUTUMN])
def test_spans_over_the_change_of_the_clocks_hold_every_minute(day: date) -> None:
    rows = [Times(time(0, 30), time(1, 30), weekday=6), Times(time(22), time(2), weekday=5), Times(time(2, 15), time(12), weekday=6)]
    service = service_with(*rows)
    start = datetime.combine(day, time(), UTC) - timedelta(hours=7)
    found = spans(service, start, start + timedelta(hours=30))
    minutes = [start + timedelta(minutes=minute) for minute in range(30 * 60)]
    assert [told_by(found, minute) for minute in minutes] == [open_at(service, minute) for minute in minutes]


def test_spans_of_unknown_times_are_unknown() -> None:
    now = datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert spans(service_with(), now, now + timedelta(days=3)) is None
    assert spans(service_with(Times(time(9), time(10), weekday=0), status="paused"), now, now + timedelta(days=3)) == []


@given(st.lists(st.one_of(weekly, numbered), min_size=1, max_size=3), moments)
@settings(max_examples=30, deadline=None)
def test_the_next_opening_is_the_first_one(rows: list[Times], moment: datetime) -> None:
    found = next_opening(service_with(*rows), moment)
    if found is None:
        return
    assert found > moment
    assert any(runs_at(row, found) for row in rows)
    quarter = moment.replace(minute=moment.minute // 15 * 15)
    while quarter + QUARTER < found:
        was = any(runs_at(row, quarter) for row in rows)
        quarter += QUARTER
        if quarter > moment:
            assert was or not any(runs_at(row, quarter) for row in rows), f"it opened at {quarter} already"


def test_next_opening_looks_far_enough_and_not_for_ever() -> None:
    now = datetime(2026, 11, 23, 9, tzinfo=UTC)
    fifth = service_with(Times(time(10), time(12), every=str(Every.MONTH_WEEKDAY), weekday=1, nth=5))
    assert next_opening(fifth, now) == datetime(2026, 12, 29, 10, tzinfo=UTC)
    assert next_opening(service_with(Times(time(10), time(12), every=str(Every.ONCE), on=date(2026, 1, 5))), now) is None
    assert next_opening(service_with(), now) is None


def test_times_that_follow_each_other_close_once() -> None:
    service = service_with(Times(time(10), time(12), weekday=1), Times(time(12), time(14), weekday=1), Times(time(15), time(16), weekday=1))
    assert open_until(service, datetime(2026, 11, 24, 11, tzinfo=UTC)) == datetime(2026, 11, 24, 14, tzinfo=UTC)
    assert open_until(service, datetime(2026, 11, 24, 14, 30, tzinfo=UTC)) is None


def test_nobody_knows() -> None:
    tuesday = datetime(2026, 11, 24, 11, tzinfo=UTC)
    assert open_at(service_with(), tuesday) is None
    term = service_with(Times(time(10), time(12), weekday=1, term_time_only=True))
    assert open_at(term, tuesday) is None
    assert open_at(term, tuesday + timedelta(days=1)) is False
    assert open_at(service_with(Times(time(10), time(12), weekday=1), status="paused"), tuesday) is False


@given(st.lists(weekly, min_size=2, max_size=3))
@settings(max_examples=40, deadline=None)
def test_times_that_run_at_once_are_refused(rows: list[Times]) -> None:
    start = datetime(2026, 6, 1, tzinfo=UTC)
    at_once = any(sum(runs_at(row, start + QUARTER * step) for row in rows) > 1 for step in range(14 * 96))
    if at_once:
        with pytest.raises(ValidationError, match="run at once"):
            refuse_overlaps(rows)
    else:
        refuse_overlaps(rows)


@pytest.mark.parametrize(
    ("text", "collide"),
    [
        ("Tu 10:00-12:00; Tu[1] 11:00-13:00", True),
        ("Tu 10:00-12:00; Tu[1] 12:00-13:00", False),
        ("day 31 10:00-12:00; We 11:00-13:00", True),
        ("day 31 10:00-12:00; Tu[5] 11:00-12:00", True),
        ("day 5 10:00-12:00; day 6 11:00-13:00", False),
        ("day 5 22:00-03:00; day 6 02:00-04:00", True),
        ("2026-12-25 10:00-12:00; Fr 11:00-13:00", True),
        ("2026-12-25 10:00-12:00; Fr 11:00-13:00 not bank holidays", False),
        ("Tu 10:00-12:00 until 2026-06-30; Tu 11:00-13:00 from 2026-07-01", False),
        ("Su 22:00-02:00; Mo 01:00-03:00", True),
    ],
)
def test_rarer_times_collide_too(text: str, collide: bool) -> None:
    if collide:
        with pytest.raises(ValidationError, match="run at once"):
            parse_times(text)
    else:
        assert len(parse_times(text)) == 2


@given(st.lists(any_time, max_size=5))
@settings(max_examples=150, deadline=None)
def test_text_and_json_give_the_same_times_back(rows: list[Times]) -> None:
    try:
        refuse_overlaps(rows)
    except ValidationError:
        assume(False)
    assert set(parse_times(format_times(rows))) == set(rows)
    assert set(times_from_json([row.as_json() for row in rows])) == set(rows)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Tu 10:00-12:00", ["Tuesdays, 10am to 12 noon"]),
        ("Mo-Fr 09:00-17:30", ["Mondays to Fridays, 9am to 5.30pm"]),
        ("Mo,Tu,Th,Fr 10:00-12:30,13:30-18:00; We 10:00-17:00", None),
        ("Tu[1] 14:00-16:00", ["The first Tuesday of each month, 2pm to 4pm"]),
        ("Th[-1] 14:00-16:00", ["The last Thursday of each month, 2pm to 4pm"]),
        ("day 15 10:00-12:00", ["On the 15th of each month, 10am to 12 noon"]),
        ("2026-12-04 18:00-20:00", ["Friday 4 December 2026, 6pm to 8pm"]),
        ("24/7", ["Every day, day and night"]),
        ("Fridays 20:00-24:00", ["Fridays, 8pm to midnight"]),
        ("Sa 10:00-12:00; PH off", ["Saturdays, 10am to 12 noon, not on bank holidays"]),
        ("Tu 10:00-12:00 term time", ["Tuesdays, 10am to 12 noon, in term time"]),
        ("", []),
    ],
)
def test_in_plain_words(text: str, words: list[str] | None) -> None:
    with clock.held_at(datetime(2026, 11, 23, 12, tzinfo=UTC)):
        said = sentence(service_with(*parse_times(text)))
    expected = ["Mondays, Tuesdays, Thursdays and Fridays, 10am to 12.30pm and 1.30pm to 6pm", "Wednesdays, 10am to 5pm"]
    assert said == (expected if words is None else words)


def test_what_is_over_is_not_said() -> None:
    service = service_with(*parse_times("Tu 10:00-12:00 until 2026-06-30; We 10:00-12:00; 2026-05-01 10:00-12:00"))
    with clock.held_at(datetime(2026, 11, 23, 12, tzinfo=UTC)):
        assert sentence(service) == ["Wednesdays, 10am to 12 noon"]
        assert weekdays(service) == {2}


@pytest.mark.parametrize(
    "text",
    [
        "Tuesdya 10:00-12:00",
        "Tu 10-12",
        "Tu 25:00-26:00",
        "Tu 10:00-12:00 maybe",
        "Tu[7] 10:00-12:00",
        "2026-02-30 10:00-11:00",
        "10:00-12:00",
    ],
)
def test_what_cannot_be_read_is_named(text: str) -> None:
    with pytest.raises(ValidationError) as caught:
        parse_times(text)
    assert len(caught.value.messages[0]) > 20


@pytest.mark.parametrize(
    "row",
    [
        "Tu 10:00",
        {"weekday": 1, "opens": "10:00"},
        {"weekday": 7, "opens": "10:00", "closes": "12:00"},
        {"weekday": True, "opens": "10:00", "closes": "12:00"},
        {"every": "once", "opens": "10:00", "closes": "12:00"},
        {"every": "yearly", "weekday": 1, "opens": "10:00", "closes": "12:00"},
        {"weekday": 1, "opens": "10:00", "closes": "12:00", "colour": "red"},
        {"weekday": 1, "opens": 10, "closes": "12:00"},
        {"weekday": 1, "opens": "10:00", "closes": "12:00", "place": "over there"},
    ],
)
def test_json_of_another_form_is_refused(row: object) -> None:
    with pytest.raises(ValidationError):
        times_from_json([row])


def test_bank_holidays_of_known_years() -> None:
    known = {
        2022: ["01-03", "04-15", "04-18", "05-02", "06-02", "06-03", "08-29", "09-19", "12-26", "12-27"],
        2026: ["01-01", "04-03", "04-06", "05-04", "05-25", "08-31", "12-25", "12-28"],
        2027: ["01-01", "03-26", "03-29", "05-03", "05-31", "08-30", "12-27", "12-28"],
    }
    for year, expected in known.items():
        every_day = (date(year, 1, 1) + timedelta(days=number) for number in range(365))
        assert [f"{day:%m-%d}" for day in every_day if is_bank_holiday(day)] == expected
