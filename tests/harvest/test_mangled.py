"""Feeds that are broken in any way: nothing is raised, nothing is lost, and what is wrong stands in a line."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory.harvest.models import Feed, Run
from directory.harvest.run_states import RunState
from directory.journal.verifying import verify
from directory.models import Service
from tests.harvest.serving import NOT_FOUND, Answer, as_json, page_of, pages, service, serving

pytestmark = [pytest.mark.django_db(transaction=False), pytest.mark.usefixtures("needs")]
Run_ = Callable[..., Run]
FeedAt = Callable[..., Feed]
KNOWN = [service(number) for number in range(4)]
ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 3.5, 1e308, float("nan"), float("inf"), 10**400, "", " ", "\0", "\ud800", "²", "null"),
    *(
        [],
        {},
        [[]],
        [None],
        {"": None},
        [{}] * 300,
        "x" * 9_000,
        "[](" + "y" * 9_000,
        " " * 9_000,
        "9999-12-31T23:59:59-12:00",
        "0000-00-00",
    ),
    *(
        "<script>alert(1)</script>",
        "<b>" * 900,
        "javascript:alert(1)",
        "a@\ud800.org",
        "HD7 5AF",
        "24:00",
        "FREQ=WEEKLY;INTERVAL=²",
        10**15,
    ),
)


def places_in(told: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to each value inside."""
    parts = told.items() if isinstance(told, dict) else enumerate(told) if isinstance(told, list) else ()
    return [found for key, value in parts for found in [(*path, key), *places_in(value, (*path, key))]]


PLACES = places_in(page_of(KNOWN, 1, 10))
changes = st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from(ODD) | st.text(max_size=30) | st.floats()), min_size=1, max_size=12)


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """A page with values changed, taken out or doubled, and maybe its bytes cut, doubled or set to others."""
    page = json.loads(json.dumps(page_of(KNOWN, 1, 10)))
    for path, value in draw(changes):
        held: Any = page
        try:
            for key in path[:-1]:
                held = held[key]
            if draw(st.booleans()):
                held[path[-1]] = value
            else:
                del held[path[-1]]
        except (KeyError, IndexError, TypeError):
            continue
    body = json.dumps(page).encode(draw(st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "utf-16", "cp1252"])))
    if draw(st.integers(0, 3)) == 0:
        at, length = draw(st.integers(0, len(body))), draw(st.integers(0, 40))
        body = body[:at] + draw(st.binary(max_size=20)) + body[at + length :]
    return body


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(body=bodies())
def test_whatever_comes_nothing_is_raised_and_nothing_is_lost(body: bytes, feed_at: FeedAt, run: Run_) -> None:
    day: dict[str, Callable[..., Answer]] = {"": pages(KNOWN)}
    with serving(lambda *asked: day[""](*asked)) as site:
        feed = feed_at(site.url)
        assert run(feed).made == len(KNOWN)
        before = set(Service.objects.filter(source=feed.url).values_list("pk", flat=True))
        day[""] = lambda path, *asked: (200, {"Content-Type": "application/json"}, body) if path == "/api/services" else NOT_FOUND
        done = run(feed)
        assert done.state in (RunState.GOOD, RunState.PART, RunState.FAILED)
        assert before <= set(Service.objects.filter(source=feed.url).values_list("pk", flat=True))
        # Where less than half went, what is not told any more is closed; never more.
        assert Service.objects.public().filter(pk__in=before).count() >= len(before) // 2
        assert (done.error == "") == (done.state == RunState.GOOD)
        assert not done.rejected or any(text.startswith("left out: ") for text in done.warnings)
        # And the day after all is well again.
        day[""] = pages(KNOWN)
        again = run(feed)
        assert again.state == RunState.GOOD
        assert Service.objects.public().filter(pk__in=before).count() == len(before)
        assert [found.name for found in Service.objects.filter(pk__in=before).order_by("name")] == [each["name"] for each in KNOWN]


def test_the_journal_is_whole_after_broken_feeds(feed_at: FeedAt, run: Run_) -> None:
    with serving(lambda *asked: as_json({"contents": [{**service(1), "name": "\ud800"}, {**service(2), "email": "a@\ud800.org"}]})) as site:
        done = run(feed_at(site.url))
    assert (done.made, done.rejected) == (1, 1)
    assert verify() == []
