"""Feeds fail in known ways. Each of them is served here as it is, and must do what EXPECTED.json beside it says."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from directory.harvest import reading
from directory.harvest.models import DuplicatePair, Feed, Record, Run
from directory.harvest.run_states import RunState
from directory.listing_fields import read_values
from directory.models import Service
from tests.harvest.serving import NOT_FOUND, as_json, pages, service, serving

pytestmark = pytest.mark.django_db
FOLDER = Path(__file__).parents[3] / "shared" / "standards" / "bad_feeds"
# In CI the collection is always there: without it, reading fails rather than that nothing is tried.
EXPECTED = json.loads((FOLDER / "EXPECTED.json").read_text()) if FOLDER.exists() or os.environ.get("CI") else []
Run_ = Callable[..., Run]
FeedAt = Callable[..., Feed]
Harvested = tuple[Run, dict[str, Any]]


def answering(case: dict[str, Any]) -> Callable[..., Any]:
    body = (FOLDER / case["file"]).read_bytes()
    told = json.loads(body) if case["file"].startswith("21") else {}

    def answer(path: str, parameters: dict[str, str], headers: dict[str, str]) -> Any:
        if path == "/api/services":
            return as_json(told["list"]) if told else (case["status"], {"Content-Type": case["content_type"]}, body)
        return as_json(told["detail"]) if told else NOT_FOUND

    return answer


def case_of(number: str) -> dict[str, Any]:
    return next(case for case in EXPECTED if case["file"].startswith(number))


@pytest.fixture
def harvested(feed_at: FeedAt, run: Run_) -> Callable[[str], Harvested]:
    """Go through one of the files; hands back the run, and the listings by their names in small letters."""

    def go(number: str) -> Harvested:
        with serving(answering(case_of(number))) as site:
            done = run(feed_at(site.url))
        return done, {found.name.lower(): read_values(found) for found in Service.objects.with_everything()}

    return go


@pytest.mark.skipif(not EXPECTED, reason="the collection of bad feeds is not on this machine")
@pytest.mark.parametrize("case", EXPECTED, ids=lambda case: case["file"])
def test_as_many_as_expected_are_taken(case: dict[str, Any], feed_at: FeedAt, run: Run_) -> None:
    with serving(answering(case)) as site:
        feed = feed_at(site.url)
        done = run(feed)
        expected = case["expect"]
        accepted = 3 if str(expected.get("or", "")).startswith("3 ") else expected["accepted"]
        assert Service.objects.count() == accepted
        assert Service.objects.exclude(source=feed.url).count() == 0
        assert done.rejected == expected.get("rejected", 0)
        for warning in expected.get("warn", []):
            assert warning in done.warnings
        if str(expected.get("page", "")):
            assert (done.state, bool(done.error)) == (RunState.FAILED, True)
        assert len(site.asked) < 12
        # The same again is the same again.
        ids = set(Service.objects.values_list("pk", flat=True))
        run(feed)
        assert set(Service.objects.values_list("pk", flat=True)) == ids


def test_every_file_is_expected_to_do_something() -> None:
    assert {case["file"] for case in EXPECTED} | {"EXPECTED.json"} == {file.name for file in FOLDER.glob("*")}


@pytest.mark.parametrize("number", ["16", "17", "18", "19", "23"])
def test_what_was_there_before_a_bad_day_is_there_after_it(number: str, feed_at: FeedAt, run: Run_) -> None:
    day: dict[str, Callable[..., Any]] = {"": pages([service(one) for one in range(4)])}
    with serving(lambda *asked: day[""](*asked)) as site:
        feed = feed_at(site.url)
        run(feed)
        day[""] = answering(case_of(number))
        done = run(feed)
    assert done.state != RunState.GOOD
    assert done.error
    assert done.hidden == 0
    assert Service.objects.public().exclude(name="Caf").count() == 4


def test_ids_that_are_none_are_kept_and_lead_to_steady_ones(harvested: Callable[[str], Harvested]) -> None:
    harvested("05")
    assert set(Service.objects.values_list("source_id", flat=True)) == {"3320", "SVC/0007 a", "A07BAF4C842F577E87BBD6B1E23957EE"}
    assert {found.pk.version for found in Service.objects.all()} == {5}


def test_nulls_and_blanks_say_nothing(harvested: Callable[[str], Harvested]) -> None:
    _, found = harvested("07")
    assert [found["nulls"][name] for name in ("url", "email", "description", "times", "area", "min_age")] == ["", "", "", [], [], None]


def test_a_status_that_is_none_is_hidden_until_somebody_has_looked(harvested: Callable[[str], Harvested]) -> None:
    done, found = harvested("08")
    assert {name: values["status"] for name, values in found.items()} == {
        "open": "closed",
        "caps": "active",
        "tc": "paused",
        "loc": "active",
        "freq": "active",
    }
    row = Record.objects.get(service__name="Open")
    assert row.outcome == Record.Outcome.UNCLEAR
    assert "open" in found["open"]["internal_note"]
    assert len(found["loc"]["places"]) == 1


def test_nothing_that_acts_comes_through(harvested: Callable[[str], Harvested]) -> None:
    expected = case_of("09")["expect"]
    _, found = harvested("09")
    values = found[expected["name"].lower()]
    text = json.dumps(values).lower() + Service.objects.get().organisation.description.lower()
    assert not [word for word in expected["forbidden_in_output"] if word in text]
    assert values["name"] == expected["name"]
    assert "café-style, £10 a go" in values["description"] + values["summary"]


def test_positions(harvested: Callable[[str], Harvested]) -> None:
    harvested("10")
    # What the source said: the same venue may have a better position from somebody else.
    said = {found.name.lower(): found.imported["places"] for found in Service.objects.all()}
    for name, expected in case_of("10")["expect"]["coordinates"].items():
        place = said[name][0]
        assert ([place["lat"], place["lon"]] if "lat" in place else None) == expected, name


def test_postcodes(harvested: Callable[[str], Harvested]) -> None:
    _, found = harvested("11")
    for name, expected in case_of("11")["expect"]["postal_code"].items():
        assert (found[name]["places"][0]["postcode"] or None) == expected, name


def test_doubles_are_one_and_likely_ones_are_put_before_a_person(harvested: Callable[[str], Harvested]) -> None:
    done, _ = harvested("12")
    assert (done.read, done.made, done.repeated) == (4, 3, 1)
    flagged = {pk for pair in DuplicatePair.objects.all() for pk in (pair.first_id, pair.second_id)}
    assert flagged == set(Service.objects.values_list("pk", flat=True))
    assert set(DuplicatePair.objects.values_list("state", flat=True)) == {"proposed"}


def test_days_and_moments(harvested: Callable[[str], Harvested]) -> None:
    expected = case_of("13")["expect"]
    _, found = harvested("13")
    for name, day in expected["assured_date"].items():
        checked = Service.objects.get(name__iexact=name).checked_at
        assert (checked.isoformat() if checked else None) == day, name
    rows = {row.service.name.lower(): row.modified_at for row in Record.objects.select_related("service") if row.service}
    assert rows["d1"].astimezone(reading.LONDON).replace(tzinfo=None).isoformat(timespec="milliseconds") == "2025-09-02T12:06:15.654"
    assert expected["last_modified"]["d1"].startswith("2025-09-02T12:06:15.654")
    assert rows["d2"] is expected["last_modified"]["d2"] is None
    assert rows["d3"].isoformat() == "2026-01-01T00:00:00+00:00"
    assert [(row["opens"], row["closes"]) for row in found["d4"]["times"]] == [("10:00", "00:00")]


def test_ages(harvested: Callable[[str], Harvested]) -> None:
    done, found = harvested("14")
    for name, expected in case_of("14")["expect"]["ages"].items():
        told = [None if found[name][end] is None else float(found[name][end]) for end in ("min_age", "max_age")]
        assert told == ([None, None] if expected == "flag" else expected), name
    assert any("highest age" in text for text in done.warnings)


def test_what_leads_nowhere_is_left_out(harvested: Callable[[str], Harvested]) -> None:
    done, found = harvested("15")
    assert found["a"]["places"] == []
    for dropped in case_of("15")["expect"]["dropped"]:
        assert any(dropped in text for text in done.warnings), dropped
    one, other = Service.objects.order_by("name")
    assert one.organisation_id == other.organisation_id


def test_what_is_huge_is_cut(harvested: Callable[[str], Harvested]) -> None:
    done, found = harvested("20")
    values = next(iter(found.values()))
    assert len(values["name"]) <= 200
    assert len(values["description"]) <= 20_000
    assert len(values["times"]) <= 60
    assert any("description was cut at 20,000" in text for text in done.warnings)


def test_telephone_numbers_however_they_are_written(harvested: Callable[[str], Harvested]) -> None:
    _, found = harvested("22")
    text = f"{found['ph']['phone']}; {found['ph']['how_to_access']}"
    figures = "".join(filter(str.isdigit, text))
    assert figures == "".join(filter(str.isdigit, "".join(case_of("22")["expect"]["phones"])))
