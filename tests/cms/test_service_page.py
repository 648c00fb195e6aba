"""A service's page: the first answer, what is secret stays secret, what is not known is said to be not known."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from cms import public_state
from directory import clock
from directory.accounts.roles import Role
from directory.listings import create_organisation, mark_checked, set_fields, withdraw
from directory.models import Contact, Location
from tests import factories
from tests.cms.conftest import HALL

MONDAY = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)


@pytest.fixture
def club(listing):
    return listing("Lunch club", delivery=["place"], places=[HALL], times="Mo 10:00-12:00; Th 10:00-12:00", phone="01484 000001")


def page_of(read, service):
    return read(service.get_absolute_url())


def test_the_first_answer_is_yes_only_where_somebody_checked(club, read, editor):
    assert "Can I just turn up? Perhaps. Ring first." in page_of(read, club).text
    mark_checked(club, by=editor, how="phone")
    page = page_of(read, club)
    assert "Can I just turn up? Yes." in page.text
    assert "Checked today" in page.text
    assert "Somebody rang and asked." in page.text


@pytest.mark.parametrize(
    ("values", "answer"),
    [
        ({"referral_route": "professional"}, "No. A professional asks for you"),
        ({"referral_route": "self"}, "Ring first. You ask for a place yourself."),
        ({"status": "paused"}, "Not at the moment."),
        ({"how_to_access": "Ring first, so that there is a place at the table."}, "Ring first, so that there is a place at the table. "),
        ({"how_to_access": "Ring by nine for the same day."}, "Ring first. Ring by nine for the same day."),
        ({"delivery": ["home"]}, "You do not need to: they come to you."),
        ({"delivery": ["phone"]}, "You do not need to: it is by phone."),
        ({"delivery": ["online"]}, "You do not need to: it is online."),
        ({"delivery": []}, "Ring first. We do not know where it is"),
        ({"times": []}, "Ring first. Nobody has to send you, but we do not know the times."),
    ],
)
def test_the_first_answer(club, read, editor, values, answer):
    set_fields(club, values, by=editor)
    mark_checked(club, by=editor, how="phone")
    assert f"Can I just turn up? {answer}" in page_of(read, club).text


def test_open_now_and_the_days_of_this_week(club, read):
    with clock.held_at(MONDAY):
        page = page_of(read, club)
        assert "Open now, until 12 noon." in page.text
        assert "Monday (today) 10am to 12 noon" in page.text
        assert "Tuesday Closed" in page.text
    with clock.held_at(MONDAY + timedelta(hours=3)):
        assert "Next open Thursday at 10am." in page_of(read, club).text


def test_times_that_nobody_knows_are_said_to_be_not_known(club, read, editor):
    set_fields(club, {"times": []}, by=editor)
    page = page_of(read, club)
    assert "We do not know the times." in page.text
    assert "Closed" not in page.text


def test_access_is_yes_no_or_not_known(club, read, editor):
    assert "Not known: steps, toilets" in page_of(read, club).text
    set_fields(club, {"access": {"step_free": True, "hearing_loop": False}}, by=editor)
    text = page_of(read, club).text
    assert "Step-free Yes" in text
    assert "Hearing loop No" in text
    assert "Parking Not known" in text


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"is_free": True}, "What it costs Free."),
        ({"is_free": False, "cost": "5 pounds a meal"}, "What it costs 5 pounds a meal."),
        ({"is_free": False}, "What it costs It costs something. Ask how much."),
        ({}, "What it costs Not known."),
    ],
)
def test_cost(club, read, editor, values, words):
    set_fields(club, values, by=editor)
    assert words in page_of(read, club).text


def test_a_secret_place_gives_nothing_away(club, read):
    Location.objects.update(masked=True, transport="Bus X85 to the door", access_words="Side gate")
    club.schedules.update(at_location=club.at_locations.get())
    page = page_of(read, club)
    assert "kept secret" in page.text
    for told in ("The Hall", "Britannia Road", "HD7 5AA", "X85", "Side gate", "53.62", "map-box"):
        assert told not in page.html


def test_a_contact_that_may_not_be_shown_is_nowhere(club, read):
    Contact.objects.update(show_on_site=False)
    Contact.objects.create(
        service=club,
        name="Nora Canary",
        phone="07700 900111",
        email="nora@canary.example",
        is_personal=True,
        show_on_site=False,
        show_in_print=False,
    )
    page = page_of(read, club)
    for told in ("Canary", "canary", "07700", "01484 000001"):
        assert told not in page.html
    assert "We have no number for them." in page.text


def test_the_groups_own_number_stands_in(listing, read, editor):
    group = create_organisation(by=editor, name="Good Group", phone="01484 000009", email="hello@group.example")
    page = page_of(read, listing("Visits", organisation=group))
    assert page.link("01484 000009") == "tel:01484000009"
    assert page.link("hello@group.example") == "mailto:hello@group.example"


def test_a_description_is_cleaned(listing, read):
    evil = (
        "# Big\n\n**Two courses**, [ours](https://example.org) [bad](javascript:alert(1)) "
        '<script>alert(1)</script><img src=x onerror="alert(1)"><iframe src="https://evil.example"></iframe>'
        '<a href="https://evil.example" onclick="x()" style="x">there</a>\n\n<h1 id="doors">Own</h1>'
    )
    page = page_of(read, listing("Club", description=evil, summary="<b>Bold</b> words"))
    assert "<strong>Two courses</strong>" in page.html
    assert "<h3>Big</h3>" in page.html
    assert 'href="https://example.org" rel="nofollow noopener"' in page.html
    for bad in ("<script>alert", "onerror", "<iframe", "javascript:", "onclick", "style=", "<b>Bold</b>"):
        assert bad not in page.html
    assert page.html.count("<h1") == 1


def test_a_web_address_that_is_none_is_no_link(listing, read):
    service = listing("Club")
    type(service).objects.filter(pk=service.pk).update(url="javascript:alert(1)")
    assert "javascript:" not in page_of(read, service).html


def test_a_notice_stands_as_long_as_it_holds(club, read, editor):
    set_fields(club, {"notice": {"text": "Closed for half term", "until": "2999-01-01"}}, by=editor)
    assert "Closed for half term" in page_of(read, club).text
    with clock.held_at(datetime(2999, 1, 3, tzinfo=UTC)):
        assert "Closed for half term" not in page_of(read, club).text


def test_where_it_comes_from_is_told(listing, read):
    text = page_of(
        read, listing("Old", source="https://www.paper.example/a", source_id="1", source_date="2013", licence="facts, own words")
    ).text
    assert "paper.example" in text
    assert "2013" in text
    assert "facts, own words" in text


def test_an_old_name_in_the_address_leads_to_the_right_one(club, client):
    right = club.get_absolute_url()
    assert client.get(f"/services/{club.pk}/another-name/")["Location"] == right
    assert client.get(f"/services/{club.pk}/")["Location"] == right
    assert client.get(right).status_code == 200


def test_unknown_and_withdrawn_say_what_to_do_next(club, read, editor):
    withdraw(club, by=editor)
    gone = page_of(read, club)
    assert gone.status == 410
    assert "Lunch club" not in gone.text
    assert gone.link("Shopping") == "/needs/shopping/"
    assert "01632 960 123" in gone.text
    unknown = read(f"/services/{uuid4()}/some-club/")
    assert unknown.status == 404
    assert "Find help" in unknown.html


def test_what_is_not_to_be_seen_yet_is_not_there_yet(club, read, editor):
    set_fields(club, {"visible_from": str(clock.today() + timedelta(days=3))}, by=editor)
    page = page_of(read, club)
    assert page.status == 404
    assert "Lunch club" not in page.text


def test_something_wrong_leads_to_telling_us_about_this_one(club, read, editor):
    suggest = page_of(read, club).link("Something wrong?")
    assert "Lunch club" in read(suggest).text
    withdraw(club, by=editor)
    assert "Lunch club" not in read(suggest).text
    assert read("/suggest/", service="not-a-number").status == 200


def test_only_its_own_partner_gets_a_way_to_change_it(club, client):
    words = "Change this listing"
    assert words not in client.get(club.get_absolute_url()).content.decode()
    client.force_login(factories.partner(factories.organisation()))
    assert words not in client.get(club.get_absolute_url()).content.decode()
    client.force_login(factories.partner(club.organisation))
    assert words in client.get(club.get_absolute_url()).content.decode()
    client.force_login(factories.user(Role.COORDINATOR))
    assert words not in client.get(club.get_absolute_url()).content.decode()


def test_asks_the_database_as_often_for_a_large_service_as_for_a_small_one(
    club, client, editor, django_assert_num_queries, django_assert_max_num_queries, settings
):
    settings.PAGE_CACHE_SECONDS = 0
    url = club.get_absolute_url()
    client.get(url)
    public_state.forget()
    with django_assert_max_num_queries(20) as small:
        client.get(url)
    asked = len(small.captured_queries)
    assert asked
    places = [{**HALL, "name": f"Hall {number}"} for number in range(5)]
    set_fields(
        club,
        {
            "places": places,
            "times": "Mo 10:00-12:00; Tu 10:00-12:00; We 10:00-12:00; Fr 10:00-12:00",
            "needs": ["shopping", "cooking", "friendships"],
            "area": "HD7;Golcar;Marsden",
        },
        by=editor,
    )
    public_state.forget()
    with django_assert_num_queries(asked):
        client.get(url)
