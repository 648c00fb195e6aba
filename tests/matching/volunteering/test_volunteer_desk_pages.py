"""/desk/volunteers/ and /desk/courses/: what a coordinator sees and does there, who else gets in, and that each look is kept."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from directory import clock
from directory.accounts.roles import Role
from directory.journal.models import Event
from matching.eligibility import ByVolunteers
from matching.models import Attendance, Course, Look, PairRule, Task, Volunteer
from matching.rules.decisions import rules_in_force
from matching.views.volunteers.words import as_written
from matching.volunteering.references import name_reference
from matching.volunteering.signing_up import apply
from matching.volunteering.standing import set_status
from matching.volunteering.training import book, set_date, write_course
from matching.volunteers import CORRECTABLE, correct_volunteer
from tests import factories

pytestmark = pytest.mark.django_db


def desk_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def desk() -> Client:
    return desk_of(factories.coordinator())


def page_of(desk: Client, volunteer: Volunteer) -> str:
    return desk.get(f"/desk/volunteers/{volunteer.pk}/").content.decode()


def press(desk: Client, volunteer: Volunteer, do: str, status: int = 302, **values: Any) -> Any:
    answer = desk.post(f"/desk/volunteers/{volunteer.pk}/", {"do": do, **values})
    assert answer.status_code == status, answer.content.decode()[:3000]
    return answer


def test_the_list_tells_numbers_states_and_what_is_missing_and_no_names(desk):
    known = factories.volunteer(name="Vera Canary", level="none", village="Marsden")
    gone = factories.volunteer(name="Bob Canary", status="left")
    page = desk.get("/desk/volunteers/").content.decode()
    for words in (str(known), "Marsden", "0 of 2 references given", "is needed"):
        assert words in page
    assert "Canary" not in page
    assert f"/{gone.pk}/" not in page
    assert f"/{gone.pk}/" in desk.get("/desk/volunteers/?show=left").content.decode()
    assert not Look.objects.exists()


def test_the_list_tells_of_the_check_in_plain_words_and_when_the_next_one_is_due(desk):
    seen = {"check_seen_on": date(2026, 3, 3), "recheck_due": date(2029, 3, 3)}
    Volunteer.objects.filter(pk=factories.volunteer("shop-together", level="enhanced").pk).update(**seen)
    with clock.held_at(datetime(2026, 9, 1, 12, tzinfo=UTC)):
        assert "DBS enhanced, seen 3 March 2026, recheck due 3 March 2029" in desk.get("/desk/volunteers/").content.decode()
    with clock.held_at(datetime(2029, 9, 1, 12, tzinfo=UTC)):
        client = desk_of(factories.coordinator())
        assert "DBS enhanced, seen 3 March 2026, recheck was due 3 March 2029" in client.get("/desk/volunteers/").content.decode()


def test_a_place_is_offered_on_courses_to_come_with_the_day_of_the_week(desk):
    by, volunteer = factories.coordinator(), factories.volunteer()
    course, at = write_course(by=by, name="Walking", activities=[]), clock.now() + timedelta(days=3)
    for moment in (at, clock.now() - timedelta(days=3)):
        set_date(course, by=by, starts_at=moment)
    page = page_of(desk, volunteer)
    assert f"Walking, {clock.local(at):%A %-d %B %Y, %H:%M}</option>" in page
    assert page.count("Walking, ") == 1


def test_a_name_is_posted_and_who_is_found_is_noted(desk):
    for _ in range(2):
        factories.volunteer(name="Vera Canary")
    other = factories.volunteer(name="Zoe Wren", phone="01484 496123")
    page = desk.post("/desk/volunteers/", {"words": "canary vera"}).content.decode()
    assert page.count("Vera Canary") == 2
    assert Look.objects.filter(where="found").count() == 2
    for words in (str(other), "01484496123", "Zoe"):
        assert desk.post("/desk/volunteers/", {"words": words})["Location"] == f"/desk/volunteers/{other.pk}/"
    assert "Nobody of this name" in desk.post("/desk/volunteers/", {"words": "Nobody"}).content.decode()


def test_a_record_is_seen_with_a_note_of_the_look_and_of_those_they_are_kept_apart_from(desk):
    volunteer, person = factories.volunteer(name="Vera Canary"), factories.person(name="Ada Sparrow")
    press(desk, volunteer, "apart", **{"apart-who": "Ada Sparrow", "apart-kind": "blocked"})
    Look.objects.all().delete()
    page = page_of(desk, volunteer)
    assert "Vera Canary" in page
    assert "Ada Sparrow" in page
    assert {(look.person_id, look.where) for look in Look.objects.all()} == {
        (volunteer.pk, "desk-volunteer"),
        (person.pk, "desk-volunteer"),
    }
    press(desk, volunteer, "together", value=str(PairRule.objects.get().pk))
    assert not PairRule.objects.exists()


def test_two_of_one_name_and_phone_are_kept_apart_by_the_number_of_a_request_or_by_choosing(desk):
    volunteer = factories.volunteer()
    same = {"name": "Ada Sparrow", "phone": "01484 496111"}
    one = factories.person(**same, address="1 Mill Lane", date_of_birth=date(1940, 5, 2))
    other = factories.person(**same, address="9 Peel Street")
    stranger = factories.person(name="Nemo Wren")
    ask = factories.ask(other)
    sent = {"do": "apart", "apart-kind": "blocked"}
    Look.objects.all().delete()
    for who in ("Ada Sparrow", "01484 496111"):
        answer = desk.post(f"/desk/volunteers/{volunteer.pk}/", {**sent, "apart-who": who})
        page = answer.content.decode()
        assert answer.status_code == 400
        for words in ("1 Mill Lane", "born 2 May 1940", "9 Peel Street", str(ask), "A-101"):
            assert words in page
    assert {look.person_id for look in Look.objects.filter(where="found")} == {one.pk, other.pk}
    # Whom the words do not find is no choice.
    press(desk, volunteer, "apart", **{"apart-who": "Ada Sparrow", "apart-kind": "blocked", "apart-person": str(stranger.pk)}, status=400)
    press(desk, volunteer, "apart", **{"apart-who": "Ada Sparrow", "apart-kind": "blocked", "apart-person": "x\0"}, status=400)
    assert not PairRule.objects.exists()
    press(desk, volunteer, "apart", **{"apart-who": "Ada Sparrow", "apart-kind": "blocked", "apart-person": str(one.pk)})
    press(desk, volunteer, "apart", **{"apart-who": str(ask).lower(), "apart-kind": "related"})
    assert {(rule.person_id, rule.kind) for rule in PairRule.objects.all()} == {(one.pk, "blocked"), (other.pk, "related")}


@pytest.mark.parametrize("role", [role for role in Role if role != Role.COORDINATOR])
def test_nobody_else_opens_them(role):
    volunteer, client = factories.volunteer(), desk_of(factories.user(role))
    for path in ("", "new/", f"{volunteer.pk}/", f"{volunteer.pk}/edit/"):
        assert client.get(f"/desk/volunteers/{path}").status_code == 403
    assert client.get("/desk/courses/").status_code == 403


def test_the_safeguarding_lead_reads_whom_they_may_have_to_refer_and_changes_nothing(desk):
    volunteer = factories.volunteer(name="Vera Canary")
    press(desk, volunteer, "to-removed", **{"to-removed-reason": "harm", "to-removed-words": "Took money"})
    assert Task.objects.get(kind="duty_to_refer").words.endswith("Took money")
    lead = desk_of(factories.user(Role.SAFEGUARDING_LEAD))
    page = page_of(lead, volunteer)
    assert "Vera Canary" in page
    assert "What happens next" not in page
    assert Look.objects.filter(by_role="safeguarding_lead", person_id=volunteer.pk).exists()
    press(lead, volunteer, "to-applied", status=403)
    assert "Took money" not in page_of(desk, volunteer)


def test_from_the_form_to_the_first_day(desk):
    volunteer = apply(uuid4(), name="Vera Canary", email="vera@example.org", activities=["shop-together"], referees=[{"name": "Rita"}])
    press(desk, volunteer, "to-checking")
    row = volunteer.references.get()
    assert "Dear Rita" in desk.get(f"/desk/volunteers/letters/{row.pk}/").content.decode()
    press(desk, volunteer, "reference-asked", value=str(row.pk))
    press(desk, volunteer, f"answer-{row.pk}", **{f"answer-{row.pk}-state": "given", f"answer-{row.pk}-note": "Kind"})
    asked = {"ask-check-activity": "shop-together", "ask-check-needs_help_because": "", "ask-check-receives_care": ""}
    refused = press(desk, volunteer, "ask-check", 400, **{**asked, "ask-check-level": "enhanced_barred"}).content.decode()
    assert "unlawful" in refused
    press(desk, volunteer, "ask-check", **{**asked, "ask-check-level": "basic"})
    assert "Asked for on" in page_of(desk, volunteer)
    today = clock.today()
    seen = {"seen-check-workforce": "adult", "seen-check-seen_on": today, "seen-check-recheck_due": today + timedelta(days=900)}
    press(desk, volunteer, "seen-check", **{**seen, "seen-check-level": "basic"})
    press(desk, volunteer, "let-in")
    press(desk, volunteer, "to-active", 400)
    press(desk, volunteer, "to-active", **{"to-active-anyway": "on"})
    volunteer.refresh_from_db()
    assert (volunteer.status, volunteer.check_level, volunteer.user.email) == ("active", "basic", "vera@example.org")


def test_buttons_of_a_page_that_is_old_say_so_and_change_nothing(desk):
    volunteer = factories.volunteer(status="left")
    press(desk, volunteer, "to-paused")
    press(desk, volunteer, "nonsense")
    press(desk, volunteer, "reference-asked", value="x")
    volunteer.refresh_from_db()
    assert volunteer.status == "left"


def test_somebody_removed_needs_a_reason_at_the_page(desk):
    volunteer = factories.volunteer()
    assert "Not right yet" in press(desk, volunteer, "to-removed", 400).content.decode()
    press(desk, volunteer, "to-paused", 400, **{"to-paused-until": clock.today()})
    press(desk, volunteer, "to-paused", **{"to-paused-until": clock.today() + timedelta(days=2)})
    assert Volunteer.objects.get(pk=volunteer.pk).status == "paused"


def test_who_is_asked_for_a_check_twice_at_once_is_asked_once_and_one_mail_tells_of_the_account(desk, django_capture_on_commit_callbacks):
    volunteer = factories.volunteer("shop-together", level="none", user=None, email="vera@example.org")

    def mails(do: str, **values: Any) -> int:
        with django_capture_on_commit_callbacks() as waiting:
            for _ in range(2):
                press(desk, volunteer, do, **values)
        return sum("tell_let_in" in getattr(each, "args", ()) for each in waiting)

    assert mails("ask-check", **{"ask-check-activity": "shop-together", "ask-check-level": "basic"}) == 0
    assert page_of(desk, volunteer).count("Asked for on") == 1
    assert Event.objects.about(volunteer).of_kind("volunteer.check_asked").count() == 1
    assert mails("let-in") == 1
    assert mails("tell-again") == 1


def test_somebody_who_was_removed_and_applies_again_is_told_to_the_coordinator_only(desk):
    removed = factories.volunteer(name="Vera Canary", phone="01484 496000", status="removed")
    unlike = apply(uuid4(), name="Bob Wren", phone="01484 496111")
    again = apply(uuid4(), name="V Canary", phone="+44 1484 496000")
    assert "Perhaps somebody who was removed" in page_of(desk, again)
    page = desk.get("/desk/").content.decode()
    today = strip_tags(page)
    assert f"{again} would like to volunteer, and may be {removed}, who was removed" in today
    assert f"{unlike} would like to volunteer. Ring them" in today
    assert "Canary" not in page


@pytest.mark.parametrize("same", [{"date_of_birth": date(1980, 5, 17)}, {"postcode": "HD7 5AA"}])
def test_also_by_name_and_birthday_or_postcode(desk, same):
    factories.volunteer(name="Canary, Vera", phone="01484 496000", status="removed")
    factories.volunteer(name="Other Canary", status="removed")
    again = apply(uuid4(), name="vera CANARY", phone="01484 496999", **same)
    assert page_of(desk, again).count("Perhaps somebody who was removed") == 1


def test_a_perhaps_known_applicant_is_marked_for_the_coordinator(desk):
    known = factories.volunteer(phone="01484 496000")
    assert f"Look at {known}" in page_of(desk, apply(uuid4(), name="Vera", phone="01484 496000"))


def record_of(page: str, volunteer: Volunteer) -> dict[str, str]:
    version = page.split('name="version" value="')[1].split('"')[0]
    return {"name": volunteer.name, "miles": "3.11", "capacity": "1", "version": version, "postcode": volunteer.postcode}


def test_a_record_is_put_right_and_what_the_form_does_not_ask_stays(desk):
    volunteer = factories.volunteer(max_km=5, facts={"household": "one", "says_adult": True}, windows=[[1, 615, 690]])
    address = f"/desk/volunteers/{volunteer.pk}/edit/"
    values = record_of(desk.get(address).content.decode(), volunteer)
    assert desk.post(address, {**values, "when": "1-am", "languages": "Urdu", "gender": "woman", "household": "one"}).status_code == 302
    volunteer.refresh_from_db()
    assert (volunteer.max_km, volunteer.windows, volunteer.languages) == (5, [[1, 615, 690]], ["urdu"])
    assert volunteer.facts == {"household": "one", "gender": "woman", "says_adult": True, "avoids_smoke": False}


def test_two_coordinators_at_one_record_lose_nothing(desk):
    volunteer = factories.volunteer(max_km=5, name="Vera Canary", windows=[[1, 540, 720]], languages=["urdu"])
    address = f"/desk/volunteers/{volunteer.pk}/edit/"
    values = {**record_of(desk.get(address).content.decode(), volunteer), "when": "1-am", "languages": "urdu"}
    # A colleague changes other fields: both stay.
    correct_volunteer(volunteer, by=factories.coordinator(), village="Marsden", windows=[[1, 540, 720], [2, 540, 720]])
    assert desk.post(address, {**values, "languages": "urdu, bsl"}).status_code == 302
    volunteer.refresh_from_db()
    assert (volunteer.village, volunteer.languages, len(volunteer.windows)) == ("Marsden", ["bsl", "urdu"], 2)
    # The same field: both are shown, and the second save decides.
    stale = desk.post(address, {**values, "languages": "welsh"})
    page = stale.content.decode()
    assert stale.status_code == 400
    for words in ("Somebody else has changed this record", "bsl, urdu", 'value="welsh"'):
        assert words in page
    version = page.split('name="version" value="')[1].split('"')[0]
    assert desk.post(address, {**values, "languages": "welsh", "version": version}).status_code == 302
    assert desk.post(address, {**values, "version": ""}).status_code == 400
    volunteer.refresh_from_db()
    assert volunteer.languages == ["welsh"]


def test_one_who_rang_is_written_down_once(desk):
    page = desk.get("/desk/volunteers/new/").content.decode()
    values = {"name": "Vera Canary", "miles": "3.0", "capacity": "1", "once": page.split('name="once" value="')[1].split('"')[0]}
    answers = [desk.post("/desk/volunteers/new/", values) for _ in range(2)]
    made = Volunteer.objects.get()
    assert {answer["Location"] for answer in answers} == {f"/desk/volunteers/{made.pk}/"}
    other = desk.post("/desk/volunteers/new/", {**values, "name": "Bob Canary"})
    assert other.status_code == 400
    assert "sent already, with other words" in other.content.decode()
    assert desk_of(factories.coordinator()).post("/desk/volunteers/new/", values).status_code == 302
    assert Volunteer.objects.count() == 2
    assert desk.post("/desk/volunteers/new/", {"name": "", "miles": "3.0", "capacity": "1"}).status_code == 400


def test_a_course_from_its_name_to_who_was_there(desk):
    volunteer = factories.volunteer("walk-beside", level="none")
    made = desk.post("/desk/courses/", {"name": "Walking", "activities": ["walk-beside"], "valid_months": "12"})
    course = Course.objects.get()
    assert made["Location"] == f"/desk/courses/{course.pk}/"
    assert desk.post("/desk/courses/", {"name": "walking"}).status_code == 400
    yesterday = clock.today() - timedelta(days=1)
    desk.post(f"/desk/courses/{course.pk}/", {"do": "date", "day": yesterday, "time": "10:00", "places": "3", "place": "Hall"})
    at = course.dates.get()
    address = f"/desk/courses/dates/{at.pk}/"
    assert clock.local(at.starts_at).hour == 10
    assert desk.post(address, {"do": "place", "number": "V-999"}).status_code == 400
    desk.post(address, {"do": "place", "number": str(volunteer)})
    row = Attendance.objects.get()
    assert f"{course}, " in desk.get("/desk/courses/").content.decode()
    assert str(volunteer) in desk.get(address).content.decode()
    desk.post(address, {"do": "attended", "attendance": str(row.pk)})
    desk.post(address, {"do": "missed", "attendance": str(row.pk)})
    assert volunteer.activities.get().trained_on == yesterday
    assert desk.post(f"/desk/courses/{course.pk}/", {"do": "course", "name": ""}).status_code == 400
    assert "Walking" in page_of(desk, volunteer)


def test_a_reference_of_somebody_else_is_not_touched(desk):
    row = name_reference(factories.volunteer(), by=factories.coordinator(), name="Rita")
    other = factories.volunteer()
    press(desk, other, "reference-asked", value=str(row.pk))
    row.refresh_from_db()
    assert row.state == "named"


def test_who_was_removed_is_not_missing_anything(desk):
    volunteer = factories.volunteer(level="none")
    set_status(volunteer, "left", by=volunteer.user)
    assert "What is missing" not in page_of(desk, volunteer)


def test_a_day_that_is_known_stands_in_its_field_as_a_browser_takes_it(desk):
    volunteer = factories.volunteer(date_of_birth=date(1980, 5, 17))
    assert 'value="1980-05-17"' in desk.get(f"/desk/volunteers/{volunteer.pk}/edit/").content.decode()
    assert f'value="{clock.today():%Y-%m-%d}"' in page_of(desk, volunteer)
    manager = desk_of(factories.user(Role.ADMINISTRATOR))
    waiting = next(slug for slug, rule in rules_in_force().items() if rule.volunteer == ByVolunteers.LIMITED)
    assert f'value="{clock.today():%Y-%m-%d}"' in manager.get(f"/account/manage/activities/?of={waiting}").content.decode()


def test_the_list_asks_the_database_no_more_for_more_volunteers(desk):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            desk.get("/desk/volunteers/")
        return len(queries)

    factories.volunteer(date_of_birth=None)
    asked()
    before = asked()
    for _ in range(3):
        factories.volunteer(date_of_birth=None)
    assert asked() == before


def test_what_a_colleague_wrote_meanwhile_is_called_as_in_the_form():
    volunteer = factories.volunteer(max_km=5, facts={"household": "Weavers", "says_adult": True})
    rows = {field: as_written(volunteer, field) for field in CORRECTABLE}
    assert rows["max_km"]["label"] == "How far"
    assert rows["visits_in_pair"] == {"label": "They go with somebody where two are needed", "value": ["no"]}
    assert {"Shares a home, by the name of: weavers", "Said that they are 18 or over: yes"} <= set(rows["facts"]["value"])


def test_the_dates_of_courses_are_counted_in_one_question_and_the_clocks_leave_no_time_out(desk):
    by, volunteer = factories.coordinator(), factories.volunteer()
    course = write_course(by=by, name="Walking", activities=[])

    def asked(address: str, client: Client) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert "11 places left" in client.get(address).content.decode()
        return len(queries)

    pages = (("/desk/courses/", desk), ("/volunteer/training/", desk_of(volunteer.user)))
    at = set_date(course, by=by, starts_at=clock.now() + timedelta(days=3))
    book(at, factories.volunteer(), by=by)
    for address, client in pages:
        asked(address, client)
    before = [asked(*page) for page in pages]
    for days in range(4, 8):
        set_date(course, by=by, starts_at=clock.now() + timedelta(days=days))
    assert [asked(*page) for page in pages] == before
    skipped = {"do": "date", "day": "2027-03-28", "time": "01:30", "places": "3"}
    answer = desk.post(f"/desk/courses/{course.pk}/", skipped)
    assert answer.status_code == 400
    assert "this time does not exist" in answer.content.decode()
    assert course.dates.count() == 5


def test_harm_told_from_an_old_page_is_told_to_the_safeguarding_lead_once(desk):
    volunteer = factories.volunteer()
    press(desk, volunteer, "to-removed", **{"to-removed-reason": "other"})
    assert not Task.objects.filter(kind="duty_to_refer").exists()
    for _ in range(2):
        press(desk, volunteer, "to-removed", **{"to-removed-reason": "harm", "to-removed-words": "Stole 400 pounds"})
    assert Task.objects.get(kind="duty_to_refer").words.endswith("Stole 400 pounds")


def test_doubts_written_on_an_old_page_come_back_to_who_wrote_them(desk):
    row = name_reference(factories.volunteer(), by=factories.coordinator(), name="Rita")
    press(desk, row.volunteer, f"answer-{row.pk}", **{f"answer-{row.pk}-state": "given"})
    late = {f"answer-{row.pk}-state": "doubts", f"answer-{row.pk}-note": "She took money"}
    page = press(desk, row.volunteer, f"answer-{row.pk}", 409, **late).content.decode()
    assert "What you wrote is not kept yet" in page
    assert "She took money" in page
