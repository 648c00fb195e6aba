"""A request is put right while nobody has been asked for it; two at one form lose nothing."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from directory.journal.models import Event
from directory.states import WrongState
from matching import asks, matches, referrals
from matching.models import Ask
from matching.persons.versions import ChangedMeanwhile
from matching.rules.activities import rules
from matching.states import MatchState
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    return factories.coordinator()


@pytest.fixture
def desk(by):
    client = Client()
    client.force_login(by)
    return client


def test_what_a_request_says_is_put_right_and_the_journal_names_the_fields_only(by):
    ask = factories.ask(wishes="Canary seed")
    changed = asks.change_ask(ask, by=by, activity="shop-together", minutes=90, windows=[(1, 600, 690)], wishes="No canary")
    assert (changed.activity, changed.minutes, changed.windows, changed.wishes) == ("shop-together", 90, [[1, 600, 690]], "No canary")
    event = Event.objects.about(ask).of_kind("ask.changed").get()
    assert event.codes["fields"] == ["activity", "minutes", "windows", "wishes"]
    assert "anary" not in str(event.codes)


def test_what_is_the_same_already_leaves_no_row(by):
    ask = factories.ask()
    asks.change_ask(ask, by=by, minutes=ask.minutes, wishes=ask.wishes)
    assert not Event.objects.about(ask).of_kind("ask.changed").exists()


def test_the_same_rules_hold_as_when_it_was_opened(by):
    ask = factories.ask()
    factories.need("friendships")
    for fields, named in (({"minutes": 4}, "minutes"), ({"activity": "befriend-at-home"}, "activity"), ({"need": "flying"}, "need")):
        with pytest.raises(ValidationError) as caught:
            asks.change_ask(ask, by=by, **fields)
        assert list(caught.value.message_dict) == [named]
    assert asks.change_ask(ask, by=by, need="friendships", activity="befriend-at-home").need_id == "friendships"
    with pytest.raises(TypeError):
        asks.change_ask(ask, by=by, state="met")


@pytest.mark.parametrize("state", [MatchState.OFFERED, MatchState.ACCEPTED, MatchState.INTRODUCED, MatchState.ACTIVE])
def test_nothing_is_changed_under_somebody_who_was_asked(by, offer_in, state):
    with pytest.raises(WrongState, match="volunteer"):
        asks.change_ask(offer_in(state).ask, by=by, minutes=90)


def test_a_closed_one_stays_as_it_was_and_strangers_are_refused(by):
    ask = asks.meet(factories.ask(), by=by)
    with pytest.raises(WrongState, match="closed"):
        asks.change_ask(ask, by=by, minutes=90)
    with pytest.raises(PermissionDenied):
        asks.change_ask(factories.ask(), by=factories.volunteer("shop-together", level="basic").user, minutes=90)


def test_two_who_change_different_things_lose_nothing_and_the_same_thing_is_shown(by):
    ask = factories.ask()
    version = asks.version_of_ask(ask)
    asks.change_ask(ask, by=by, version=version, minutes=90, urgency=1)
    asks.change_ask(ask, by=factories.coordinator(), version=version, minutes=60, urgency=3)
    ask.refresh_from_db()
    assert (ask.minutes, ask.urgency) == (90, 3)
    with pytest.raises(ChangedMeanwhile):
        asks.change_ask(ask, by=by, version=version, minutes=120)


def test_the_form_keeps_exact_times_and_nights(desk):
    ask = factories.ask(windows=[(0, 540, 720), (4, 1320, 1440), (5, 0, 360)])
    url = f"/desk/requests/{ask.pk}/edit/"
    page = desk.get(url)
    form = page.context["form"]
    assert form.initial["when"] == ["0-am"]
    assert form.initial["times"] == "Friday 22:00 to 06:00"
    sent = {**{name: value for name, value in form.initial.items() if value not in (None, False)}, "times": "Sunday 10 pm to 6 am"}
    assert desk.post(url, sent).status_code == 302
    assert Ask.objects.get().windows == [[0, 0, 360], [0, 540, 720], [6, 1320, 1440]]
    wrong = desk.post(url, {**sent, "version": "", "times": "Sunday at night"})
    assert wrong.status_code == 400
    assert "Sunday at night" in wrong.content.decode()


def test_a_stale_form_shows_what_stands_there_and_keeps_what_was_written(desk, by):
    ask = factories.ask()
    url = f"/desk/requests/{ask.pk}/edit/"
    initial = desk.get(url).context["form"].initial
    asks.change_ask(ask, by=by, minutes=90)
    sent = {**{name: value for name, value in initial.items() if value not in (None, False)}, "minutes": "120"}
    stale = desk.post(url, sent)
    words = stale.content.decode()
    assert stale.status_code == 400
    assert "Somebody else has changed this meanwhile" in words
    assert ">90<" in words.replace(" ", "")
    assert 'value="120"' in words
    assert Ask.objects.get().minutes == 90
    assert desk.post(url, {**sent, "version": stale.context["form"]["version"].value()}).status_code == 302
    assert Ask.objects.get().minutes == 120


def test_who_was_asked_for_it_closes_the_form(desk, offer_in):
    ask = offer_in(MatchState.OFFERED).ask
    url = f"/desk/requests/{ask.pk}/edit/"
    assert "cannot be changed now" in desk.get(url).content.decode()
    assert url not in desk.get(f"/desk/requests/{ask.pk}/").content.decode()


def test_told_of_a_service_twice_by_one_button_is_noted_once(by):
    ask, service = factories.ask(), factories.service()
    first = asks.signpost(ask, service, by=by, once="mark")
    assert asks.signpost(ask, service, by=by, once="mark") == first
    assert asks.signpost(ask, service, by=by, once="another") != first
    assert ask.signposts.count() == 2


def test_a_page_that_has_grown_old_decides_nothing(desk, by, offer_in):
    match = offer_in(MatchState.OFFERED)
    ask = match.ask
    page = f"/desk/requests/{ask.pk}/"
    seen = desk.get(page).context["seen"]
    matches.say_yes(match, by=match.volunteer.user)
    told = desk.post(f"{page}decide/", {"decision": "meet", "seen": seen}, follow=True).content.decode()
    assert "what volunteers said has changed" in told
    ask.refresh_from_db()
    assert ask.state == "open"
    desk.post(f"{page}decide/", {"decision": "meet", "seen": desk.get(page).context["seen"]})
    ask.refresh_from_db()
    assert ask.state == "met"


def test_what_was_written_while_a_colleague_asked_somebody_is_given_back(desk, by):
    ask = factories.ask()
    url = f"/desk/requests/{ask.pk}/edit/"
    initial = desk.get(url).context["form"].initial
    referrals.prepare(ask, by=by, to_volunteers=True)
    sent = {**{name: value for name, value in initial.items() if value not in (None, False)}, "wishes": "Only seeds of the canary"}
    answer = desk.post(url, sent)
    assert answer.status_code == 409
    assert "Only seeds of the canary" in answer.content.decode()
    assert "Nothing is saved" in answer.content.decode()
    assert Ask.objects.get().wishes == ""


def test_what_stands_there_is_told_in_words_and_not_by_a_code(desk, by):
    ask = factories.ask()
    url = f"/desk/requests/{ask.pk}/edit/"
    initial = desk.get(url).context["form"].initial
    asks.change_ask(ask, by=by, activity="shop-together")
    sent = {**{name: value for name, value in initial.items() if value not in (None, False)}, "activity": "deliver-parcel"}
    (theirs,) = desk.post(url, sent).context["theirs"]
    assert theirs == {"label": "What exactly?", "value": rules()["shop-together"].label}
