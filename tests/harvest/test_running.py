"""A feed comes in page by page, follows its source from then on, and never goes over what was edited here."""

from collections.abc import Callable
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest

from directory import listings
from directory.accounts.models import User
from directory.change_states import FieldState
from directory.harvest.models import Feed, Record, Run
from directory.harvest.run_states import RunState
from directory.harvest.understanding import id_here
from directory.journal.models import Event
from directory.listing_fields import read_values
from directory.models import ChangeField, Organisation, Service
from tests import factories
from tests.harvest.serving import NOT_FOUND, Answer, as_json, pages, service, serving

pytestmark = pytest.mark.django_db
Run_ = Callable[..., Run]
FeedAt = Callable[..., Feed]


def test_a_whole_feed_comes_in(feed_at: FeedAt, run: Run_) -> None:
    with serving(pages([service(number) for number in range(25)])) as site:
        feed = feed_at(site.url)
        done = run(feed)
    assert (done.state, done.error, done.made, done.read) == (RunState.GOOD, "", 25, 25)
    assert Service.objects.count() == 25
    assert Organisation.objects.count() == 5
    one = Service.objects.with_everything().get(source_id=service(7)["id"])
    assert one.pk == uuid5(uuid5(NAMESPACE_URL, feed.url), service(7)["id"])
    assert (one.source, one.licence, one.source_date) == (feed.url, "OGL 3.0", "2026-05-01")
    values = read_values(one)
    assert (values["name"], values["min_age"], values["phone"]) == ("Tea afternoon 7", "50", "01632 960007")
    assert values["summary"] == "Tea and talk for everybody, number 7. Come as you are."
    assert [(row["weekday"], row["opens"], row["closes"]) for row in values["times"]] == [(1, "14:00", "16:00")]
    assert (values["places"][0]["postcode"], values["places"][0]["lat"], values["delivery"]) == ("HD7 5AF", 53.607, ["place"])
    assert one.organisation.name == "Tea Friends 2"
    feed.refresh_from_db()
    assert feed.version == "3"
    assert feed.last_good_at is not None


def test_the_same_again_changes_nothing(feed_at: FeedAt, run: Run_) -> None:
    with serving(pages([service(number) for number in range(12)])) as site:
        feed = feed_at(site.url)
        run(feed)
        versions = dict(Service.objects.values_list("pk", "version"))
        events = Event.objects.count()
        again = run(feed)
    assert (again.state, again.made, again.changed, again.unchanged) == (RunState.GOOD, 0, 0, 12)
    assert dict(Service.objects.values_list("pk", "version")) == versions
    assert Event.objects.count() == events + 2


def test_what_the_source_changes_is_followed(feed_at: FeedAt, run: Run_) -> None:
    told = [service(1), service(2)]
    with serving(lambda *asked: pages(told)(*asked)) as site:
        feed = feed_at(site.url)
        run(feed)
        told[0] = service(1, name="Coffee morning", contacts=[])
        told[0]["organization"]["name"] = "Coffee Friends"
        done = run(feed)
    assert (done.changed, done.unchanged) == (1, 1)
    one = Service.objects.get(source_id=service(1)["id"])
    assert (one.name, read_values(one)["phone"], one.organisation.name) == ("Coffee morning", "", "Coffee Friends")


def test_what_was_edited_here_is_put_up_and_stays(feed_at: FeedAt, run: Run_, system: User) -> None:
    told = [service(1)]
    with serving(lambda *asked: pages(told)(*asked)) as site:
        feed = feed_at(site.url)
        run(feed)
        one = Service.objects.get()
        listings.set_fields(one, {"name": "Our own name"}, by=system)
        told[0] = service(1, name="Their new name")
        done = run(feed)
        assert (done.conflicts, Service.objects.get().name) == (1, "Our own name")
        again = run(feed)
    row = ChangeField.objects.get()
    assert (row.name, row.state, row.new_value) == ("name", FieldState.CONFLICT, "Their new name")
    assert again.conflicts == 0


