"""/desk/rounds/: what a coordinator sees and presses, all without JavaScript."""

import re
from datetime import UTC, datetime

import pytest

from directory import clock
from directory.accounts.roles import Role
from matching.models import Ask, Match, Round
from matching.people import register_person
from matching.rounds.proposals import propose_round, strike
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(factories.coordinator())
    return client


def press(desk, shown, **fields):
    answer = desk.post(f"/desk/rounds/{shown.pk}/decide/", {"version": shown.version, **fields}, follow=True)
    shown.refresh_from_db()
    return answer.content.decode()


def test_from_the_proposal_to_the_offers(desk, errand, helper):
    one, other = errand(), errand()
    helper(), helper(), errand(two_visitors=True)
    page = desk.post("/desk/rounds/", follow=True).content.decode()
    row = Round.objects.get()

    assert "This round finds a volunteer for 2 of 3 people (2 of 3 requests)." in page
    assert "one by one, as they were asked for, would find one for 2 of 3 people (2 requests)." in page
    assert "Nothing has been sent" in page
    assert "Nobody may; for some, only this is in the way: “Visits alone”" in page
    assert "1 request: nobody may; for some, only this is in the way: “Visits alone”" in page
    assert str(one) in page
    assert one.person.name not in page
    assert Match.objects.count() == 0

    page = press(desk, row, decision="confirm", row=[str(one.pk)], seen=[str(one.pk), str(other.pk)])
    assert "1 volunteer was asked" in page
    assert "Not asked: left for the next round" in page
    assert [match.ask_id for match in Match.objects.all()] == [one.pk]
    assert other.matches.count() == 0


def test_keep_part_and_take_back(desk, errand, helper):
    ask = errand()
    helper(), helper()
    row = propose_round(by=factories.coordinator())
    first = row.rows[0]["volunteer"]
    pair = {"ask": str(ask.pk), "volunteer": first}
    assert "Kept" in press(desk, row, decision="pin", **pair)
    press(desk, row, decision="unpin", **pair)
    page = press(desk, row, decision="strike", **pair)
    assert "<h2>Not these two</h2>" in page
    assert "Allow it again" in page
    assert "parted" not in page
    assert row.rows[0]["volunteer"] != first
    press(desk, row, decision="unstrike", **pair)
    assert (row.pins, row.strikes, row.rows[0]["volunteer"]) == ([], [], first)
    assert "Dropped. Nobody more is asked." in press(desk, row, decision="drop")


def test_a_pair_in_mind_is_kept_by_its_numbers(desk, errand, helper):
    ask, volunteers = errand(), [helper(), helper()]
    row = propose_round(by=factories.coordinator())
    other = next(each for each in volunteers if str(each.pk) != row.rows[0]["volunteer"])
    press(desk, row, decision="pair", ask_number=f"a {ask.number}", volunteer_number=str(other))
    assert row.pins == [[str(ask.pk), str(other.pk)]]
    wrong = desk.post(
        f"/desk/rounds/{row.pk}/decide/", {"version": row.version, "decision": "pair", "ask_number": "A-²", "volunteer_number": "V-9"}
    )
    assert wrong.status_code == 400
    assert "There is no V-9." in wrong.content.decode()


@pytest.mark.parametrize("version", ["1", "", "x", "²", "9" * 30])
def test_a_stale_page_is_told_and_nothing_is_done(desk, errand, helper, version):
    ask = errand()
    helper()
    row = propose_round(by=factories.coordinator())
    row = strike(row, ask, helper(), by=factories.coordinator())
    page = desk.post(f"/desk/rounds/{row.pk}/decide/", {"version": version, "decision": "confirm", "row": str(ask.pk)}, follow=True)

    assert "changed in the meantime" in page.content.decode()
    assert Match.objects.count() == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"decision": ""},
        {"decision": "confirm"},
        {"decision": "confirm", "row": ["nonsense", "\x00"]},
        {"decision": "pin", "ask": "x", "volunteer": "y"},
        {"decision": "strike"},
        {"decision": "pair"},
        {"decision": "pair", "ask_number": "A-\x00", "volunteer_number": "V-99999999999"},
    ],
)
def test_what_no_form_of_ours_sends_changes_nothing(desk, errand, helper, fields):
    errand(), helper()
    row = propose_round(by=factories.coordinator())
    answer = desk.post(f"/desk/rounds/{row.pk}/decide/", {"version": row.version, **fields})

    assert answer.status_code in (302, 400, 404)
    assert Round.objects.get().version == row.version
    assert Match.objects.count() == 0


def test_a_double_click_on_propose_makes_one_round(desk):
    page = desk.get("/desk/rounds/").content.decode()
    once = re.search(r'name="once" value="([^"]+)"', page)[1]
    first, second = (desk.post("/desk/rounds/", {"once": once}) for _ in range(2))

    assert first.url == second.url
    assert Round.objects.count() == 1


