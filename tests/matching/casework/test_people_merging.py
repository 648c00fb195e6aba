"""Two records of one person become one in one step, with nothing lost and nobody's account; two people are told apart."""

from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import PermissionDenied, ValidationError

from directory import clock
from directory.accounts.roles import Role
from directory.journal.models import Event
from directory.journal.verifying import verify
from directory.states import WrongState
from matching import asks, matches, people, referrals
from matching.agreements import valid_agreement, withdraw_agreement
from matching.casework.family import add_family
from matching.casework.joining import differences
from matching.casework.merging import merge_people, tell_apart, version_of_two
from matching.models import LookupToken, NotTheSame, PairRule, Person, Referral, Task
from matching.persons.doubles import possible_doubles, records_like, shared_by
from matching.persons.versions import ChangedMeanwhile
from matching.refer_in import refer_in
from matching.referring.sharing import shared_person
from matching.states import MatchState
from matching.tasks.flow import open_task
from matching.volunteers import keep_apart
from tests import factories
from tests.at_once import at_once

PHONE = "01484 496001"


@pytest.mark.django_db
def test_pairs_are_proposed_by_phone_email_or_whole_name_and_those_that_share_most_come_first():
    one = factories.person(name="Ada Example", phone=PHONE, email="ada@example.org")
    other = factories.person(name="Mrs Ada Example", phone="+44 1484 496001", email="ADA@example.org", postcode="hd75aa")
    husband = factories.person(name="Abe Example", phone=PHONE, postcode="")
    factories.person(name="Ada Someone-Else", phone="01484 496009")
    pairs = possible_doubles()
    assert [(pair.one, pair.other) for pair in pairs] == [(one, other), (one, husband), (other, husband)]
    assert pairs[0].shared == ("the same phone", "the same e-mail", "the same name", "the same postcode")
    assert shared_by(one, other) == pairs[0].shared
    assert records_like(one) == sorted([other.pk, husband.pk])


@pytest.mark.django_db
def test_two_people_with_one_phone_are_both_found_and_told_apart_once():
    by = factories.coordinator()
    one, other = factories.person(phone=PHONE), factories.person(phone=PHONE)
    assert set(people.find_people(PHONE, by=by)) == {one, other}
    assert tell_apart(one, other, by=by) == tell_apart(other, one, by=by)
    assert NotTheSame.objects.count() == Event.objects.of_kind("person.told_apart").count() == 1
    assert possible_doubles() == records_like(one) == records_like(other) == []


@pytest.mark.django_db
def test_all_that_belongs_to_the_other_record_comes_along():
    by = factories.coordinator()
    kept, other = factories.person(phone=PHONE), factories.person(phone=PHONE, name="Ada Second")
    volunteer, blocked = factories.volunteer("shop-together", level="basic"), factories.volunteer("shop-together", level="basic")
    ask = factories.ask(other, activity="shop-together")
    match = matches.start(
        matches.introduce(matches.say_yes(matches.offer(ask, volunteer, by=by), by=volunteer.user), by=by), by=by, how="phone"
    )
    referral = referrals.prepare(factories.ask(other, need_="friendships"), by=by, to_volunteers=True)
    add_family(kept, by=by, name="Bea", phone=PHONE, is_main=True)
    add_family(other, by=by, name="Cyril", phone=PHONE, is_main=True)
    keep_apart(other, blocked, "blocked", by=by)
    keep_apart(kept, volunteer, "related", by=by)
    open_task("ring", by=by, person=other)
    third = factories.person(phone=PHONE)
    tell_apart(other, third, by=by)

    merged = merge_people(kept, other, by=by, chosen={"name": "kept"})
    assert merged.person == kept
    for row in (ask, referral, Task.objects.get()):
        row.refresh_from_db()
        assert row.person == kept
    assert kept.agreements.count() == 2
    assert sorted(kept.family.values_list("is_main", flat=True)) == [False, True]
    assert set(PairRule.objects.values_list("person", flat=True)) == {kept.pk}
    assert records_like(kept) == []
    other.refresh_from_db()
    assert (other.merged_into, other.name, other.phone, other.address, other.position) == (kept, "", "", "", None)
    assert not LookupToken.objects.filter(person=other).exists()
    match.refresh_from_db()
    assert match.state == MatchState.ACTIVE
    assert any(str(volunteer) in words for words in merged.told)
    event = Event.objects.of_kind("person.merged").get()
    assert (event.object_id, event.codes["other"], event.codes["asks"]) == (kept.pk, str(other.pk), 2)
    assert "Ada Second" in Person.objects.get(pk=kept.pk).notes
    assert verify() == []


