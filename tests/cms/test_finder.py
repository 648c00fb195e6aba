"""The finder as a visitor meets it: the list, its reasons, the ways on, and never a dead end."""

import html
import re

import pytest
from django.test import Client

from directory.accounts.roles import Role
from directory.listings import set_fields, withdraw
from directory.models import Location
from search.models import SearchWithoutAnswer
from tests import factories
from tests.cms.conftest import BROWSER, HALL, Read


@pytest.fixture
def food_share(listing):
    return listing("Food share", area="HD7", delivery=["home"])


@pytest.fixture
def lunch_club(listing):
    return listing(
        "Lunch club", needs=["social-outings-and-events", "friendships"], delivery=["place"], places=[HALL], access={"step_free": True}
    )


def test_finds_with_reasons_and_a_link(food_share, lunch_club, indexed, read):
    indexed()
    page = read("/find/", q="mum can't manage the shopping", place="HD7 5AA")
    assert page.status == 200
    assert "1 place can help with shopping near HD7 5AA" in page.text
    assert page.link("Food share") == food_share.get_absolute_url()
    assert "Comes to you" in page.text
    assert "Lunch club" not in page.text.split("Nothing quite right?")[0].split("These nearly fit")[0]


def test_local_spelling_and_words_of_the_people(lunch_club, indexed, read):
    indexed()
    page = read("/find/", q="lonely in Slawit")
    assert "1 place can help with friendships near Slaithwaite" in page.text
    assert "Lunch club" in page.text


@pytest.mark.parametrize(("count", "words"), [(1, "1 place can help with shopping"), (3, "3 places can help with shopping")])
def test_headline_counts_in_good_grammar(listing, indexed, read, count, words):
    for number in range(count):
        listing(f"Share {number}")
    indexed()
    assert words in read("/find/", q="shopping").text


def test_each_chip_takes_away_its_part_and_nothing_else(food_share, lunch_club, indexed, read):
    indexed()
    page = read("/find/", q="shopping in Marsden", free="1", mode="home,phone", radius="5", view="map")
    chosen = "radius=5&mode=home&mode=phone&free=1"
    assert page.link("Take away: Shopping") == f"/find/?q=shopping+in+Marsden&{chosen}&off=need%3Ashopping&view=map"
    assert page.link("Take away: near Marsden") == "/find/?q=shopping+in+Marsden&mode=home&mode=phone&free=1&off=place&view=map"
    assert page.link("Take away: free") == "/find/?q=shopping+in+Marsden&radius=5&mode=home&mode=phone&view=map"
    assert page.link("Take away: by phone") == "/find/?q=shopping+in+Marsden&radius=5&mode=home&free=1&view=map"
    assert page.link("Start again") == "/find/"


def test_a_place_is_taken_off_the_sentence_and_what_was_typed_stays(food_share, indexed, read):
    indexed()
    for typed, place in (("shopping near Slawit", "Slaithwaite"), ("shopping hd7 5aa", "HD7 5AA")):
        page = read(read("/find/", q=typed).link(f"Take away: near {place}"))
        assert f'value="{typed}"' in page.html
        assert "can help with shopping" in page.text
        assert f"near {place}" not in page.text


def test_what_a_sentence_wishes_is_a_chip_each_and_can_be_taken_off(food_share, lunch_club, indexed, read):
    indexed()
    page = read("/find/", q="free shopping on Tuesdays in Punjabi for someone aged 82 within 3 miles of Marsden at home")
    for label in ("free", "in your home", "on Tuesdays", "in Punjabi", "for age 82", "within 3 miles", "near Marsden", "Shopping"):
        without = read(page.link(f"Take away: {label}"))
        assert f"Take away: {label}" not in without.text
        assert f"Take away: {'Shopping' if label != 'Shopping' else 'free'}" in without.text
        assert "aged 82" in without.html


def test_a_repaired_word_can_be_meant_as_it_was_typed(food_share, indexed, read):
    indexed()
    page = read("/find/", q="sentnce")
    assert "Showing results for “<b>sentence</b>”" in page.html
    as_typed = page.link("Search for “sentnce” instead")
    assert "off=spelling" in as_typed
    assert "Showing results for" not in read(as_typed).text