def test_a_listing_that_a_group_keeps_is_never_overwritten(feed_at: FeedAt, run: Run_, system: User) -> None:
    told = [service(1)]
    with serving(lambda *asked: pages(told)(*asked)) as site:
        feed = feed_at(site.url)
        run(feed)
        listings.add_member(Organisation.objects.get(), factories.user(), by=system)
        told[0] = service(1, name="Their new name")
        told[0]["organization"]["description"] = "Something else."
        done = run(feed)
    assert (done.conflicts, Service.objects.get().name, Organisation.objects.get().description) == (1, "Tea afternoon 1", "A charity.")
    assert any("organisation" in text for text in done.warnings)


def test_what_ended_is_hidden_and_comes_back(feed_at: FeedAt, run: Run_) -> None:
    told = [service(number) for number in range(5)]
    with serving(lambda *asked: pages(told, 2)(*asked)) as site:
        feed = feed_at(site.url)
        run(feed)
        gone = told.pop(2)
        done = run(feed)
        assert (done.state, done.hidden) == (RunState.GOOD, 1)
        one = Service.objects.get(source_id=gone["id"])
        assert one.status == Service.Status.CLOSED
        assert Record.objects.get(source_id=gone["id"]).outcome == Record.Outcome.ENDED
        told.append(gone)
        run(feed)
    one.refresh_from_db()
    assert one.status == Service.Status.ACTIVE
    assert Service.objects.public().count() == 5


def test_what_ended_there_and_was_edited_here_is_put_up(feed_at: FeedAt, run: Run_, system: User) -> None:
    told = [service(number) for number in range(3)]
    with serving(lambda *asked: pages(told)(*asked)) as site:
        feed = feed_at(site.url)
        run(feed)
        one = Service.objects.get(source_id=told[0]["id"])
        listings.add_member(one.organisation, factories.user(), by=system)
        told.pop(0)
        done = run(feed)
    one.refresh_from_db()
    assert (one.status, done.hidden, done.conflicts) == (Service.Status.ACTIVE, 1, 1)
    assert ChangeField.objects.get().new_value == Service.Status.CLOSED


@pytest.mark.parametrize("left", [0, 1, 2])
def test_where_more_than_half_vanish_at_once_all_are_kept(feed_at: FeedAt, run: Run_, left: int) -> None:
    told = [service(number) for number in range(5)]
    with serving(lambda *asked: pages(told)(*asked)) as site:
        feed = feed_at(site.url)
        run(feed)
        del told[left:]
        done = run(feed)
        assert (done.state, done.hidden, Service.objects.public().count()) == (RunState.PART, 0, 5)
        assert done.error
        if left:
            assert run(feed, fewer=True).hidden == 5 - left
            assert Service.objects.public().count() == left


def test_a_run_that_breaks_off_hides_nothing_and_goes_on(feed_at: FeedAt, run: Run_) -> None:
    told = [service(number) for number in range(50)]
    broken: list[int] = []

    def answer(path: str, parameters: dict[str, str], headers: dict[str, str]) -> Any:
        if broken and parameters.get("page") == "3":
            return 500, {}, b""
        return pages(told)(path, parameters, headers)

    with serving(answer) as site:
        feed = feed_at(site.url)
        run(feed)
        told[45:] = [service(100, name="New")]
        broken.append(1)
        first = run(feed)
        assert (first.state, first.read, first.hidden) == (RunState.FAILED, 20, 0)
        broken.clear()
        again = run(feed, resume=True)
    assert again.pk == first.pk
    assert (again.state, again.read, again.hidden, again.made) == (RunState.GOOD, 46, 5, 1)


def test_times_and_areas_of_one_place_hold_there_alone(feed_at: FeedAt, run: Run_) -> None:
    one = service(1)
    here = one["service_at_locations"][0]
    there = service(2)["service_at_locations"][0]
    here["schedules"] = [{"freq": "WEEKLY", "byday": "MO", "opens_at": "09:00", "closes_at": "10:00"}]
    there["service_areas"] = [{"name": "HD8"}]
    one["service_at_locations"] = [here, there]
    told = [one]
    with serving(lambda *asked: pages(told)(*asked)) as site:
        feed = feed_at(site.url)
        run(feed)
        found = Service.objects.with_everything().get()
        ids = {place.location.name: str(place.location_id) for place in found.at_locations.all()}
        values = read_values(found)
        assert [(row["weekday"], row.get("place", "")) for row in values["times"]] == [(0, ids["Hall 1"]), (1, "")]
        assert values["area"] == [{"district": "HD8", "place": ids["Hall 2"]}]
        here["schedules"][0]["byday"] = "FR"
        assert run(feed).changed == 1
    values = read_values(Service.objects.with_everything().get())
    assert [(row["weekday"], row.get("place", "")) for row in values["times"]] == [(1, ""), (4, ids["Hall 1"])]