@pytest.mark.django_db
def test_empty_fields_are_filled_lists_joined_and_differences_chosen():
    by = factories.coordinator()
    kept = factories.person(
        name="Ada Example",
        phone=PHONE,
        part="cared_for",
        facts={"smoker": False, "animals": ["cat"]},
        notes="One.",
        contact={"codes": ["bsl"]},
    )
    other = factories.person(
        name="ada example",
        phone="01484 496002",
        email="ada@example.org",
        part="carer",
        facts={"smoker": True, "animals": ["dog"], "steps": True},
        notes="Two.",
        contact={"codes": ["large-print"], "by": "letter"},
    )
    assert [part.name for part in differences(kept, other)] == ["phone", "facts.smoker"]
    with pytest.raises(ValidationError) as caught:
        merge_people(kept, other, by=by, chosen={"phone": "other"})
    assert list(caught.value.message_dict) == ["facts.smoker"]
    person = merge_people(kept, other, by=by, chosen={"phone": "other", "facts.smoker": "kept"}).person
    person.refresh_from_db()
    assert (person.phone, person.email, person.part) == ("01484 496002", "ada@example.org", "both")
    assert person.facts == {"smoker": False, "animals": ["cat", "dog"], "steps": True}
    assert person.contact == {"codes": ["bsl", "large-print"], "by": "letter"}
    assert person.notes.startswith("One.\nTwo.\n")
    assert PHONE in person.notes
    assert people.find_people("01484 496002", by=by) == [person]


@pytest.mark.django_db
def test_a_no_said_later_than_the_yes_of_the_other_record_holds():
    by = factories.coordinator()
    kept, other = factories.person(), factories.person()
    ask = factories.ask(kept)
    withdraw_agreement(other.agreements.get(), by=by)
    merge_people(kept, other, by=by, chosen={"name": "kept"})
    assert valid_agreement(kept, ask) is None


@pytest.mark.django_db
def test_do_not_contact_of_either_stops_what_waits(offer_in):
    by, match = factories.coordinator(), offer_in(MatchState.OFFERED)
    kept = match.ask.person
    other = people.correct_person(factories.person(), by=by, do_not_contact=True)
    assert merge_people(kept, other, by=by, chosen={"name": "kept"}).person.do_not_contact
    match.refresh_from_db()
    assert match.state == MatchState.LAPSED


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("mine", "theirs", "after"), [("requests", "nothing", "nothing"), ("nothing", "requests", "nothing"), ("visits", "requests", "visits")]
)
def test_family_never_sees_more_than_in_either_record(mine, theirs, after):
    by, account = factories.coordinator(), factories.user(Role.FAMILY)
    kept, other = factories.person(name="Ada Example"), factories.person(name="Ada Example")
    add_family(kept, by=by, account=account.email, sees=mine)
    add_family(other, by=by, account=account.email, sees=theirs)
    link = merge_people(kept, other, by=by).person.family.get()
    assert (link.lets_see, link.authority) == (after, "none")