def test_what_was_taken_off_stays_off_on_every_way_but_another_question(food_share, listing, indexed, read):
    for mode in ("home", "phone", "online"):
        listing(f"Share {mode}", delivery=[mode], area="HD7")
    indexed()
    page = read("/find/", q="shopping in Marsden", off="place", page_size="2")
    assert "off=place" in page.link("More")
    assert "off=place" in page.link("By name")
    box, filters = re.findall(r"<form.+?</form>", page.html, re.DOTALL)[-2:]
    assert 'name="off"' not in box
    assert '<input type="hidden" name="off" value="place">' in filters


def filter_counts(html):
    """(name, value, count) of every choice of the filters that says how many it leaves."""
    ticks = re.findall(r'<input type="checkbox" name="(\w+)" value="([\w-]+)"[^>]*><span>[^<]*<span class="hint">\((\d+)', html)
    for name, options in re.findall(r'<select id="filter-(\w+)"[^>]*>(.*?)</select>', html):
        ticks += [(name, value, count) for value, count in re.findall(r'<option value="([\w-]+)"[^>]*>[^<]*\((\d+)\)', options)]
    return ticks


def test_every_filter_leaves_as_many_as_it_says(food_share, lunch_club, listing, indexed, read):
    listing("Phone friend", needs=["friendships"], delivery=["phone"], is_free=True, area="everywhere", times="Tu 10:00-12:00")
    listing("Punjabi circle", needs=["friendships"], delivery=["place"], places=[HALL], languages="Punjabi", who_for="Women")
    indexed()
    choices = filter_counts(read("/find/", place="HD7 5AA").html)
    assert {name for name, _, _ in choices} >= {"need", "mode", "free", "access", "language", "open"}
    for name, value, count in choices:
        assert f"{count} place" in read("/find/", place="HD7 5AA", **{name: value}).text, (name, value)


def test_filters_are_a_form_that_keeps_the_question(food_share, lunch_club, indexed, read):
    indexed()
    html = read("/find/", q="shopping", off="words,need:shopping", place="HD7 5AA", mode="home").html
    form = re.search(r'<form method="get" action="/find/" aria-label="Narrow the list".+?</form>', html, re.DOTALL)[0]
    assert '<input type="hidden" name="q" value="shopping">' in form
    assert '<input type="hidden" name="place" value="HD7 5AA">' in form
    assert 'name="mode" value="home" checked' in form
    assert 'type="hidden" name="mode"' not in form


def test_not_known_is_counted_and_shown_apart_from_yes(food_share, lunch_club, indexed, read, listing):
    listing("Other club", needs=["friendships"], delivery=["place"], places=[{**HALL, "name": "Other hall"}])
    indexed()
    page = read("/find/", q="lonely")
    assert "Step-free (1 yes, 1 not known, ask)" in page.text
    narrowed = read("/find/", q="lonely", access="step_free")
    inside, apart = narrowed.text.split("Not known: phone to ask")
    assert "1 place can help" in inside
    assert "Lunch club" in inside
    assert "Other club" not in inside
    assert "Other club" in apart
    assert "Step-free access: not known, phone to ask" in apart


def test_a_wish_keeps_what_is_not_known_and_says_so(food_share, listing, indexed, read):
    listing("Free share", is_free=True)
    listing("Paid share", is_free=False)
    indexed()
    page = read("/find/", q="free shopping")
    assert "2 places can help" in page.text
    assert page.text.count("Not known to be free: ask") == 1
    assert "Not known to be free" not in read("/find/", q="shopping", free="1").text.split("These nearly fit")[0]


def test_a_printed_list_has_the_telephone_numbers(food_share, indexed, read, editor):
    set_fields(food_share, {"phone": "01484 222333"}, by=editor)
    indexed()
    assert '<p class="print-only">Ring <b>01484 222333</b></p>' in read("/find/", q="shopping").html


