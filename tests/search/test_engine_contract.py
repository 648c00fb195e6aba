"""What every engine must keep. Another engine joins by one more line in ENGINES."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search import tokens
from search.engines.base import FACETS, FEW, POINTS_MAX, START, Bookmark, Document, Engine, Place
from search.engines.embedded import EmbeddedEngine
from search.lexicon import repair
from search.query import Box, NeedGuess, Query, Sort
from search.reach import way
from search.scoring import TEXT, ranked, score
from search.textscore import half
from tests.finding import MARSDEN, SLAITHWAITE, document, query
from tests.opensearch.server import in_front

ENGINES: dict[str, Callable[[pytest.FixtureRequest, Path], Engine]] = {
    "embedded": lambda request, folder: EmbeddedEngine(folder),
    "opensearch": lambda request, folder: in_front(request.getfixturevalue("opensearch_url"), folder),
}
MARK = Bookmark(7, "seal")


@pytest.fixture(params=list(ENGINES))
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    made = ENGINES[request.param](request, tmp_path / "index")
    yield made
    made.close()


TODAY = date(2026, 11, 23)


def answer(engine: Engine, asked: Query, **options) -> dict[str, tuple[Document, ...]]:
    """The documents of every service that fits, by service."""
    found = engine.search(asked, **options)
    told = found.documents(range(len(found.rows)))
    services = {documents[0].service: documents for documents in told}
    assert len(services) == len(found.rows) <= found.total
    return services


def ids(engine: Engine, asked: Query, **options) -> list[str]:
    return sorted(answer(engine, asked, **options))


def texts(engine: Engine, asked: Query) -> dict[str, int]:
    """The points for words of each service that fits."""
    found = engine.search(asked)
    scores = score(found.rows, asked, today=TODAY)
    told = found.documents(range(len(found.rows)))
    return {documents[0].service: int(points) for documents, points in zip(told, scores.parts[1], strict=True)}


def page(engine: Engine, asked: Query) -> list[str]:
    """The services of the query's page, in order, as search.find shows them."""
    found = engine.search(asked)
    begin = (asked.page - 1) * asked.page_size - found.first
    assert begin >= 0
    at = ranked(score(found.rows, asked, today=TODAY), asked.sort, begin, begin + asked.page_size)
    return [documents[0].service for documents in found.documents(at)]


# --- writing ---------------------------------------------------------------------------------------------------------


def test_an_index_that_nobody_built_is_empty_and_takes_documents(engine):
    assert (ids(engine, Query()), engine.bookmark()) == ([], START)
    assert engine.index([document("a")], bookmark=MARK)
    assert (ids(engine, Query()), engine.bookmark()) == (["a"], MARK)


def test_indexing_replaces_all_documents_of_a_service(engine):
    engine.rebuild([document("a", "Old name"), document("a", "Old name", number=1), document("b")], bookmark=MARK)
    engine.index([document("a", "New name")])
    assert ids(engine, query("old")) == []
    assert [documents[0].name for documents in answer(engine, query("new")).values()] == ["New name"]
    assert engine.lexicon().holds(["old", "new"]) == {"new"}


def test_what_is_gone_is_gone_from_every_answer(engine):
    engine.rebuild([document("a", "Knitting", at=(53.6, -1.9), needs=("shopping",)), document("b")], bookmark=MARK)
    engine.delete(["a", "never-there"])
    assert ids(engine, Query()) == ["b"]
    assert engine.suggest("kni") == []
    assert engine.clusters(None, 10, Query()).points == ()
    assert engine.search(Query()).facets["need"] == {}
    assert engine.lexicon().holds(["knit"]) == set()


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
        who_for="Carers",
        days=("MO", "SU"),
        hours=((1, 2, True), (5, 9, False)),
        hours_to=20,
        locality="marsden",
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
    assert answer(engine, Query()) == {"a": (replace(whole, name_tokens=(), text_tokens=(), hours=()),)}


# --- finding ---------------------------------------------------------------------------------------------------------


def test_all_words_over_all_fields_go_first(engine):
    engine.rebuild(
        [document("cafe", "Memory cafe", text="for people with dementia"), *(document(f"d{n}", "Dementia") for n in range(9))],
        bookmark=MARK,
    )
    assert "cafe" in ids(engine, query("dementia cafe"))
    points = texts(engine, query("dementia cafe"))
    assert max(points, key=lambda service: points[service]) == "cafe"