def test_more_pairs_than_one_page_shows_are_kept_and_nobody_is_asked_unseen(desk, errand, helper, monkeypatch):
    monkeypatch.setattr("matching.views.rounds.pages.MOST", 2)
    for _ in range(5):
        errand(), helper()
    row = propose_round(by=factories.coordinator())
    for asked, waiting in enumerate((3, 1, 0), start=1):
        page = desk.get(f"/desk/rounds/{row.pk}/").content.decode()
        shown, ticked = re.findall(r'name="seen" value="([^"]+)"', page), re.findall(r'name="row" value="([^"]+)"', page)
        assert shown == ticked == [each["ask"] for each in row.rows if each["state"] == "proposed"][:2]
        assert ("Only for pairs on this page" in page) is (waiting > 0)
        page = press(desk, row, decision="confirm", row=ticked[:1], seen=shown)
        assert [each["state"] for each in row.rows].count("proposed") == waiting
        assert (f"{waiting} more pair" in page) is (waiting > 0)
        assert Match.objects.count() == asked
    assert row.state == "confirmed"
    assert "1 to 2 of 5" in page
    further = desk.get(f"/desk/rounds/{row.pk}/?page=3").content.decode()
    assert str(Ask.objects.get(pk=row.rows[4]["ask"])) in further


def test_for_whom_nobody_is_found_is_counted_by_reason_and_stands_on_pages(desk, errand, monkeypatch):
    monkeypatch.setattr("matching.views.rounds.pages.MOST", 2)
    for _ in range(5):
        errand()
    row = propose_round(by=factories.coordinator())
    page = desk.get(f"/desk/rounds/{row.pk}/").content.decode()
    numbers = [each["ask"] for each in row.gaps]

    assert "finds a volunteer for 0 of 5 people (0 of 5 requests)" in page
    assert "5 requests: nobody may, and more than one thing is in the way" in page
    assert [f"/desk/requests/{key}/" in page for key in numbers] == [True, True, False, False, False]
    assert "?page=1&amp;left=2#left" in page
    last = desk.get(f"/desk/rounds/{row.pk}/?page=1&left=3").content.decode()
    assert [f"/desk/requests/{key}/" in last for key in numbers] == [False, False, False, False, True]
    assert "5 to 5 of 5" in last


def test_the_second_page_is_asked_by_itself(desk, errand, helper, monkeypatch):
    monkeypatch.setattr("matching.views.rounds.pages.MOST", 2)
    for _ in range(3):
        errand(), helper()
    row = propose_round(by=factories.coordinator())
    page = desk.get(f"/desk/rounds/{row.pk}/?page=2").content.decode()
    shown = re.findall(r'name="seen" value="([^"]+)"', page)
    page = press(desk, row, decision="confirm", row=shown, seen=shown)

    assert [each["state"] for each in row.rows] == ["proposed", "proposed", "offered"]
    assert "Decided already" in page
    assert "Some are asked, the rest waits for you" in page


def test_company_and_regular_help_are_named_and_left_out(desk, errand):
    errand(often="weekly")
    row = propose_round(by=factories.coordinator())

    assert "1 open request is for company or regular help and not in this round" in desk.get(f"/desk/rounds/{row.pk}/").content.decode()


def test_a_double_click_asks_once(desk, errand, helper):
    ask = errand()
    helper()
    row = propose_round(by=factories.coordinator())
    seen = row.version
    press(desk, row, decision="confirm", row=[str(ask.pk)])
    page = desk.post(f"/desk/rounds/{row.pk}/decide/", {"version": seen, "decision": "confirm", "row": str(ask.pk)}, follow=True)

    assert "changed in the meantime" in page.content.decode()
    assert Match.objects.count() == 1


def test_an_agreement_withdrawn_in_mid_round_is_told_with_its_reason(desk, errand, helper):
    from matching.agreements import withdraw_agreement

    by, person = factories.coordinator(), factories.person()
    ask = errand(person_=person)
    helper()
    row = propose_round(by=by)
    withdraw_agreement(person.agreements.get(), by=by)
    page = press(desk, row, decision="confirm", row=[str(ask.pk)])

    assert "1 pair does not hold any more" in page
    assert "Nobody was asked." in page
    assert "0 volunteers" not in page
    assert "has not agreed to be put in touch" in page
    assert Match.objects.count() == 0


def test_the_page_of_an_empty_round_and_the_list(desk):
    row = propose_round(by=factories.coordinator())
    assert "No pair in this round" in desk.get(f"/desk/rounds/{row.pk}/").content.decode()
    assert str(row) in desk.get("/desk/rounds/").content.decode()


def test_people_who_share_a_name_are_told_apart_by_numbers_alone(desk, errand, helper):
    by = factories.coordinator()
    person = register_person(by=by, name="Zebedee Sonderling", postcode=factories.postcode())
    factories.agreement(person)
    errand(person_=person), helper(name="Wilhelmina Besonders")
    row = propose_round(by=by)
    page = desk.get(f"/desk/rounds/{row.pk}/").content.decode()

    assert "Sonderling" not in page
    assert "Besonders" not in page


@pytest.mark.parametrize("role", [role for role in Role if role != Role.COORDINATOR])
def test_nobody_else_opens_rounds(client, role):
    row = propose_round(by=factories.coordinator())
    client.force_login(factories.user(role))
    assert client.get("/desk/rounds/").status_code == 403
    assert client.get(f"/desk/rounds/{row.pk}/").status_code == 403
    assert client.post("/desk/rounds/").status_code == 403
    assert client.post(f"/desk/rounds/{row.pk}/decide/", {"decision": "drop", "version": row.version}).status_code == 403
    assert Round.objects.count() == 1


def test_a_round_made_after_midnight_in_summer_has_the_day_of_here(desk, errand):
    with clock.held_at(datetime(2026, 6, 30, 23, 30, tzinfo=UTC)):
        propose_round(by=factories.coordinator())
    assert "1 July 2026" in desk.get("/desk/rounds/").content.decode()
