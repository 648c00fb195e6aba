"""Single values, however they are written; and nothing that a feed holds makes the reading of it fail."""

import contextlib
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.harvest import reading
from directory.harvest.envelopes import BadPage, open_envelope, parse
from directory.harvest.marking import first_words, markdown
from directory.harvest.parts import Notes
from directory.harvest.reaching import OWN_LEFT_OUT, email, numbers, phones
from directory.harvest.timing import read_times
from directory.harvest.understanding import Rejected, understand
from directory.listing_fields import FIELDS

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
KEYS = [
    *("name", "description", "url", "email", "status", "minimum_age", "maximum_age", "assured_date", "last_modified", "organization"),
    *("organization_id", "service_at_locations", "locations", "contacts", "phones", "schedules", "regular_schedules", "service_areas"),
    *("cost_options", "fees", "languages", "attributes", "eligibilitys", "capacities", "alert", "attending_type", "attending_access"),
    *("ccs_summary", "ccs_delivery", "ccs_needs", "ccs_closures", "ccs_notice_until", "ccs_group_size", "ccs_free", "ccs_languages"),
]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("cafÃ©", "café"),
        ("Â£10 â€“ donâ€™t worry", "£10 – don’t worry"),
        ("a highÂ quality", "a high quality"),
        ("Café – already right, £5", "Café – already right, £5"),
        ("<p>One<br>two</p><p>three</p>", "One two three"),
        ("R&amp;D &lt;b&gt;bold&lt;/b&gt;", "R&D bold"),
        ("5 < 6 & 7 > 2", "5 < 6 & 7 > 2"),
        ("n/a", ""),
        (" two\n lines\t", "two lines"),
        ("nul\0 and \ud800half", "nul and half"),
        (None, ""),
        (True, ""),
        (["a"], ""),
        (12, "12"),
    ],
)
def test_words(told: Any, expected: str) -> None:
    assert reading.words(told) == expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("<h1>About</h1><p>We <strong>meet</strong> on <em>Mondays</em>.</p>", "## About\n\nWe **meet** on *Mondays*."),
        ("<ul><li>tea</li><li>cake</li></ul>", "- tea\n- cake"),
        ("<ol><li>ring</li><li>come</li></ol>", "1. ring\n2. come"),
        ('<a href="https://a.example/x">Here</a>', "[Here](https://a.example/x)"),
        ('<a href="javascript:alert(1)">Here</a>', "Here"),
        ("[Here](javascript:alert(1)) and [there](https://a.example)", "Here and [there](https://a.example)"),
        ("&lt;p&gt;Twice&lt;/p&gt;", "Twice"),
        ("Plain *words*\r\n\r\nin two parts", "Plain *words*\n\nin two parts"),
        ("<script>bad()</script>Good<style>x{}</style>", "Good"),
        ("<p><strong> spaced </strong>out</p>", "**spaced** out"),
    ],
)
def test_markdown(told: str, expected: str) -> None:
    assert markdown(told, 1000) == expected


@given(st.text())
def test_no_markdown_acts(text: str) -> None:
    for told in (text, f"<a href='javascript:{text}' onclick='{text}'>{text}</a><script>{text}</script><img src=x onerror='{text}'>"):
        made = markdown(told, 10_000).lower()
        assert "<script" not in made
        assert "<img" not in made
        assert "](javascript:" not in made


def test_the_first_sentences_make_the_summary() -> None:
    text = "## About us\n\nWe meet. We talk. " + "And so on and on. " * 30
    summary, all_of_it = first_words(text, 100)
    assert summary.startswith("We meet. We talk.")
    assert len(summary) <= 100
    assert not all_of_it
    assert first_words("One sentence.", 100) == ("One sentence.", True)
    assert len(first_words("x" * 500, 100)[0]) <= 100


def test_numbers_in_words() -> None:
    assert numbers("Youth line: 0117 496 0111 (Mon-Fri) or text 07700 900123") == ["0117 496 0111", "07700 900123"]
    assert numbers("+44 (0)1484 223197 ext. 5") == ["01484 223197"]
    assert numbers("111") == ["111"]
    assert numbers("1484223197") == ["01484 223197"]
    assert numbers("Ring on 12 May 2026") == []


