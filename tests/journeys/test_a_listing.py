"""The story of a listing: it comes in, its group changes it, an editor decides, the page and the finder follow."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command

from directory import clock
from directory.accounts.roles import Role
from directory.journal.verifying import verify
from directory.models import Service
from directory.organisations import add_member
from tests import factories
from tests.journeys.visitor import Visitor

MONDAY = datetime(2026, 10, 5, 9, tzinfo=UTC)
FILE = """\
source_id,organisation,name,summary,needs,delivery,postcode,who_for,opening,phone
tea-1,Slawit Tea Friends,Slawit Tea Room,A pot of tea with others.,friendships,place,HD7 5AA,Anybody,Tu 10:00-12:00,01632 960777
"""


@pytest.mark.usefixtures("valley")
def test_a_listing_from_a_file_to_the_finder(tmp_path: Path) -> None:
    with clock.held_at(MONDAY):
        listing = comes_in(tmp_path)
        assert found_by("a pot of tea") == []
        call_command("catch_up", verbosity=0)
        assert found_by("a pot of tea") == ["Slawit Tea Room"]

        partner = Visitor(who_keeps(listing)).opens("/partner/").follows("Slawit Tea Room")
        partner.follows("What it is").fills("In one plain sentence", "A pot of tea and home-made flapjack.").presses("Send these changes")
        partner.follows("Who it is for").fills("Who it is for", "Members only").presses("Keep for later")
        with clock.held_at(MONDAY + timedelta(minutes=1)):
            partner.follows("Who it is for").follows("Go on with it").presses("Send these changes")
        partner.follows("Change times").fills("From", "14:00").fills("To", "16:00").presses("Put it on the page")
        assert "Times On your page" in partner.lists("h3")

        visitor = Visitor().opens(listing.get_absolute_url())
        assert "2pm to 4pm" in visitor.reads
        assert "flapjack" not in visitor.reads

        editor = Visitor(factories.user(Role.EDITOR)).opens("/admin/moderation/").follows("Slawit Tea Room")
        editor.presses("Accept", under="In one plain sentence")
        editor.opens("/admin/moderation/").follows("Slawit Tea Room").fills("In your own words", "Everybody is welcome here.").presses(
            "Decline", under="Who it is for"
        )

        visitor.opens(listing.get_absolute_url())
        assert "flapjack" in visitor.reads
        assert "Members only" not in visitor.reads
        assert "Everybody is welcome here." in partner.opens(partner.address).reads

        assert found_by("flapjack") == []
        call_command("catch_up", verbosity=0)
        assert found_by("flapjack") == ["Slawit Tea Room"]
        assert verify() == []


def comes_in(folder: Path) -> Service:
    """The listing, out of a file of its source; a second run of the same file makes nothing new."""
    file = folder / "listings.csv"
    file.write_text(FILE, encoding="utf-8")
    call_command("import_listings", str(file), source="tea", verbosity=0)
    call_command("import_listings", str(file), source="tea", verbosity=0)
    return Service.objects.get()


def who_keeps(listing: Service):
    """Somebody of the group that the listing belongs to."""
    partner = factories.user(Role.PARTNER)
    add_member(listing.organisation, partner, by=factories.administrator())
    return partner


def found_by(words: str) -> list[str]:
    """The names that the finder lists for these words near HD7 5AA."""
    return Visitor().opens(f"/find/?q={words}&place=HD7 5AA").lists("#list .result h3")
