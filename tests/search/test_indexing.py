from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command

from directory import clock
from directory.journal.following import JournalCut, lag
from directory.journal.heads import head
from directory.journal.models import Event
from directory.listings import set_fields, set_organisation, withdraw
from directory.models import Need
from directory.seeding import set_need
from search import engines, indexing
from search.engines.base import Bookmark
from search.find import find
from search.query import Query


def names(q: str = "") -> list[str]:
    return [result.name for result in find(Query(q=q)).results]


def test_a_new_listing_is_found_after_one_catch_up(listing):
    indexing.catch_up()
    listing("Marsden knitting", needs=["friendships"])
    assert names("knitting") == []
    assert indexing.catch_up() > 0
    assert names("knitting") == ["Marsden knitting"]
    assert lag()["index"] == 0
    assert engines.current().bookmark() == head()


def test_an_edit_shows_after_one_catch_up(listing, editor):
    made = listing("Marsden knitting")
    indexing.catch_up()
    set_fields(made, {"name": "Marsden crochet"}, by=editor)
    indexing.catch_up()
    assert names("crochet") == ["Marsden crochet"]
    assert names("marsden") == ["Marsden crochet"]


def test_withdrawn_and_closed_listings_are_gone_after_one_catch_up(listing, editor):
    one, two = listing("Marsden knitting"), listing("Slaithwaite knitting")
    indexing.catch_up()
    withdraw(one, by=editor)
    set_fields(two, {"status": "closed"}, by=editor)
    indexing.catch_up()
    assert names("knitting") == []


def test_a_deleted_listing_is_gone_after_the_next_event_about_it(listing, editor):
    made = listing("Marsden knitting")
    indexing.catch_up()
    withdraw(made, by=editor)
    made.delete()
    indexing.catch_up()
    assert names("knitting") == []


def test_the_new_name_of_an_organisation_shows_at_its_listings(listing, editor):
    made = listing("Marsden knitting")
    indexing.catch_up()
    set_organisation(made.organisation, {"name": "Woolly Friends"}, by=editor)
    indexing.catch_up()
    assert find(Query(q="woolly")).results[0].organisation == "Woolly Friends"


def test_new_words_of_a_need_are_understood_after_one_catch_up(listing, editor):
    listing("Marsden knitting", needs=["friendships"])
    indexing.catch_up()
    assert find(Query(q="jibber jabber")).query.needs == ()
    need = Need.objects.get(slug="friendships")
    set_need(need, {"resident_words": need.resident_words + "\njibber jabber"}, by=editor)
    indexing.catch_up()
    assert [guess.slug for guess in find(Query(q="jibber jabber")).query.needs] == ["friendships"]


def test_a_rebuild_begins_at_the_head_and_loses_nothing(listing):
    listing("Marsden knitting")
    assert indexing.rebuild() == 1
    assert engines.current().bookmark() == head()
    listing("Slaithwaite knitting")
    indexing.catch_up()
    assert sorted(names("knitting")) == ["Marsden knitting", "Slaithwaite knitting"]


def test_what_somebody_else_indexed_meanwhile_is_not_set_back(listing):
    listing("Marsden knitting")
    events = list(Event.objects.order_by("seq"))
    engines.current().rebuild([], bookmark=Bookmark(*head()))
    store = indexing.IndexBookmark()
    store.handle(events)
    store.set(store.get())
    assert engines.current().bookmark() == head()
    assert names() == []


def test_an_index_of_another_journal_is_refused_until_it_is_rebuilt(listing, capsys):
    listing("Marsden knitting")
    engines.current().rebuild([], bookmark=Bookmark(10_000, "seal of another journal"))
    with pytest.raises(JournalCut):
        indexing.catch_up()
    call_command("rebuild_index")
    assert names("knitting") == ["Marsden knitting"]
    assert "1 documents" in capsys.readouterr().out


def test_an_edit_goes_through_while_the_index_cannot_be_written(listing, editor, settings, tmp_path):
    made = listing("Marsden knitting")
    blocked = tmp_path / "a file, not a folder"
    blocked.write_text("")
    settings.SEARCH_INDEX_DIR = blocked / "index"
    set_fields(made, {"name": "Marsden crochet"}, by=editor)
    with pytest.raises(OSError):
        indexing.catch_up()
    made.refresh_from_db()
    assert made.name == "Marsden crochet"


def test_opening_times_are_worked_out_anew_before_they_end(listing):
    listing("Lunch club", times="Tu 10:00-12:00")
    indexing.rebuild()
    later = datetime(2027, 3, 2, 11, 0, tzinfo=UTC)
    with clock.held_at(later):
        assert find(Query(q="lunch club")).results[0].open is None
        assert names_open() == []
        assert indexing.refresh_hours()
        assert find(Query(q="lunch club")).results[0].open is True
        assert names_open() == ["Lunch club"]
        before = engines.current().state()
        assert indexing.refresh_hours()
        assert engines.current().state() == before


def test_a_count_of_free_places_that_grew_old_is_told_no_more(listing):
    listing("Lunch club", spaces={"left": 2, "on": clock.today().isoformat()})
    listing("Tea club", spaces={"left": 2, "on": (clock.today() + timedelta(days=9)).isoformat()})
    indexing.rebuild()
    with clock.held_at(clock.now() + timedelta(days=62)):
        assert indexing.refresh_spaces()
        told = {result.name: "Has spaces" in result.why_line for result in find(Query(q="club")).results}
        assert told == {"Lunch club": False, "Tea club": True}
    with clock.held_at(clock.now() + timedelta(days=80)):
        before = engines.current().state()
        assert indexing.refresh_spaces()
        assert engines.current().state() == before


def names_open() -> list[str]:
    return [result.name for result in find(Query(open="now")).results]


def test_many_times_are_worked_out_in_small_pieces(listing, monkeypatch):
    for name in ("One", "Two", "Three"):
        listing(f"{name} club", times="Mo-Su 00:00-24:00")
    indexing.rebuild()
    monkeypatch.setattr(indexing, "AT_ONCE", 2)
    with clock.held_at(clock.now() + timedelta(days=10)):
        assert [indexing.refresh_hours() for _ in range(2)] == [False, True]
        assert len(names_open()) == 3
