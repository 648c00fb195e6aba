"""Two stories of people: a daughter asks for her mother at night, and somebody who is lonely gets company, and ends it without a reason."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from directory import clock
from directory.accounts.roles import Role
from directory.journal.verifying import verify
from matching import people
from matching.models import Ask, Enquiry, Match, Person, Task, Visit
from matching.visiting.trial import ask_both_some
from tests import factories
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.usefixtures("valley")

MONDAY_NIGHT = datetime(2026, 7, 13, 22, 40, tzinfo=UTC)
TUESDAY = datetime(2026, 7, 14, 9, tzinfo=UTC)
FRIDAY = datetime(2026, 7, 17, 9, tzinfo=UTC)


def test_a_daughter_asks_for_her_mother_at_night_and_by_friday_a_volunteer_does_the_shopping() -> None:
    with clock.held_at(TUESDAY - timedelta(days=30)):
        vera = factories.volunteer("shop-for-someone", name="Vera Testhelper")
    with clock.held_at(MONDAY_NIGHT):
        daughter = Visitor()
        asks_for_her_mother(daughter)
        assert "Your number is Q-101" in daughter.reads
        assert "We ring you by Tuesday 14 July" in daughter.reads or "We ring you by Wednesday 15 July" in daughter.reads
        assert not Person.objects.exists()

    with clock.held_at(TUESDAY):
        desk = Visitor(factories.coordinator()).opens("/desk/")
        assert "Olive" not in desk.reads
        desk.follows("Q-101: show who asked")
        assert "Their yes comes first" in desk.reads
        # The coordinator rings the mother. She says yes.
        desk.follows("We have talked: write it down")
        desk.fills("Who said yes to being referred?", "person").fills("What exactly?", "shop-for-someone")
        desk.presses("Save, and look who can help")
        assert candidates(desk) == [str(vera)]

        desk.presses(f"Ask {vera}")
        helper = Visitor(vera.user).opens("/volunteer/")
        assert "Shopping" in helper.reads
        assert not [word for word in ("Olive", "Goldfinch", "960872", "HD7 5AA") if word in helper.reads]
        helper.presses("I can do this")
        assert "Olive" not in helper.reads

    with clock.held_at(TUESDAY + timedelta(days=1)):
        desk.opens("/desk/").follows(f"{vera}")
        assert "What to say" in desk.reads
        desk.presses("I have told the person who it is")
        desk.fills("How did the person say yes?", "phone").fills("Day of the first visit", "2026-07-17").fills("At what time?", "10:00")
        desk.presses("The person says yes")
        assert "Olive Goldfinch" in helper.opens("/volunteer/").reads

    with clock.held_at(FRIDAY + timedelta(hours=3)):
        helper.opens("/volunteer/").presses("I was there")
        visit = Visit.objects.get(state="done")
        assert (visit.volunteer, clock.local(visit.starts_at).date()) == (vera, FRIDAY.date())

        asks_what_became(daughter, desk)
        assert "for the person themselves to tell you" in daughter.reads
        assert "Vera" not in daughter.reads
        assert verify() == []


def test_somebody_lonely_gets_company_tries_it_goes_on_and_ends_it_without_a_reason() -> None:
    with clock.held_at(TUESDAY):
        cora = factories.volunteer("befriend-at-home", level="enhanced", name="Cora Testhelper", interests=["chess", "gardening"])
        nell = factories.volunteer("befriend-at-home", level="enhanced", name="Nell Testhelper", interests=["sewing"])
        by, account = factories.coordinator(), factories.user(Role.PERSON)
        person = factories.person(by=by, name="Walter Testperson", phone="01632 960873", facts={"interests": ["chess"]})
        people.link_account(person, account, by=by)

        desk = Visitor(by).opens(f"/desk/people/{person.pk}/").follows("Write down what would help")
        desk.fills("What would help?", "Friendships").fills("What exactly?", "Visit at home around shared interests")
        desk.fills("How often?", "Every week").presses("Look who can help")
        assert candidates(desk)[0] == str(cora)
        assert "Both like chess" in desk.reads
        desk.presses(f"Ask {cora}")
        helper = Visitor(cora.user).opens("/volunteer/")
        assert "Walter" not in helper.reads
        helper.presses("I can do this")
        assert "Walter" not in helper.reads
        desk.opens(f"/desk/matches/{Match.objects.get().pk}/pair/").presses("I have told the person who it is")
        assert "Walter Testperson" in helper.opens("/volunteer/").reads

    with clock.held_at(TUESDAY + timedelta(days=1)):
        # Two trial visits, a week apart.
        desk.fills("How did the person say yes?", "phone").fills("Day of the first visit", "2026-07-16").fills("At what time?", "14:00")
        desk.presses("The person says yes")
        visits = [clock.local(visit.starts_at) for visit in Visit.objects.order_by("starts_at")]
        assert [f"{moment:%Y-%m-%d %H:%M}" for moment in visits] == ["2026-07-16 14:00", "2026-07-23 14:00"]
        walter = Visitor(account).opens("/account/requests/")
        assert "Cora" in walter.reads

    with clock.held_at(TUESDAY + timedelta(days=11)):
        tells_of_each_visit(helper)
        assert Visit.objects.filter(state="done", trial=True).count() == 2
        desk.opens(desk.address)
        desk.fills("Every week on", "Thursday").fills("At what time?", "14:00").presses("Both want to go on")
        assert "They meet every week: Thursday at" in desk.reads

    with clock.held_at(TUESDAY + timedelta(days=11 + 42)):
        # After six weeks both are asked again.
        tells_of_each_visit(helper)
        while not ask_both_some():
            pass
        assert Task.objects.get(kind="review", state="open").match == Match.objects.get()
        assert "Next: ask both how it goes" in desk.opens(desk.address).reads
        desk.fills("Every week on", "Thursday").fills("At what time?", "14:00").presses("Both want to go on")

    with clock.held_at(TUESDAY + timedelta(days=60)):
        tells_of_each_visit(helper)
        walter.opens("/account/requests/").presses("Yes, it ends")
        match = Match.objects.get()
        assert match.state == "ended"
        assert not Visit.objects.filter(match=match, state="planned").exists()
        for neighbour in (helper, Visitor(nell.user)):
            assert "Walter" not in neighbour.opens("/volunteer/").reads
        assert Ask.objects.get().state == "open"
        assert verify() == []


def tells_of_each_visit(helper: Visitor) -> None:
    """The volunteer says on a phone that they were there, visit by visit."""
    helper.opens("/volunteer/")
    while "I was there" in helper.reads:
        helper.presses("I was there")


def asks_for_her_mother(daughter: Visitor) -> None:
    """Step by step, without an account: nothing is sent before the last button."""
    daughter.opens("/ask/").fills("What would help?", "somebody to do my mother's shopping").presses("Carry on")
    daughter.fills("Where is the help needed?", "hd75aa").presses("Carry on")
    daughter.presses("Carry on: I would like somebody to ask")
    daughter.fills("Somebody in my family", True).presses("Carry on")
    daughter.fills("Are you 18 or over?", "Yes").fills("Is the person who needs help 18 or over?", "Yes").presses("Carry on")
    assert "Their yes comes first" in daughter.reads
    daughter.fills("What are they called?", "Olive Goldfinch").fills("What are you to them?", "daughter")
    daughter.fills("Their telephone number", "01632 960872").fills("Not yet", True).presses("Carry on")
    daughter.fills("Every week", True).fills("This week", True).presses("Carry on")
    daughter.fills("Weekday mornings", True).presses("Carry on")
    daughter.fills("Your name", "Ada Canarybird").fills("The postcode of the person", "hd75aa").presses("Carry on")
    daughter.fills("Your telephone number", "01632 960871").presses("Carry on")
    daughter.fills("In the morning", True).fills("No, leave no message", True).fills("Only me", True).presses("Carry on")
    daughter.fills("Large print", True).presses("Carry on")
    daughter.presses("Carry on")
    assert not Enquiry.objects.exclude(state="begun").exists()
    daughter.presses("Ask the co-op")


def asks_what_became(daughter: Visitor, desk: Visitor) -> None:
    """With number, postcode, and a code that the coordinator reads out."""
    desk.opens(f"/desk/enquiries/{Enquiry.objects.get().pk}/").presses("Make a code to read out")
    code = re.findall(r"nobody but them (\d{6})", desk.reads)[0]
    daughter.opens("/ask/follow/").fills("Your number", "q 101").fills("The postcode that you gave", "hd7 5aa").presses("Ask for a code")
    daughter.fills("The 6 digits", code).presses("Open it")


def candidates(desk: Visitor) -> list[str]:
    """Who could help, in the order of the match page."""
    return desk.lists(".split .result h3")