@pytest.mark.django_db
@pytest.mark.parametrize(("mine", "theirs", "told"), [("requests", "nothing", 1), ("nothing", "visits", 1), ("visits", "visits", 0)])
def test_that_family_sees_less_after_a_merge_is_told_and_stands_on_the_list_once(mine, theirs, told):
    by, account = factories.coordinator(), factories.user(Role.FAMILY)
    kept, other = factories.person(name="Ada Example"), factories.person(name="Ada Example")
    add_family(kept, by=by, account=account.email, name="Olive Example", relation="daughter", sees=mine)
    add_family(other, by=by, account=account.email, name="Olive Example", relation="daughter", sees=theirs)
    add_family(other, by=by, name="Ned Nextdoor")
    merged = merge_people(kept, other, by=by)
    assert ["Olive Example sees less" in words for words in merged.told] == [True] * told
    tasks = Task.objects.filter(person=merged.person, kind="other")
    assert ["Tell the daughter" in task.words for task in tasks] == [True] * told


@pytest.mark.django_db
def test_two_of_one_name_are_told_apart_by_home_and_birthday_and_one_is_counted_as_one(client):
    client.force_login(factories.coordinator())
    kept = factories.person(name="Ada Example", address="1 Mill Row", postcode="HD7 5AA", date_of_birth=date(1940, 2, 3))
    other = factories.person(name="Ada Example", address="", postcode="", agreed=False)
    factories.ask(kept)
    page = BeautifulSoup(client.get(f"/desk/people/{kept.pk}/merge/?other={other.pk}").content, "html.parser")
    first, second = (" ".join(section.get_text(" ").split()) for section in page.select(".split section"))
    for words in ("First: Ada Example", "1 Mill Row HD7 5AA", "3 February 1940", "1 request, 1 agreement"):
        assert words in first
    for words in ("Second: Ada Example", "Lives at not known", "Born not known", "Hangs on it nothing"):
        assert words in second


@pytest.mark.django_db
def test_who_decides_in_one_record_only_does_not_read_the_joined_one_and_nobody_is_family_of_themselves():
    by, account = factories.coordinator(), factories.user(Role.FAMILY, Role.PERSON)
    kept, other = factories.person(name="Ada Example"), factories.person(name="Ada Example")
    add_family(kept, by=by, account=account.email, authority="attorney", authority_seen_on=clock.today())
    add_family(other, by=by, account=account.email, sees="visits")
    assert merge_people(kept, other, by=by).person.family.get().lets_see == "visits"
    third = factories.person(name="Ada Example")
    people.link_account(third, account, by=by)
    assert not merge_people(third, kept, by=by).person.family.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.COUNCIL_REFERRER, Role.CARE_WORKER])
def test_who_referred_reads_what_they_told_while_it_is_open_and_only_the_name_of_a_joined_record(role):
    by, referrer = factories.coordinator(), factories.user(role)
    told = factories.person(by=referrer, agreed=False, name="Ada Example", phone=PHONE, address="1 Row", safe_contact="Ring twice")
    factories.agreement(told)
    open_one = referrals.prepare(factories.ask(told, by=referrer), by=referrer, to_volunteers=True, candidates=[])
    over = referrals.prepare(factories.ask(told, by=referrer), by=referrer, to_volunteers=True, candidates=[])
    referrals.declined_by_person(over, by=by if role == Role.CARE_WORKER else referrer, reason="person_declined")
    seen = [shared_person(Referral.objects.get(pk=each.pk), by=referrer, where="council-referral") for each in (open_one, over)]
    assert [(each.name, each.phone, each.address, each.name_only) for each in seen] == [
        ("Ada Example", PHONE, "1 Row", False),
        ("Ada Example", "", "", True),
    ]
    other = factories.person(name="Ada Example", email="ada@example.org", notes="Not theirs to know")
    merge_people(other, told, by=by, chosen={"home": "kept"})
    referral = Referral.objects.get(pk=open_one.pk)
    joined = shared_person(referral, by=referrer, where="council-referral")
    assert (joined.name, joined.phone, joined.email, joined.safe_contact, joined.contact) == ("Ada Example", "", "", "", {})
    assert shared_person(referral, by=by, where="desk-referral").email == "ada@example.org"


