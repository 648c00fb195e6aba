"""The addresses of the product answer from code; pages of the editors lend them words and can break none of them."""

import pytest
from wagtail.models import Page

from cms import public_state
from cms.models import FinderPage, HomePage, StandardPage
from cms.seeding import make_pages
from directory.accounts.doors import PUBLIC, rule_of
from directory.accounts.roles import Permission

ADDRESSES = [
    "/",
    "/find/",
    "/needs/",
    "/needs/shopping/",
    "/needs/my-life/",
    "/ask/",
    "/suggest/",
    "/worried/",
    "/accessibility/",
    "/privacy/",
]


@pytest.mark.django_db
def test_on_an_empty_database_every_address_answers_with_the_telephone(read):
    for address in ADDRESSES:
        page = read(address)
        assert page.status == (404 if address.count("/") == 3 else 200), address
        assert "01632 960 123" in page.text


def test_answers_without_any_page_of_an_editor(ground, read):
    for address in ADDRESSES:
        page = read(address)
        assert page.status == 200, address
        assert page.html.count("<h1") == 1, address


@pytest.mark.parametrize("what", ["live", "unpublished", "renamed", "moved", "deleted"])
def test_answers_whatever_editors_do_with_their_pages(ground, read, what):
    make_pages()
    if what == "deleted":
        HomePage.objects.get().delete()
    for page in [*FinderPage.objects.all(), *StandardPage.objects.all()]:
        if what == "unpublished":
            page.unpublish()
        elif what == "renamed":
            page.slug = f"other-{page.slug}"
            page.save()
        elif what == "moved" and page.slug != "about":
            page.move(Page.objects.get(slug="about"), pos="last-child")
    if what == "unpublished":
        HomePage.objects.get().unpublish()
    assert [read(address).status for address in ADDRESSES] == [200] * len(ADDRESSES)


def test_an_editors_words_stand_at_the_fixed_address(ground, read):
    make_pages()
    home, finder = HomePage.objects.get(), FinderPage.objects.get()
    home.question, home.title = "Wat would 'elp?", "Start"
    finder.intro = "Tell us in a few words."
    privacy = StandardPage.objects.get(stands_at="privacy")
    privacy.title = "What we know of you"
    for page in (home, finder, privacy):
        page.save_revision().publish()
    assert "Wat would 'elp?" in read("/").text
    assert "Tell us in a few words." in read("/find/").text
    assert "What we know of you" in read("/privacy/").text


def test_a_draft_says_nothing_yet(ground, read):
    make_pages()
    home = HomePage.objects.get()
    home.question = "Only a draft?"
    home.save_revision()
    assert "Only a draft?" not in read("/").text


@pytest.mark.parametrize("address", ["ask", "worried", "suggest"])
def test_telephone_and_next_step_stay_whatever_an_editor_writes(ground, read, address):
    make_pages()
    HomePage.objects.get().add_child(instance=StandardPage(title="Something else", slug="else", stands_at=address))
    page = read(f"/{address}/")
    assert "Something else" in page.text
    assert "01632 960 123" in page.text
    assert "What happens then" in page.text


def test_worried_names_999_first_and_no_number_that_is_not_ours(ground, read):
    page = read("/worried/")
    numbers = {href for _, href in page.links if href.startswith("tel:")}
    assert numbers == {"tel:999", "tel:01632960123"}


def test_a_page_that_stands_at_no_fixed_address_is_open_to_everybody(ground, read):
    make_pages()
    page = read("/about/")
    assert page.status == 200
    assert "care co-op" in page.text


def test_pages_with_a_fixed_address_send_on_from_their_place_in_the_tree(ground, client):
    make_pages()
    privacy = StandardPage.objects.get(stands_at="privacy")
    privacy.slug = "our-promise"
    privacy.save()
    assert client.get("/our-promise/")["Location"] == "/privacy/"
    assert privacy.url == "/privacy/"
    finder = FinderPage.objects.get()
    finder.slug = "look"
    finder.save()
    assert client.get("/look/")["Location"] == "/find/"


def test_every_address_of_this_room_says_who_may_open_it():
    from cms.urls import urlpatterns

    rules = {str(pattern.pattern): rule_of(pattern.callback, str(pattern.pattern)) for pattern in urlpatterns}
    assert rules.pop("partner/services/<uuid:pk>/preview/") == Permission.EDIT_LISTINGS
    assert set(rules.values()) == {PUBLIC}


def test_home_counts_each_service_once_at_its_door(listing, read):
    listing("Two needs of one door", needs=["shopping", "cooking"])
    listing("One need", needs=["shopping"])
    page = read("/")
    assert "My Home" in page.text
    assert "2 places" in page.text


def test_home_asks_the_database_as_often_for_many_services_as_for_one(
    listing, client, django_assert_num_queries, django_assert_max_num_queries, settings
):
    settings.PAGE_CACHE_SECONDS = 0
    listing("First")
    client.get("/")
    public_state.forget()
    with django_assert_max_num_queries(12) as one:
        client.get("/")
    asked = len(one.captured_queries)
    assert asked
    for number in range(6):
        listing(f"Service {number}", needs=["friendships", "cooking"])
    public_state.forget()
    with django_assert_num_queries(asked):
        client.get("/")
