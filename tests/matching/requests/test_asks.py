"""A request for help: opened by the person's own side, closed by the table, counted when nobody could help."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import given
from hypothesis import strategies as st

from directory.accounts.roles import Role
from directory.journal.models import Event
from directory.journal.verifying import verify
from directory.states import WrongState
from matching import asks, people
from matching.models import Ask, UnmetNeed
from matching.rules.errands import is_errand
from matching.states import AskState, MatchState
from matching.windows import DAY, is_window
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_request_keeps_the_area_of_the_day_and_gets_a_number():
    by, person = factories.coordinator(), factories.person()
    first = asks.open_ask(person, by=by, need=factories.need("shopping"), activity="shop-together", often="weekly", windows=[(0, 540, 720)])
    second = asks.open_ask(person, by=by, need=factories.need("friendships").slug)
    assert (first.area_set, first.area_code, first.area_name) == ("test-wards", "T0001", "Colne Valley")
    assert second.number == first.number + 1
    people.correct_person(person, by=by, postcode="")
    first.refresh_from_db()
    assert first.area_name == "Colne Valley"
    assert first.windows == [[0, 540, 720]]


def test_a_person_without_a_known_postcode_has_requests_without_an_area():
    assert factories.ask(factories.person(postcode="")).area_code == ""


def test_the_journal_tells_of_a_request_in_codes_and_never_its_wishes():
    ask = factories.ask(wishes="Please bring Canary brand seed", gender_required="Female")
    event = Event.objects.about(ask).get()
    assert event.kind == "ask.opened"
    assert (event.codes["need"], event.codes["gender_asked"], event.codes["to"]) == ("shopping", True, "open")
    assert "Canary" not in str(event.codes)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"need": "flying"}, "need"),
        ({"activity": "befriend-at-home"}, "activity"),
        ({"activity": "no-such-thing"}, "activity"),
        ({"often": "always"}, "often"),
        ({"urgency": 9}, "urgency"),
        ({"source": "a bird"}, "source"),
        ({"minutes": 4}, "minutes"),
        ({"windows": [[0, 600, 600]]}, "windows"),
        ({"windows": [[7, 0, 60]]}, "windows"),
        ({"windows": [[0, 0]]}, "windows"),
    ],
)
def test_what_cannot_be_asked_is_told_by_its_field(fields, named):
    factories.need("shopping")
    with pytest.raises(ValidationError) as caught:
        asks.open_ask(factories.person(), by=factories.coordinator(), **{"need": "shopping", **fields})
    assert list(caught.value.message_dict) == [named]
    assert not Ask.objects.exists()


@given(st.lists(st.integers(-10, DAY + 10) | st.none() | st.text(max_size=2), max_size=4))
def test_a_window_is_a_weekday_and_a_start_before_an_end(window):
    if is_window(window):
        weekday, start, end = window
        assert weekday in range(7)
        assert 0 <= start < end <= DAY


# Who


def test_the_persons_own_side_asks_and_the_request_says_which_side_it_was():
    coordinator, person = factories.coordinator(), factories.person()
    myself, daughter = factories.user(Role.PERSON), factories.user(Role.FAMILY)
    people.link_account(person, myself, by=coordinator)
    people.link_family(person, daughter, by=coordinator)
    assert factories.ask(person, by=myself, source="council").source == "self"
    assert factories.ask(person, by=daughter).source == "family"
    assert factories.ask(person, by=coordinator, source="family").source == "family"
    for role, source in ((Role.COUNCIL_REFERRER, "council"), (Role.PARTNER, "partner"), (Role.CARE_WORKER, "coordinator")):
        by = factories.user(role)
        assert factories.ask(factories.person(by=by, agreed=False), by=by).source == source


@pytest.mark.parametrize("role", [role for role in Role if role != Role.COORDINATOR])
def test_nobody_asks_for_somebody_who_is_not_theirs(role):
    with pytest.raises(PermissionDenied):
        factories.ask(factories.person(), by=factories.user(role))


@pytest.mark.parametrize("role", [role for role in Role if role != Role.COORDINATOR])
def test_no_stranger_closes_reopens_or_signposts(role):
    ask, unmet, by = factories.ask(), factories.ask(), factories.user(role)
    asks.record_unmet(unmet, by=factories.coordinator(), emptied_by="nobody")
    for attempt in (
        lambda: asks.meet(ask, by=by),
        lambda: asks.withdraw(ask, by=by),
        lambda: asks.record_unmet(ask, by=by, emptied_by="nobody"),
        lambda: asks.reopen(unmet, by=by),
        lambda: asks.reopen(ask, by=by),
        lambda: asks.signpost(ask, factories.service(), by=by),
        lambda: asks.note_choice(ask, "mine", by=by),
        lambda: asks.say_activity(ask, "shop-together", by=by),
    ):
        with pytest.raises(PermissionDenied):
            attempt()


def test_a_person_takes_back_their_own_request_and_does_no_more():
    myself, person = factories.user(Role.PERSON), factories.person()
    people.link_account(person, myself, by=factories.coordinator())
    ask = factories.ask(person)
    with pytest.raises(PermissionDenied):
        asks.meet(ask, by=myself)
    with pytest.raises(PermissionDenied):
        asks.record_unmet(ask, by=myself, emptied_by="nobody")
    assert asks.withdraw(ask, by=myself).state == AskState.WITHDRAWN


# States


def test_closing_stops_what_waits_for_an_answer(offer_in):
    for close in (asks.meet, asks.withdraw, lambda ask, by: asks.record_unmet(ask, by=by, emptied_by="too_long")):
        match = offer_in(MatchState.OFFERED)
        close(match.ask, by=factories.coordinator())
        match.refresh_from_db()
        assert match.state == MatchState.LAPSED
        assert match.ask.closed_at is not None


def test_withdrawing_ends_what_was_begun(offer_in):
    introduced, active = offer_in(MatchState.INTRODUCED), offer_in(MatchState.ACTIVE)
    for match, state in ((introduced, MatchState.DECLINED), (active, MatchState.ENDED)):
        asks.withdraw(match.ask, by=factories.coordinator())
        match.refresh_from_db()
        assert match.state == state


def test_a_closed_request_does_not_close_again():
    by, ask = factories.coordinator(), factories.ask()
    asks.meet(ask, by=by)
    for again in (asks.meet, asks.withdraw, asks.reopen):
        with pytest.raises(WrongState):
            again(ask, by=by)


def test_an_unmet_need_is_counted_with_its_area_and_stays_when_the_request_opens_again():
    by, ask = factories.coordinator(), factories.ask(for_carer=True)
    unmet = asks.record_unmet(ask, by=by, emptied_by="nobody", nearest_miss="distance")
    assert (unmet.need_id, unmet.area_code, unmet.for_carer, unmet.nearest_miss) == ("shopping", "T0001", True, "distance")
    reopened = asks.reopen(ask, by=by)
    assert (reopened.state, reopened.closed_at) == (AskState.OPEN, None)
    assert UnmetNeed.objects.get() == unmet


def test_unmet_needs_a_reason_and_nobody_on_it(offer_in):
    by = factories.coordinator()
    with pytest.raises(ValidationError):
        asks.record_unmet(factories.ask(), by=by, emptied_by="bad luck")
    with pytest.raises(WrongState):
        asks.record_unmet(offer_in(MatchState.ACCEPTED).ask, by=by, emptied_by="nobody")


def test_a_signpost_passes_no_data_on_and_needs_no_agreement():
    by, ask, service = factories.coordinator(), factories.ask(factories.person(agreed=False)), factories.service()
    signpost = asks.signpost(ask, service, by=by)
    assert signpost.service == service
    assert Event.objects.about(ask).of_kind("ask.signposted").get().codes == {"service": str(service.pk)}
    with pytest.raises(ValidationError):
        asks.signpost(ask, factories.service(status="closed"), by=by)


def test_the_persons_own_choice_is_kept_in_their_words():
    ask = asks.note_choice(factories.ask(), "The lunch club, whatever the list says", by=factories.coordinator())
    ask.refresh_from_db()
    assert ask.person_choice == "The lunch club, whatever the list says"


def test_replaying_the_journal_gives_the_states_and_finds_one_that_was_changed_by_hand():
    by, ask = factories.coordinator(), factories.ask()
    asks.record_unmet(ask, by=by, emptied_by="nobody")
    asks.reopen(ask, by=by)
    asks.withdraw(ask, by=by)
    assert [fault for fault in verify() if fault.code == "ask_state"] == []
    Ask.objects.filter(pk=ask.pk).update(state=AskState.MET)
    assert [fault.code for fault in verify() if fault.code == "ask_state"] == ["ask_state"]


@pytest.mark.parametrize(
    ("often", "activity", "errand"),
    [("once", "shop-together", True), ("now_and_then", "", True), ("weekly", "shop-together", False), ("once", "befriend-at-home", False)],
)
def test_company_and_what_is_regular_are_no_errands(often, activity, errand):
    need = "friendships" if activity == "befriend-at-home" else "shopping"
    assert is_errand(factories.ask(need_=need, activity=activity, often=often)) is errand
