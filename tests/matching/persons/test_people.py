"""People are written down by those who may, found by exact look-up, and every look is kept; agreement is given only by who may give it."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.urls import reverse
from django.utils.html import strip_tags

from directory import clock
from directory.accounts.roles import Role
from directory.journal.models import Event
from matching import people
from matching.agreements import record_agreement, valid_agreement, withdraw_agreement
from matching.models import Agreement, Look, Person
from matching.states import MatchState
from tests import factories

pytestmark = pytest.mark.django_db

CANARY = "Zsófia Quillfeather-O'Neill"


def raw_rows(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")
        return repr(cursor.fetchall())


def test_a_coordinator_writes_down_a_person_and_the_position_is_the_postcodes():
    by = factories.coordinator()
    person = people.register_person(by=by, name=f" {CANARY} ", phone="01484 000111", postcode=factories.postcode(), address="1 Canary Row")
    person.refresh_from_db()
    assert person.name == CANARY
    assert person.position == {"lat": factories.HOME[0], "lon": factories.HOME[1]}
    event = Event.objects.about(person).get()
    assert (event.kind, event.by_id, event.by_role) == ("person.registered", by.pk, "coordinator")


def test_nothing_that_says_who_somebody_is_stands_in_the_tables_or_the_journal_in_plain_text():
    person = factories.person(name=CANARY, phone="01484 000111", email="canary@birds.example", address="1 Canary Row", notes="likes seed")
    people.correct_person(person, by=factories.coordinator(), phone="01484 000222", notes="likes millet")
    stored = "".join(raw_rows(table) for table in ("matching_person", "matching_lookuptoken", "journal_event", "matching_look"))
    for secret in ("Quillfeather", "000111", "000222", "canary@birds", "Canary Row", "seed", "millet", "HD7"):
        assert secret not in stored


@pytest.mark.parametrize(
    "text", ["quillfeather", "Zsofia", "zsofia oneill", "01484000111", "+44 1484 000111", "CANARY@birds.example", "Mrs Quillfeather"]
)
def test_a_person_is_found_by_any_part_of_the_name_by_phone_or_email(text):
    person = factories.person(name=CANARY, phone="01484 000111", email="canary@birds.example")
    factories.person(name="Somebody Else", phone="01484 000333")
    assert people.find_people(text, by=factories.coordinator()) == [person]


@pytest.mark.parametrize("text", ["", "   ", "Zsofia Smith", "01484 000999", "quill"])
def test_who_does_not_match_exactly_is_not_found(text):
    factories.person(name=CANARY, phone="01484 000111")
    assert people.find_people(text, by=factories.coordinator()) == []


def test_a_corrected_name_is_found_and_the_old_one_no_longer():
    by = factories.coordinator()
    person = factories.person(name="Edith Oldname", postcode="")
    person = people.correct_person(person, by=by, name="Edith Newname", postcode=factories.postcode())
    assert people.find_people("newname", by=by) == [person]
    assert people.find_people("oldname", by=by) == []
    assert person.position is not None
    assert Event.objects.about(person).of_kind("person.corrected").get().codes == {"fields": ["name", "postcode"]}


def test_a_fact_that_a_coordinator_decides_is_told_by_its_name():
    person = factories.person(facts={"smoker": False})
    person = people.correct_person(person, by=factories.coordinator(), facts={"smoker": False, "needs_help_because": True})
    assert Event.objects.about(person).of_kind("person.corrected").get().codes == {"fields": ["facts", "facts.needs_help_because"]}


def test_correcting_nothing_writes_nothing():
    person = factories.person()
    people.correct_person(person, by=factories.coordinator(), name=person.name)
    assert not Event.objects.about(person).of_kind("person.corrected").exists()


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"name": " "}, "name"),
        ({"name": "A B", "postcode": "HD7"}, "postcode"),
        ({"name": "A B", "part": "hero"}, "part"),
        ({"name": "A B", "lawful_basis": "because"}, "lawful_basis"),
        ({"name": "A B", "facts": {"receives_care": "perhaps"}}, "facts"),
        ({"name": "A B", "facts": {"ethnicity": "x"}}, "facts"),
    ],
)
def test_what_cannot_be_written_down_is_told_by_its_field(fields, named):
    with pytest.raises(ValidationError) as caught:
        people.register_person(by=factories.coordinator(), **fields)
    assert list(caught.value.message_dict) == [named]
    assert not Person.objects.exists()


@pytest.mark.parametrize("role", [Role.COUNCIL_REFERRER, Role.PARTNER, Role.CARE_WORKER])
def test_whoever_prepares_referrals_writes_down_people_who_then_count_as_theirs(role):
    by, other = factories.user(role), factories.coordinator()
    assert people.register_person(by=by, name="A B", brought_in_by=other).brought_in_by == by


@pytest.mark.parametrize(
    "role", [Role.PERSON, Role.FAMILY, Role.VOLUNTEER, Role.SAFEGUARDING_LEAD, Role.ANALYST, Role.EDITOR, Role.ADMINISTRATOR]
)
def test_nobody_else_writes_down_people(role):
    with pytest.raises(PermissionDenied):
        people.register_person(by=factories.user(role), name="A B")


@pytest.mark.parametrize("role", [role for role in Role if role != Role.COORDINATOR])
def test_only_a_coordinator_searches_corrects_or_opens_a_record(role):
    person, by = factories.person(), factories.user(role)
    for attempt in (
        lambda: people.find_people(person.name, by=by),
        lambda: people.correct_person(person, by=by, notes="x"),
        lambda: people.look_at(person, by=by, where="desk-person"),
    ):
        with pytest.raises(PermissionDenied):
            attempt()
    assert not Look.objects.exists()


def test_every_look_is_kept():
    by, person = factories.coordinator(), factories.person()
    people.find_people(person.name, by=by)
    people.look_at(person, by=by, where="desk-person")
    looks = Look.objects.order_by("id").values_list("by_id", "by_role", "person_id", "where")
    assert list(looks) == [(by.pk, "coordinator", person.pk, "found"), (by.pk, "coordinator", person.pk, "desk-person")]


def test_a_person_with_an_account_looks_at_their_own_record_only():
    user, person = factories.user(Role.PERSON), factories.person()
    people.link_account(person, user, by=factories.coordinator())
    assert people.look_at(person, by=user, where="account") == person
    with pytest.raises(PermissionDenied):
        people.look_at(factories.person(), by=user, where="account")


# Agreement


def given(person, by=None, **fields):
    values = {"given_by": "person", "how": "phone", "at": clock.now(), **fields}
    return record_agreement(person, by=by or factories.coordinator(), **values)


def test_the_persons_own_yes_counts_for_every_request_from_when_it_was_said():
    person = factories.person(agreed=False)
    ask = factories.ask(person)
    said = clock.now() - timedelta(days=2)
    agreement = given(person, at=said)
    assert valid_agreement(person, ask) == agreement
    assert valid_agreement(person, ask, at=said - timedelta(seconds=1)) is None


@pytest.mark.parametrize("who", ["attorney", "deputy", "best_interests"])
def test_somebody_elses_yes_needs_what_was_seen(who):
    person = factories.person(agreed=False)
    ask = factories.ask(person)
    with pytest.raises(ValidationError) as caught:
        given(person, given_by=who, scope="referral", ask=ask)
    assert "seen" in caught.value.message_dict
    assert given(person, given_by=who, scope="referral", ask=ask, seen="Seen at the office, two of us").given_by == who


def test_a_best_interests_decision_is_for_one_request_only():
    person = factories.person(agreed=False)
    one, other = factories.ask(person), factories.ask(person, need_="friendships")
    with pytest.raises(ValidationError):
        given(person, given_by="best_interests", seen="Decided by us")
    agreement = given(person, given_by="best_interests", seen="Decided by us", scope="referral", ask=one)
    assert valid_agreement(person, one) == agreement
    assert valid_agreement(person, other) is None


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"given_by": "daughter"}, "given_by"),
        ({"how": "guess"}, "how"),
        ({"scope": "everything"}, "scope"),
        ({"scope": "referral"}, "ask"),
        ({"at": clock.now() + timedelta(days=300)}, "at"),
    ],
)
def test_an_agreement_that_cannot_be_is_refused(fields, named):
    with pytest.raises(ValidationError) as caught:
        given(factories.person(agreed=False), **fields)
    assert list(caught.value.message_dict) == [named]


def test_an_agreement_never_names_another_persons_request():
    with pytest.raises(ValidationError):
        given(factories.person(), scope="referral", ask=factories.ask())


def test_family_partners_and_care_workers_prepare_and_never_record_a_yes():
    family = factories.user(Role.FAMILY)
    person = factories.person(agreed=False)
    people.link_family(person, family, by=factories.coordinator(), relation="daughter")
    with pytest.raises(PermissionDenied):
        given(person, by=family)
    for role in (Role.PARTNER, Role.CARE_WORKER):
        by = factories.user(role)
        with pytest.raises(PermissionDenied):
            given(factories.person(by=by, agreed=False), by=by)


def test_a_council_referrer_records_the_yes_of_people_they_brought_in_and_of_nobody_else():
    by = factories.council_referrer()
    assert given(factories.person(by=by, agreed=False), by=by).recorded_by == by
    with pytest.raises(PermissionDenied):
        given(factories.person(agreed=False), by=by)


def test_a_person_says_yes_for_themselves_and_not_as_their_own_attorney():
    user, person = factories.user(Role.PERSON), factories.person(agreed=False)
    people.link_account(person, user, by=factories.coordinator())
    assert given(person, by=user, how="online").given_by == "person"
    with pytest.raises(PermissionDenied):
        given(person, by=user, given_by="attorney", seen="me")


def test_taking_a_general_yes_back_takes_every_yes_back():
    person, by = factories.person(), factories.coordinator()
    ask = factories.ask(person)
    given(person)
    given(person, scope="referral", ask=ask)
    withdraw_agreement(person.agreements.filter(scope="referrals").first(), by=by)
    assert valid_agreement(person, ask) is None
    assert not Agreement.objects.filter(withdrawn_at=None).exists()
    assert Event.objects.of_kind("agreement.withdrawn").count() == 3


def test_taking_back_the_yes_to_one_request_leaves_the_others_and_is_not_healed_by_an_older_general_one():
    person, by = factories.person(), factories.coordinator()
    one, other = factories.ask(person), factories.ask(person, need_="friendships")
    withdraw_agreement(given(person, scope="referral", ask=one), by=by)
    assert valid_agreement(person, one) is None
    assert valid_agreement(person, other) is not None
    again = given(person, scope="referral", ask=one)
    assert valid_agreement(person, one) == again


def test_taking_the_yes_back_stops_offers_and_introductions_and_leaves_those_who_already_meet(offer_in):
    offered, introduced, active = offer_in(MatchState.OFFERED), offer_in(MatchState.INTRODUCED), offer_in(MatchState.ACTIVE)
    for match in (offered, introduced, active):
        withdraw_agreement(match.ask.person.agreements.get(), by=factories.coordinator())
        match.refresh_from_db()
    assert (offered.state, introduced.state, active.state) == (MatchState.LAPSED, MatchState.DECLINED, MatchState.ACTIVE)


def test_only_a_coordinator_or_the_persons_own_side_takes_a_yes_back():
    person = factories.person()
    for role in (Role.PARTNER, Role.COUNCIL_REFERRER, Role.FAMILY, Role.PERSON, Role.ADMINISTRATOR):
        with pytest.raises(PermissionDenied):
            withdraw_agreement(person.agreements.get(), by=factories.user(role))


@pytest.mark.parametrize(
    ("address", "postcode", "shown"),
    [("", "HD7 5AA", "HD7 5AA"), ("1 Canary Row", "HD7 5AA", "1 Canary Row HD7 5AA"), ("", "", "not known")],
)
def test_a_record_calls_a_home_unknown_only_where_nothing_is_known(client, address, postcode, shown):
    by = factories.coordinator()
    person = people.register_person(by=by, name=CANARY, phone="01632 960 400", address=address, postcode=postcode)
    client.force_login(by)
    page = client.get(reverse("desk-person", args=[person.pk])).content.decode()
    assert strip_tags(re.search(r"<dt>Lives at</dt><dd>(.*?)</dd>", page)[1]).strip() == shown