def test_what_has_the_name_that_was_typed_says_so(food_share, listing, indexed, read):
    listing("Holme larder")
    indexed()
    page = read("/find/", q="holme larder")
    assert page.text.index("Holme larder") < page.text.index("Has the name you typed")
    assert page.text.count("Has the name you typed") == 1


def test_groups_of_people_are_a_choice_and_other_words_of_whom_it_is_for_are_none(listing, indexed, read):
    listing("Share for carers", who_for="Unpaid carers in Golcar who feel alone")
    listing("Share for the young", who_for="Young people from 13")
    indexed()
    page = read("/find/", q="shopping")
    for choice in ("For carers (1)", "For young people (1)"):
        assert choice in page.text
    assert not re.search(r"For (unpaid|golcar|feel|alone|13|age 13)", page.text, re.IGNORECASE)
    chosen = read("/find/", q="shopping", who="young").text
    assert "For young people (1)" in chosen
    assert "Take away: for young people" in chosen


def test_who_offers_help_is_shown_the_way_and_the_list_all_the_same(food_share, indexed, read):
    indexed()
    page = read("/find/", q="I could do the shopping for someone")
    assert page.link("See how to help").startswith("/volunteer/")
    assert "Would you like to help?" not in read(page.link("No, I am looking for help")).text
    assert "Food share" in page.text


def test_an_unclear_question_asks_which_is_meant(food_share, lunch_club, indexed, read):
    from search.find import understood
    from search.query import Query

    indexed()
    typed = next(
        text for text in ("tablet", "form", "sitting", "going out", "washing", "letters", "bath") if understood(Query(q=text)).unsure
    )
    page = read("/find/", q=f"{typed} in Marsden")
    likely = understood(Query(q=f"{typed} in Marsden")).needs
    assert "Which do you mean?" in page.text
    second = next(href for text, href in page.links if text == likely[1].name and "need=" in href)
    chosen = read(second)
    assert "Which do you mean?" not in chosen.text
    assert "near Marsden" in chosen.text
    assert f"need={likely[1].slug}" in second


def test_a_place_that_is_not_known_says_what_to_do(food_share, indexed, read):
    indexed()
    page = read("/find/", q="shopping", place="HD7 5AAA")
    assert page.status == 200
    assert "That postcode has a letter too many: HD7 5AA?" in page.text
    assert 'aria-invalid="true"' in page.html
    assert "Food share" in page.text
    assert "Is it Marsden?" in read("/find/", q="shopping", place="Marsdin").text
    assert "Try a postcode" in read("/find/", q="shopping", place="Xqzzy").text


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"q": "shopping", "lat": "53.6"}, 400),
        ({"q": "shopping", "page": "x"}, 400),
        ({"bbox": "1,2"}, 400),
        ({"need": "no-such-need"}, 200),
        ({"q": "shopping", "radius": "-3"}, 200),
        ({"q": "x" * 3000}, 200),
        ({"q": "\0\ud7ff"}, 200),
        ({"sort": "upside-down", "q": "shopping"}, 400),
        ({"unknown": "1"}, 200),
    ],
)
def test_a_broken_question_gets_a_page_never_an_error_of_ours(food_share, indexed, read, params, status):
    indexed()
    page = read("/find/", **params)
    assert page.status == status
    assert "Find help" in page.text


def test_nothing_fits_is_an_offer(food_share, indexed, read):
    indexed()
    page = read("/find/", q="shopping", place="HD7 5AA", access="hearing_loop")
    assert "Nothing on our list for shopping near HD7 5AA fits all you asked for yet" in page.text
    assert "Hearing loop: not known, phone to ask" in page.text
    assert page.link("Ask the co-op") == "/ask/?need=shopping&area=T0001"
    assert page.link("Suggest a group you know") == "/suggest/"
    assert page.link("See who else covers HD7 5AA") == "/find/?place=HD7+5AA"
    assert "Food share" in read(page.link("See who else covers HD7 5AA")).text
    assert page.link("Ring 01632 960 123") == "tel:01632960123"
    assert "no results" not in page.text.lower()


