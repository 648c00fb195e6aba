"""What comes nearest is the same whichever engine finds it, and whether it is told from columns or from whole documents."""

from dataclasses import replace

from hypothesis import HealthCheck, given, settings

from search.engines.base import Engine
from search.engines.document import Document
from search.geometry import miles_between
from search.near_misses import FARTHEST_MILES, MOST, near_misses, why_not
from search.query import Query, Sort
from search.reach import way
from search.reasons import fact_not_known
from search.scoring import score
from tests.finding import MARSDEN, SLAITHWAITE, document
from tests.search.engine_contract.answers import MARK, TODAY
from tests.search.engine_contract.rules import documents, opens, queries


def told(engine: Engine, asked: Query, found=()) -> list[tuple[str, str]]:
    return [(miss.id, miss.why_not) for miss in near_misses(asked, set(found), engine, today=TODAY)]


def reasons(made: Document, asked: Query) -> list[str]:
    is_open = opens(made, asked)
    timed = asked.open or asked.days or asked.during
    may_be = not timed or bool(is_open) or (is_open is None and asked.during is not None)
    return why_not([made], asked, reaches=way(made, asked) is not None, open_then=may_be)


def miles(made: Document, asked: Query) -> float | None:
    if asked.place is None:
        return None
    here = asked.place.lat, asked.place.lon
    ways = [max(0.0, miles_between(*here, lat, lon) - radius) for lat, lon, radius in made.circles]
    return min([*ways, *([miles_between(*here, made.place.lat, made.place.lon)] if made.place else [])], default=None)


def from_documents(engine: Engine, made: list[Document], asked: Query) -> list[tuple[str, str]]:
    """The rule told with whole documents: all that speaks to the question, with its reasons, the fewest first."""
    if not (asked.asks or asked.need or asked.place):
        return []
    wide = replace(asked, mode=(), free=False, access=(), language="", who="", open="", days=(), during=None, wished=frozenset(), bbox=None)
    candidates = engine.search(wide, everywhere=True)
    scores = score(candidates.rows, wide, today=TODAY)
    by_service = {each.service: each for each in made}
    missed = []
    for at, (read, *_) in enumerate(candidates.documents(range(len(candidates.rows)))):
        each = by_service[read.service]
        why, away = reasons(each, asked), miles(each, asked)
        perhaps = set() if "access" in asked.wished else {fact_not_known(fact) for fact in asked.access}
        speaks = not asked.needs or scores.parts[0][at] > 0
        if speaks and why and not perhaps.issuperset(why) and (away or 0.0) <= FARTHEST_MILES:
            missed.append(((len(why), away or 0.0, -scores.points[at], each.name.casefold(), each.service), ". ".join(why)))
    return [(key[-1], why) for key, why in sorted(missed)[:MOST]]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=documents, asked=queries)
def test_columns_tell_the_same_near_misses_as_whole_documents(engine, made, asked):
    engine.rebuild(made, bookmark=MARK)
    asked = replace(asked, sort=Sort.FIT)
    expected = from_documents(engine, made, asked)
    assert told(engine, asked) == expected
    assert told(engine, asked, [service for service, _ in expected[:1]])[: MOST - 1] == expected[1:]


def test_a_service_is_as_near_as_the_nearest_of_its_places_and_has_what_any_of_them_has(engine):
    far, near = (53.70, -1.60), (SLAITHWAITE.lat, SLAITHWAITE.lon)
    shared = {"name": "Lunch club", "needs": ("shopping",), "free": False}
    engine.rebuild(
        [
            document("a", number=0, at=far, access=("step_free:yes",), **shared),
            document("a", number=1, at=near, access=("step_free:no",), **shared),
            document("b", number=0, at=(MARSDEN.lat, MARSDEN.lon + 0.2), **shared),
        ],
        bookmark=MARK,
    )
    asked = Query(place=MARSDEN, need=("shopping",), free=True, access=("step_free",))
    (first, why), (second, more) = told(engine, asked)
    assert (first, why) == ("a", "Not free")
    assert second == "b"
    assert more.endswith("further than 5 miles. Not free. Step-free access: not known, phone to ask")


def test_many_that_stand_in_the_list_leave_room_for_near_misses(engine):
    engine.rebuild([document(f"s{n:02}", "Lunch club", free=False if n % 2 else None) for n in range(30)], bookmark=MARK)
    asked = Query(q="lunch", words=("lunch",), typed=("lunch",), free=True)
    assert len(told(engine, asked)) == MOST
    assert [service for service, _ in told(engine, asked, {f"s{n:02}" for n in range(20)})] == ["s20", "s21", "s22", "s23", "s24"]