def test_a_named_persons_own_number_is_left_out() -> None:
    notes = Notes()
    told = {
        "contacts": [
            {"name": "Pat Invented", "email": "pat@gmail.com", "phones": [{"number": "07700 900123"}, {"number": "01632 960001"}]},
            {"name": "Duty team", "email": "duty@example.org", "phones": [{"number": "07700 900999"}]},
        ]
    }
    assert phones(told, notes) == ["01632 960001", "07700 900999"]
    assert email(told, notes) == "duty@example.org"
    assert notes.counts[OWN_LEFT_OUT] == 2


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ({"freq": "WEEKLY", "byday": "MO,WE", "opens_at": "10:00", "closes_at": "12:00"}, [("week", 0, None), ("week", 2, None)]),
        (
            {"byday": "Monday to Wednesday", "opens_at": "9am", "closes_at": "5pm"},
            [("week", 0, None), ("week", 1, None), ("week", 2, None)],
        ),
        ({"weekday": "Thursday", "opens_at": "10:00", "closes_at": "12:00"}, [("week", 3, None)]),
        (
            {"freq": "MONTHLY", "byday": "1TU,-1FR", "opens_at": "10:00", "closes_at": "12:00"},
            [("month-weekday", 1, 1), ("month-weekday", 4, -1)],
        ),
        ({"freq": "MONTHLY", "bymonthday": "15", "opens_at": "10:00", "closes_at": "12:00"}, [("month-date", None, 15)]),
        ({"freq": "DAILY", "opens_at": "10:00", "closes_at": "12:00"}, [("week", day, None) for day in range(7)]),
        ({"rrule": "RRULE:FREQ=WEEKLY;BYDAY=SA", "opens_at": "10:00", "closes_at": "12:00"}, [("week", 5, None)]),
        ({"dtstart": "2026-12-24", "count": 1, "opens_at": "10:00", "closes_at": "12:00"}, [("once", None, None)]),
        ({"freq": "WEEKLY", "byday": "FR", "opens_at": "20:00", "closes_at": "02:00"}, [("week", 4, None)]),
        ({"freq": "WEEKLY", "byday": "FR", "opens_at": "14:00", "closes_at": "12:00"}, []),
        ({"freq": "WEEKLY", "byday": "FR", "interval": 2, "opens_at": "14:00", "closes_at": "16:00"}, []),
        ({"freq": "week", "byday": "Monday"}, []),
    ],
)
def test_schedules(schedule: dict[str, Any], expected: list[tuple[str, int | None, int | None]]) -> None:
    rows, _ = read_times({"schedules": [schedule]}, Notes())
    assert [(str(row.every), row.weekday, row.nth) for row in rows] == expected


def test_what_comes_every_second_week_is_said_in_words() -> None:
    schedule = {"freq": "WEEKLY", "byday": "FR", "interval": 2, "opens_at": "14:00", "closes_at": "16:00"}
    assert read_times({"schedules": [schedule]}, Notes())[1] == ["Every second week: Friday 14:00 to 16:00"]


def test_two_times_at_once_become_one() -> None:
    notes = Notes()
    told = [{"byday": "MO", "opens_at": "10:00", "closes_at": "12:00"}, {"byday": "MO", "opens_at": "11:00", "closes_at": "13:00"}]
    rows, _ = read_times({"schedules": told}, notes)
    assert len(rows) == 1
    assert notes.counts


@pytest.mark.parametrize(
    ("told", "expected"), [("15/01/2026", date(2026, 1, 15)), ("3rd March 2024", date(2024, 3, 3)), ("9999-01-01", None)]
)
def test_days(told: str, expected: date | None) -> None:
    assert reading.day(told) == expected


@given(anything)
def test_no_value_makes_reading_fail(told: Any) -> None:
    for read in (reading.words, reading.line, reading.number, reading.whole, reading.day, reading.moment, reading.clock_time):
        read(told)
    for read in (reading.postcode, reading.web_address, reading.mail_address, numbers, lambda value: markdown(value, 100)):
        read(told)
    reading.ages(told, told)
    reading.position(told, told)


@pytest.mark.django_db
@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), anything, max_size=8), st.sampled_from(KEYS), anything)
def test_no_record_makes_understanding_fail(told: dict[str, Any], key: str, more: Any) -> None:
    """Whatever a record holds, it is left out, or all its values are ones that a listing may have."""
    try:
        found = understand({**told, key: [more, {key: more}], "id": "1", "name": told.get("name") or "Tea"})
    except Rejected:
        return
    assert {name: FIELDS[name].clean(value) for name, value in found.values.items()} == found.values


@given(st.binary(max_size=200))
def test_no_body_makes_opening_fail(body: bytes) -> None:
    with contextlib.suppress(BadPage):
        open_envelope(parse(body), asked=1)


@given(anything)
def test_no_envelope_makes_opening_fail(told: Any) -> None:
    with contextlib.suppress(BadPage):
        assert isinstance(open_envelope({"contents": told, "total_items": told}, asked=1).items, list)


@pytest.mark.parametrize(
    "scribble",
    ["[a](" + "x" * 900_000, "[a](" + " " * 900_000, "a" + " " * 900_000 + "b", "<div>" * 190_000],
    ids=["link", "blanks in a link", "blanks", "tags"],
)
def test_a_text_that_never_closes_what_it_opens_is_read_all_the_same(scribble: str) -> None:
    """Tried anew at each letter, one such text would keep the worker busy for days."""
    assert len(markdown(scribble, 20_000)) <= 20_000