@pytest.mark.django_db
def test_no_account_is_lost():
    by = factories.coordinator()
    kept, other, third = factories.person(), factories.person(), factories.person()
    account = factories.user(Role.PERSON)
    people.link_account(other, account, by=by)
    people.link_account(third, factories.user(Role.PERSON), by=by)
    kept = merge_people(kept, other, by=by, chosen={"name": "kept"}).person
    kept.refresh_from_db()
    assert kept.user == account
    with pytest.raises(ValidationError, match="account"):
        merge_people(kept, third, by=by, chosen={"name": "kept"})
    third.refresh_from_db()
    assert third.merged_into is None


@pytest.mark.django_db
def test_open_referrals_for_the_same_help_are_told():
    by = factories.coordinator()
    kept, other = factories.person(), factories.person()
    service = factories.service(organisation_=factories.organisation(vetted=True))
    sent = [referrals.send(referrals.prepare(factories.ask(person), by=by, service=service), by=by) for person in (kept, other)]
    told = " ".join(merge_people(kept, other, by=by, chosen={"name": "kept"}).told)
    assert all(str(row) in told for row in sent)
    for row in sent:
        row.refresh_from_db()
        assert row.possible_double


@pytest.mark.django_db
def test_what_the_council_sent_twice_is_still_one_and_the_referrer_still_knows_the_person():
    council, by = factories.council_referrer(), factories.coordinator()
    body = {
        "person": {"name": "Ada Example", "phone": PHONE},
        "need": factories.need().pk,
        "volunteers": True,
        "consent": {"given_by": "person", "how": "phone", "at": None},
    }
    made = refer_in(body, by=council, key="once")
    brought = made.referral.person
    kept = factories.person(name="Ada Example", phone=PHONE)
    merge_people(kept, brought, by=by)
    again = refer_in(body, by=council, key="once")
    assert (again.referral, again.is_new) == (made.referral, False)
    further = {**body, "person_id": brought.pk, "need": factories.need("friendships").pk}
    del further["person"]
    assert refer_in(further, by=council).referral.person == kept


@pytest.mark.django_db
def test_nothing_is_written_to_a_record_that_became_part_of_another():
    by = factories.coordinator()
    kept, other, volunteer = factories.person(), factories.person(), factories.volunteer()
    merge_people(kept, other, by=by, chosen={"name": "kept"})
    for doing in (
        lambda: asks.open_ask(other, by=by, need=factories.need()),
        lambda: factories.agreement(other),
        lambda: people.correct_person(other, by=by, notes="x"),
        lambda: add_family(other, by=by, name="Bea"),
        lambda: keep_apart(other, volunteer, "blocked", by=by),
        lambda: people.link_account(other, factories.user(Role.PERSON), by=by),
        lambda: people.link_family(other, factories.user(Role.FAMILY), by=by),
        lambda: merge_people(kept, other, by=by),
        lambda: tell_apart(kept, other, by=by),
    ):
        with pytest.raises(WrongState):
            doing()
    with pytest.raises(ValidationError):
        merge_people(kept, kept, by=by)


@pytest.mark.django_db
@pytest.mark.parametrize("role", [role for role in Role if role != Role.COORDINATOR])
def test_only_a_coordinator_merges_and_tells_apart(role):
    one, other, by = factories.person(), factories.person(), factories.user(role)
    for verb in (merge_people, tell_apart):
        with pytest.raises(PermissionDenied):
            verb(one, other, by=by)


