"""Names that go on as typed."""

from dataclasses import replace

from search.engines.document import Place
from tests.finding import document
from tests.search.engine_contract.answers import MARK


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