def test_a_thin_list_is_filled_by_asking_one_by_one(feed_at: FeedAt, run: Run_) -> None:
    whole = [service(number) for number in range(4)]
    thin = [{name: one[name] for name in ("id", "name", "description", "status", "last_modified")} for one in whole]

    def answer(path: str, parameters: dict[str, str], headers: dict[str, str]) -> Any:
        from tests.harvest.serving import as_json

        if path == "/api/services":
            return pages(thin)(path, parameters, headers)
        return as_json(next(one for one in whole if path.endswith(one["id"])))

    with serving(answer) as site:
        feed = feed_at(site.url)
        run(feed)
        assert read_values(Service.objects.get(source_id=whole[3]["id"]))["phone"] == "01632 960003"
        site.asked.clear()
        again = run(feed)
        # What has not changed in the list, by its own word, is not asked for again.
        assert (again.unchanged, len(site.asked)) == (4, 1)
        whole[1]["name"] = thin[1]["name"] = "Another name"
        thin[1]["last_modified"] = "2026-06-01T09:00:00Z"
        assert run(feed).changed == 1


def test_a_service_that_cannot_be_asked_for_loses_nothing(feed_at: FeedAt, run: Run_) -> None:
    whole, down = service(1), []
    thin = {name: whole[name] for name in ("id", "name", "description")}

    def answer(path: str, parameters: dict[str, str], headers: dict[str, str]) -> Any:
        from tests.harvest.serving import NOT_FOUND, as_json

        if path == "/api/services":
            return pages([{**thin, "description": f"Word {len(down)}"}])(path, parameters, headers)
        return NOT_FOUND if down == [1] else (500, {}, b"") if down else as_json(whole)

    with serving(answer) as site:
        feed = feed_at(site.url)
        run(feed)
        for step in (1, 2):
            down.append(step)
            assert run(feed).unchanged == 1
            assert read_values(Service.objects.get())["phone"] == "01632 960001"
        down.clear()
        assert run(feed).rejected == 0


def test_pages_that_say_they_have_not_changed_are_not_read_again(feed_at: FeedAt, run: Run_) -> None:
    told = [service(number) for number in range(6)]

    def answer(path: str, parameters: dict[str, str], headers: dict[str, str]) -> Any:
        import hashlib

        status, made, body = pages(told, 2)(path, parameters, headers)
        mark = f'"{hashlib.md5(body).hexdigest()}"'
        if headers.get("if-none-match") == mark:
            return 304, {"ETag": mark, "Content-Length": "-"}, b""
        return status, {**made, "ETag": mark}, body

    with serving(answer) as site:
        feed = feed_at(site.url)
        run(feed)
        told[5] = service(5, name="Another name")
        again = run(feed)
        assert (again.state, again.read, again.unchanged, again.changed, again.hidden) == (RunState.GOOD, 6, 5, 1, 0)
        del told[4:]
        shorter = run(feed)
    assert (shorter.state, shorter.hidden) == (RunState.GOOD, 2)


def test_one_hall_written_in_two_ways_stays_two_lines_of_the_service(feed_at: FeedAt, run: Run_) -> None:
    """The same venue but for its capitals: the two were one Location, which a service has once only, and the whole feed broke off."""
    told = service(1)
    at = told["service_at_locations"][0]
    told["service_at_locations"].append({"id": "other", "location": {**at["location"], "name": "HALL 1"}})
    with serving(pages([told, service(2)])) as site:
        feed = feed_at(site.url)
        done = run(feed)
        told["name"] = "Another name"
        again = run(feed)
    assert (done.state, done.made, again.state, again.changed) == (RunState.GOOD, 2, RunState.GOOD, 1)
    assert [place["name"] for place in read_values(Service.objects.get(name="Another name"))["places"]] == ["HALL 1", "Hall 1"]


