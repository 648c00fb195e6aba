"""Lists: filters that are true, pages that hold still, streams, and faults said in JSON. Filters are held against the records themselves."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.dateparse import parse_datetime

from directory import clock, listings
from directory.geodata.locating import miles
from directory.models import Contact, Location, Organisation, Schedule, Service, ServiceArea, ServiceAtLocation
from directory.openreferral import taxonomies
from directory.openreferral.paging import KEPT
from directory.seeding import need_id
from tests import factories

pytestmark = pytest.mark.django_db
ENVELOPE = {"total_items", "total_pages", "page_number", "size", "first_page", "last_page", "empty", "contents"}

# An id that nothing has.
NOBODYS = "2f302987-3335-4e79-93e0-e5ffa429255c"


@pytest.fixture
def some(db: None) -> list[Service]:
    """Services of every sort, so that each filter takes some and leaves some."""
    made = []
    for number in range(12):
        service = factories.service(
            ("shopping", "friendships", "nutrition")[number % 3],
            name=f"{('Lunch', 'Choir', 'Walks')[number % 3]} {number}",
            min_age=(None, 18, 60)[number % 3],
            max_age=(None, 30, 99)[number % 3],
            at=(53.60 + number / 200, -1.87) if number % 4 else None,
            created_at=clock.now() - timedelta(days=30 - number),
            changed_at=clock.now() - timedelta(days=20 - number),
        )
        if number % 2:
            at = service.at_locations.first() if number % 4 == 1 else None
            Schedule.objects.create(
                service=service, weekday=number % 5, opens=f"{8 + number}:00", closes=f"{10 + number}:00", at_location=at
            )
        made.append(service)
    made[1].schedules.create(weekday=6, opens="22:00", closes="02:00")
    made[3].schedules.create(weekday=6, opens="10:00", closes="11:00", valid_to="2020-01-01")
    made[5].schedules.create(every="month-weekday", weekday=6, nth=-1, opens="10:00", closes="11:00")
    Organisation.objects.update(changed_at="2020-01-01T00:00Z")
    return made


def rows(get: Any, path: str, **params: Any) -> list[dict[str, Any]]:
    found = get(path, full="true", **params)
    assert found["size"] == found["total_items"]
    return found["contents"]


def ids(records: list[dict[str, Any]]) -> set[str]:
    return {record["id"] for record in records}


def times(record: dict[str, Any], fits: Callable[[dict[str, Any]], bool]) -> bool:
    return any(fits(row) for row in record.get("schedules", ()))


FILTERS: list[tuple[dict[str, str], Callable[[dict[str, Any]], bool]]] = [
    ({"search": "lunch"}, lambda record: "Lunch" in record["name"]),
    ({"search": "FRIENDSHIPS"}, lambda record: record["attributes"][0]["taxonomy_term"]["ccs_slug"] == "friendships"),
    (
        {"search": "choir 4"},
        lambda record: "Choir" in record["name"] and "4" in json.dumps(record["name"] + record["organization"]["name"]),
    ),
    ({"minimum_age": "18"}, lambda record: record.get("minimum_age", -1) >= 18),
    ({"minimum_age": "18.5"}, lambda record: record.get("minimum_age", -1) >= 18.5),
    ({"maximum_age": "30"}, lambda record: record.get("maximum_age", 1000) <= 30),
    ({"day": "TU"}, lambda record: times(record, lambda row: row.get("byday", "").endswith("TU"))),
    ({"day": "Sunday"}, lambda record: times(record, lambda row: row.get("byday", "").endswith("SU"))),
    ({"day": "mo,tue"}, lambda record: times(record, lambda row: row.get("byday", "")[-2:] in ("MO", "TU"))),
    ({"start_time": "15:00"}, lambda record: times(record, lambda row: row["opens_at"] >= "15:00")),
    ({"end_time": "15:00"}, lambda record: times(record, lambda row: row["opens_at"] < row["closes_at"] <= "15:00")),
    (
        {"day": "WE", "start_time": "9:00", "end_time": "23:00"},
        lambda record: times(record, lambda row: row.get("byday") == "WE" and "09:00" <= row["opens_at"] < row["closes_at"] <= "23:00"),
    ),
]


@pytest.mark.parametrize(("params", "fits"), FILTERS, ids=[str(params) for params, _ in FILTERS])
def test_a_filter_gives_those_that_fit_and_no_others(get, some, params, fits):
    everything = rows(get, "services")
    wanted = {record["id"] for record in everything if fits(record)}
    assert 0 < len(wanted) < len(everything)
    assert ids(rows(get, "services", **params)) == wanted
    if not {"day", "start_time", "end_time"} & params.keys():
        places = rows(get, "service_at_locations")
        assert ids(rows(get, "service_at_locations", **params)) == {row["id"] for row in places if row["service_id"] in wanted}


def test_times_of_another_place_do_not_count_for_this_one(get):
    service = factories.service("shopping")
    here = service.at_locations.get()
    there = ServiceAtLocation.objects.create(service=service, location=Location.objects.create(name="Other"))
    service.schedules.create(at_location=here, weekday=0, opens="10:00", closes="11:00")
    service.schedules.create(weekday=1, opens="10:00", closes="11:00")
    assert ids(rows(get, "service_at_locations", day="MO")) == {str(here.pk)}
    assert ids(rows(get, "service_at_locations", day="TU")) == {str(here.pk), str(there.pk)}


def test_terms_taxonomies_and_organisations(get, some):
    everything = rows(get, "services")
    shopping, element = need_id("shopping"), taxonomies.element_id("my-home")
    of_shopping = {row["id"] for row in everything if any(each["taxonomy_term_id"] == str(shopping) for each in row["attributes"])}
    assert ids(rows(get, "services", taxonomy_term_id=shopping)) == of_shopping
    assert ids(rows(get, "services", taxonomy_term_id=element)) == of_shopping
    assert ids(rows(get, "services", taxonomy_term_id=f"{shopping},{uuid4()}")) == of_shopping
    assert rows(get, "services", taxonomy_term_id=uuid4()) == []
    assert ids(rows(get, "services", taxonomy_id=taxonomies.TAXONOMY)) == ids(everything)
    assert rows(get, "services", taxonomy_id=uuid4()) == []
    organisation = everything[0]["organization_id"]
    assert ids(rows(get, "services", organization_id=organisation)) == {everything[0]["id"]}


def test_modified_after_takes_what_the_records_say(get, some, system):
    listings.set_fields(some[2], {"summary": "Quite new."}, by=system)
    some[4].organisation.changed_at = clock.now() - timedelta(days=1)
    some[4].organisation.save()
    today = clock.today()
    Service.objects.filter(pk=some[0].pk).update(notice="Closed", notice_until=today - timedelta(days=3))
    Service.objects.filter(pk=some[1].pk).update(visible_from=today - timedelta(days=2))
    Service.objects.filter(pk=some[5].pk).update(spaces=1, spaces_on=today - timedelta(days=65))
    some[6].schedules.create(weekday=0, opens="10:00", closes="11:00", valid_to=today - timedelta(days=6))
    everything = rows(get, "services")
    moments = sorted(parse_datetime(record["last_modified"]) for record in everything)
    assert len(set(moments)) >= 10
    for moment in (*moments, moments[3] + timedelta(hours=1), clock.now() + timedelta(days=1)):
        wanted = {record["id"] for record in everything if parse_datetime(record["last_modified"]) >= moment}
        assert ids(rows(get, "services", modified_after=moment.isoformat())) == wanted
    minimal = {row["id"]: row["modified_date"] for row in get("services", minimal="true")["contents"]}
    assert minimal == {record["id"]: record["last_modified"] for record in everything}
    assert minimal == {record["id"]: record["last_modified"] for record in get("services")["contents"]}


def test_a_moment_may_come_as_a_day_or_with_a_plus_that_was_not_quoted(get, some):
    everything = get("services")["total_items"]
    assert get("services", modified_after="2020-01-01")["total_items"] == everything
    assert get("services", modified_after="2020-01-01T10:00:00 01:00")["total_items"] == everything
    assert get("services", modified_after="2120-01-01T10:00:00Z")["total_items"] == 0


def test_what_a_listing_shows_of_its_group_or_place_changes_it_too(get, lunch, system):
    before = get(f"services/{lunch.pk}")["last_modified"]
    from directory import organisations, venues

    organisations.set_organisation(lunch.organisation, {"phone": "01484 960009"}, by=system)
    between = get(f"services/{lunch.pk}")["last_modified"]
    venues.set_location(lunch.at_locations.get().location, {"transport": "Bus 301"}, by=system)
    after = get(f"services/{lunch.pk}")["last_modified"]
    assert before < between < after


def test_so_many_metres_from_a_postcode(get, some):
    factories.postcode("HD7 5AA", (53.60, -1.87))
    places = rows(get, "service_at_locations")

    def away(row: dict[str, Any]) -> float:
        return miles(53.60, -1.87, row["location"]["latitude"], row["location"]["longitude"]) * 1609.344

    distances = sorted({away(row) for row in places})
    assert len(distances) > 5
    for metres in (0, distances[2] - 1, distances[2] + 1, distances[-1] + 1, 1_000_000):
        found = rows(get, "service_at_locations", postcode="hd7 5aa", proximity=metres)
        assert ids(found) == {row["id"] for row in places if away(row) <= metres}
        assert ids(rows(get, "services", postcode="HD75AA", proximity=metres)) == {row["service_id"] for row in found}


def test_a_postcode_is_held_against_what_each_covers(get):
    factories.postcode("HD7 5AA")
    here, there = factories.HOME, (54.9, -1.6)
    square = {"drawn": "drawn:1", "west": -1.9, "south": 53.6, "east": -1.8, "north": 53.7}
    from shapely import box

    covers = {
        "nobody knows": None,
        "everywhere": {"everywhere": True},
        "district": {"district": "HD7"},
        "area": {"area": factories.area()},
        "circle": {"lat": here[0], "lon": here[1], "miles": 1},
        "drawn": {**square, "outline": box(-1.9, 53.6, -1.8, 53.7).wkb},
        "not district": {"district": "HD9"},
        "not area": {"area": factories.area("T9", around=there)},
        "not circle": {"lat": there[0], "lon": there[1], "miles": 20},
        "not drawn": {
            "drawn": "drawn:2",
            "west": -1.6,
            "south": 54.0,
            "east": -1.5,
            "north": 54.1,
            "outline": box(-1.6, 54.0, -1.5, 54.1).wkb,
        },
    }
    for name, area in covers.items():
        service = factories.service("shopping", name=name)
        if area:
            ServiceArea.objects.create(service=service, **area)
    reached = {name for name in covers if not name.startswith("not ")}
    assert {row["name"] for row in rows(get, "services", postcode="HD7 5AA")} == reached
    assert {row["service"]["name"] for row in rows(get, "service_at_locations", postcode="HD7 5AA")} == reached


def test_a_place_with_an_area_of_its_own_does_not_cover_that_of_the_whole_service(get):
    factories.postcode("HD7 5AA")
    service = factories.service("shopping", covers="HD7")
    plain = service.at_locations.get()
    own = ServiceAtLocation.objects.create(service=service, location=Location.objects.create(name="Other"))
    ServiceArea.objects.create(service=service, at_location=own, district="HD9")
    assert ids(rows(get, "service_at_locations", postcode="HD7 5AA")) == {str(plain.pk)}


def test_filters_do_not_answer_by_what_is_not_told(get, refuge):
    factories.postcode("HD7 5AA")
    ServiceArea.objects.create(service=refuge, district="HD9")
    ServiceArea.objects.create(service=refuge, district="HD7")
    for word in ("Rosehip", "Ginnel", "Wanda", "Petra", "01632"):
        assert get("services", search=word)["total_items"] == 0
    for path in ("services", "service_at_locations"):
        assert get(path, postcode="HD7 5AA", proximity=900_000)["total_items"] == 0
    assert get("services", day="TU")["total_items"] == 0
    # HD7 is not told, so it does not count; HD9 is, and does not hold the postcode.
    assert get("services", postcode="HD7 5AA")["total_items"] == 0


def test_pages_have_all_keys_and_hold_everything_once(get, some):
    for path in ("services", "service_at_locations", "organizations", "taxonomy_terms"):
        everything = get(path, per_page=500)["contents"]
        pages = -(-len(everything) // 2)
        found = []
        for number in range(1, pages + 1):
            page = get(path, page=number, per_page=2)
            assert page.keys() == ENVELOPE
            assert (page["total_items"], page["total_pages"], page["page_number"]) == (len(everything), pages, number)
            assert (page["first_page"], page["last_page"], page["empty"]) == (number == 1, number == pages, False)
            assert page["size"] == len(page["contents"]) <= 2
            found += page["contents"]
        assert found == everything
        beyond = get(path, page=pages + 1, per_page=2)
        assert (beyond["empty"], beyond["contents"], beyond["last_page"]) == (True, [], True)


def test_an_empty_list_is_one_page(get):
    assert get("services") == {
        "total_items": 0,
        "total_pages": 1,
        "page_number": 1,
        "size": 0,
        "first_page": True,
        "last_page": True,
        "empty": True,
        "contents": [],
    }


def test_the_neighbours_of_a_page_are_linked(client, some):
    link = client.get("/oruk/services?per_page=5&page=2&search=t").headers["Link"]
    assert 'page=1&search=t>; rel="prev"' in link
    assert 'page=3&search=t>; rel="next"' in link


def test_who_reads_page_after_page_misses_nothing_while_rows_come_and_go(get, some):
    before = [record["id"] for record in get("services", per_page=500)["contents"]]
    seen = []
    gone = {before[0], before[4]}
    for number in range(1, 100):
        page = get("services", page=number, per_page=3)
        seen += [record["id"] for record in page["contents"]]
        if number == 1:
            Service.objects.filter(pk__in=gone).update(status="closed", changed_at=clock.now())
            new = factories.service("shopping")
            Service.objects.filter(pk=before[5]).update(name="Aaa", changed_at=clock.now())
        assert not page["empty"]
        if page["last_page"]:
            break
    assert len(seen) == len(set(seen))
    assert set(before) - {before[4]} | {str(new.pk)} == set(seen)
    now = get("services", per_page=3)
    assert now["total_items"] == len(before) - 1
    with clock.held_at(clock.now() + KEPT + timedelta(minutes=1)):
        dense = get("services", per_page=3)
    assert (dense["total_pages"], dense["size"]) == (-(-(len(before) - 1) // 3), 3)


def test_what_was_taken_away_at_the_end_makes_no_empty_page(get, some):
    Service.objects.filter(pk__in=[row.pk for row in some[-4:]]).update(status="closed", changed_at=clock.now())
    assert get("services", per_page=4)["total_pages"] == 2
    Service.objects.update(status="closed", changed_at=clock.now())
    assert get("services")["empty"] is True


@pytest.mark.parametrize("path", ["services", "service_at_locations", "organizations", "taxonomies", "taxonomy_terms"])
def test_a_stream_holds_what_the_pages_hold_line_by_line(client, get, some, path):
    for full in ("true", "false") if not path.startswith("tax") else ("",):
        params = {"full": full} if full else {}
        answer = client.get(f"/oruk/{path}", {**params, "format": "ndjson"})
        assert answer["Content-Type"] == "application/x-ndjson"
        assert answer["Access-Control-Allow-Origin"] == "*"
        lines = [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]
        assert lines == get(path, per_page=500, **params)["contents"]


def test_a_stream_reads_in_batches(client, some, monkeypatch):
    from directory.openreferral import paging

    monkeypatch.setattr(paging.batches, "__defaults__", (5,))
    with CaptureQueriesContext(connection) as queries:
        answer = client.get("/oruk/services?format=ndjson&full=true")
        began = len(queries)
        lines = iter(answer.streaming_content)
        next(lines)
        first = len(queries)
        rest = list(lines)
    assert began < first < len(queries)
    assert len(rest) == 11


@pytest.mark.parametrize("path", ["services", "service_at_locations", "organizations"])
@pytest.mark.parametrize("full", ["true", "false"])
def test_a_page_takes_as_many_queries_for_one_record_as_for_ten(client, path, full):
    def ask() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert (
                client.get(f"/oruk/{path}", {"full": full, "full_service": full} if path == "organizations" else {"full": full}).status_code
                == 200
            )
        return len(queries)

    def make() -> None:
        service = factories.service("shopping", "friendships", covers="HD7")
        at = service.at_locations.get()
        service.areas.create(area=factories.area())
        service.areas.create(lat=53.0 + service.areas.count() / 10, lon=-1.8, miles=Service.objects.count() + 1, at_location=at)
        service.schedules.create(at_location=at, weekday=0, opens="10:00", closes="11:00")
        service.costs.create(option="A go", amount=1)
        service.closures.create(first=clock.today(), last=clock.today(), at_location=at)
        Contact.objects.create(service=service, phone="111", at_location=at, show_in_open_data=True)

    make()
    ask()
    one = ask()
    for _ in range(9):
        make()
    assert ask() == one
    assert one <= 24


BAD = [
    ("page", "0"),
    ("page", "x"),
    ("per_page", "501"),
    ("per_page", "-1"),
    ("format", "xml"),
    ("full", "maybe"),
    ("taxonomy_term_id", "shopping"),
    ("organization_id", "1"),
    ("modified_after", "soon"),
    ("modified_after", "9999-99-99"),
    ("minimum_age", "nan"),
    ("maximum_age", "1e999"),
    ("start_time", "25:00"),
    ("end_time", "noon"),
    ("day", "someday"),
    ("postcode", "nowhere"),
    ("postcode", "ZZ9 9ZZ"),
    ("proximity", "far"),
    ("proximity", "100"),
    ("search", "x" * 201),
    ("search", " ".join("abcdefghijk")),
    ("top_only", "true"),
]


@pytest.mark.parametrize(("name", "value"), BAD, ids=[f"{name}={value[:10]}" for name, value in BAD])
def test_what_cannot_be_read_is_told_by_its_name(get, name, value):
    errors = get("services", 400, **{name: value})["errors"]
    assert list(errors) == [name]
    assert all(errors[name])


def test_strange_parameters_are_left_alone_and_odd_bytes_do_no_harm(client, get):
    assert get("services", _="123", utm_source="x")["total_items"] == 0
    for query in ("search=%00", "search=%ff%fe", "search=%ED%A0%80", "page=%D9%A1", "postcode=%00", "day=,,", "search=%25_%27"):
        assert client.get(f"/oruk/services?{query}").status_code in (200, 400)


@pytest.mark.parametrize(
    "path",
    ["services/1", f"services/{NOBODYS}", f"organizations/{NOBODYS}", "taxonomies/x", f"taxonomy_terms/{NOBODYS}", "nothing", "a/b/c"],
)
def test_what_is_not_there_is_said_in_json(get, path):
    assert get(path, 404)["errors"]


def test_what_is_not_shown_is_not_there(get):
    closed = factories.service("shopping", status="closed")
    ahead = factories.service("shopping", visible_from=clock.today() + timedelta(days=1))
    for service in (closed, ahead):
        get(f"services/{service.pk}", 404)
        get(f"service_at_locations/{service.at_locations.get().pk}", 404)
    assert get("services")["contents"] == []


def test_with_and_without_a_slash(client, some):
    for path in ("", "/services", f"/services/{some[1].pk}", "/organizations", "/taxonomies", "/taxonomy_terms", "/service_at_locations"):
        assert client.get(f"/oruk{path}").content == client.get(f"/oruk{path}/").content


def test_scripts_of_other_sites_may_read(client, some):
    asked = client.options("/oruk/services", headers={"Origin": "https://parish.example", "Access-Control-Request-Method": "GET"})
    assert (asked.status_code, asked["Access-Control-Allow-Origin"]) == (204, "*")
    assert client.post("/oruk/services").status_code == 405
    answer = client.head("/oruk/services")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer["ETag"]
    assert client.get("/oruk/services", headers={"Accept": "text/html"}).status_code == 200
    assert "Set-Cookie" not in client.get("/oruk/services").headers


def test_who_has_it_already_is_told_so_until_something_changes(client, some, system):
    for path in ("services", f"services/{some[3].pk}", "organizations?full=true", "service_at_locations"):
        answer = client.get(f"/oruk/{path}")
        marks = {"If-None-Match": answer["ETag"]}
        again = client.get(f"/oruk/{path}", headers=marks)
        assert (again.status_code, again["ETag"], again["Access-Control-Allow-Origin"]) == (304, answer["ETag"], "*")
        listings.set_fields(some[3], {"name": f"Another {path}"}, by=system)
        assert client.get(f"/oruk/{path}", headers=marks).status_code == 200


def test_since_when_nothing_changed(client, system):
    group = factories.organisation()
    with clock.held_at(datetime(2026, 5, 5, 10, 0, 0, 500_000, tzinfo=UTC)):
        service = listings.create_service(group, by=system, name="One", summary="One.")
        Organisation.objects.update(changed_at=clock.now())
        within = client.get("/oruk/services")["Last-Modified"]
    with clock.held_at(datetime(2026, 5, 5, 10, 0, 0, 900_000, tzinfo=UTC)):
        listings.set_fields(service, {"name": "Two"}, by=system)
    with clock.held_at(datetime(2026, 5, 5, 12, tzinfo=UTC)):
        # It changed within the same second, after it was read.
        assert client.get("/oruk/services", headers={"If-Modified-Since": within}).status_code == 200
        later = client.get("/oruk/services")["Last-Modified"]
        assert client.get("/oruk/services", headers={"If-Modified-Since": later}).status_code == 304
    with clock.held_at(datetime(2026, 5, 6, 12, tzinfo=UTC)):
        # A new day may have ended a notice.
        assert client.get("/oruk/services", headers={"If-Modified-Since": later}).status_code == 200
        listings.withdraw(service, by=system)
        assert client.get("/oruk/services", headers={"If-Modified-Since": later}).json()["empty"] is True
