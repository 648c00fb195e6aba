"""Two listings become one, and two again: no words lost, nothing that points at them, and nothing seen that was kept secret."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from directory import contacts, listings, moderation
from directory.accounts.models import User
from directory.accounts.roles import Role
from directory.harvest.models import DuplicatePair
from directory.imports.following import follow
from directory.journal.models import Event
from directory.listing_fields import read_values
from directory.merging.belongings import DECISIONS, Fate, pointing
from directory.merging.choosing import chosen, offered, rather_kept
from directory.merging.mails import tell_group
from directory.merging.merges import merge, part
from directory.merging.models import Merge
from directory.models import Change, Location, Service, ServiceAtLocation
from directory.states import WrongState
from directory.suggestions.models import Suggestion
from search import indexing
from search.find import find
from search.query import Query
from tests import factories
from tests.merging.conftest import CHAPEL, HALL, same

pytestmark = pytest.mark.django_db
Listing = Callable[..., Service]


def fresh(service: Service) -> Service:
    return Service.objects.get(pk=service.pk)


def offered_for(keep: Service, drop: Service) -> dict[str, str]:
    return offered(read_values(keep), read_values(drop))


def test_every_field_that_points_at_a_listing_has_a_fate() -> None:
    """A new one needs a line in directory/merging/belongings.py: what becomes of its rows when two listings become one?"""
    there = {name: field for name, _, field in pointing()}
    assert set(there) - set(DECISIONS) == set()
    assert set(DECISIONS) - set(there) == set()
    moved = [field for name, field in there.items() if DECISIONS[name].fate is Fate.MOVES]
    # What moves must not collide with what is there.
    assert moved
    assert not [
        field for field in moved if field.unique or any(field.name in getattr(rule, "fields", ()) for rule in field.model._meta.constraints)
    ]


def test_the_chosen_words_stay(keep: Service, drop: Service, editor: User) -> None:
    choices = {**offered_for(keep, drop), "summary": "drop", "places": "both"}
    done = merge(keep, drop, choices, by=editor)
    now, gone = read_values(fresh(keep)), fresh(drop)
    assert (now["name"], now["summary"], now["who_for"]) == ("Lunch Club", "Lunch in company.", "Anybody over 60")
    assert (now["needs"], now["other_names"], now["phone"]) == (["friendships", "nutrition"], "Tuesday lunch", "01484 223197")
    assert len(now["places"]) == 2
    assert len(now["times"]) == 1
    assert (gone.status, gone.replaced_by_id, gone.name) == (Service.Status.CLOSED, keep.pk, "Tuesday lunch")
    assert (done.kept, done.dropped) == (keep, drop)
    assert {"service.took_in", "service.merged"} <= set(Event.objects.values_list("kind", flat=True))


def test_what_says_something_is_offered_before_what_says_nothing(keep: Service, drop: Service) -> None:
    told = offered_for(keep, drop)
    assert (told["who_for"], told["phone"], told["summary"], told["needs"], told["other_names"]) == ("drop", "keep", "keep", "both", "both")
    assert "status" not in told
    assert not chosen(read_values(keep), read_values(drop), dict.fromkeys(told, "keep"))


def test_the_one_that_its_group_keeps_is_rather_kept(keep: Service, drop: Service, system: User, editor: User) -> None:
    assert rather_kept(keep, drop)[0] == drop
    listings.mark_checked(keep, by=editor, how="phone")
    assert rather_kept(drop, fresh(keep))[0] == keep
    listings.add_member(drop.organisation, factories.user(Role.PARTNER), by=system)
    assert rather_kept(fresh(keep), drop)[0] == drop


@pytest.mark.parametrize(
    ("choices", "field"),
    [({"status": "drop"}, "status"), ({"summary": "both"}, "summary"), ({"strange": "keep"}, "strange"), ({"name": "x"}, "name")],
)
def test_choices_that_there_are_not(keep: Service, drop: Service, editor: User, choices: dict[str, str], field: str) -> None:
    with pytest.raises(ValidationError) as error:
        merge(keep, drop, choices, by=editor)
    assert list(error.value.message_dict) == [field]
    assert not Merge.objects.exists()
    assert fresh(drop).status == Service.Status.ACTIVE


def test_who_may_and_when(keep: Service, drop: Service, editor: User) -> None:
    with pytest.raises(PermissionDenied):
        merge(keep, drop, {}, by=factories.partner(keep.organisation))
    with pytest.raises(ValidationError):
        merge(keep, keep, {}, by=editor)
    with pytest.raises(WrongState):
        merge(keep, drop, {}, by=editor, seen=(keep.version, drop.version + 1))
    done = merge(keep, drop, {}, by=editor, seen=(keep.version, drop.version))
    for one, other in ((drop, keep), (keep, drop)):
        with pytest.raises(WrongState):
            merge(one, other, {}, by=editor)
    with pytest.raises(ValidationError):
        listings.set_fields(fresh(drop), {"status": "active"}, by=editor)
    part(done, by=editor)
    with pytest.raises(WrongState):
        part(done, by=editor)


def test_two_after_all(keep: Service, drop: Service, editor: User) -> None:
    pair = same(keep, drop, editor)
    was, theirs = read_values(keep), read_values(drop)
    done = merge(keep, drop, {**offered_for(keep, drop), "places": "drop", "summary": "drop"}, by=editor)
    listings.set_fields(fresh(keep), {"summary": "Changed since."}, by=editor)
    part(done, by=editor)
    assert read_values(fresh(keep)) == {**was, "summary": "Changed since."}
    assert read_values(fresh(drop)) == theirs
    pair.refresh_from_db()
    assert pair.state == DuplicatePair.State.DIFFERENT
    assert fresh(drop).replaced_by is None


def test_a_row_of_merges_leads_to_the_end_in_one_step(keep: Service, drop: Service, listing: Listing, editor: User) -> None:
    third = listing("Third lunch")
    first_merge = merge(drop, third, {}, by=editor)
    second_merge = merge(keep, drop, {}, by=editor)
    assert fresh(third).replaced_by_id == keep.pk
    part(second_merge, by=editor)
    assert fresh(third).replaced_by_id == drop.pk
    again = merge(keep, drop, {}, by=editor)
    part(first_merge, by=editor)
    part(again, by=editor)
    assert {fresh(row).replaced_by_id for row in (keep, drop, third)} == {None}
    assert {fresh(row).status for row in (keep, drop, third)} == {Service.Status.ACTIVE}


def test_a_secret_place_stays_the_same_and_secret(listing: Listing, system: User, editor: User) -> None:
    drop = listing("Refuge", places=[HALL], times="Tu 12:00-14:00")
    secret = Location.objects.get()
    times = [{**read_values(drop)["times"][0], "place": str(secret.pk)}]
    listings.set_fields(drop, {"times": times}, by=system)
    Location.objects.filter(pk=secret.pk).update(masked=True)
    open_one = Location.objects.create(**HALL)
    keep = listing("Women’s advice", places=[CHAPEL])
    merge(keep, drop, {"places": "both", "times": "drop"}, by=editor)
    assert secret.pk in ServiceAtLocation.objects.filter(service=keep).values_list("location_id", flat=True)
    assert open_one.pk not in ServiceAtLocation.objects.filter(service=keep).values_list("location_id", flat=True)
    assert read_values(fresh(keep))["times"] == times


def test_of_two_rows_for_one_place_the_secret_one_counts(listing: Listing, editor: User) -> None:
    keep = listing("Women’s advice", places=[HALL])
    drop = listing("Refuge", places=[HALL])
    hidden = Location.objects.create(**HALL, masked=True)
    ServiceAtLocation.objects.filter(service=drop).update(location=hidden)
    merge(keep, drop, {"places": "drop"}, by=editor)
    assert list(ServiceAtLocation.objects.filter(service=keep).values_list("location_id", flat=True)) == [hidden.pk]


def test_times_at_a_place_come_with_the_place_or_not_at_all(keep: Service, drop: Service, system: User, editor: User) -> None:
    place = str(ServiceAtLocation.objects.get(service=drop).location_id)
    listings.set_fields(drop, {"times": [{**read_values(drop)["times"][0], "place": place}]}, by=system)
    with pytest.raises(ValidationError) as error:
        merge(keep, drop, {"times": "drop"}, by=editor)
    assert list(error.value.message_dict) == ["times"]
    assert fresh(drop).replaced_by is None
    merge(keep, drop, {"times": "drop", "places": "both"}, by=editor)
    assert read_values(fresh(keep))["times"][0]["place"] == place


def test_what_waits_comes_along_and_goes_back(listing: Listing, keep: Service, editor: User) -> None:
    drop = listing("Lunch", owner=keep.organisation, summary="Soup.")
    member = factories.partner(keep.organisation)
    change = moderation.propose(drop, {"summary": "Another."}, by=member)
    done_before = moderation.propose(drop, {"name": "Lunch!"}, by=member)
    assert change is not None
    assert done_before is not None
    moderation.decline_field(done_before.fields.get(), by=editor, reason="No.")
    report = Suggestion.objects.create(kind="problem", service=drop, part="times", words="It begins at one.")
    old = Suggestion.objects.create(kind="problem", service=drop, part="times", state="declined", reason="No.", ended_at=drop.created_at)
    people = contacts.add_contact(drop, by=editor, phone="01484 223198", name="Ann", is_personal=True, agreed_on=drop.created_at.date())
    merged = merge(keep, drop, {}, by=editor)
    assert Change.objects.get(pk=change.pk).service == keep
    assert Change.objects.get(pk=done_before.pk).service == drop
    assert Suggestion.objects.get(pk=report.pk).service == keep
    assert Suggestion.objects.get(pk=old.pk).service == drop
    people.refresh_from_db()
    assert people.service == drop
    row = moderation.accept_field(change.fields.get(), by=editor)
    assert row.state == "conflict"
    part(merged, by=editor)
    assert Change.objects.get(pk=change.pk).service == drop
    assert Suggestion.objects.get(pk=report.pk).service == drop


def test_nobody_reads_the_edits_of_another_group(keep: Service, drop: Service, editor: User) -> None:
    member = factories.partner(drop.organisation)
    change = moderation.propose(drop, {"summary": "Another."}, by=member)
    with pytest.raises(ValidationError, match="Decide on them first"):
        merge(keep, drop, {}, by=editor)
    assert change is not None
    moderation.accept_field(change.fields.get(), by=editor)
    merge(keep, drop, {}, by=editor)
    assert not Change.objects.filter(service=keep).exists()


def test_two_groups_are_asked(keep: Service, drop: Service, editor: User) -> None:
    for service in (keep, drop):
        factories.partner(service.organisation)
    with pytest.raises(ValidationError, match="Ask both"):
        merge(keep, drop, {}, by=editor)
    merge(keep, drop, {}, by=editor, groups_agreed=True)


def test_the_group_whose_listing_goes_hears_of_it(
    keep: Service, drop: Service, editor: User, mailoutbox: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    member = factories.partner(drop.organisation)
    with django_capture_on_commit_callbacks() as after:
        done = merge(keep, drop, {}, by=editor)
    assert mailoutbox == []
    assert after
    assert tell_group(str(done.pk)) == 1
    assert (mailoutbox[0].to, "Tuesday lunch" in mailoutbox[0].body) == ([member.email], True)
    assert "lunch" not in mailoutbox[0].subject.lower()
    part(done, by=editor)
    assert tell_group(str(done.pk)) == 0


def test_pairs_with_a_third_lead_to_the_kept_one(keep: Service, drop: Service, listing: Listing, editor: User) -> None:
    third = listing("Third lunch")
    same(drop, third, editor)
    done = merge(keep, drop, {}, by=editor)
    first, second = sorted((keep.pk, third.pk))
    carried = DuplicatePair.objects.get(first=first, second=second)
    assert carried.state == DuplicatePair.State.SAME
    part(done, by=editor)
    assert not DuplicatePair.objects.filter(pk=carried.pk).exists()


def test_what_the_source_says_anew_is_put_up_on_the_kept_one(keep: Service, drop: Service, system: User, editor: User) -> None:
    said = {"name": "Tuesday lunch", "summary": "Lunch in company.", "status": "active"}
    follow(drop, said, {}, by=system)
    merge(keep, drop, {}, by=editor)
    assert follow(fresh(drop), said, {}, by=system).conflicts == ()
    done = follow(fresh(drop), {**said, "summary": "Now with pudding."}, {"source_date": "2026"}, by=system)
    assert (done.changed, done.conflicts) == ((), ("summary",))
    row = Change.objects.get(service=keep).fields.get()
    assert (row.name, row.old_value, row.new_value, row.state) == ("summary", "A hot lunch.", "Now with pudding.", "conflict")
    assert follow(fresh(drop), {**said, "summary": "Now with pudding."}, {}, by=system).conflicts == ()
    assert fresh(drop).status == Service.Status.CLOSED
    assert fresh(drop).summary == "Lunch in company."


def test_visitors_are_led_on_and_find_one(client: Client, keep: Service, drop: Service, editor: User) -> None:
    indexing.rebuild()
    old = drop.get_absolute_url()
    done = merge(keep, drop, offered_for(keep, drop), by=editor)
    indexing.catch_up()
    answer = client.get(old)
    assert (answer.status_code, answer["Location"]) == (301, fresh(keep).get_absolute_url())
    assert "no-store" in answer["Cache-Control"]
    client.force_login(editor)
    assert client.get(old).status_code == 301
    assert [result.name for result in find(Query(q="Tuesday lunch")).results] == ["Lunch Club"]
    told = client.get("/oruk/services").json()
    assert [row["id"] for row in told["contents"]] == [str(keep.pk)]
    assert client.get(f"/oruk/services/{drop.pk}")["Location"] == f"/oruk/services/{keep.pk}/"
    part(done, by=editor)
    assert client.get(old).status_code == 200


def test_a_kept_list_shows_the_one_that_took_it_in(keep: Service, drop: Service, editor: User) -> None:
    from cms.presenting.shortlist import kept_cards

    merge(keep, drop, {}, by=editor)
    cards, gone = kept_cards([drop.pk, keep.pk])
    assert ([card.name for card in cards], gone) == (["Lunch Club"], [])