@pytest.mark.django_db
def test_the_pages_lead_from_the_list_to_one_record_and_the_old_address_to_the_new(client):
    by = factories.coordinator()
    client.force_login(by)
    kept, other = factories.person(name="Ada Example", phone=PHONE), factories.person(name="Ada Example", phone="01484 496002")
    assert "Ada Example and Ada Example" in client.get("/desk/people/doubles/").content.decode()
    assert "Perhaps written down twice" in client.get(f"/desk/people/{other.pk}/").content.decode()
    address = f"/desk/people/{kept.pk}/merge/"
    assert "01484 496002" in client.get(f"{address}?other={other.pk}").content.decode()
    assert client.get(f"{address}?other=x").status_code == 200
    assert client.post(address, {"other": other.pk, "do": "merge"}).status_code == 400
    done = client.post(address, {"other": other.pk, "do": "merge", "phone": "kept"})
    assert done["Location"] == f"/desk/people/{kept.pk}/"
    for page in ("", "edit/", "looks/", "ask/", "family/", "merge/"):
        assert client.get(f"/desk/people/{other.pk}/{page}")["Location"] == f"/desk/people/{kept.pk}/"
    assert client.post(address, {"other": other.pk, "do": "merge", "phone": "kept"})["Location"] == f"/desk/people/{kept.pk}/"
    assert Event.objects.of_kind("person.merged").count() == 1


@pytest.mark.django_db
def test_who_chooses_between_two_records_is_told_when_one_of_them_changed_meanwhile(client):
    by = factories.coordinator()
    client.force_login(by)
    kept, other = factories.person(name="Ada Example", phone=PHONE), factories.person(name="Ada Example", phone="01484 496002")
    address = f"/desk/people/{kept.pk}/merge/"
    form = {"other": other.pk, "do": "merge", "phone": "kept", "version": version_on(client.get(f"{address}?other={other.pk}"))}
    people.correct_person(kept, by=by, phone="01484 496003")
    page = client.post(address, form)
    assert page.status_code == 400
    assert "changed one of the two meanwhile" in page.content.decode()
    assert Person.objects.filter(merged_into=None).count() == 2
    assert client.post(address, {**form, "version": version_on(page)}).status_code == 302


def version_on(page) -> str:
    return BeautifulSoup(page.content, "html.parser").select_one("[name=version]")["value"]


@pytest.mark.django_db
def test_two_who_press_two_people_need_to_say_it_once(client):
    client.force_login(factories.coordinator())
    one, other = factories.person(phone=PHONE), factories.person(phone=PHONE)
    for _ in range(2):
        assert client.post(f"/desk/people/{one.pk}/merge/", {"other": other.pk, "do": "apart"})["Location"] == "/desk/people/doubles/"
    assert NotTheSame.objects.count() == 1


def test_two_merges_and_a_new_request_at_once_leave_one_record_with_everything(each_store):
    by, need = factories.coordinator(), factories.need()
    one, other = factories.person(name="Ada Example"), factories.person(name="Ada Example")
    answers = at_once(
        [
            lambda: merge_people(one, other, by=by),
            lambda: merge_people(other, one, by=by),
            *[lambda: asks.open_ask(other, by=by, need=need) for _ in range(3)],
            *[lambda: asks.open_ask(one, by=by, need=need) for _ in range(3)],
        ]
    )
    assert {type(answer) for answer in answers if isinstance(answer, Exception)} <= {WrongState}
    kept = Person.objects.get(merged_into=None)
    gone = Person.objects.exclude(pk=kept.pk).get()
    assert gone.merged_into == kept
    assert gone.asks.count() == gone.agreements.count() == 0
    assert kept.asks.count() == sum(not isinstance(answer, Exception) for answer in answers[2:])
    assert verify() == []


@pytest.mark.django_db
def test_records_that_were_changed_after_both_were_looked_at_are_not_made_one():
    by = factories.coordinator()
    kept, other = factories.person(name="Ada Example"), factories.person(name="Ada Example")
    version = version_of_two(kept, other)
    people.correct_person(other, by=by, safe_contact="Ring twice")
    with pytest.raises(ChangedMeanwhile):
        merge_people(kept, other, by=by, version=version)
    other.refresh_from_db()
    assert other.merged_into is None
    merge_people(kept, other, by=by, version=version_of_two(kept, other))