def test_the_words_of_a_service_are_those_of_all_its_documents(engine):
    engine.rebuild([document("a", "Lunch", text="marsden"), document("a", "Lunch", number=1, text="golcar")], bookmark=MARK)
    assert ids(engine, query("marsden golcar")) == ["a"]


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
    text = texts(engine, query("knitting"))
    assert 0 < text["text"] < text["name"] == TEXT
    either = texts(engine, query("knitting common"))
    assert either["name"] > either["x0"]


def test_a_need_is_met_whatever_the_words(engine):
    engine.rebuild([document("a", "Colander Girls", needs=("cooking",)), document("b")], bookmark=MARK)
    assert ids(engine, query("hot dinner", needs=(NeedGuess("cooking", 0.9),))) == ["a"]


def test_other_scripts_are_found(engine):
    engine.rebuild([document("a", "اردو گروپ"), document("b", "Группа")], bookmark=MARK)
    assert ids(engine, query("اردو")) == ["a"]
    assert ids(engine, query("группа")) == ["b"]
    assert engine.lexicon().holds(tokens.tokens("اردو группа")) == set(tokens.tokens("اردو группа"))


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


def test_a_need_met_comes_first_on_a_short_page(engine):
    engine.rebuild([document(f"n{n:02}", "Club", needs=("cooking",) if n == 7 else ()) for n in range(20)], bookmark=MARK)
    asked = query("club", needs=(NeedGuess("cooking", 0.9),), page_size=3)
    assert engine.search(asked).total == 20
    assert page(engine, asked)[0] == "n07"


def test_suggestions_begin_as_typed(engine):
    engine.rebuild(
        [document("a", "Marsden Shopping Bus", url="/a"), document("b", "Befriending"), document("c", "Shop", text="marsden")],
        bookmark=MARK,
    )
    assert [each.name for each in engine.suggest("shop")] == ["Marsden Shopping Bus", "Shop"]
    assert [each.service for each in engine.suggest("marsden shopp")] == ["a"]
    assert [each.service for each in engine.suggest("BEFRIE")] == ["b"]
    assert engine.suggest("  ") == []


def test_organisations_and_places_are_suggested_once_each_behind_the_services(engine):
    engine.rebuild(
        [
            document("a", "Mill walk", organisation="Mill Friends", at=(53.6, -1.9)),
            document("b", "Sewing", organisation="Mill Friends"),
            replace(document("c", "Tea", organisation="Tea at the Mill"), place=Place("Marsden Mill", 53.6, -1.9)),
        ],
        bookmark=MARK,
    )
    told = [(each.kind, each.name) for each in engine.suggest("mill")]
    assert told == [
        ("service", "Mill walk"),
        ("organisation", "Mill Friends"),
        ("organisation", "Tea at the Mill"),
        ("place", "Marsden Mill"),
    ]
    assert [each.name for each in engine.suggest("mill", limit=2)] == ["Mill walk", "Mill Friends"]
    engine.delete(["a", "b"])
    assert [each.name for each in engine.suggest("mill")] == ["Tea at the Mill", "Marsden Mill"]


# --- the words of the listings ----------------------------------------------------------------------------------------


def test_a_slip_is_repaired_by_the_words_that_are_written(engine):
    engine.rebuild([document("a", "Befriending"), document("b", "Befriending", text="telephone")], bookmark=MARK)
    lexicon = engine.lexicon()
    assert repair("befreinding", lexicon) == "befriending"
    assert dict(lexicon.near("befriendng")) == {"befriending": 2}
    assert repair("befriending", lexicon) is None
    assert lexicon.written_as(["befriend", "piano"]) == {"befriend": "befriending"}
    engine.delete(["a"])
    assert dict(lexicon.near("befriending")) == {"befriending": 1}
    engine.delete(["b"])
    assert (lexicon.near("befriending"), lexicon.written_as(["befriend"])) == ([], {})


# --- the same answers as the rules in Python --------------------------------------------------------------------------

NAMES = ["lunch club", "garden club", "phone friends", "lunch", "shopping bus"]
SPOTS = [(MARSDEN.lat, MARSDEN.lon), (SLAITHWAITE.lat, SLAITHWAITE.lon), (53.70, -1.60)]
some = st.sampled_from


def within_hours(made: Document) -> Document:
    """No spans where the times are not known, none beyond what was worked out."""
    until = made.hours_to or 0
    return replace(made, hours=tuple((start, min(end, until), sure) for start, end, sure in made.hours if start < until))


