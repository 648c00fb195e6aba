"""A person is written down, referred and helped; a neighbour says yes on a small phone; the council refers somebody in."""

import re

from playwright.sync_api import Page, expect

from matching.models import Volunteer
from tests.browser.conftest import Opens
from tests.browser.seeing import accessible


def writes_down(desk: Page, name: str) -> None:
    desk.get_by_role("link", name="Write somebody down").click()
    accessible(desk, "Write somebody down").get_by_label("Name").fill(name)
    desk.get_by_label("Postcode").fill("HD7 5AA")
    desk.get_by_label("What helps them to understand").fill("Speak slowly.")
    desk.get_by_role("button", name="Save").click()
    expect(desk.get_by_role("heading", name=name)).to_be_visible()


def agrees(desk: Page) -> None:
    desk.get_by_label("Who said yes?").select_option("person")
    desk.get_by_role("button", name="Write the agreement down").click()
    expect(desk.get_by_text("The agreement is written down.")).to_be_visible()


def asks_for(desk: Page, need: str) -> None:
    desk.get_by_role("link", name="Write down what would help").click()
    accessible(desk, "What would help").get_by_label("What would help?").select_option(label=need)
    desk.get_by_role("button", name="Look who can help").click()
    expect(desk.get_by_role("heading", name=f"with {need.lower()}")).to_be_visible()


def test_a_person_is_referred_and_helped(opens: Opens) -> None:
    desk = accessible(opens("/desk/", who="coordinator"))
    writes_down(desk, "Wilma Demo")
    accessible(desk)
    agrees(desk)
    asks_for(desk, "Shopping")
    accessible(desk, "Already there")
    desk.get_by_role("button", name="Refer to Example Shopping and Errands (demo)").click()
    expect(desk.get_by_text("We have asked Example Good Neighbours, Golcar (demo).")).to_be_visible()
    number = re.search(r"R-\d+", accessible(desk).get_by_role("heading", level=1).inner_text())[0]

    partner = opens("/partner/referrals/", who="partner2")
    accessible(partner).get_by_role("link", name=number).click()
    expect(accessible(partner, number).get_by_text("Wilma Demo")).to_be_visible()
    expect(partner.get_by_text("Speak slowly.")).to_be_visible()
    partner.get_by_role("button", name="Yes, we can help").click()
    partner.get_by_role("button", name="Help has begun").click()
    partner.get_by_label("What came of it?").select_option("got_help")
    partner.get_by_role("button", name="It is done").click()
    expect(partner.get_by_role("heading", name="Completed")).to_be_visible()

    desk.goto("/desk/")
    desk.get_by_label("Name, phone or number").fill(number)
    desk.get_by_role("button", name="Find").click()
    expect(desk.get_by_role("heading", name="Completed")).to_be_visible()
    desk.get_by_role("button", name="Yes, they know").click()
    accessible(desk, "The person was told")


def test_a_neighbour_says_yes_on_a_small_phone(opens: Opens) -> None:
    desk = opens("/desk/", who="coordinator")
    writes_down(desk, "Winnie Demo")
    agrees(desk)
    asks_for(desk, "Friendships")
    ask = desk.url
    desk.get_by_text(re.compile("who cannot, and why")).click()
    expect(desk.locator("details", has_text="who cannot, and why").locator("li").first).to_be_visible()
    accessible(desk)
    jo = Volunteer.objects.get(user__email="volunteer@demo.example")
    desk.get_by_role("button", name=f"Ask {jo}").click()
    expect(desk.get_by_text("They see the need, the area and the times, not who it is.")).to_be_visible()

    volunteer = opens("/volunteer/", who="volunteer", width=360)
    expect(volunteer.get_by_text("Winnie")).to_have_count(0)
    offers = accessible(volunteer).get_by_role("button", name="I can do this")
    before = offers.count()
    offers.first.click()
    expect(volunteer.get_by_text("Thank you.")).to_be_visible()
    expect(offers).to_have_count(before - 1)

    desk.goto(ask)
    desk.get_by_role("link", name="What comes next for these two").click()
    accessible(desk).get_by_role("button", name="I have told the person who it is").click()
    volunteer.reload()
    accessible(volunteer, "Winnie Demo")


def test_nobody_can_help_and_it_counts(opens: Opens) -> None:
    desk = opens("/desk/", who="coordinator")
    writes_down(desk, "Wendy Demo")
    asks_for(desk, "Garden maintenance")
    expect(desk.get_by_role("heading", name="has not agreed to be referred yet")).to_be_visible()
    desk.get_by_label("Why could nobody help?").select_option("nobody")
    desk.get_by_role("button", name="Record it as unmet").click()
    expect(desk.get_by_text("Recorded as an unmet need.")).to_be_visible()
    accessible(desk)


def test_the_council_refers_somebody_in(opens: Opens) -> None:
    council = accessible(opens("/council/refer/", who="council"))
    council.get_by_label("Name of the person").fill("Walter Demo")
    council.get_by_label("Their postcode").fill("HD7 5AA")
    council.get_by_label("What would help?").select_option(label="Shopping")
    council.get_by_label("Who should be asked?").select_option(
        label="Example Shopping and Errands (demo), Example Good Neighbours, Golcar (demo)"
    )
    council.get_by_role("button", name="Send the referral").click()
    expect(council.get_by_text(re.compile(r"Sent. The number is R-\d+: keep it."))).to_be_visible()
    accessible(council, "Asked Example Good Neighbours, Golcar (demo)")


def test_a_care_worker_prepares_and_does_not_send(opens: Opens) -> None:
    worker = accessible(opens("/desk/", who="careworker"))
    worker.get_by_role("link", name="Prepare a referral").click()
    worker.get_by_label("Name").fill("Walda Demo")
    worker.get_by_label("Postcode").fill("HD7 5AA")
    worker.get_by_role("button", name="Save").click()
    asks_for(worker, "Shopping")
    worker.get_by_role("button", name="Refer to Example Shopping and Errands (demo)").click()
    expect(worker.get_by_text("A coordinator sends it.")).to_be_visible()
    accessible(worker)


def test_an_analyst_reads_the_figures(opens: Opens) -> None:
    analyst = accessible(opens("/council/figures/", who="analyst"))
    expect(analyst.get_by_role("heading", level=1)).to_contain_text("Help asked for and given")
    expect(analyst.locator("figure").first).to_be_visible()
    expect(analyst.get_by_role("table").filter(has_text="1 to 7").first).to_be_visible()
