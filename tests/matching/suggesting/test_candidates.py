"""Candidates: existing services first, with named reasons; then volunteers who may; then who may not, with every code."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from directory import clock
from directory.accounts.roles import Role
from directory.journal.models import Event
from matching import matches, people, volunteers
from matching.candidates import candidates_for, store_offered
from matching.eligibility import Code
from matching.models import Referral, Volunteer
from matching.rules.asked import rules_of
from matching.suggesting.facts import codes_against
from matching.suggesting.services import Lately
from matching.suggesting.volunteers import judged
from search import indexing
from tests import factories

pytestmark = pytest.mark.django_db

NORTH = (factories.HOME[0] + 0.02, factories.HOME[1])
FAR = (factories.HOME[0] + 0.4, factories.HOME[1])


@pytest.fixture(autouse=True)
def index(settings, tmp_path):
    settings.SEARCH_INDEX_DIR = tmp_path / "index"


def found(ask, by=None):
    indexing.rebuild()
    return candidates_for(ask, by=by or factories.coordinator())


def ended(service, state="completed", outcome="got_help", reason="", days_ago=10) -> Referral:
    """A referral that ended so many days ago; its story does not matter here."""
    then = clock.now() - timedelta(days=days_ago)
    number = Referral.objects.count() + 1
    return Referral.objects.create(
        number=number,
        need_id="shopping",
        service=service,
        state=state,
        outcome=outcome,
        reason=reason,
        sent_at=then,
        due_at=then,
        ended_at=then,
    )


# Services


def test_existing_services_come_with_reasons_that_add_up_to_the_points():
    near, far = factories.service(vetted=True), factories.service(at=NORTH)
    factories.service("friendships")
    services = found(factories.ask()).services
    assert [candidate.service for candidate in services] == [near, far]
    for candidate in services:
        assert candidate.points == sum(part.points for part in candidate.why)
    assert [candidate.reach for candidate in services] == ["near_you", "near_you"]
    assert services[0].miles < services[1].miles
    assert {"need", "reach", "freshness", "open_space", "vetting", "lately"} <= {part.part for part in services[0].why}


def test_only_a_vetted_running_service_can_be_referred_to_the_others_are_for_signposts():
    vetted, unvetted = factories.service(vetted=True), factories.service()
    paused = factories.service(vetted=True, status="paused")
    overdue = factories.service(organisation_=factories.organisation(vetted=True, vetting_review_on=clock.today() - timedelta(days=1)))
    by_service = {candidate.service: candidate for candidate in found(factories.ask()).services}
    assert {service: candidate.can_refer for service, candidate in by_service.items()} == {
        vetted: True,
        unvetted: False,
        paused: False,
        overdue: False,
    }
    assert by_service[overdue].missing_vetting == ("review",)
    assert "insurance" in by_service[unvetted].missing_vetting
    assert not by_service[paused].fits


def test_the_coops_own_services_are_flagged_and_come_after_the_others():
    ours = factories.service(organisation_=factories.organisation(ours=True))
    theirs = factories.service(at=NORTH)
    services = found(factories.ask()).services
    assert [candidate.service for candidate in services] == [theirs, ours]
    assert [candidate.ours for candidate in services] == [False, True]
    assert services[1].can_refer


def test_personal_care_lists_registered_providers_only_ours_among_them():
    registered = factories.service("hygiene-and-grooming", cqc_location="1-123", vetted=True)
    by_provider = factories.service("hygiene-and-grooming", organisation_=factories.organisation(cqc_provider="1-9", ours=True))
    factories.service("hygiene-and-grooming", vetted=True)
    volunteer = factories.volunteer("washing-and-dressing")
    candidates = found(factories.ask(need_="hygiene-and-grooming", activity="washing-and-dressing"))
    assert [candidate.service for candidate in candidates.services] == [registered, by_provider]
    assert candidates.volunteers == []
    assert candidates.refused[0].volunteer == volunteer
    assert set(candidates.refused[0].codes) >= {Code.CQC_PERSONAL_CARE, Code.VOLUNTEER_NOT_ALLOWED}


def test_a_registered_provider_is_listed_however_many_others_fit_better(monkeypatch):
    monkeypatch.setattr("matching.suggesting.services.MOST", 2)
    for _ in range(4):
        factories.service("hygiene-and-grooming", "medication")
    ours = factories.service(
        "hygiene-and-grooming", "medication", at=NORTH, organisation_=factories.organisation(cqc_provider="1-9", ours=True)
    )
    factories.service("hygiene-and-grooming", "medication", at=FAR, cqc_location="1-124")
    washing = found(factories.ask(need_="hygiene-and-grooming", activity="washing-and-dressing")).services
    assert [(each.service, each.ours) for each in washing] == [(ours, True)]
    medicine = found(factories.ask(need_="medication", activity="prompt-or-give-medicine")).services
    assert (medicine[0].service, len(medicine)) == (ours, 3)


def test_a_service_that_is_full_says_so():
    full = factories.service(spaces=0, spaces_on=clock.today())
    some = factories.service(spaces=3, spaces_on=clock.today())
    texts = {each.service: {part.text for part in each.why if part.part == "open_space"} for each in found(factories.ask()).services}
    assert texts == {full: {"Full at the moment"}, some: {"Has spaces"}}


def test_where_it_may_be_personal_care_registered_providers_come_first():
    other = factories.service("medication", vetted=True)
    registered = factories.service("medication", cqc_location="1-123", at=NORTH)
    services = found(factories.ask(need_="medication", activity="prompt-or-give-medicine")).services
    assert [candidate.service for candidate in services] == [registered, other]


def test_what_referrals_lately_came_to_lifts_a_service_and_old_or_mistaken_ones_do_not_count():
    good, bad, new = factories.service(), factories.service(), factories.service()
    for outcome in ("got_help", "partly", "ongoing"):
        ended(good, outcome=outcome)
    ended(bad, state="rejected", outcome="", reason="no_capacity")
    ended(bad, outcome="not_helped")
    ended(new, state="entered_in_error", outcome="")
    ended(new, days_ago=400)
    texts = {}
    points = {}
    for candidate in found(factories.ask()).services:
        part = next(part for part in candidate.why if part.part == "lately")
        texts[candidate.service], points[candidate.service] = part.text, part.points
    assert texts[good] == "3 of 3 referrals there in the last year led to help"
    assert texts[bad] == "0 of 2 referrals there in the last year led to help"
    assert texts[new] == "No referrals there in the last year"
    assert points[good] > points[new] > points[bad]


def test_more_help_never_counts_less_and_more_failures_never_more():
    for ended_count in range(20):
        for helped in range(ended_count + 1):
            here = Lately(ended_count, helped).part().points
            assert 0 <= here <= 100
            assert Lately(ended_count + 1, helped + 1).part().points >= here
            assert Lately(ended_count + 1, helped).part().points <= here


def test_a_service_for_another_age_is_shown_last_and_says_so_without_points():
    adults, young = factories.service(at=NORTH), factories.service(max_age=25, vetted=True)
    person = factories.person(date_of_birth=clock.today() - timedelta(days=366 * 80))
    services = found(factories.ask(person)).services
    assert [(candidate.service, candidate.fits) for candidate in services] == [(adults, True), (young, False)]
    assert ("eligibility", 0, "Not for the person's age") in services[1].why


def test_without_a_position_services_are_still_listed():
    service = factories.service()
    candidates = found(factories.ask(factories.person(postcode="")))
    assert [(each.service, each.miles) for each in candidates.services] == [(service, None)]


# Volunteers


def test_volunteers_who_may_come_with_parts_that_add_up_best_first(errand):
    near = factories.volunteer("shop-together", level="basic", interests=["chess"])
    away = factories.volunteer("shop-together", level="basic", postcode=factories.postcode("HD7 6AB", NORTH))
    candidates = found(errand(person_=factories.person(facts={"interests": ["Chess"]})))
    assert [candidate.volunteer for candidate in candidates.volunteers] == [near, away]
    assert (candidates.refused, candidates.nearest_miss) == ([], None)
    for candidate in candidates.volunteers:
        assert candidate.points == sum(part.points for part in candidate.parts)
    assert "interests" in {part.part for part in candidates.volunteers[0].parts}


def test_who_may_not_keeps_every_code_and_the_nearest_miss_is_what_would_let_most_in(errand):
    far = [factories.volunteer("shop-together", level="basic", postcode=factories.postcode("HX1 1AA", FAR)) for _ in range(2)]
    busy = factories.volunteer("shop-together", level="basic", capacity=0)
    many = factories.volunteer("deliver-parcel", level="none", status="paused", languages=["polish"])
    gone = factories.volunteer("shop-together", level="basic", status="left")
    ask = errand()
    candidates = found(ask)
    codes = {refused.volunteer: refused.codes for refused in candidates.refused}
    assert codes == {
        far[0]: (Code.DISTANCE,),
        far[1]: (Code.DISTANCE,),
        busy: (Code.CAPACITY,),
        many: (Code.VOLUNTEER_NOT_ACTIVE, Code.ACTIVITY_NOT_OFFERED, Code.DBS_LEVEL, Code.LANGUAGE),
    }
    assert gone not in codes
    assert candidates.nearest_miss == Code.DISTANCE
    assert candidates.volunteers == []


def test_the_same_household_is_too_close_however_it_is_written_and_unknown_homes_are_not(errand):
    postcode = factories.postcode()
    same = factories.volunteer("shop-together", level="basic", address="1,  Canary Row.", postcode=postcode)
    nowhere = factories.volunteer("shop-together", level="basic", postcode=postcode)
    elsewhere = factories.volunteer("shop-together", level="basic", address="The Old Mill", facts={"household": "canary house"})
    related, blocked = (factories.volunteer("shop-together", level="basic") for _ in range(2))
    person = factories.person(address="1 canary row", postcode="hd75aa", facts={"household": "Canary House"})
    by = factories.coordinator()
    volunteers.keep_apart(person, related, "related", by=by)
    volunteers.keep_apart(person, blocked, "blocked", by=by)
    candidates = found(errand(person_=person))
    assert {refused.volunteer: refused.codes for refused in candidates.refused} == {
        same: (Code.CONFLICT_OF_INTEREST,),
        elsewhere: (Code.CONFLICT_OF_INTEREST,),
        related: (Code.CONFLICT_OF_INTEREST,),
        blocked: (Code.BLOCKED,),
    }
    assert [candidate.volunteer for candidate in candidates.volunteers] == [nowhere]


def test_capacity_counts_people_who_are_really_helped(errand):
    by, volunteer = factories.coordinator(), factories.volunteer("shop-together", level="basic", capacity=2)
    for person in (factories.person(), factories.person()):
        match = matches.offer(errand(person_=person), volunteer, by=by)
        assert codes_against(errand(), volunteer) == ()
        matches.say_yes(match, by=volunteer.user)
    assert codes_against(errand(), volunteer) == (Code.CAPACITY,)


def test_an_unknown_fact_about_the_adult_counts_as_yes_until_it_is_decided():
    by, volunteer = factories.coordinator(), factories.volunteer("shop-for-someone", level="none")
    volunteer = volunteers.offer_activity(volunteer, "shop-together", by=by).volunteer
    person = factories.person()
    ask = factories.ask(person, activity="shop-for-someone")
    assert codes_against(ask, volunteer) == (Code.DBS_LEVEL,)
    person = people.correct_person(person, by=by, facts={"needs_help_because": False})
    volunteer = volunteers.record_check(
        volunteer, by=by, level="basic", seen_on=clock.today(), recheck_due=clock.today() + timedelta(days=1)
    )
    assert codes_against(factories.ask(person, activity="shop-for-someone"), volunteer) == ()


@pytest.mark.parametrize(
    ("fields", "codes"), [({"often": "weekly"}, (Code.DBS_LEVEL,)), ({"windows": [[0, 300, 400]]}, (Code.DBS_LEVEL, Code.TIME))]
)
def test_weekly_help_and_nights_are_regular(errand, fields, codes):
    volunteer = factories.volunteer("shop-together", level="basic")
    assert codes_against(errand(), volunteer) == ()
    assert codes_against(errand(**fields), volunteer) == codes


def test_a_request_that_names_only_its_need_is_held_against_all_its_activities():
    by = factories.coordinator()
    together = factories.volunteer("shop-together", level="basic")
    parcel = factories.volunteer("shop-for-someone", level="none")
    candidates = found(factories.ask(), by=by)
    assert [(each.volunteer, each.activity) for each in candidates.volunteers] == [(together, "shop-together")]
    assert [(each.volunteer, each.activity, each.codes) for each in candidates.refused] == [(parcel, "shop-for-someone", (Code.DBS_LEVEL,))]


def able_now(ask):
    """All who may, none left out because the page is full."""
    return judged(ask, rules_of(ask), most=None).able


PERSON_FACTS: list[dict[str, Any]] = [{}, {"gender": "female"}, {"receives_care": True}, {"languages": ["english", "urdu"]}]


def test_age_and_gender_and_languages_never_change_a_score(errand):
    factories.volunteer("shop-together", level="basic")
    scores = set()
    for facts in PERSON_FACTS:
        for years in (19, 95):
            person = factories.person(facts=facts, date_of_birth=clock.today() - timedelta(days=366 * years))
            scores.add(found(errand(person_=person)).volunteers[0].points)
    assert len(scores) == 1


def test_the_database_narrows_and_never_drops_who_may(errand):
    for level in ("none", "basic"):
        for status in Volunteer.Status.values:
            for capacity in (0, 1):
                for windows in ([], factories.ALL_WEEK):
                    factories.volunteer("shop-together", level=level, status=status, capacity=capacity, windows=windows)
    Volunteer.objects.filter(number=Volunteer.objects.order_by("-number")[0].number).update(recheck_due=clock.today())
    ask = errand()
    everybody = [volunteer.pk for volunteer in Volunteer.objects.all() if not codes_against(ask, volunteer)]
    assert {candidate.volunteer.pk for candidate in able_now(ask)} == set(everybody)
    assert len(everybody) == 1


# Who, and what is kept


def test_who_only_prepares_sees_services_and_no_volunteers(errand):
    by = factories.council_referrer()
    factories.volunteer("shop-together", level="basic")
    service = factories.service()
    candidates = found(factories.ask(factories.person(by=by, agreed=False), by=by), by=by)
    assert [each.service for each in candidates.services] == [service]
    assert (candidates.volunteers, candidates.refused) == ([], [])


@pytest.mark.parametrize("role", [role for role in Role if role != Role.COORDINATOR])
def test_strangers_see_no_candidates(role):
    ask = factories.ask()
    with pytest.raises(PermissionDenied):
        candidates_for(ask, by=factories.user(role))


def test_what_was_shown_is_kept_as_ids_points_and_codes(errand):
    by, service = factories.coordinator(), factories.service()
    able, unable = factories.volunteer("shop-together", level="basic"), factories.volunteer("deliver-parcel", level="none")
    ask = errand(person_=factories.person(name="Edith Canary"))
    candidates = found(ask)
    offered = store_offered(ask, candidates, by=by)
    offered.refresh_from_db()
    assert [each["service"] for each in offered.services] == [str(service.pk)]
    assert offered.services[0]["points"] == sum(points for _, points in offered.services[0]["parts"])
    kept = {each["volunteer"]: each for each in offered.volunteers}
    assert kept[str(able.pk)]["points"] == candidates.volunteers[0].points
    assert kept[str(unable.pk)]["codes"] == ["activity_not_offered", "dbs_level"]
    assert "Canary" not in f"{offered.services}{offered.volunteers}"
    event = Event.objects.about(ask).of_kind("ask.candidates_kept").get()
    assert (event.codes["services"], event.codes["volunteers"], event.codes["refused"]) == (1, 1, 1)
