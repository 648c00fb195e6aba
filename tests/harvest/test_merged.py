"""A listing that was merged does not come back with the next harvest: what its feed says anew is put before a person."""

from collections.abc import Callable

import pytest

from directory import listings
from directory.accounts.models import User
from directory.change_states import FieldState
from directory.conflicts.models import Conflict
from directory.harvest.models import Feed, Run
from directory.harvest.run_states import RunState
from directory.merging.merges import merge
from directory.merging.organisation_merges import merge as merge_organisations
from directory.models import ChangeField, Service
from tests import factories
from tests.harvest.serving import pages, service, serving

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("needs")]
FeedAt = Callable[..., Feed]
Run_ = Callable[..., Run]


@pytest.fixture
def own(system: User) -> Service:
    """The same group, written down here before any feed told of it."""
    return listings.create_service(factories.organisation(name="Tea Friends"), by=system, name="Tea", summary="Tea and company.")


def test_the_double_stays_away_and_its_news_are_put_up(feed_at: FeedAt, run: Run_, system: User, own: Service) -> None:
    told = [service(1), service(2)]
    with serving(lambda *asked: pages(told)(*asked)) as site:
        feed = feed_at(site.url)
        run(feed)
        theirs = Service.objects.get(source_id=told[0]["id"])
        merge(own, theirs, {}, by=system)
        told[0] = service(1, name="Tea dance")
        done = run(feed)
        again = run(feed)
    theirs.refresh_from_db()
    assert (done.state, done.made, done.conflicts, again.conflicts) == (RunState.GOOD, 0, 1, 0)
    assert (theirs.status, theirs.replaced_by_id) == (Service.Status.CLOSED, own.pk)
    row = ChangeField.objects.get()
    assert (row.change.service, row.name, row.old_value, row.new_value, row.state) == (own, "name", "Tea", "Tea dance", FieldState.CONFLICT)
    assert Service.objects.public().count() == 2


def test_one_source_that_lets_it_go_does_not_close_what_another_still_tells(feed_at: FeedAt, run: Run_, system: User, own: Service) -> None:
    told = [service(number) for number in range(3)]
    with serving(lambda *asked: pages(told)(*asked)) as site:
        feed = feed_at(site.url)
        run(feed)
        kept = Service.objects.get(source_id=told[0]["id"])
        merge(kept, own, {}, by=system)
        told.pop(0)
        done = run(feed)
    kept.refresh_from_db()
    assert (done.hidden, done.conflicts, kept.status) == (1, 1, Service.Status.ACTIVE)
    row = ChangeField.objects.get()
    assert (row.change.service, row.name, row.new_value) == (kept, "status", "closed")


def test_an_organisation_that_was_merged_is_not_followed_and_its_new_listings_go_on(feed_at: FeedAt, run: Run_, system: User) -> None:
    group = {"id": "g1", "name": "Tea Friends", "description": "Friends of tea."}
    told = [service(1, organization=group)]
    kept = factories.organisation(name="Tea Society", description="")
    with serving(lambda *asked: pages(told)(*asked)) as site:
        feed = feed_at(site.url)
        run(feed)
        theirs = Service.objects.get(source_id=told[0]["id"]).organisation
        merge_organisations(kept, theirs, {}, by=system)
        news = {**group, "description": "Friends of tea and cake."}
        told[:] = [service(1, organization=news), service(2, organization=news)]
        done = run(feed)
        again = run(feed)
    kept.refresh_from_db()
    theirs.refresh_from_db()
    assert (done.state, done.made, again.made, kept.description) == (RunState.GOOD, 1, 0, "")
    assert {row.organisation for row in Service.objects.all()} == {kept}
    assert (theirs.name, theirs.description) == ("Tea Friends", "Friends of tea.")
    waits = Conflict.objects.filter(state="waiting")
    assert list(waits.values_list("organisation", "column", "theirs")) == [(kept.pk, "description", "Friends of tea and cake.")]
