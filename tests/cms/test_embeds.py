"""Lists and maps inside other sites' pages: they alone may be framed, know nobody, and show what open data shows."""

import re
from html import unescape

import pytest

from directory.models import Contact, Location, ServiceArea
from search import indexing
from tests import factories

pytestmark = pytest.mark.django_db
PATHS = ("/embed/list/", "/embed/map/")


@pytest.fixture
def listed(db):
    """A listing with a number that may be printed but not leave as open data, and one with a secret place."""
    factories.postcode()
    open_one = factories.service("shopping", name="Shopping Friends")
    Contact.objects.create(service=open_one, phone="01632 960555", show_in_print=True)
    refuge = factories.service("shopping", name="Safe nights")
    ServiceArea.objects.create(service=refuge, at_location=refuge.at_locations.get(), district="HD7", label="Around Hidden Ginnel")
    Location.objects.filter(at_services__service=refuge).update(masked=True, name="Rosehip House")
    indexing.rebuild()
    return open_one


@pytest.mark.parametrize("path", PATHS)
def test_every_site_may_frame_it_and_no_other_page(client, listed, path):
    answer = client.get(path, {"need": "shopping"})
    assert answer.status_code == 200
    assert "frame-ancestors *" in answer["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer
    assert not answer.cookies
    # All the rest of the policy stays: nothing from elsewhere, no script in the page.
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    for other in ("/", "/find/", listed.get_absolute_url(), "/open-data/embed/"):
        page = client.get(other)
        assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
        assert page["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("path", PATHS)
def test_it_shows_what_fits_but_no_contact_and_no_secret(client, listed, path):
    page = client.get(path, {"need": "shopping", "place": "HD7 5AA"}).content.decode()
    assert "Shopping Friends" in page
    assert "Safe nights" in page
    for word in ("960555", "Rosehip", "Ginnel"):
        assert word not in page
    assert listed.get_absolute_url() in page
    assert '<base target="_blank">' in page
    assert "<form" not in page


def test_only_the_map_has_one(client, listed):
    assert "data-finder-map" in client.get("/embed/map/", {"need": "shopping"}).content.decode()
    assert "data-finder-map" not in client.get("/embed/list/", {"need": "shopping"}).content.decode()


def test_a_question_that_cannot_be_read_is_said_inside_the_frame(client, listed):
    answer = client.get("/embed/list/", {"radius": "far"})
    assert answer.status_code == 400
    assert "frame-ancestors *" in answer["Content-Security-Policy"]
    assert "<script>" not in client.get("/embed/list/", {"q": "<script>alert(1)</script>"}).content.decode()


def test_the_line_that_is_made_shows_what_was_asked(client, listed):
    assert client.get("/open-data/embed/").status_code == 200
    asked = {"look": "map", "q": 'shop "now" & then', "need": "shopping", "place": "HD7 5AA", "radius": "5"}
    page = client.get("/open-data/embed/", asked).content.decode()
    line = unescape(re.search(r"<pre><code>(.*?)</code></pre>", page, re.DOTALL)[1])
    source = unescape(re.search(r'src="([^"]*)"', line)[1])
    assert source.startswith("http://127.0.0.1:8000/embed/map/?")
    found = client.get(source.removeprefix("http://127.0.0.1:8000"))
    assert found.status_code == 200
    assert client.get("/open-data/embed/", {"look": "film"}).status_code == 400


def test_open_data_leads_to_all_of_it(client):
    page = client.get("/open-data/").content.decode()
    for path in ("/open-data/listings.csv", "/open-data/embed/", "/open-data/developers/"):
        assert f'href="{path}"' in page