documents = st.lists(
    st.builds(
        document,
        some([f"s{n}" for n in range(8)]),
        some(NAMES),
        text=some(NAMES),
        at=st.none() | some(SPOTS),
        needs=some([(), ("shopping",), ("cooking", "shopping")]),
        modes=some([(), ("home",), ("place",), ("phone", "place"), ("online",)]),
        days=some([(), ("MO",), ("MO", "SU")]),
        hours_to=some([None, 50, 1000]),
        hours=some([(), ((10, 20, True),), ((15, 30, False), (40, 45, True)), ((0, 100, True), (90, 2000, False))]),
        paused=st.booleans(),
        spaces=some([None, True, False]),
        checked_on=some([None, date(2026, 1, 1), date(2020, 1, 1)]),
        kind=some(["", "group", "service"]),
        free=some([None, True, False]),
        languages=some([(), ("urdu",), ("polish", "urdu")]),
        who=some([(), ("carer",), ("women",)]),
        min_age=some([None, 18.0, 60.0]),
        max_age=some([None, 70.0]),
        areas=some([(), ("*",), ("wards:colne-valley",), ("district:HD9",)]),
        circles=some([(), ((53.70, -1.60, 3.0),), ((53.70, -1.60, 3.0), (MARSDEN.lat, MARSDEN.lon, 1.0))]),
        access=some([(), ("step_free:yes",), ("step_free:no", "parking:yes"), ("step_free:yes", "parking:yes")]),
        visible_to=some([None, date(2026, 1, 1)]),
    ).map(within_hours),
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
    open=some(["", "", "now", "MO"]),
    days=some([(), (), ("MO", "TU")]),
    during=some([None, None, (12, 17), (60, 70)]),
    minute=some([None, 15, 42, 60, 95]),
    wished=some([frozenset(), frozenset({"mode", "free", "language", "access", "open"})]),
    access=some([(), (), ("step_free",), ("parking", "step_free")]),
    language=some(["", "", "urdu"]),
    bbox=some([None, None, Box(-2, 53.5, -1.8, 53.61)]),
    on=some([None, date(2026, 6, 1)]),
)


def holds(made: Document, word: str) -> bool:
    return word in made.name_tokens or word in made.text_tokens


def open_between(made: Document, start: int, end: int) -> bool | None:
    """Whether it is open at any minute of a span; None where nobody knows."""
    if made.hours_to is None:
        return None
    meets = [sure for begins, ends, sure in made.hours if begins < end and ends > start]
    return True if any(meets) else None if meets or made.hours_to < end else False


def opens(made: Document, asked: Query) -> bool | None:
    """Whether it is open at every time that is asked for."""
    told: list[bool | None] = []
    if asked.open == "now":
        told.append(None if asked.minute is None else open_between(made, asked.minute, asked.minute + 1))
    for days in ({asked.open} - {"now", ""}, set(asked.days)):
        if days:
            told.append(True if days & set(made.days) else None if made.hours_to is None else False)
    if asked.during:
        told.append(open_between(made, *asked.during))
    return False if False in told else None if None in told else True


def known(value: bool | None, field: str, asked: Query) -> bool:
    """A wish shuts out only what surely is not so."""
    return bool(value) or (value is None and field in asked.wished)


