"""The first pages, who may change them, and the blocks they are made of."""

import pytest
from django.test import Client
from wagtail.models import Page, Site

from cms.models import HomePage, StandardPage
from cms.seeding import make_pages
from directory.accounts.roles import Role
from tests import factories
from tests.cms.conftest import HALL


@pytest.mark.django_db
def test_pages_are_made_once_and_an_editors_words_are_never_touched():
    assert make_pages() == 5
    home = HomePage.objects.get()
    home.question = "Changed"
    home.save_revision().publish()
    assert make_pages() == 0
    assert HomePage.objects.get().question == "Changed"
    assert Site.objects.get().root_page_id == home.pk
    assert not Page.objects.filter(title__startswith="Welcome to your new Wagtail").exists()


@pytest.mark.django_db
def test_a_page_that_was_deleted_on_purpose_does_not_come_back():
    make_pages()
    StandardPage.objects.get(slug="about").delete()
    assert make_pages() == 0
    assert not StandardPage.objects.filter(slug="about").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.EDITOR, Role.ADMINISTRATOR])
def test_editors_and_administrators_write_and_publish(role):
    make_pages()
    client = Client()
    client.force_login(factories.user(role))
    about = StandardPage.objects.get(slug="about")
    assert client.get("/admin/").status_code == 200
    assert client.get(f"/admin/pages/{about.pk}/edit/").status_code == 200
    body = {"title": "About the store", "slug": "about", "intro": "New words.", "stands_at": "", "body-count": "0"}
    answer = client.post(f"/admin/pages/{about.pk}/edit/", {**body, "action-publish": "1"})
    assert answer.status_code == 302
    assert "New words." in Client().get("/about/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.PARTNER, Role.COORDINATOR, Role.VOLUNTEER, Role.ANALYST])
def test_nobody_else_enters(role):
    make_pages()
    client = Client()
    client.force_login(factories.user(role))
    assert client.get("/admin/").status_code == 403


@pytest.mark.parametrize("slug", ["home", "find", "privacy", "about"])
def test_an_editor_sees_the_draft_before_it_is_live(ground, slug, rf):
    make_pages()
    page = HomePage.objects.get() if slug == "home" else HomePage.objects.get().get_children().filter(slug=slug).first()
    draft = page.specific
    draft.title = draft.question = "Seen before it is live"
    client = Client()
    client.force_login(factories.user(Role.EDITOR))
    request = client.get("/").wsgi_request
    answer = draft.make_preview_request(original_request=request, preview_mode=draft.default_preview_mode)
    answer = answer.render() if hasattr(answer, "render") and not answer.is_rendered else answer
    assert "Seen before it is live" in answer.content.decode()


def test_a_list_in_a_page_is_never_out_of_date(listing, indexed, read):
    make_pages()
    home = HomePage.objects.get()
    home.body = [
        ("heading", "News"),
        ("words", "<p>Words of an editor</p>"),
        ("notice", {"title": "Closed on Friday", "text": "<p>We are back on Monday.</p>", "tone": "clay"}),
        (
            "services",
            {"title": "Lunch clubs in the valley", "need": "social-outings-and-events", "words": "", "place": "Slawit", "count": 3},
        ),
        ("services", {"title": "Gone place", "need": "", "words": "", "place": "Nowhere at all", "count": 3}),
    ]
    home.save_revision().publish()
    indexed()
    assert "Nothing is on our list for this at the moment." in read("/").text
    listing("Lunch club", needs=["social-outings-and-events"], delivery=["place"], places=[HALL])
    indexed()
    page = read("/")
    assert page.status == 200
    for words in ("News", "Words of an editor", "We are back on Monday.", "Lunch clubs in the valley", "Lunch club"):
        assert words in page.text
    assert page.html.count("<h1") == 1
