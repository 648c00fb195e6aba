"""The story of a person: written down, asking, matched, referred or introduced, helped or not, and counted without a name."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.core.management import call_command

from directory import clock, listings
from directory.accounts.models import User
from directory.accounts.roles import Role
from directory.journal.following import follow
from directory.journal.verifying import verify
from directory.models import Organisation, Service
from matching import asks, referrals
from matching.models import Referral, UnmetNeed, Volunteer
from tests import factories
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.usefixtures("valley")

TUESDAY = datetime(2026, 7, 14, 9, tzinfo=UTC)
QUARTER_OVER = datetime(2026, 10, 20, 9, tzinfo=UTC)


def test_a_person_is_referred_and_helped() -> None:
    with clock.held_at(TUESDAY):
        service, partner = vetted_group("Valley Errands")
        a_service("Church Basket", listings.create_organisation(by=factories.user(Role.EDITOR), name="Example Church"))
        call_command("catch_up", verbosity=0)

        desk = Visitor(factories.coordinator())
        writes_down(desk, "Wilma Testperson")
        agrees(desk)
        asks_for(desk, "Shopping")
        assert candidates(desk) == ["Valley Errands", "Church Basket"]
        assert "Vetted: a referral can be sent" in desk.reads
        assert desk.lists("article:has(.button) h3")[0] == "Valley Errands"
        desk.presses("Refer to Valley Errands")
        assert "by Tuesday 21 July" in desk.reads
        follow("referral_mails")
        assert [message.to for message in mail.outbox] == [[partner.email]]
        assert "Wilma" not in mail.outbox[0].body + mail.outbox[0].subject

    with clock.held_at(TUESDAY + timedelta(days=1)):
        group = Visitor(partner).opens("/partner/referrals/").follows("R-101")
        assert "Wilma Testperson" in group.reads
        group.presses("Yes, we can help")
        group.presses("Help has begun")
    with clock.held_at(TUESDAY + timedelta(days=15)):
        group.fills("What came of it?", "got_help").presses("It is done")
        desk.opens("/desk/").follows("R-101").presses("Yes, they know")
        assert told(desk) == [
            "Prepared",
            "Asked Valley Errands",
            "Valley Errands said yes",
            "Help has begun",
            "Completed",
            "The person was told",
        ]
        desk.follows("The request A-101").presses("It is met")
        assert verify() == []


def test_a_volunteer_says_yes_and_is_introduced() -> None:
    with clock.held_at(TUESDAY):
        near = factories.volunteer("shop-together", level="basic", name="Vera Testhelper")
        far = factories.volunteer("shop-together", level="none", name="Vince Testhelper", max_km=0, windows=[])
        desk = Visitor(factories.coordinator())
        writes_down(desk, "Winnie Testperson")
        agrees(desk)
        asks_for(desk, "Shopping", what="Go shopping together; they pay")
        assert candidates(desk) == [str(near)]
        assert "1 who cannot, and why" in desk.reads
        assert refusals(desk, of=far) == ["The check that was seen is lower", "There is no time that suits both"]

        desk.presses(f"Ask {near}")
        helper = Visitor(near.user).opens("/volunteer/")
        assert "Winnie" not in helper.reads
        helper.presses("I can do this")
        assert "Winnie" not in helper.reads
        desk.opens(desk.address).follows("What comes next for these two").presses("I have told the person who it is")
        assert "Winnie Testperson" in helper.opens("/volunteer/").reads
        desk.presses("The person says yes")
        assert "Yes, it has ended" in helper.opens("/volunteer/").lists("button")
        assert verify() == []


def test_nobody_at_all_becomes_an_unmet_need() -> None:
    with clock.held_at(TUESDAY):
        desk = Visitor(factories.coordinator())
        writes_down(desk, "Wendy Testperson")
        asks_for(desk, "Garden maintenance")
        assert candidates(desk) == []
        assert "No service that we know of fits" in desk.reads
        desk.fills("Why could nobody help?", "nobody").presses("Record it as unmet")
        unmet = UnmetNeed.objects.get()
        assert (unmet.need_id, unmet.area_code, unmet.for_carer) == ("garden-maintenance", "T0001", False)
        desk.presses("Open it again")
        assert UnmetNeed.objects.count() == 1


def test_eight_referrals_of_one_need_in_one_area_read_ten() -> None:
    with clock.held_at(TUESDAY):
        service, partner = vetted_group("Valley Errands")
        call_command("catch_up", verbosity=0)
    for day in range(8):
        with clock.held_at(TUESDAY + timedelta(days=day)):
            one_more_is_helped_by(service, partner)
    with clock.held_at(QUARTER_OVER):
        call_command("publish_statistics", "2026-Q3", verbosity=0)
        cells = table(Visitor(factories.user(Role.ANALYST)), dims="need,area")
        assert cells["shopping", "T0001"] == {"need": "shopping", "area": "T0001", "count": 10, "shown": "10"}
        assert {cell["shown"] for place, cell in cells.items() if place != ("shopping", "T0001")} == {"0"}
        assert verify() == []


def vetted_group(name: str) -> tuple[Service, User]:
    """A group to which referrals may go, with its one service in the valley and somebody who answers for it."""
    admin, partner, today = factories.administrator(), factories.user(Role.PARTNER), clock.today()
    group = listings.create_organisation(by=factories.user(Role.EDITOR), name=name)
    group = listings.see_vetting(group, by=admin, seen_on=today, review_on=today + timedelta(days=365))
    listings.add_member(group, partner, by=admin)
    return a_service(name, group), partner


def a_service(name: str, group: Organisation) -> Service:
    """Shopping for people in the valley."""
    values = {"summary": "Somebody shops for you.", "needs": ["shopping"], "delivery": ["home"], "area": "HD7"}
    return listings.create_service(group, by=factories.user(Role.EDITOR), name=name, **values)


def writes_down(desk: Visitor, name: str) -> None:
    desk.opens("/desk/").follows("Write somebody down").fills("Name", name).fills("Postcode", "HD7 5AA").presses("Save")


def agrees(desk: Visitor) -> None:
    desk.fills("Who said yes?", "person").fills("How?", "phone").presses("Write the agreement down")


def asks_for(desk: Visitor, need: str, what: str = "") -> None:
    desk.follows("Write down what would help").fills("What would help?", need)
    if what:
        desk.fills("What exactly?", what)
    desk.presses("Look who can help")


def candidates(desk: Visitor) -> list[str]:
    """Who could help, in the order of the match page."""
    return desk.lists(".split .result h3")


def refusals(desk: Visitor, of: Volunteer) -> list[str]:
    """The beginning of every reason why this volunteer may not, as the match page tells them of one who is asked for by number."""
    desk.opens(f"{desk.address}?volunteer={of}")
    return sorted(line[:32] for line in desk.lists("#one li"))


def told(desk: Visitor) -> list[str]:
    """The chapters of a referral's story."""
    return desk.lists(".timeline h3")


def one_more_is_helped_by(service: Service, partner: User) -> Referral:
    """Another person, asking, agreeing, referred and helped, through the verbs."""
    coordinator = factories.coordinator()
    ask = factories.ask(by=coordinator)
    referral = referrals.send(referrals.prepare(ask, by=coordinator, service=service), by=coordinator)
    referral = referrals.start(referrals.accept(referral, by=partner), by=partner)
    asks.meet(ask, by=coordinator)
    return referrals.complete(referral, by=partner, outcome="got_help")


def table(reader: Visitor, dims: str) -> dict[tuple[str, str], dict]:
    """The cells of a table of the released figures, by what they count."""
    answer = reader.client.get("/api/v1/statistics/table/", {"measure": "referrals", "dims": dims, "period": "2026-Q3"})
    assert answer.status_code == 200, answer.content
    return {tuple(row[dim] for dim in dims.split(",")): row for row in answer.json()["results"]}