def passes(made: Document, asked: Query) -> dict[str, bool]:
    """Every filter, by name."""
    who = set(tokens.tokens(asked.who))
    facts = {fact: True if f"{fact}:yes" in made.access else False if f"{fact}:no" in made.access else None for fact in asked.access}
    return {
        "need": not asked.need or bool(set(asked.need) & set(made.needs)),
        "mode": not asked.mode or known(bool(set(asked.mode) & set(made.modes)) if made.modes else None, "mode", asked),
        "kind": not asked.kind or made.kind in asked.kind,
        "free": not asked.free or known(made.free, "free", asked),
        "language": not asked.language or known(asked.language in made.languages if made.languages else None, "language", asked),
        "access": all(known(value, "access", asked) for value in facts.values()),
        "who": (made.min_age is None or made.min_age <= asked.age) and (made.max_age is None or made.max_age >= asked.age)
        if asked.age is not None
        else not who or not made.who or bool(who & set(made.who)),
        "bbox": asked.bbox is None or made.place is None or asked.bbox.holds(made.place.lat, made.place.lon),
        "open": known(opens(made, asked), "open", asked),
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
    assert ids(engine, asked) == sorted(each.service for each in through)
    found = engine.search(asked)
    assert found.total == len(through)

    facts = ("step_free", "parking")
    values = {
        "need": lambda each: each.needs,
        "mode": lambda each: each.modes,
        "kind": lambda each: (each.kind,) if each.kind else (),
        "free": lambda each: ("yes",) if each.free else (),
        "open": lambda each: (
            each.days if asked.minute is None or not open_between(each, asked.minute, asked.minute + 1) else (*each.days, "now")
        ),
        "who": lambda each: each.who or ("carer", "women"),
        "language": lambda each: each.languages,
        "access": lambda each: [fact for fact in facts if f"{fact}:yes" in each.access],
        "access_unknown": lambda each: [fact for fact in facts if not {f"{fact}:yes", f"{fact}:no"} & set(each.access)],
    }
    for field in FACETS:
        own = field.removesuffix("_unknown")
        others = [each for each in fit if all(value for name, value in passes(each, asked).items() if name != own)]
        counted = Counter(value for each in others for value in values[field](each))
        if field == "who":
            counted = Counter({value: count for value, count in counted.items() if any(value in each.who for each in others)})
        told = {value: count for value, count in found.facets[field].items() if field != "access_unknown" or value in facts}
        assert told == counted

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
        document(
            f"s{n}",
            "Club",
            needs=("shopping", "cooking")[: n % 3],
            modes=("home", "phone")[n % 2 : n % 2 + 1],
            free=n % 4 == 0,
            who=("carer", "women")[: n % 3],
            days=("MO", "TU")[: n % 3],
            hours=((0, 10, True),) if n % 2 else (),
            hours_to=100,
        )
        for n in range(12)
    ]
    engine.rebuild(made, bookmark=MARK)
    asked = query("club", mode=("home",))
    asked = replace(asked, minute=5)
    facets = engine.search(asked).facets
    assert facets["who"] == {value: engine.search(replace(asked, who=value)).total for value in ("carer", "women")}
    assert facets["open"] == {value: total for value in ("now", "MO", "TU") if (total := engine.search(replace(asked, open=value)).total)}
    assert facets["need"] == {value: engine.search(replace(asked, need=(value,))).total for value in ("shopping", "cooking")}
    assert facets["mode"] == {value: engine.search(replace(asked, mode=(value,))).total for value in ("home", "phone")}
    assert facets["free"] == {"yes": engine.search(replace(asked, free=True)).total}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=documents, asked=queries, size=st.integers(1, 4), sort=st.sampled_from(Sort))
def test_the_pages_together_hold_every_service_once(engine, made, asked, size, sort):
    engine.rebuild(made, bookmark=MARK)
    sort = Sort.FIT if sort is Sort.DISTANCE and asked.place is None else sort
    asked = replace(asked, page_size=size, sort=sort)
    total = engine.search(asked).total
    paged = [service for number in range(1, total // size + 2) for service in page(engine, replace(asked, page=number))]
    assert sorted(paged) == ids(engine, replace(asked, page_size=100))
    assert page(engine, replace(asked, page=10**6)) == []


def test_the_order_asked_for_is_kept_over_all_pages(engine):
    names = ["beta", "Alpha", "gamma", "ALPHA", "delta"] * 9
    made = [document(f"s{n:02}", name, at=(MARSDEN.lat + n % 7 / 200, MARSDEN.lon)) for n, name in enumerate(names)]
    engine.rebuild(made, bookmark=MARK)
    asked = Query(place=MARSDEN, page_size=10)
    pages = {sort: [service for number in range(1, 6) for service in page(engine, replace(asked, sort=sort, page=number))] for sort in Sort}
    by_name = {each.service: (each.name.casefold(), each.service) for each in made}
    by_miles = {each.service: (each.place.lat, *by_name[each.service]) for each in made}
    assert pages[Sort.NAME] == sorted(by_name, key=lambda service: by_name[service])
    assert pages[Sort.DISTANCE] == sorted(by_miles, key=lambda service: by_miles[service])


def test_hours_that_end_are_told_by_the_index(engine):
    engine.rebuild(
        [document("soon", hours_to=100), document("late", hours_to=200), document("unknown"), document("paused", hours_to=99)],
        bookmark=MARK,
    )
    assert engine.ending_before(100) == ["paused"]
    assert engine.ending_before(101) == ["paused", "soon"]
    engine.index([document("paused", hours_to=300)])
    assert engine.ending_before(201) == ["soon", "late"]


@pytest.mark.parametrize(("access", "told"), [(("step_free:yes",), ({"step_free": 1}, 0)), (("step_free:no",), ({}, 0)), ((), ({}, 1))])
def test_access_has_three_values_over_all_places_that_fit(engine, access, told):
    engine.rebuild([document("a", number=0, at=(53.6, -1.9)), document("a", number=1, at=(53.6, -1.9), access=access)], bookmark=MARK)
    facets = engine.search(Query()).facets
    assert (facets["access"], facets["access_unknown"].get("step_free", 0)) == told


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
