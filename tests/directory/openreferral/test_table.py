"""The table of all listings: everything public in it, nothing secret, no formula, and an import reads it back."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from directory import clock, listing_fields
from directory.imports import import_listings
from directory.imports.reading import KNOWN
from directory.models import Contact, Location, Service, ServiceArea, ServiceAtLocation
from directory.openreferral.table import HEADINGS, OF_IMPORTS
from tests import factories
from tests.directory.openreferral.conftest import SECRET

pytestmark = pytest.mark.django_db
PATH = "/open-data/listings.csv"


def fetched(client) -> tuple[str, list[dict[str, str]]]:
    answer = client.get(PATH)
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return text, list(csv.DictReader(io.StringIO(text)))


def test_every_listing_that_visitors_see_has_a_row(client, lunch):
    factories.service("shopping", name="Closed", status="closed")
    factories.service("shopping", name="Ahead", visible_from=clock.today() + timedelta(days=1))
    text, (row,) = fetched(client)
    assert text.splitlines()[0].split(",") == list(HEADINGS)
    assert row["name"] == "Tuesday lunch"
    assert (row["place"], row["postcode"], row["phone"]) == ("Town Hall", "HD7 5AA", "01484 223197")
    assert row["needs"] == "friendships; nutrition"
    assert row["area_served"] == "HD7; everywhere"
    assert row["page"].endswith(lunch.get_absolute_url())


def test_an_import_reads_it_back(client, lunch, system, tmp_path):
    known = list(OF_IMPORTS)
    assert set(known) <= KNOWN
    _, rows = fetched(client)
    file = tmp_path / "listings.csv"
    with file.open("w", newline="") as out:
        writer = csv.DictWriter(out, known, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    Service.objects.filter(pk=lunch.pk).update(source="", source_id="")
    import_listings(file, by=system)
    again = Service.objects.exclude(pk=lunch.pk).get()
    before, after = listing_fields.read_values(lunch), listing_fields.read_values(again)
    same = ("name", "kind", "summary", "description", "needs", "min_age", "max_age", "times", "area", "phone", "email", "url", "access")
    for name in (*same, "delivery", "who_for", "how_to_access", "what_to_bring", "is_free", "cost", "languages", "faith", "status"):
        assert after[name] == before[name], name


@pytest.mark.parametrize("text", ["=1+1", "+44 1484", "-1", "@x", "\t=1", "\r\n=1"])
def test_no_cell_is_a_formula(client, text):
    service = factories.service("shopping", name=text, description=text)
    Contact.objects.create(service=service, phone=text, show_in_open_data=True)
    row = fetched(client)[1][0]
    formulas = [cell for name, cell in row.items() if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) and name != "lon"]
    assert formulas == []
    # A position is a number, and stays one.
    assert float(row["lon"]) < 0


def test_what_is_secret_is_not_in_it(client, refuge):
    ServiceArea.objects.create(service=refuge, district="HD7")
    text, (row,) = fetched(client)
    for word in (*map(str, SECRET.values()), "Wanda", "Petra", "960111", "960222", "HD7"):
        assert word not in text
    assert row["opening"] == ""


def test_other_places_stand_in_words(client):
    service = factories.service("shopping")
    other = ServiceAtLocation.objects.create(
        service=service, location=Location.objects.create(name="B", address="Mill", postcode="HD7 6AA")
    )
    service.schedules.create(at_location=other, weekday=0, opens="10:00", closes="11:00")
    assert fetched(client)[1][0]["more_places"] == "B, Mill, HD7 6AA (Mo 10:00-11:00)"


def test_it_is_open_to_all_and_tells_since_when_nothing_changed(client, lunch):
    answer = client.get(PATH)
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert f"listings-{clock.today()}.csv" in answer["Content-Disposition"]
    with clock.held_at(clock.now() + timedelta(seconds=3)):
        known = client.get(PATH)["Last-Modified"]
        assert client.get(PATH, headers={"If-Modified-Since": known}).status_code == 304
    assert client.head(PATH).status_code == 200


def test_it_takes_as_many_queries_for_one_row_as_for_ten(client):
    def ask() -> int:
        with CaptureQueriesContext(connection) as queries:
            fetched(client)
        return len(queries)

    factories.service("shopping", covers="HD7")
    one = ask()
    for _ in range(9):
        factories.service("shopping", covers="HD7")
    assert ask() == one


def test_the_pages_say_what_there_is(client):
    page = client.get("/open-data/").content.decode()
    assert f'href="{PATH}"' in page
    told = client.get("/open-data/developers/").content.decode()
    for word in ("/oruk/services", "modified_after", "ndjson", "ccs_summary"):
        assert word in told
