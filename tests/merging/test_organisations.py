"""Two organisations become one, and two again: no listing lost, nobody who kept one locked out, and nobody let in unseen."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import given
from hypothesis import strategies as st

from directory import clock, listings, locks
from directory.accounts.models import User
from directory.accounts.roles import Role
from directory.claims.models import Claim
from directory.claims.states import ClaimState
from directory.conflicts.deciding import put_up, take
from directory.conflicts.models import Conflict
from directory.imports.running import import_listings
from directory.journal.models import Event
from directory.members import handing_over, invitations, memberships
from directory.merging import organisation_doubles
from directory.merging.belongings import OF_ORGANISATIONS, Fate, pointing
from directory.merging.models import OrganisationMerge, OrganisationPair
from directory.merging.organisation_doubles import Sketch, alike, propose
from directory.merging.organisation_fields import FIELDS, offered, rather_kept, read_values
from directory.merging.organisation_mails import tell_keepers
from directory.merging.organisation_merges import mark_of, merge, part
from directory.models import Membership, Organisation, Service
from directory.models.organisations import VETTING_FACTS
from directory.organisations import set_organisation
from directory.states import WrongState
from tests import factories

pytestmark = pytest.mark.django_db
Part = Membership.Part
Listing = Callable[..., Service]


@pytest.fixture
def kept(system: User) -> Organisation:
    return listings.create_organisation(by=system, name="Age Well", phone="01484 223197", networks="Food Network", charity_number="123")


@pytest.fixture
def dropped(system: User) -> Organisation:
    told = {
        "other_names": "Wellies",
        "url": "https://agewell.example/",
        "networks": "food network; Valley",
        "source": "County",
        "source_id": "9",
    }
    return listings.create_organisation(by=system, name="Agewell Ltd", **told)


def member(organisation: Organisation, part_: Part, **more: Any) -> User:
    user = factories.user(Role.PARTNER, **more)
    Membership.objects.create(organisation=organisation, user=user, part=part_)
    return user


def parts(organisation: Organisation) -> dict[User, str]:
    return {row.user: str(row.part) for row in organisation.memberships.select_related("user")}


def fresh(organisation: Organisation) -> Organisation:
    return Organisation.objects.get(pk=organisation.pk)


def test_every_field_that_points_at_an_organisation_has_a_fate() -> None:
    """A new one needs a line in directory/merging/belongings.py: what becomes of its rows when two organisations become one?"""
    there = {name: field for name, _, field in pointing(Organisation)}
    assert set(there) == set(OF_ORGANISATIONS)
    moved = [(field, OF_ORGANISATIONS[name]) for name, field in there.items() if OF_ORGANISATIONS[name].fate is Fate.MOVES]
    # What moves must not collide with what is there, unless the table says which stays behind.
    assert moved
    assert not [
        field
        for field, decision in moved
        if not decision.but and (field.unique or any(field.name in getattr(rule, "fields", ()) for rule in field.model._meta.constraints))
    ]


def test_the_chosen_words_stay_and_the_listings_come(kept: Organisation, dropped: Organisation, listing: Listing, editor: User) -> None:
    ours, theirs = listing("Lunch", owner=kept), listing("Tea", owner=dropped)
    told = offered(kept, dropped)
    assert (told["name"], told["url"], told["networks"], told["other_names"]) == ("keep", "drop", "both", "both")
    done = merge(kept, dropped, told, by=editor, seen=(mark_of(kept), mark_of(dropped)))
    now, gone = fresh(kept), fresh(dropped)
    assert (now.name, now.url, now.phone) == ("Age Well", "https://agewell.example/", "01484 223197")
    assert (now.networks, now.other_names) == ("Food Network; Valley", "Agewell Ltd; Wellies")
    assert set(Service.objects.filter(organisation=kept)) == {ours, theirs}
    assert (gone.replaced_by, gone.name) == (kept, "Agewell Ltd")
    kinds = Event.objects.filter(object_id__in=[kept.pk, dropped.pk, theirs.pk]).values_list("kind", flat=True)
    assert {"organisation.took_in", "organisation.merged", "service.touched"} <= set(kinds)
    part(done, by=editor)
    assert (read_values(fresh(kept)), fresh(dropped).replaced_by) == (
        read_values(kept) | {name: done.before[name] for name in done.before},
        None,
    )
    assert list(Service.objects.filter(organisation=dropped)) == [theirs]


def test_the_old_name_is_still_found_where_the_other_one_was_taken(kept: Organisation, dropped: Organisation, editor: User) -> None:
    merge(kept, dropped, {"name": "drop", "other_names": "both"}, by=editor)
    assert (fresh(kept).name, fresh(kept).other_names) == ("Agewell Ltd", "Wellies; Age Well")


def test_words_changed_since_stay_where_two_go_apart(kept: Organisation, dropped: Organisation, editor: User) -> None:
    done = merge(kept, dropped, {"url": "drop", "networks": "both"}, by=editor)
    set_organisation(fresh(kept), {"url": "https://new.example/"}, by=editor)
    part(done, by=editor)
    assert (fresh(kept).url, fresh(kept).networks) == ("https://new.example/", "Food Network")


def test_vetting_is_nobody_elses_unless_a_person_says_so(kept: Organisation, dropped: Organisation, editor: User) -> None:
    listings.see_vetting(dropped, by=editor, seen_on=clock.today(), review_on=clock.today() + timedelta(days=300))
    assert rather_kept(kept, fresh(dropped))[0] == dropped
    told = offered(kept, fresh(dropped))
    assert {told[fact] for fact in VETTING_FACTS} == {"keep"}
    done = merge(kept, dropped, told, by=editor)
    assert not fresh(kept).is_vetted
    part(done, by=editor)
    assert fresh(dropped).is_vetted
    done = merge(kept, dropped, dict.fromkeys(VETTING_FACTS, "drop"), by=editor)
    assert fresh(kept).is_vetted
    assert fresh(kept).insurance_seen_by == editor
    part(done, by=editor)
    assert not fresh(kept).is_vetted


@pytest.mark.parametrize(("choices", "field"), [({"ours": "drop"}, "ours"), ({"phone": "both"}, "phone"), ({"name": "x"}, "name")])
def test_choices_that_there_are_not(kept: Organisation, dropped: Organisation, editor: User, choices: dict[str, str], field: str) -> None:
    with pytest.raises(ValidationError) as error:
        merge(kept, dropped, choices, by=editor)
    assert list(error.value.message_dict) == [field]
    assert not OrganisationMerge.objects.exists()
    assert fresh(dropped).replaced_by is None


def test_who_may_and_when(kept: Organisation, dropped: Organisation, editor: User) -> None:
    lead = member(kept, Part.LEAD)
    with pytest.raises(PermissionDenied):
        merge(kept, dropped, {}, by=lead)
    with pytest.raises(ValidationError):
        merge(kept, kept, {}, by=editor)
    with pytest.raises(WrongState):
        merge(kept, dropped, {}, by=editor, seen=(mark_of(kept), "yesterday"))
    other = factories.user(Role.EDITOR)
    locks.lock(dropped, by=other)
    with pytest.raises(WrongState):
        merge(kept, dropped, {}, by=editor)
    locks.unlock(dropped, by=other)
    done = merge(kept, fresh(dropped), {}, by=editor)
    with pytest.raises(WrongState):
        merge(dropped, kept, {}, by=editor)
    with pytest.raises(PermissionDenied):
        part(done, by=lead)
    part(done, by=editor)
    with pytest.raises(WrongState):
        part(done, by=editor)


@pytest.mark.parametrize("mark", ["ours", "demo"])
def test_what_is_the_coops_own_or_invented_is_not_mixed(kept: Organisation, dropped: Organisation, editor: User, mark: str) -> None:
    set_organisation(kept, {mark: True}, by=editor)
    with pytest.raises(ValidationError):
        merge(fresh(kept), dropped, {}, by=editor)


def test_nothing_is_written_where_one_was_merged(kept: Organisation, dropped: Organisation, editor: User, needs: None) -> None:
    merge(kept, dropped, {}, by=editor)
    with pytest.raises(ValidationError, match="Age Well"):
        set_organisation(fresh(dropped), {"name": "New"}, by=editor)
    assert listings.create_service(dropped, by=editor, name="Tea", summary="Tea.").organisation == kept
    with pytest.raises(ValidationError):
        listings.add_member(fresh(dropped), factories.user(Role.PARTNER), by=editor)


def test_members_join_with_one_lead_and_one_deputy(kept: Organisation, dropped: Organisation, listing: Listing, editor: User) -> None:
    theirs = listing("Tea", owner=dropped)
    lead, both = member(kept, Part.LEAD), member(kept, Part.MEMBER)
    their_lead, their_deputy = member(dropped, Part.LEAD), member(dropped, Part.DEPUTY)
    Membership.objects.create(organisation=dropped, user=both)
    with pytest.raises(ValidationError, match="Ask those who keep them"):
        merge(kept, dropped, {}, by=editor)
    before = parts(kept), parts(dropped)
    done = merge(kept, dropped, {}, by=editor, groups_agreed=True)
    assert parts(kept) == {lead: "lead", both: "member", their_lead: "deputy", their_deputy: "member"}
    assert parts(dropped) == {}
    assert theirs in Service.objects.for_member(lead)
    assert fresh(dropped).replaced_by == kept
    part(done, by=editor)
    assert (parts(kept), parts(dropped)) == before
    assert theirs not in Service.objects.for_member(lead)


def test_who_was_removed_meanwhile_does_not_come_back(kept: Organisation, dropped: Organisation, editor: User) -> None:
    member(kept, Part.LEAD)
    gone, stays = member(dropped, Part.LEAD), member(dropped, Part.MEMBER)
    done = merge(kept, dropped, {}, by=editor, groups_agreed=True)
    memberships.remove(Membership.objects.get(user=gone), by=editor)
    part(done, by=editor)
    assert parts(dropped) == {stays: "member"}
    assert gone not in parts(kept)


def test_where_nobody_leads_the_other_lead_does(kept: Organisation, dropped: Organisation, editor: User) -> None:
    their_lead = member(dropped, Part.LEAD)
    done = merge(kept, dropped, {}, by=editor)
    assert parts(kept) == {their_lead: "lead"}
    part(done, by=editor)
    assert (parts(kept), parts(dropped)) == ({}, {their_lead: "lead"})


def test_whoever_would_read_about_people_is_a_question_to_both(
    kept: Organisation, dropped: Organisation, listing: Listing, editor: User
) -> None:
    from matching.models import Referral

    member(kept, Part.LEAD)
    merge(kept, dropped, {}, by=editor)
    third = factories.organisation(name="Third")
    tea = listing("Tea", owner=third)
    sent = {"service": tea, "need": factories.need(), "sent_at": clock.now(), "number": 7, "state": "requested", "due_at": clock.now()}
    Referral.objects.create(**sent)
    with pytest.raises(ValidationError) as error:
        merge(kept, third, {}, by=editor)
    assert list(error.value.message_dict) == ["groups_agreed"]
    merge(kept, third, {}, by=editor, groups_agreed=True)


def test_invitations_and_offers(kept: Organisation, dropped: Organisation, editor: User) -> None:
    lead, their_lead = member(kept, Part.LEAD), member(dropped, Part.LEAD)
    other = member(dropped, Part.MEMBER)
    comes = invitations.invite(dropped, "ann@group.example", by=their_lead)
    twice = invitations.invite(dropped, "bob@group.example", by=their_lead)
    stays = invitations.invite(kept, "bob@group.example", by=lead)
    offer = handing_over.offer_lead(Membership.objects.get(user=other), by=their_lead)
    done = merge(kept, dropped, {}, by=editor, groups_agreed=True)
    for row in (comes, twice, stays, offer):
        row.refresh_from_db()
    assert (comes.organisation, comes.state, twice.state, stays.state, offer.state) == (kept, "open", "withdrawn", "open", "withdrawn")
    assert twice.email == ""
    invitations.accept(comes, by=factories.user(email="ann@group.example"))
    part(done, by=editor)
    comes.refresh_from_db()
    assert comes.organisation == dropped


def test_claims_go_along_and_can_still_be_taken_away(kept: Organisation, dropped: Organisation, listing: Listing, editor: User) -> None:
    from directory.claims import claiming, deciding

    tea, lunch = listing("Tea", owner=dropped), listing("Lunch", owner=kept)
    who = {"name": "Ann", "part": "Secretary", "words": "Ask in the hall."}
    accepted = claiming.claim(tea, by=factories.user(name="Ann"), **who)
    deciding.accept(accepted, by=editor)
    third = factories.user(name="Bob")
    Claim.objects.create(user=third, organisation=kept, service=lunch, state=ClaimState.BEGUN)
    double = Claim.objects.create(user=third, organisation=dropped, service=tea, state=ClaimState.WAITING, put_at=clock.now())
    merge(kept, dropped, {}, by=editor)
    accepted.refresh_from_db()
    double.refresh_from_db()
    assert (accepted.organisation, double.organisation) == (kept, dropped)
    with pytest.raises(WrongState, match="part of another"):
        deciding.accept(double, by=editor)
    deciding.revoke(accepted, by=editor, reason="A mistake of ours.")
    assert parts(kept) == {}


def test_what_sources_say_otherwise_is_decided_on_the_one_that_stays(
    kept: Organisation, dropped: Organisation, system: User, editor: User
) -> None:
    comes = put_up(dropped, "phone", "01484 000000", source="County", by=system)
    put_up(kept, "url", "https://one.example/", source="County", by=system)
    twice = put_up(dropped, "url", "https://two.example/", source="County", by=system)
    assert comes is not None
    assert twice is not None
    merge(kept, dropped, {}, by=editor)
    assert set(Conflict.objects.filter(state="waiting").values_list("organisation", "theirs")) == {
        (kept.pk, "01484 000000"),
        (kept.pk, "https://one.example/"),
    }
    twice.refresh_from_db()
    assert twice.state == "overtaken"
    comes.refresh_from_db()
    take(comes, by=editor, seen="01484 223197")
    assert fresh(kept).phone == "01484 000000"


def test_branches_come_along_and_nothing_is_part_of_itself(kept: Organisation, dropped: Organisation, editor: User) -> None:
    branch = factories.organisation(name="Branch", parent=dropped)
    done = merge(kept, dropped, {}, by=editor)
    assert fresh(branch).parent == kept
    part(done, by=editor)
    assert fresh(branch).parent == dropped
    Organisation.objects.filter(pk=kept.pk).update(parent=dropped)
    assert "parent" not in offered(fresh(kept), dropped)
    done = merge(fresh(kept), dropped, {}, by=editor)
    assert fresh(kept).parent is None
    part(done, by=editor)
    assert fresh(kept).parent == dropped
    Organisation.objects.filter(pk=kept.pk).update(parent=branch)
    with pytest.raises(ValidationError, match="part of itself"):
        merge(fresh(kept), dropped, {}, by=editor)
    merge(fresh(kept), dropped, {"parent": "drop"}, by=editor)
    assert (fresh(kept).parent, fresh(branch).parent) == (None, kept)


def test_a_row_of_merges_leads_to_the_end_in_one_step(kept: Organisation, dropped: Organisation, listing: Listing, editor: User) -> None:
    third = factories.organisation(name="Third")
    tea, keeper = listing("Tea", owner=third), member(third, Part.LEAD)
    first_merge = merge(dropped, third, {}, by=editor)
    second_merge = merge(kept, dropped, {}, by=editor)
    assert (fresh(third).replaced_by, Service.objects.get(pk=tea.pk).organisation) == (kept, kept)
    with pytest.raises(WrongState):
        part(first_merge, by=editor)
    part(second_merge, by=editor)
    assert fresh(third).replaced_by == dropped
    part(first_merge, by=editor)
    assert Service.objects.get(pk=tea.pk).organisation == third
    assert parts(third) == {keeper: "lead"}


def test_those_who_keep_them_hear_of_it(kept: Organisation, dropped: Organisation, editor: User, mailoutbox: list[Any]) -> None:
    people = {member(kept, Part.LEAD).email, member(dropped, Part.LEAD).email}
    done = merge(kept, dropped, {}, by=editor, groups_agreed=True)
    assert tell_keepers(str(done.pk)) == 2
    assert {mail.to[0] for mail in mailoutbox} == people
    assert "Age" not in mailoutbox[0].subject
    assert "“Agewell Ltd” and “Age Well”" in mailoutbox[0].body
    part(done, by=editor)
    assert tell_keepers(str(done.pk)) == 0


def test_the_next_file_goes_to_the_one_that_stays(kept: Organisation, system: User, editor: User, needs: None, tmp_path: Any) -> None:
    path = tmp_path / "county.csv"
    path.write_text("source_id,organisation,name,summary,needs\n1,Chapel,Tea,Tea and company.,friendships\n")
    import_listings(path, by=system, source="County")
    merge(kept, Organisation.objects.get(name="Chapel"), {}, by=editor)
    path.write_text(path.read_text() + "2,Chapel,Lunch,Lunch in company.,friendships\n")
    report = import_listings(path, by=system, source="County")
    assert report.made == ["Lunch"]
    assert {service.organisation for service in Service.objects.all()} == {kept}


@pytest.mark.parametrize(
    ("one", "other", "are"),
    [
        ({"name": "Age Well"}, {"name": "The Age Well Ltd"}, True),
        ({"name": "Well Age"}, {"name": "Age Well"}, True),
        ({"name": "Age Well", "charity_number": "0123"}, {"name": "Elders", "charity_number": "123"}, True),
        ({"name": "Age Well", "charity_number": "123"}, {"name": "Age Well", "charity_number": "124"}, False),
        (
            {"name": "Golcar Scouts", "url": "https://scouts.example/golcar"},
            {"name": "Marsden Scouts", "url": "https://scouts.example/"},
            False,
        ),
        ({"name": "Age Well Valley", "phone": "01484 223197"}, {"name": "Age Well in the Valley", "phone": "+44 1484 223197"}, True),
        (
            {"name": "Age Well", "phone": "1", "email": "a@b.example"},
            {"name": "Age Well Colne", "phone": "1", "email": "A@b.example"},
            True,
        ),
        ({"name": "Age Well", "email": "hall@b.example"}, {"name": "Toddlers", "email": "hall@b.example"}, False),
        ({"name": "1st Golcar Scouts", "phone": "1"}, {"name": "2nd Golcar Scouts", "phone": "1"}, False),
    ],
)
def test_what_is_likely_the_same(system: User, one: dict[str, str], other: dict[str, str], are: bool) -> None:
    rows = [listings.create_organisation(by=system, **told) for told in (one, other)]
    assert propose([rows[1].pk]) == are
    assert propose() == 0
    assert OrganisationPair.objects.count() == are


def test_a_pair_that_was_decided_does_not_come_again(system: User, editor: User) -> None:
    one, other, third = (listings.create_organisation(by=system, name="Age Well") for _ in range(3))
    assert propose() == 3
    first, second = sorted((one, other), key=lambda row: row.pk)
    pair = OrganisationPair.objects.get(first=first, second=second)
    with pytest.raises(PermissionDenied):
        organisation_doubles.say_different(pair, by=factories.user(Role.PARTNER))
    organisation_doubles.say_different(pair, by=editor)
    with pytest.raises(WrongState):
        organisation_doubles.say_different(pair, by=editor)
    done = merge(one, third, {}, by=editor)
    with pytest.raises(WrongState):
        organisation_doubles.say_different(done_pair(one, third), by=editor)
    assert (done_pair(one, third).state, propose()) == ("same", 0)
    assert done_pair(other, third) not in organisation_doubles.standing(OrganisationPair.State.PROPOSED)
    part(done, by=editor)
    assert done_pair(one, third).state == "different"


def test_pairs_with_a_third_lead_to_the_kept_one(kept: Organisation, dropped: Organisation, editor: User) -> None:
    third = factories.organisation(name="Third")
    first, second = sorted((dropped.pk, third.pk))
    OrganisationPair.objects.create(first_id=first, second_id=second, score=80, reasons=["same e-mail"])
    done = merge(kept, dropped, {}, by=editor)
    assert done_pair(kept, third).state == "proposed"
    part(done, by=editor)
    assert not OrganisationPair.objects.filter(pk__in=done.carried).exists()


def done_pair(one: Organisation, other: Organisation) -> OrganisationPair:
    first, second = sorted((one.pk, other.pk))
    return OrganisationPair.objects.get(first_id=first, second_id=second)


sketches = st.builds(
    Sketch,
    st.uuids(),
    st.text(alphabet="abc d1", max_size=8),
    st.frozensets(st.tuples(st.sampled_from(["charity", "company"]), st.sampled_from(["1", "2"])), max_size=2),
    st.frozensets(st.tuples(st.sampled_from(["e-mail", "web host"]), st.sampled_from(["a", "b"])), max_size=2),
)


@given(sketches, sketches)
def test_it_makes_no_difference_which_comes_first(one: Sketch, other: Sketch) -> None:
    assert alike(one, other) == alike(other, one)
    found = alike(one, other)
    assert found is None or 0 <= found[0] <= 100


def test_every_column_that_people_write_is_a_choice_or_stays() -> None:
    """A new column of organisations needs a choice in directory/merging/organisation_fields.py, or a reason here."""
    stays = {"id", "ours", "demo", "replaced_by", "source", "source_id", "created_at", "changed_at", "latest_revision"}
    stays |= {"locked", "locked_by", "locked_at"}
    columns = {field.name for field in Organisation._meta.local_concrete_fields}
    assert columns - stays == {column for field in FIELDS.values() for column in field.columns}
