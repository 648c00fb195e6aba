import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search import indexing, unanswered
from search.models import SearchWithoutAnswer

MARSDEN = {"name": "Marsden Mechanics", "lat": 53.6006, "lon": -1.9278, "found_by": "map"}
BROWSER = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}


@pytest.fixture
def shop(listing):
    made = listing("Shopping bus", needs=["shopping"], delivery=["place"], places=[MARSDEN])
    listing("Friendship line", needs=["friendships"], delivery=["phone"])
    indexing.rebuild()
    return made


def test_the_answer_has_the_promised_shape(client, shop):
    answer = client.get("/api/v1/search/", {"q": "Shoppnig", "place": "HD7 6AB"})
    assert answer.status_code == 200
    found = answer.json()
    assert set(found) == {"understood", "total", "page", "page_size", "results", "near_misses", "facets"}
    assert set(found["understood"]) == {"words", "corrected", "needs", "place", "filters"}
    assert found["understood"]["corrected"] == "shopping"
    assert found["understood"]["place"] == {"name": "HD7 6AB", "kind": "postcode", "lat": 53.601, "lon": -1.927}
    (result,) = found["results"]
    assert set(result) == {
        "id", "name", "url", "organisation", "summary", "needs", "reach", "miles", "by_road", "open", "checked_at", "places", "score", "why",
    }  # fmt: skip
    assert (result["id"], result["reach"], result["miles"], result["open"]) == (str(shop.pk), "near_you", 0.0, None)
    assert result["url"].startswith(f"/services/{shop.pk}/")
    assert result["score"] == sum(part["points"] for part in result["why"])
    assert found["facets"]["need"] == [{"slug": "shopping", "count": 1}]


def test_without_a_place_there_is_no_reach(client, shop):
    result = client.get("/api/v1/search/", {"q": "shopping"}).json()["results"][0]
    assert (result["reach"], result["miles"]) == (None, None)


def test_near_misses_say_why_not(client, shop):
    found = client.get("/api/v1/search/", {"q": "shopping", "place": "Dewsbury"}).json()
    assert found["total"] == 0
    assert found["near_misses"][0]["why_not"] == "14 miles away, further than 5 miles"


def test_the_map(client, shop):
    drawn = client.get("/api/v1/map/", {"bbox": "-2,53.5,-1.8,53.7", "zoom": "12"}).json()
    assert drawn == {
        "clusters": [],
        "points": [{"id": str(shop.pk), "name": "Shopping bus", "lat": 53.6006, "lon": -1.9278}],
        "without_place": 1,
    }


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"page": "0"}, "page"),
        ({"lat": "1"}, "lon"),
        ({"place": "Atlantis"}, "place"),
        ({"need": "dragons"}, "need"),
        ({"sort": "x"}, "sort"),
    ],
)
@pytest.mark.parametrize("address", ["/api/v1/search/", "/api/v1/map/"])
def test_what_cannot_be_answered_is_a_400_in_plain_words(client, shop, address, params, field):
    answer = client.get(address, params)
    assert answer.status_code == 400
    assert list(answer.json()) == ["errors"]
    assert all(isinstance(text, str) for text in answer.json()["errors"][field])


def test_a_bad_zoom_is_a_400(client, shop):
    assert client.get("/api/v1/map/", {"zoom": "99"}).json()["errors"]["zoom"]


NAMES = [
    "q",
    "place",
    "lat",
    "lon",
    "need",
    "radius",
    "open",
    "mode",
    "kind",
    "who",
    "free",
    "access",
    "language",
    "bbox",
    "sort",
    "page",
    "zoom",
]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(NAMES), st.text(max_size=40), max_size=4))
def test_anything_typed_is_an_answer_or_a_clear_400(client, shop, params):
    for address in ("/api/v1/search/", "/api/v1/map/"):
        assert client.get(address, params).status_code in (200, 400)


def test_a_search_without_an_answer_is_counted_once_and_holds_no_words(client, shop):
    for _ in range(3):
        client.get("/api/v1/search/", {"q": "continence pads please", "place": "Marsden"}, headers=BROWSER)
    (row,) = SearchWithoutAnswer.objects.all()
    assert (row.need, row.area_set, row.area_code, row.count) == ("continence-support", "test-wards", "T0001", 1)
    client.get("/api/v1/search/", {"q": "continence pads please", "place": "Marsden"}, headers=BROWSER, REMOTE_ADDR="192.0.2.7")
    row.refresh_from_db()
    assert row.count == 2
    assert row.month.day == 1
    assert {field.name for field in SearchWithoutAnswer._meta.fields} == {"id", "need", "area_set", "area_code", "month", "count"}


@pytest.mark.parametrize("address", ["/api/v1/search/", "/find/"])
def test_visitors_behind_the_proxy_are_told_apart(client, shop, settings, address):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    for seen in ("192.0.2.7", "192.0.2.8", "203.0.113.9, 192.0.2.8"):
        client.get(address, {"q": "continence pads please"}, headers={**BROWSER, "x-forwarded-proto": "https", "x-forwarded-for": seen})
    assert SearchWithoutAnswer.objects.get().count == 2


@pytest.mark.parametrize("agent", ["", "Googlebot/2.1", "python-requests/2", "curl/8"])
def test_robots_are_not_counted(client, shop, agent):
    client.get("/api/v1/search/", {"q": "continence pads"}, headers={"user-agent": agent})
    assert not SearchWithoutAnswer.objects.exists()


def test_an_answer_a_later_page_and_an_empty_question_are_not_counted(client, shop):
    for params in ({"q": "shopping"}, {"q": "xylophone", "page": "2"}, {"place": "Dewsbury", "radius": "0.1"}):
        client.get("/api/v1/search/", params, headers=BROWSER)
    assert not SearchWithoutAnswer.objects.exists()


def test_words_that_nobody_understands_count_without_a_need(client, shop):
    client.get("/api/v1/search/", {"q": "xylophone"}, headers=BROWSER)
    assert SearchWithoutAnswer.objects.get().need == ""


@pytest.fixture(autouse=True)
def _fresh_cache():
    unanswered.cache.clear()