def test_a_search_without_an_answer_is_counted_once_for_a_visitor_and_never_for_robots(ground, indexed, client):
    indexed()
    client.get("/find/", {"q": "shopping"}, headers={"user-agent": "SomeBot/1.0"})
    assert not SearchWithoutAnswer.objects.exists()
    for _ in range(2):
        client.get("/find/", {"q": "shopping", "place": "HD7 5AA"}, headers={"user-agent": BROWSER})
    row = SearchWithoutAnswer.objects.get()
    assert (row.need, row.area_code, row.count) == ("shopping", "T0001", 1)


def test_list_and_map_carry_the_same_numbers_without_javascript(lunch_club, food_share, listing, indexed, read):
    listing("Second hall", needs=["friendships"], delivery=["place"], places=[{**HALL, "name": "Other hall", "postcode": "HD7 6AB"}])
    listing("Visitors", needs=["friendships"], delivery=["home"], area="HD7")
    indexed()
    page = read("/find/", q="lonely", place="HD7 5AA")
    cards = dict(re.findall(r'data-result="([^"]+)"><span class="pin-number"><span class="visually-hidden">Number </span>(\d+)', page.html))
    pins = dict(re.findall(r'data-pin="([^"]+)"><g[^>]*><circle[^>]*/><circle[^>]*/><text[^>]*>(\d+)</text>', page.html))
    assert len(cards) == 3
    assert len(pins) == 2
    assert pins.items() <= cards.items()
    assert "2 on the map. Not on it: 1 that comes to you." in page.text
    assert 'class="map-area"' in page.html


def test_the_map_can_come_first_and_the_way_of_looking_is_kept(lunch_club, indexed, read):
    indexed()
    listed, mapped = read("/find/", q="lonely"), read("/find/", q="lonely", view="map")
    assert listed.html.index("result-") < listed.html.index("map-box")
    assert mapped.html.index("map-box") < mapped.html.index('id="result-')
    assert 'name="view" value="map"' in mapped.html


def test_a_secret_place_is_on_no_map(lunch_club, indexed, read):
    Location.objects.update(masked=True)
    indexed()
    page = read("/find/", q="lonely", place="HD7 5AA")
    assert "Lunch club" in page.text
    assert "map-box" not in page.html
    assert "Britannia Road" not in page.html


def test_what_was_withdrawn_since_the_index_was_written_is_not_shown(food_share, indexed, read, editor):
    indexed()
    withdraw(food_share, by=editor)
    assert "Food share" not in read("/find/", q="shopping").text


def test_a_change_shows_at_once_even_before_the_index_knows_it(food_share, indexed, read, editor):
    indexed()
    set_fields(food_share, {"notice": {"text": "Closed for half term", "until": "2999-01-01"}}, by=editor)
    assert "Closed for half term" in read("/find/", q="shopping").text


def test_old_lists_say_since_when_nobody_checked(listing, indexed, read):
    old = listing("Old share", source="https://paper.example/2013", source_id="1", source_date="2013")
    assert old.checked_at is None or old.checked_at.year == 2013
    indexed()
    assert "Not checked since 2013" in read("/find/", q="shopping").text


def test_invented_groups_say_so(listing, indexed, read):
    listing("Pretend share", organisation=factories.organisation(name="Pretend Group", demo=True))
    indexed()
    assert "Invented for the demonstration" in read("/find/", q="shopping").text


def test_pages_of_the_list_join_without_gap_or_overlap(listing, indexed, read):
    names = {listing(f"Share number {number}").name for number in range(23)}
    indexed()
    first = read("/find/", q="shopping", page_size="10")
    second = read(first.link("More"))
    third = read(second.link("More"))
    seen = [text for page in (first, second, third) for text, _ in page.links if text in names]
    assert sorted(seen) == sorted(names)
    assert "11 to 20 of 23" in second.text
    assert first.html.count("pin-number") == 10
    assert "Number 11" in second.text


def test_a_page_beyond_the_end_goes_to_the_last_one(food_share, indexed, client):
    indexed()
    assert client.get("/find/?q=shopping&page=9")["Location"] == "/find/?q=shopping"


