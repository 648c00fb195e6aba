"""What goes out as Open Referral UK comes in again as the same services."""

from collections.abc import Callable
from typing import Any

import pytest

from directory import listings
from directory.accounts.models import User
from directory.harvest.models import Feed, Run
from directory.listing_fields import read_values
from directory.models import Service
from directory.openreferral.opened import with_all_that_is_open
from directory.openreferral.records import service_records
from tests.harvest.serving import pages, serving

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("needs")]
RICH: dict[str, Any] = {
    "name": "Tuesday lunch",
    "other_names": "Lunch club; Dinner at noon",
    "kind": "group",
    "summary": "A hot lunch with others.",
    "description": "## What happens\n\nWe **eat**, then we talk. R&D it is not; 5 < 6.\n\n- soup\n- pie",
    "what_you_get": "Soup\nPie",
    "needs": ["friendships", "nutrition"],
    "min_age": "60",
    "max_age": "99",
    "who_for": "People who live alone",
    "not_for": "Dogs",
    "how_to_access": "Ring us before Monday.\n\nThen come.",
    "next_step": "We ring back.",
    "wait_time": "Two weeks",
    "what_to_bring": "A spoon",
    "referral_route": "self",
    "url": "https://lunch.example.org/tuesday",
    "is_free": False,
    "cost": "Pay what you can",
    "costs": [{"option": "A lunch", "amount": "5.00"}, {"option": "With a carer", "amount": "0.00", "concession": True}],
    "payment": ["own", "direct"],
    "delivery": ["place", "phone"],
    "languages": "Punjabi; English",
    "interpretation": "British Sign Language if you ask",
    "faith": "Quakers",
    "group_size": 12,
    "phone": "01484 223197",
    "email": "lunch@lunch.example.org",
    "times": "Tu 12:00-14:00; Th[1] 13:00-15:30; 2027-12-24 10:00-12:00",
    "places": [{"name": "Town Hall", "address": "Town Hall, Golcar", "postcode": "HD7 4AA"}],
    "access": {"step_free": True, "parking": False, "words": "Ring the side bell"},
    "area": "HD7; everywhere",
    "closures": [{"first": "2027-12-20", "last": "2027-12-31", "reason": "Christmas"}],
}
# Ours to decide, not the source's; or what a source never tells.
NOT_TAKEN = {"internal_note", "takes_referrals", "visible_from", "rhythm_days"}


def test_all_that_is_told_comes_back(feed_at: Callable[..., Feed], run: Callable[..., Run], system: User) -> None:
    owner = listings.create_organisation(
        by=system, name="Golcar Club", kind="community", url="https://club.example.org/", description="We cook.", charity_number="1234567"
    )
    one = listings.create_service(owner, by=system, **RICH)
    plain = listings.create_service(owner, by=system, name="Plain", summary="Little is known.")
    told = service_records(list(with_all_that_is_open(Service.objects.all())), full=True)
    with serving(pages(told)) as site:
        feed = feed_at(site.url)
        done = run(feed)
        assert (done.made, done.rejected) == (2, 0)
        assert run(feed).unchanged == 2
    for original in (one, plain):
        back = Service.objects.with_everything().get(source=feed.url, source_id=str(original.pk))
        theirs, ours = read_values(back), read_values(Service.objects.with_everything().get(pk=original.pk))
        assert {name: theirs[name] for name in ours if name not in NOT_TAKEN} == {
            name: value for name, value in ours.items() if name not in NOT_TAKEN
        }
    copy = back.organisation
    assert copy.pk != owner.pk
    assert (copy.name, copy.kind, copy.url, copy.description, copy.charity_number) == (
        owner.name,
        owner.kind,
        owner.url,
        owner.description,
        owner.charity_number,
    )
