"""What every engine must keep. A second engine joins by one more line in ENGINES."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search import tokens
from search.engines.base import FACETS, FEW, POINTS_MAX, START, Bookmark, Document, Engine
from search.engines.embedded import EmbeddedEngine
from search.query import Box, NeedGuess, Query
from search.reach import way
from search.textscore import half
from tests.finding import MARSDEN, SLAITHWAITE, document, query

ENGINES: dict[str, Callable[[Path], Engine]] = {"embedded": EmbeddedEngine}
MARK = Bookmark(7, "seal")


@pytest.fixture(params=list(ENGINES))
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    made = ENGINES[request.param](tmp_path / "index")
    yield made
    made.close()


def ids(engine: Engine, asked: Query, **options) -> list[str]:
    found = engine.search(asked, **options)
    assert found.total >= len(found.hits)
    assert len({hit.service for hit in found.hits}) == len(found.hits)
    return sorted(hit.service for hit in found.hits)


# --- writing ---------------------------------------------------------------------------------------------------------


def test_an_index_that_nobody_built_is_empty_and_takes_documents(engine):
    assert (ids(engine, Query()), engine.bookmark()) == ([], START)
    assert engine.index([document("a")], bookmark=MARK)
    assert (ids(engine, Query()), engine.bookmark()) == (["a"], MARK)


def test_indexing_replaces_all_documents_of_a_service(engine):
    engine.rebuild([document("a", "Old name"), document("a", "Old name", number=1), document("b")], bookmark=MARK)
    engine.index([document("a", "New name")])
    assert ids(engine, query("old")) == []
    assert [hit.documents[0].name for hit in engine.search(query("new")).hits] == ["New name"]
    assert "old" not in engine.vocabulary()


def test_what_is_gone_is_gone_from_every_answer(engine):
    engine.rebuild([document("a", "Knitting", at=(53.6, -1.9), needs=("shopping",)), document("b")], bookmark=MARK)
    engine.delete(["a", "never-there"])
    assert ids(engine, Query()) == ["b"]
    assert engine.suggest("kni") == []
    assert engine.clusters(None, 10, Query()).points == ()
    assert engine.search(Query()).facets["need"] == {}
    assert "knit" not in engine.vocabulary()


def test_documents_and_bookmark_move_together(engine):
    engine.rebuild([document("a")], bookmark=MARK)
    assert not engine.index([document("b")], bookmark=Bookmark(9, "x"), after=6)
    assert (ids(engine, Query()), engine.bookmark()) == (["a"], MARK)
    assert engine.index([document("b")], gone=["a"], bookmark=Bookmark(9, "x"), after=7)
    assert (ids(engine, Query()), engine.bookmark()) == (["b"], Bookmark(9, "x"))


def test_a_failing_batch_leaves_nothing_behind(engine):
    engine.rebuild([document("a")], bookmark=MARK)
    with pytest.raises(AttributeError):
        engine.index([document("b"), "not a document"], bookmark=Bookmark(9, "x"))
    assert (ids(engine, Query()), engine.bookmark()) == (["a"], MARK)


def test_a_failing_rebuild_leaves_the_old_index(engine):
    engine.rebuild([document("a")], bookmark=MARK)

    def broken() -> Iterator[Document]:
        yield document("b")
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError):
        engine.rebuild(broken(), bookmark=Bookmark(9, "x"))
    assert (ids(engine, Query()), engine.bookmark()) == (["a"], MARK)


def test_searches_go_on_in_the_old_index_while_a_new_one_is_written(engine):
    engine.rebuild([document("old")], bookmark=MARK)
    seen = []

    def documents() -> Iterator[Document]:
        seen.append(ids(engine, Query()))
        yield document("new")
        seen.append(ids(engine, Query()))

    engine.rebuild(documents(), bookmark=Bookmark(9, "x"))
    assert seen == [["old"], ["old"]]
    assert (ids(engine, Query()), engine.bookmark()) == (["new"], Bookmark(9, "x"))


def test_progress_ends_with_the_number_of_documents(engine):
    told: list[int] = []
    engine.rebuild((document(str(number)) for number in range(3)), bookmark=MARK, progress=told.append)
    assert told[-1] == 3


def test_the_state_changes_with_documents_and_not_with_the_bookmark_alone(engine):
    engine.rebuild([document("a")], bookmark=MARK)
    before = engine.state()
    engine.move_bookmark(Bookmark(8, "y"))
    assert (engine.state(), engine.bookmark()) == (before, Bookmark(8, "y"))
    engine.index([document("b")])
    assert engine.state() != before


def test_a_document_comes_back_as_it_went_in(engine):
    whole = document(
        "a",
        "Name",
        at=(53.6, -1.9),
        url="/services/a/",
        organisation="Org",
        summary="Sum — mary",
        ours=True,
        needs=("shopping",),
        kind="group",
        modes=("home",),
        free=True,
        languages=("urdu",),
        who=("carer",),
        min_age=0.0,
        max_age=12.5,
        spaces=False,
        paused=True,
        visible_from=date(2026, 1, 1),
        visible_to=date(2026, 12, 31),
        checked_on=date(2026, 2, 3),
        areas=("*",),
        area_names=("Everywhere",),
        circles=((53.0, -1.0, 2.0), (54.0, -1.5, 0.5)),
        access=("step_free:no",),
    )
    engine.index([whole])
    (hit,) = engine.search(Query()).hits
    assert hit.documents == (replace(whole, name_tokens=(), text_tokens=()),)


# --- finding ---------------------------------------------------------------------------------------------------------


def test_all_words_over_all_fields_go_first(engine):
    engine.rebuild(
        [document("cafe", "Memory cafe", text="for people with dementia"), *(document(f"d{n}", "Dementia") for n in range(9))],
        bookmark=MARK,
    )
    assert "cafe" in ids(engine, query("dementia cafe"))
    best = max(engine.search(query("dementia cafe")).hits, key=lambda hit: hit.text)
    assert (best.service, best.words) == ("cafe", ("dementia", "cafe"))


def test_half_of_the_words_are_enough_only_where_few_have_all(engine):
    some = [document(f"all{n}", "Garden tools") for n in range(FEW)]
    engine.rebuild([*some, document("half", "Garden")], bookmark=MARK)
    assert "half" not in ids(engine, query("garden tools"))
    engine.delete(["all0"])
    assert "half" in ids(engine, query("garden tools"))
    assert ids(engine, query("garden tools sheds pots bulbs")) == []


def test_a_name_weighs_more_than_the_text_and_a_rare_word_more_than_a_common_one(engine):
    engine.rebuild(
        [document("name", "Knitting"), document("text", text="knitting"), *(document(f"x{n}", "Common") for n in range(4))], bookmark=MARK
    )
    text = {hit.service: hit.text for hit in engine.search(query("knitting")).hits}
    assert 0 < text["text"] < text["name"] == 1
    either = {hit.service: hit.text for hit in engine.search(query("knitting common")).hits}
    assert either["name"] > either["x0"]


def test_a_need_is_met_whatever_the_words(engine):
    engine.rebuild([document("a", "Colander Girls", needs=("cooking",)), document("b")], bookmark=MARK)
    assert ids(engine, query("hot dinner", needs=(NeedGuess("cooking", 0.9),))) == ["a"]


def test_other_scripts_are_found(engine):
    engine.rebuild([document("a", "اردو گروپ"), document("b", "Группа")], bookmark=MARK)
    assert ids(engine, query("اردو")) == ["a"]
    assert ids(engine, query("группа")) == ["b"]
    assert set(engine.vocabulary()) >= set(tokens.tokens("اردو"))


@pytest.mark.parametrize("typed", ['"', "a OR b", "name:x", "NEAR(a b)", "a*", "{x} : y", "-a +b ^c", "0x41", "'; DROP TABLE docs; --"])
def test_the_engines_own_syntax_is_only_words(engine, typed):
    engine.rebuild([document("a", "Plain")], bookmark=MARK)
    asked = query(typed)
    assert ids(engine, asked) == ([] if asked.asks else ["a"])
    assert engine.suggest(typed) == []
    assert ids(engine, Query()) == ["a"]


def test_visible_only_on_its_days(engine):
    engine.rebuild([document("a", visible_from=date(2026, 5, 1), visible_to=date(2026, 5, 3))], bookmark=MARK)
    days = {day: ids(engine, Query(on=date(2026, 5, day))) for day in (1, 2, 3, 4)}
    assert days == {1: ["a"], 2: ["a"], 3: ["a"], 4: []}
    assert ids(engine, Query(on=date(2026, 4, 30))) == []


def test_the_likeliest_come_when_not_all_fit_the_limit(engine):
    engine.rebuild([document(f"n{n:02}", "Club", needs=("cooking",) if n == 7 else ()) for n in range(20)], bookmark=MARK)
    found = engine.search(query("club", needs=(NeedGuess("cooking", 0.9),)), limit=3)
    assert (found.total, len(found.hits)) == (20, 3)
    assert "n07" in {hit.service for hit in found.hits}


def test_parts_of_a_long_answer_are_the_whole_without_overlap(engine):
    engine.rebuild([document(f"n{n:02}", "Club", needs=("cooking",) if n % 3 else ()) for n in range(20)], bookmark=MARK)
    asked = query("club", needs=(NeedGuess("cooking", 0.9),))
    parts = [ids(engine, asked, limit=7, offset=offset) for offset in (0, 7, 14, 21)]
    assert [len(part) for part in parts] == [7, 7, 6, 0]
    assert sorted(sum(parts, [])) == ids(engine, asked)


def test_suggestions_begin_as_typed(engine):
    engine.rebuild(
        [document("a", "Marsden Shopping Bus", url="/a"), document("b", "Befriending"), document("c", "Shop", text="marsden")],
        bookmark=MARK,
    )
    assert [each.name for each in engine.suggest("shop")] == ["Marsden Shopping Bus", "Shop"]
    assert [each.service for each in engine.suggest("marsden shopp")] == ["a"]
    assert [each.service for each in engine.suggest("BEFRIE")] == ["b"]
    assert engine.suggest("  ") == []


# --- the same answers as the rules in Python --------------------------------------------------------------------------

NAMES = ["lunch club", "garden club", "phone friends", "lunch", "shopping bus"]
SPOTS = [(MARSDEN.lat, MARSDEN.lon), (SLAITHWAITE.lat, SLAITHWAITE.lon), (53.70, -1.60)]
some = st.sampled_from
documents = st.lists(
    st.builds(
        document,
        some([f"s{n}" for n in range(8)]),
        some(NAMES),
        text=some(NAMES),
        at=st.none() | some(SPOTS),
        needs=some([(), ("shopping",), ("cooking", "shopping")]),
        modes=some([(), ("home",), ("place",), ("phone", "place"), ("online",)]),
        kind=some(["", "group", "service"]),
        free=st.booleans(),
        languages=some([(), ("urdu",), ("polish", "urdu")]),
        who=some([(), ("carer",), ("women",)]),
        min_age=some([None, 18.0, 60.0]),
        max_age=some([None, 70.0]),
        areas=some([(), ("*",), ("wards:colne-valley",), ("district:HD9",)]),
        circles=some([(), ((53.70, -1.60, 3.0),), ((53.70, -1.60, 3.0), (MARSDEN.lat, MARSDEN.lon, 1.0))]),
        access=some([(), ("step_free:yes",), ("step_free:no", "parking:yes"), ("step_free:yes", "parking:yes")]),
        visible_to=some([None, date(2026, 1, 1)]),
    ),
    max_size=10,
    unique_by=lambda made: made.service,
)
queries = st.builds(
    lambda words, **values: query(words, **values),
    some(["", "", "lunch", "lunch club", "garden club bus", "piano"]),
    needs=some([(), (), (NeedGuess("shopping", 0.9),), (NeedGuess("cooking", 0.5), NeedGuess("shopping", 0.4))]),
    place=some([None, MARSDEN, SLAITHWAITE]),
    radius=some([None, 1.0, 30.0]),
    need=some([(), (), ("shopping",), ("cooking", "shopping")]),
    mode=some([(), (), ("home",), ("home", "phone")]),
    kind=some([(), (), ("group",)]),
    who=some(["", "", "carers", "65", "men"]),
    free=some([False, False, True]),
    access=some([(), (), ("step_free",), ("parking", "step_free")]),
    language=some(["", "", "urdu"]),
    bbox=some([None, None, Box(-2, 53.5, -1.8, 53.61)]),
    only=some([None, None, frozenset({"s1", "s2", "s3"})]),
    on=some([None, date(2026, 6, 1)]),
)


def holds(made: Document, word: str) -> bool:
    return word in made.name_tokens or word in made.text_tokens


def passes(made: Document, asked: Query) -> dict[str, bool]:
    """Every filter, by name."""
    who = set(tokens.tokens(asked.who))
    return {
        "need": not asked.need or bool(set(asked.need) & set(made.needs)),
        "mode": not asked.mode or bool(set(asked.mode) & set(made.modes)),
        "kind": not asked.kind or made.kind in asked.kind,
        "free": not asked.free or made.free,
        "language": not asked.language or asked.language in made.languages,
        "access": all(f"{fact}:yes" in made.access for fact in asked.access),
        "who": (made.min_age is None or made.min_age <= asked.age) and (made.max_age is None or made.max_age >= asked.age)
        if asked.age is not None
        else not who or not made.who or bool(who & set(made.who)),
        "bbox": asked.bbox is None or made.place is None or asked.bbox.holds(made.place.lat, made.place.lon),
        "open": asked.only is None or made.service in asked.only,
    }


def base(made: list[Document], asked: Query) -> list[Document]:
    """The documents that fit words, needs, place and day, by the rules in plain Python."""
    there = [
        each
        for each in made
        if (asked.on is None or each.visible_to is None or each.visible_to >= asked.on)
        and (asked.place is None or way(each, asked) is not None)
    ]
    if not asked.asks:
        return there
    needs = {guess.slug for guess in asked.needs}
    fit = [each for each in there if needs & set(each.needs) or (asked.words and all(holds(each, word) for word in asked.words))]
    if len({each.service for each in fit}) < FEW and len(asked.words) > 1:
        enough = half(len(asked.words))
        fit += [each for each in there if each not in fit and sum(holds(each, word) for word in asked.words) >= enough]
    return fit


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=documents, asked=queries)
def test_hits_facets_and_map_are_those_of_the_rules(engine, made, asked):
    engine.rebuild(made, bookmark=MARK)
    fit = base(made, asked)
    through = [each for each in fit if all(passes(each, asked).values())]
    found = engine.search(asked)
    assert sorted(hit.service for hit in found.hits) == sorted(each.service for each in through)
    assert found.total == len(through)

    tags = {
        "need": lambda each: each.needs,
        "mode": lambda each: each.modes,
        "kind": lambda each: (each.kind,) if each.kind else (),
        "free": lambda each: ("yes",) if each.free else (),
        "language": lambda each: each.languages,
        "access": lambda each: [fact.removesuffix(":yes") for fact in each.access if fact.endswith(":yes")],
    }
    for field in FACETS:
        others = [each for each in fit if all(value for name, value in passes(each, asked).items() if name != field)]
        counted: dict[str, int] = {}
        for each in others:
            for value in tags[field](each):
                counted[value] = counted.get(value, 0) + 1
        assert found.facets[field] == counted

    drawn = engine.clusters(asked.bbox, 10, asked)
    unboxed = [each for each in fit if all(value for name, value in passes(each, asked).items() if name != "bbox")]
    placed = [each for each in unboxed if each.place and (asked.bbox is None or asked.bbox.holds(each.place.lat, each.place.lon))]
    assert sorted(point.service for point in drawn.points) == sorted(each.service for each in placed)
    assert drawn.without_place == sum(each.place is None for each in unboxed)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=documents, asked=queries)
def test_taking_the_place_away_never_drops_a_service_without_an_address(engine, made, asked):
    engine.rebuild([replace(each, areas=(), circles=()) for each in made], bookmark=MARK)
    without_address = {each.service for each in made if each.place is None}
    here = set(ids(engine, replace(asked, needs=(NeedGuess("shopping", 1.0),), words=(), typed=())))
    everywhere = set(ids(engine, replace(asked, needs=(NeedGuess("shopping", 1.0),), words=(), typed=(), place=None)))
    assert here & without_address == everywhere & without_address


def test_choosing_a_facet_gives_as_many_as_it_said(engine):
    made = [
        document(f"s{n}", "Club", needs=("shopping", "cooking")[: n % 3], modes=("home", "phone")[n % 2 : n % 2 + 1], free=n % 4 == 0)
        for n in range(12)
    ]
    engine.rebuild(made, bookmark=MARK)
    asked = query("club", mode=("home",))
    facets = engine.search(asked).facets
    assert facets["need"] == {value: engine.search(replace(asked, need=(value,))).total for value in ("shopping", "cooking")}
    assert facets["mode"] == {value: engine.search(replace(asked, mode=(value,))).total for value in ("home", "phone")}
    assert facets["free"] == {"yes": engine.search(replace(asked, free=True)).total}


# --- the map ---------------------------------------------------------------------------------------------------------


def test_many_places_are_drawn_as_clusters_that_add_up(engine):
    count = POINTS_MAX + 50
    engine.rebuild(
        [*(document(f"s{n}", at=(53.5 + n % 20 / 100, -1.9 + n // 20 / 100)) for n in range(count)), document("phone")], bookmark=MARK
    )
    for zoom in (0, 8, 14, 22):
        drawn = engine.clusters(None, zoom, Query())
        assert sum(cluster.count for cluster in drawn.clusters) + len(drawn.points) == count
        assert all(cluster.count > 1 and cluster.box.holds(cluster.lat, cluster.lon) for cluster in drawn.clusters)
        assert drawn.without_place == 1
    assert len(engine.clusters(None, 0, Query()).clusters) == 1
    inside = engine.clusters(Box(-1.9, 53.5, -1.85, 53.55), 14, Query())
    assert inside.clusters == ()
    assert 0 < len(inside.points) <= POINTS_MAX


def test_a_service_at_two_places_has_two_points_and_is_one_result(engine):
    engine.rebuild([document("a", number=0, at=(53.6, -1.9)), document("a", number=1, at=(53.7, -1.8))], bookmark=MARK)
    assert engine.search(Query()).total == 1
    assert len(engine.clusters(None, 10, Query()).points) == 2
    assert len(engine.clusters(Box(-1.85, 53.65, -1.7, 53.75), 10, Query()).points) == 1


@pytest.mark.parametrize("position", [(90.0, 180.0), (-90.0, -180.0), (0.0, 0.0)])
def test_the_ends_of_the_earth_are_on_the_map(engine, position):
    engine.rebuild([document("a", at=position)], bookmark=MARK)
    assert len(engine.clusters(None, 0, Query()).points) == 1