@pytest.mark.parametrize("name", ["q", "place", "who", "language"])
def test_what_was_typed_is_shown_as_text_only(food_share, indexed, read, name):
    indexed()
    evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    page = read("/find/", **{"q": "shopping", name: evil})
    assert "<script>alert" not in page.html
    assert "<img src=x" not in page.html
    assert html.escape("<script>alert(1)") in page.html


def test_names_of_listings_cannot_break_out_of_the_page_or_its_map(listing, indexed, read):
    listing("</script><script>alert(1)</script>", delivery=["place"], places=[HALL])
    indexed()
    page = read("/find/", q="shopping")
    assert "<script>alert" not in page.html


def test_results_are_not_for_search_engines_but_the_finder_is(food_share, indexed, read):
    indexed()
    assert 'content="noindex"' in read("/find/", q="shopping").html
    assert "noindex" not in read("/find/").html


def test_asks_the_database_as_often_for_many_results_as_for_few(
    listing, indexed, client, settings, django_assert_num_queries, django_assert_max_num_queries
):
    settings.PAGE_CACHE_SECONDS = 0
    times = "Tu 10:00-12:00; Th 10:00-12:00"
    for number in range(2):
        listing(f"Share {number}", delivery=["place"], places=[HALL], times=times)
    indexed()
    client.get("/find/?q=shopping&place=HD7+5AA")
    with django_assert_max_num_queries(30) as few:
        client.get("/find/?q=shopping&place=HD7+5AA")
    asked = len(few.captured_queries)
    assert asked
    for number in range(8):
        listing(f"Further share {number}", delivery=["place"], places=[HALL], times=times)
    indexed()
    client.get("/find/?q=shopping&place=HD7+5AA")
    with django_assert_num_queries(asked):
        client.get("/find/?q=shopping&place=HD7+5AA")


def test_only_reading_is_possible(db):
    assert Client().post("/find/").status_code == 405


def test_a_partner_sees_the_same_list(food_share, indexed):
    indexed()
    visitor, partner = Client(), Client()
    partner.force_login(factories.user(Role.PARTNER))
    assert "Food share" in visitor.get("/find/?q=shopping").content.decode()
    assert "Food share" in partner.get("/find/?q=shopping").content.decode()


def test_editors_see_the_points_and_nobody_else(food_share, indexed, editor):
    indexed()
    visitor, signed_in = Client(), Client()
    signed_in.force_login(editor)
    for address in ("/find/?q=shopping", "/needs/shopping/"):
        assert "Freshness" in signed_in.get(address).content.decode().split("points</summary>", 1)[1]
        assert "points</summary>" not in visitor.get(address).content.decode()


def test_keeping_leads_back_to_the_list(food_share, indexed, client):
    indexed()
    page = Read(client.get("/find/?q=shopping"))
    keep = page.link("Keep Food share")
    form = client.get(keep, headers={"referer": "http://testserver/find/?q=shopping"}).content.decode()
    assert '<input type="hidden" name="next" value="/find/?q=shopping">' in form
    elsewhere = client.get(keep, headers={"referer": "https://evil.example/find/?q=shopping"}).content.decode()
    assert f'name="next" value="{food_share.get_absolute_url()}"' in elsewhere


def test_a_search_can_be_kept_with_what_was_taken_off(food_share, indexed, read):
    indexed()
    page = read("/find/", q="shopping in Marsden", off="place", sort="name")
    assert page.link("Tell me when something new fits") == "/saved/searches/new/?q=shopping+in+Marsden&off=place"


def test_twenty_results_with_a_map_are_a_light_page(listing, indexed, read):
    for number in range(25):
        place = {**HALL, "name": f"Hall {number}"}
        listing(f"Share number {number}", delivery=["place"], places=[place], area="within 2 miles of Golcar", times="Tu 10:00-12:00")
    indexed()
    page = read("/find/", q="shopping", place="HD7 5AA")
    assert page.html.count("data-result") == 20
    assert len(page.html) < 45_000
    assert '<link rel="next"' in page.html
    assert "1 to 20 of 25" in page.text