def test_a_record_that_cannot_be_stored_stops_no_other_one(feed_at: FeedAt, run: Run_) -> None:
    """Its id is taken by a listing of somebody else; its organisation, which went back with it, is made with the next record of it."""
    with serving(pages([service(1), service(6)])) as site:
        feed = feed_at(site.url)
        owner = factories.organisation()
        Service.objects.create(id=id_here(feed.url, service(1)["id"]), organisation=owner, name="Taken", summary="Words.")
        done = run(feed)
    assert (done.state, done.made, done.rejected) == (RunState.GOOD, 1, 1)
    assert Service.objects.get(source_id=service(6)["id"]).organisation.name == "Tea Friends 1"
    assert Service.objects.get(pk=id_here(feed.url, service(1)["id"])).name == "Taken"


@pytest.mark.parametrize("alone", [True, False])
def test_what_moves_to_a_page_that_was_read_is_not_gone(alone: bool, feed_at: FeedAt, run: Run_) -> None:
    """One of the first page goes while the second is read: the eleventh is the tenth then, and no page tells of it."""
    told = [service(number) for number in range(25)]
    going = {"on": False}

    def answer(path: str, parameters: dict[str, str], headers: dict[str, str]) -> Answer:
        if path != "/api/services":
            found = [each for each in told if path.endswith(each["id"])]
            return as_json(found[0]) if alone and found else NOT_FOUND
        if going["on"] and parameters["page"] == "2":
            del told[3]
            going["on"] = False
        return pages(told)(path, parameters, headers)

    with serving(answer) as site:
        feed = feed_at(site.url)
        run(feed)
        going["on"] = True
        during = run(feed)
        assert Service.objects.public().filter(source_id=service(10)["id"]).exists()
        # Where single services can be asked for, the one that went is known to be gone; otherwise next time tells.
        assert (during.state, during.hidden) == ((RunState.GOOD, 0) if alone else (RunState.PART, 0))
        after = run(feed)
    assert (after.state, after.hidden) == (RunState.GOOD, 1)
    assert set(Service.objects.public().values_list("source_id", flat=True)) == {each["id"] for each in told}


def test_a_record_on_two_pages_is_one_listing(feed_at: FeedAt, run: Run_) -> None:
    told = [service(number) for number in range(15)]
    with serving(pages([*told[:12], told[2], *told[12:]])) as site:
        done = run(feed_at(site.url))
    assert (done.state, done.made, done.repeated) == (RunState.GOOD, 15, 1)


@pytest.mark.parametrize(("again", "since"), [(1, 1), (2, 1), (7, 1), (2, 3)])
def test_pages_that_go_on_for_ever_come_to_an_end(again: int, since: int, feed_at: FeedAt, run: Run_) -> None:
    """After page `since` the same pages come round and round, while the count of them grows."""

    def answer(path: str, parameters: dict[str, str], headers: dict[str, str]) -> Answer:
        number = int(parameters.get("page", 0))
        if number == 0:
            return NOT_FOUND
        shown = number if number < since else since + (number - since) % again
        rows = [service(shown * 3 + each) for each in range(3)]
        return as_json({"total_items": 10 * number, "total_pages": number + 5, "page_number": number, "last_page": False, "contents": rows})

    with serving(answer) as site:
        done = run(feed_at(site.url), seconds=60)
        assert len(site.asked) < 30
    assert (done.state, done.made) == (RunState.PART, 3 * (since - 1 + again))
    assert Service.objects.count() == 3 * (since - 1 + again)


def test_pages_that_fail_for_a_while_are_waited_for(feed_at: FeedAt, run: Run_) -> None:
    told, fails = [service(number) for number in range(30)], {"2": [429, 503], "3": [500]}

    def answer(path: str, parameters: dict[str, str], headers: dict[str, str]) -> Answer:
        left = fails.get(parameters.get("page", ""), [])
        return as_json({}, left.pop(), **{"Retry-After": "3"}) if left else pages(told)(path, parameters, headers)

    with serving(answer) as site:
        done = run(feed_at(site.url))
    assert (done.state, done.made) == (RunState.GOOD, 30)
