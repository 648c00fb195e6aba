"""Pages about offers, pairs, visits and tasks: who may open them, what they show, what a stale or forged form does."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from directory import clock
from directory.accounts.roles import Role
from matching import matches
from matching.desk.today import today_for
from matching.models import Look, Match, Person, Task, Visit, Volunteer
from matching.states import MatchState
from matching.tasks import open_task
from matching.visiting.lists import visits_of, week_of
from matching.visiting.moves import replace
from matching.visiting.planning import plan, plan_care_visit
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(factories.coordinator())
    return client


@pytest.fixture
def pair(offer_in) -> Match:
    return offer_in(MatchState.ACTIVE)


def words(answer) -> str:
    return answer.content.decode()


def day_and_time(moment):
    local = clock.local(moment)
    return {"day": f"{local:%Y-%m-%d}", "at": f"{local:%H:%M}"}


def test_several_are_asked_with_one_press_and_an_old_form_asks_nobody(desk, errand, helper):
    ask, chosen, resting = errand(), [helper(), helper()], helper(capacity=9)
    for _ in range(3):
        matches.offer(errand(), resting, by=factories.coordinator())
    page = reverse("desk-ask-volunteers", args=[ask.pk])
    shown = words(desk.get(page))
    assert all(str(volunteer) in shown for volunteer in chosen)
    assert "Has been asked often enough" in shown
    for forged in ([], [str(uuid4())], ["x"], [str(chosen[0].pk), str(uuid4())], [str(resting.pk)]):
        assert desk.post(page, {"volunteer": forged}).status_code == 302
        assert not ask.matches.exists()
    desk.post(page, {"volunteer": [str(volunteer.pk) for volunteer in chosen]})
    assert set(ask.matches.values_list("volunteer", flat=True)) == {volunteer.pk for volunteer in chosen}
    answer = desk.post(page, {"volunteer": [str(chosen[0].pk)]}, follow=True)
    assert "offered to this volunteer already" in words(answer)
    assert ask.matches.count() == 2


def test_from_the_yes_to_the_visits_the_page_of_the_two_says_what_to_do(desk, helper):
    by, ask = factories.coordinator(), factories.ask(activity="shop-together", often="weekly")
    volunteer = factories.volunteer("shop-together", level="enhanced", village="Marsden")
    match = matches.say_yes(matches.offer(ask, volunteer, by=by), by=volunteer.user)
    page, letter = reverse("desk-pair", args=[match.pk]), reverse("desk-pair-letter", args=[match.pk])
    shown = words(desk.get(page))
    assert "tell the person who it is" in shown
    assert "There is no photo of Vernon" in shown
    assert "Vernon" in words(desk.get(letter))
    assert Look.objects.filter(person_id=ask.person.pk, where__in=["desk-pair", "letter"]).count() == 2
    desk.post(page, {"to": "introduced"})
    wrong = desk.post(page, {"to": "active", "how": "phone", "day": "2026-02-31", "at": "10:00"})
    assert wrong.status_code == 400
    over = desk.post(page, {"to": "active", "how": "phone", **day_and_time(clock.now() - timedelta(days=1))})
    assert over.status_code == 400
    assert "This day is over. Choose today or a later day for the first visit." in over.context["begin"].errors["day"]
    first = clock.now() + timedelta(days=3)
    desk.post(page, {"to": "active", "how": "phone", **day_and_time(first)})
    match.refresh_from_db()
    assert match.state == MatchState.ACTIVE
    assert match.visits.filter(trial=True).count() == 2
    assert desk.post(page, {"to": "go_on", "weekday": "2", "at": ""}).status_code == 400
    old = {"seen": desk.get(page).context["go_on"]["seen"].value()}
    desk.post(page, {"to": "go_on", "weekday": "2", "at": "10:30", **old})
    assert "Since you opened this page" in words(desk.post(page, {"to": "go_on", "weekday": "3", "at": "10:30", **old}, follow=True))
    assert "The first visits are planned already." in words(desk.post(page, {"to": "trial", **day_and_time(first)}, follow=True))
    match.refresh_from_db()
    assert match.times == [[2, 630]]
    assert match.visits.filter(trial=True).count() == 2
    answer = desk.post(page, {"to": "introduced"}, follow=True)
    assert answer.status_code == 200
    desk.post(page, {"to": "ended"})
    assert not match.visits.filter(state="planned").exists()
    assert desk.get(page).status_code == 404
    assert desk.get(letter).status_code == 404


@pytest.mark.parametrize(
    ("codes", "large", "instead"),
    [
        ([], False, ""),
        (["large-print"], True, ""),
        (["deafblind"], True, ""),
        (["audio"], False, "Send no print: a recording, or read it out."),
        (["braille", "large-print"], True, "Have letters put into braille; do not send print."),
        (["easy-read"], False, "Short sentences, one idea in each, with pictures."),
        (["email"], False, "Write by e-mail, as plain text: a program reads it out."),
    ],
)
def test_the_letter_is_printed_as_it_is_read_and_not_at_all_where_print_is_not(desk, offer_in, codes, large, instead):
    match = offer_in(
        MatchState.ACCEPTED, person_=factories.person(name="Ada Example", contact={"codes": codes}, safe_contact="Son reads all.")
    )
    answer, pair = (desk.get(reverse(name, args=[match.pk])) for name in ("desk-pair-letter", "desk-pair"))
    shown, page = words(answer), answer.content.decode()
    assert ("large-print" in page) is large
    assert ("Send no print to Ada Example" in shown) is bool(instead)
    assert ("Print this page" in shown) is not bool(instead)
    assert ("as a letter, to print" in words(pair)) is not bool(instead)
    assert instead in shown
    assert "Son reads all." in shown
    assert "Vernon" in shown


def test_who_is_not_to_be_contacted_gets_no_letter(desk, offer_in):
    match = offer_in(MatchState.ACCEPTED)
    Person.objects.filter(pk=match.ask.person.pk).update(do_not_contact=True)
    shown = words(desk.get(reverse("desk-pair-letter", args=[match.pk])))
    assert "Do not contact" in shown
    assert "Dear" not in shown


def test_a_yes_without_a_day_starts_and_waits_for_a_visit(desk, offer_in):
    match = offer_in(MatchState.INTRODUCED)
    desk.post(reverse("desk-pair", args=[match.pk]), {"to": "active", "how": "writing", "day": "", "at": ""})
    match.refresh_from_db()
    assert (match.state, match.visits.count()) == (MatchState.ACTIVE, 0)
    sections = {section.title: section.rows for section in today_for(factories.coordinator())}
    assert sections["They meet, and no visit is planned"][0].url == reverse("desk-pair", args=[match.pk])


def test_a_volunteer_tells_of_their_visit_in_one_press_and_strangers_find_nothing(client, pair, helper):
    visit = plan(pair, clock.now() - timedelta(hours=3), by=factories.coordinator())
    page = reverse("visit", args=[visit.pk])
    assert client.get(page).status_code == 302
    for stranger in (helper().user, factories.user(Role.CARE_WORKER), factories.user(Role.SAFEGUARDING_LEAD)):
        client.force_login(stranger)
        assert client.get(page).status_code == 404
        assert client.post(page, {"do": "done"}).status_code == 404
    client.force_login(pair.volunteer.user)
    assert pair.ask.person.name in words(client.get(page))
    assert Look.objects.filter(person_id=pair.ask.person.pk, where="visit", by_role="volunteer").count() == 1
    assert client.post(page, {"do": "done", "minutes": "2"}).status_code == 400
    assert client.post(page, {"do": "done"}).status_code == 302
    visit.refresh_from_db()
    assert (visit.state, visit.minutes_done) == ("done", visit.minutes)
    client.post(page, {"do": "done"})
    again = client.get(reverse("volunteer"))
    assert "noted already" in words(again)


def test_why_a_visit_cannot_be_is_told_to_the_coordinator_and_to_nobody_else(client, desk, pair):
    Volunteer.objects.filter(pk=pair.volunteer.pk).update(recheck_due=clock.today())
    sent = {**day_and_time(clock.now() + timedelta(days=2)), "minutes": "30"}
    told = words(desk.post(reverse("visit-new", args=[pair.pk]), sent, follow=True))
    assert "This visit cannot be planned as things are. The day for a new check comes before the visit." in told
    assert "A coordinator can say why" not in told
    client.force_login(pair.volunteer.user)
    told = words(client.post(reverse("visit-new", args=[pair.pk]), sent, follow=True))
    assert "This visit cannot be planned as things are. A coordinator can say why." in told
    assert "new check" not in told


def test_another_day_and_a_stand_in_are_chosen_on_the_page(client, desk, pair, helper):
    visit, other = plan(pair, clock.now() + timedelta(days=2), by=factories.coordinator()), helper()
    page = reverse("visit", args=[visit.pk])
    assert desk.post(page, {"do": "replace", "day": "2027-03-28", "at": "01:30"}).status_code == 400
    for wrong in ("V-9999999", "Vernon", ""):
        assert desk.post(page, {"do": "stand_in", "volunteer": wrong}).status_code == 400
    desk.post(page, {"do": "stand_in", "volunteer": str(other).lower()})
    new = Visit.objects.get(replaces=visit)
    assert new.volunteer == other
    desk.post(reverse("visit", args=[new.pk]), {"do": "replace", **day_and_time(clock.now() + timedelta(days=5))})
    assert Visit.objects.get(replaces=new).volunteer == other
    client.force_login(pair.volunteer.user)
    planned = client.post(reverse("visit-new", args=[pair.pk]), {**day_and_time(clock.now() - timedelta(days=2)), "minutes": "30"})
    assert planned.url == reverse("visit", args=[pair.visits.get(minutes=30).pk])


def test_who_does_not_meet_any_more_is_not_named_any_more(client, pair):
    plan(pair, clock.now() - timedelta(hours=3), by=factories.coordinator())
    assert [line.name for line in visits_of(pair.volunteer, by=pair.volunteer.user)] == [pair.ask.person.name]
    visit = pair.visits.get()
    matches.end(pair, by=pair.volunteer.user)
    assert visits_of(pair.volunteer, by=pair.volunteer.user) == []
    client.force_login(pair.volunteer.user)
    assert pair.ask.person.name not in words(client.get(reverse("visit", args=[visit.pk])))
    assert client.post(reverse("visit", args=[visit.pk]), {"do": "done", "minutes": 20}).status_code == 302


def test_who_stood_in_knows_of_the_person_until_the_visit_was_told_of(client, pair, helper):
    other, by = helper(), factories.coordinator()
    visit = replace(plan(pair, clock.now() - timedelta(hours=3), by=by), by=by, volunteer=other)
    client.force_login(other.user)
    page = reverse("visit", args=[visit.pk])
    assert pair.ask.person.name in words(client.get(page))
    client.post(page, {"do": "done", "minutes": 30})
    assert pair.ask.person.name not in words(client.get(page))


def test_who_stands_in_on_an_errand_is_not_asked_whether_it_was_all_and_loses_no_words(client, pair, helper):
    other, by = helper(), factories.coordinator()
    own = plan(pair, clock.now() - timedelta(hours=9), by=by)
    visit = replace(plan(pair, clock.now() - timedelta(hours=3), by=by), by=by, volunteer=other)
    client.force_login(pair.volunteer.user)
    assert "That was all" in words(client.get(reverse("visit", args=[own.pk])))
    client.force_login(other.user)
    page = reverse("visit", args=[visit.pk])
    assert "That was all" not in words(client.get(page))
    assert client.post(page, {"do": "done", "last": "on", "note": "She was merry."}).status_code == 302
    visit.refresh_from_db()
    pair.refresh_from_db()
    assert (visit.state, visit.note, pair.state) == ("done", "She was merry.", MatchState.ACTIVE)


def test_after_the_end_it_says_that_the_other_is_rung_only_where_that_stands_on_the_list(desk, offer_in):
    for silent in (False, True):
        match = offer_in(MatchState.ACTIVE)
        Person.objects.filter(pk=match.ask.person.pk).update(do_not_contact=silent)
        open_task(Task.Kind.RING, by=None, match=match, words="Something else.")
        answer = desk.post(reverse("desk-pair", args=[match.pk]), {"to": "ended", "said_by": "volunteer"}, follow=True)
        assert "Noted: it has ended" in words(answer)
        assert ("Ringing the other one" in words(answer)) is not silent


def test_the_week_shows_each_day_by_visitor_and_keeps_every_look(desk, pair):
    tess, person = factories.user(Role.CARE_WORKER, name="Tess Testworker"), factories.person(name="Ada Testperson")
    plan(pair, clock.now() + timedelta(minutes=5), by=factories.coordinator())
    plan_care_visit(person, tess, clock.now() + timedelta(minutes=6), by=factories.coordinator())
    shown = words(desk.get(reverse("desk-week"), {"from": clock.today().isoformat()}))
    assert pair.ask.person.name in shown
    assert "Tess Testworker" in shown
    assert Look.objects.filter(where="desk-week").count() == 2
    assert [visit.name for day in week_of(clock.today(), by=tess) for visit in day.visits] == ["Ada Testperson"]
    assert desk.get(reverse("desk-week"), {"from": "0001-01-01"}).status_code == 200
    desk.force_login(factories.user(Role.SAFEGUARDING_LEAD))
    assert desk.get(reverse("desk-week")).status_code == 403


def test_the_week_tells_whoever_goes_how_to_reach_and_understand_them_and_of_the_home(desk, offer_in):
    by, tess = factories.coordinator(), factories.user(Role.CARE_WORKER)
    fields = {"phone": "01484 496001", "facts": {"steps": True, "smoker": True}, "safe_contact": "Son listens in."}
    contact = {"codes": ["bsl", "interpreter"], "language": "Polish", "may_answer": "person"}
    cared, met = (factories.person(contact=contact, communication_needs="Slowly.", **fields) for _ in range(2))
    by_phone = factories.person(facts={"oxygen": True})
    day = clock.now() + timedelta(minutes=5)
    plan_care_visit(cared, tess, day, by=by)
    page = reverse("desk-week")
    for match in (offer_in(MatchState.ACTIVE, person_=met), offer_in(MatchState.ACTIVE, person_=by_phone)):
        visit = plan(match, day, by=by)
    Visit.objects.filter(pk=visit.pk).update(by_phone_or_online=True)
    week = {"from": clock.local(day).date().isoformat()}
    shown = words(desk.get(page, week))
    for line in ("Never by voice: British Sign Language (BSL).", "An interpreter (Polish); Slowly.", "Son listens in."):
        assert shown.count(line) == 2, line
    assert shown.count("There are steps to the door.") == 2
    assert shown.count("Somebody smokes there.") >= 1
    assert "Oxygen" not in shown
    desk.force_login(tess)
    assert "There are steps to the door." in words(desk.get(page, week))
    care = cared.visits.get()
    assert "Somebody smokes there." in words(desk.get(reverse("visit", args=[care.pk])))
    Visit.objects.filter(pk=care.pk).update(state="cancelled")
    assert "Somebody smokes there." not in words(desk.get(reverse("visit", args=[care.pk])))


def test_a_care_worker_plans_own_visits_on_the_page(client):
    tess = factories.user(Role.CARE_WORKER)
    own, other = factories.person(by=tess, agreed=False), factories.person()
    client.force_login(tess)
    page = reverse("desk-care-visit-new")
    assert other.name not in words(client.get(page))
    told = {**day_and_time(clock.now() + timedelta(days=1)), "minutes": "45"}
    assert client.post(page, {**told, "person": str(other.pk)}).status_code == 400
    client.post(page, {**told, "person": str(own.pk)})
    visit = Visit.objects.get()
    shown = words(client.get(reverse("desk")))
    assert reverse("visit", args=[visit.pk]) in shown
    assert own.name not in shown
    for user, status in ((factories.coordinator(), 200), (factories.user(Role.SAFEGUARDING_LEAD), 403)):
        client.force_login(user)
        assert client.get(page).status_code == status


def test_a_task_is_done_with_one_press_and_comes_back_with_another(desk):
    task = open_task(Task.Kind.RING, by=None, ask=factories.ask(), words="Ask them how it was.")
    assert "Ask them how it was." in words(desk.get(reverse("desk")))
    page = reverse("desk-task", args=[task.pk])
    desk.post(page, {"do": "do"})
    assert "noted already" in words(desk.post(page, {"do": "do"}, follow=True))
    task.refresh_from_db()
    assert task.state == "done"
    desk.post(page, {"do": "reopen"})
    desk.post(page, {"do": "sing"})
    task.refresh_from_db()
    assert task.state == "open"
    duty = open_task(Task.Kind.DUTY_TO_REFER, by=None, whose=Task.For.SAFEGUARDING_LEAD)
    assert desk.post(reverse("desk-task", args=[duty.pk]), {"do": "do"}).status_code == 404
    desk.post(reverse("desk-task-new"), {"words": "Buy stamps."})
    assert "Buy stamps." in words(desk.get(reverse("desk")))


def test_the_desk_asks_the_database_no_more_often_for_many_than_for_few(desk, offer_in, django_assert_max_num_queries):
    def fill() -> None:
        for state in (MatchState.OFFERED, MatchState.ACCEPTED, MatchState.ACTIVE):
            match = offer_in(state)
            open_task(Task.Kind.RING, by=None, match=match)
        plan(match, clock.now() - timedelta(hours=5), by=factories.coordinator())
        offer_in(MatchState.ACTIVE)

    fill()
    with CaptureQueriesContext(connection) as few:
        desk.get(reverse("desk"))
    fill()
    with django_assert_max_num_queries(len(few)):
        desk.get(reverse("desk"))


def test_a_note_of_a_visit_may_be_about_the_volunteer_who_does_not_read_it(client, pair):
    by = factories.coordinator()
    made = plan(pair, clock.now(), by=by, note="She is afraid of him.")
    page = reverse("visit", args=[made.pk])
    client.force_login(by)
    assert "She is afraid of him." in words(client.get(page))
    client.force_login(pair.volunteer.user)
    assert "She is afraid of him." not in words(client.get(page))
