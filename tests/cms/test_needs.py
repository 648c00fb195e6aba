"""Pages about needs: every kind of help in plain words, who is near, and a next step where nobody is."""

from tests.cms.conftest import HALL


def test_all_needs_stand_under_their_elements(ground, read):
    page = read("/needs/")
    assert "Help with grass, hedges, paths and bins." in page.text
    assert page.link("Using IT") == "/needs/using-it/"
    assert sum(href.startswith("/needs/") for _, href in page.links) == 25 + 4
    assert "No place yet: ask us" in page.text


def test_an_element_has_a_page_with_its_needs_and_the_other_doors(ground, read):
    page = read("/needs/my-home/")
    assert page.link("Shopping") == "/needs/shopping/"
    assert page.link("My Care") == "/needs/my-care/"
    assert not any(text.startswith("Friendships") for text, _ in page.links)


def test_a_need_shows_who_helps_near_a_place(listing, indexed, read):
    near = listing("Near share", delivery=["place"], places=[HALL])
    listing("Batley share", area="WF17")
    indexed()
    everywhere = read("/needs/shopping/")
    assert everywhere.link("Near share") == near.get_absolute_url()
    assert "Batley share" in everywhere.text
    here = read("/needs/shopping/", place="Slawit")
    assert "Near share" in here.text
    assert "Batley share" not in here.text
    assert here.link("See them on a map") == "/find/?place=Slawit&need=shopping"


def test_a_place_that_is_not_known_is_told_at_its_field(ground, indexed, read):
    indexed()
    page = read("/needs/shopping/", place="Marsdin")
    assert page.status == 200
    assert "Is it Marsden?" in page.text
    assert 'aria-describedby="near-place-error"' in page.html


def test_nobody_helps_yet_is_an_offer(ground, indexed, read):
    indexed()
    page = read("/needs/garden-maintenance/")
    assert "Nobody on our list helps with this yet." in page.text
    assert page.link("Ask the co-op") == "/ask/"


def test_what_was_typed_is_shown_as_text_only(ground, indexed, read):
    indexed()
    page = read("/needs/shopping/", place='"><script>alert(1)</script>')
    assert "<script>alert" not in page.html


def test_an_unknown_need_says_what_to_do_next(ground, read):
    page = read("/needs/flying/")
    assert page.status == 404
    assert "01632 960 123" in page.text
