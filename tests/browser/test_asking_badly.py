"""What goes wrong while somebody asks, in a browser without scripts: pressed twice, back and sent again, two windows, odd words, somebody under 18."""

import re

from playwright.sync_api import Page, expect

from directory.journal.models import Event
from matching.models import Enquiry, Person
from tests import factories
from tests.browser.conftest import Opens

CARRY_ON = "Carry on"


def new_ones(before: set[object]) -> list[Enquiry]:
    return list(Enquiry.objects.exclude(pk__in=before))


def known() -> set[object]:
    return set(Enquiry.objects.values_list("pk", flat=True))


def on(page: Page, name: str = CARRY_ON) -> None:
    page.get_by_role("button", name=name, exact=name == CARRY_ON).click()


def to_the_age(page: Page, words: str = "somebody to shop for me 🛒", place: str = "hd75aa") -> None:
    page.goto("/ask/")
    page.get_by_label("What would help?").fill(words)
    on(page)
    page.get_by_label("Where is the help needed?").fill(place)
    on(page)
    on(page, "Carry on: I would like")
    page.get_by_label("Me", exact=True).check()
    on(page)


def to_the_end(page: Page, name: str = "Zoë 🌻 O’Canarybird", postcode: str = "") -> None:
    page.get_by_label("Yes", exact=True).check()
    on(page)
    page.get_by_label("Once", exact=True).check()
    page.get_by_label("This week").check()
    on(page)
    on(page)
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Your postcode").fill(postcode)
    on(page)
    page.get_by_label("Your telephone number").fill("01632 960871")
    on(page)
    page.get_by_label("Any time").check()
    page.get_by_label("No, leave no message").check()
    page.get_by_label("Only me").check()
    on(page)
    on(page)
    on(page)


def test_pressed_twice_then_back_and_again_it_is_sent_once(opens: Opens) -> None:
    before = known()
    page = opens("/ask/", width=320, scripts=False)
    to_the_age(page)
    to_the_end(page)
    expect(page.get_by_text("🛒")).to_be_visible()
    page.get_by_role("button", name="Ask the co-op").dblclick()
    number = re.compile(r"Your number is Q-\d+")
    expect(page.get_by_role("heading", name=number)).to_be_visible()
    # Without a postcode nothing can be looked up: it is not promised either.
    expect(page.get_by_text("look up what became of it")).to_have_count(0)
    page.go_back()
    if page.get_by_role("button", name="Ask the co-op").count():
        page.get_by_role("button", name="Ask the co-op").click()
    expect(page.get_by_role("heading", name=number)).to_be_visible()
    (row,) = new_ones(before)
    assert (row.state, row.answers["you"]["name"]) == ("waiting", "Zoë 🌻 O’Canarybird")
    page.get_by_role("button", name="I am done").click()
    page.goto("/ask/sent/")
    expect(page.get_by_label("What would help?")).to_be_visible()


def test_more_words_than_there_is_room_for_and_a_place_that_nobody_knows(opens: Opens) -> None:
    page = opens("/ask/step/about/", width=320, scripts=False)
    words = page.get_by_label("What would help?")
    words.fill("ä🌻" * 2_500)
    # The browser itself stops there; what a program sends beyond it is refused (tests/matching/asking/test_steps.py).
    assert 0 < len(words.input_value()) <= 500
    on(page)
    expect(page.get_by_label("Where is the help needed?")).to_be_visible()
    page.get_by_label("Where is the help needed?").fill("nowhereatall on sea")
    on(page)
    expect(page.get_by_role("alert")).to_contain_text("do not know a place")
    page.get_by_label("Where is the help needed?").fill("")
    on(page)
    expect(page.get_by_role("button", name="Carry on: I would like")).to_be_visible()


def test_somebody_under_18_leaves_nothing(opens: Opens) -> None:
    before, events = known(), Event.objects.count()
    page = opens("/ask/", width=320, scripts=False)
    to_the_age(page)
    page.get_by_label("No", exact=True).check()
    on(page)
    expect(page.get_by_role("heading", name="Somebody else helps you better")).to_be_visible()
    assert (new_ones(before), Event.objects.count()) == ([], events)
    page.go_back()
    page.goto("/ask/step/you/")
    expect(page.get_by_label("What would help?")).to_be_visible()


def test_two_windows_at_once_mix_nothing_without_being_told(opens: Opens) -> None:
    before = known()
    page = opens("/ask/", width=320, scripts=False)
    to_the_age(page)
    to_the_end(page, postcode="hd7 5aa")
    other = page.context.new_page()
    other.goto("/ask/step/often/")
    other.get_by_label("Most days").check()
    on(other)
    page.get_by_role("button", name="Ask the co-op").click()
    expect(page.get_by_role("heading", name="It has changed meanwhile")).to_be_visible()
    expect(page.get_by_text("Most days")).to_be_visible()
    page.get_by_role("button", name="Ask the co-op").click()
    expect(page.get_by_role("heading", name=re.compile("Your number is"))).to_be_visible()
    other.get_by_role("button", name="Ask the co-op").click()
    expect(other.get_by_role("heading", name=re.compile("Your number is"))).to_be_visible()
    assert [row.answers["often"]["often"] for row in new_ones(before)] == ["daily"]


def test_forged_addresses_open_nothing(opens: Opens) -> None:
    enquiry = factories.enquiry()
    page = opens("/ask/follow/yours/", width=320, scripts=False)
    expect(page.get_by_role("heading", name="What became of it?")).to_be_visible()
    for address in (f"/ask/follow/yours/?enquiry={enquiry.pk}", "/ask/follow/code/?number=Q-101", f"/ask/step/check/?form={enquiry.pk}"):
        page.goto(address)
        expect(page.get_by_text(enquiry.answers["you"]["name"])).to_have_count(0)
    page.context.add_cookies([{"name": "asking", "value": str(enquiry.mark), "url": page.url}])
    page.goto("/ask/step/you/")
    expect(page.get_by_label("What would help?")).to_be_visible()


def test_two_people_with_one_telephone_are_told_apart_at_the_desk(opens: Opens) -> None:
    first = factories.person(name="Edna Canarybird", phone="01632 960880")
    enquiry, people = factories.enquiry(), Person.objects.count()
    page = opens(f"/desk/enquiries/{enquiry.pk}/take-up/", who="coordinator", width=320, scripts=False)
    expect(page.get_by_role("heading", name="Do we know them already?")).to_be_visible()
    expect(page.get_by_role("link", name=first.name)).to_be_visible()
    page.get_by_label("No: write down somebody new").check()
    page.get_by_label("Who said yes to being referred?").select_option("person")
    page.get_by_role("button", name="Save, and look who can help").dblclick()
    expect(page.get_by_role("heading", name=re.compile("Who could help"))).to_be_visible()
    assert Person.objects.count() == people + 1
