"""The round of today as a file: solved again it gives the proposal on the screen, and it names nobody."""

import json
import stat
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from directory import clock
from matching import matches
from matching.eligibility.distance import km_between
from matching.rounds.exporting import exported
from matching.rounds.files import problem_of
from matching.rounds.living import live_round
from matching.rounds.problem import judge, propose
from matching.rounds.proposals import propose_round
from matching.rounds.turning import Turn
from tests import factories


@pytest.mark.django_db
def test_an_exported_round_solved_again_is_the_proposal_on_the_screen(tmp_path):
    """With a visit at night, help by phone, a volunteer under 18, two of one home by its address and by its name, one who said no, two who are kept
    apart, an activity that nobody confirmed."""
    by = factories.coordinator()
    shop, phone, home = "shop-together", "remind-by-phone", "light-cleaning"
    factories.confirmed(home)
    people = [
        factories.person(
            address=f"{number} Mill Row", facts={"receives_care": number % 2 == 0, "animals": ["cat"], "household": "mill" * (number > 3)}
        )
        for number in range(6)
    ]
    asks = [
        factories.ask(people[0], activity=shop, windows=[[0, 240, 400], [2, 540, 660]]),
        factories.ask(people[1], activity=shop, urgency=3),
        factories.ask(people[2], activity=phone, need_="medication", by_phone_or_online=True),
        factories.ask(people[3], activity=home, need_="cleaning-and-laundry", gender_required="woman"),
        factories.ask(people[4], activity="drive-to-health-or-care", need_="attending-appointments"),
        factories.ask(people[5], activity=shop, windows=[[1, 540, 660]]),
    ]
    volunteers = [
        factories.volunteer(shop, phone, level="enhanced", capacity=2, facts={"gender": "woman"}),
        factories.volunteer(shop, home, level="enhanced", capacity=3, facts={"gender": "woman", "allergies": ["dog"]}, max_km=1),
        factories.volunteer(phone, level="basic", postcode=factories.postcode("HD9 1AA", (53.57, -1.79))),
        factories.volunteer(shop, level="basic", date_of_birth=clock.today() - timedelta(days=17 * 365)),
        factories.volunteer(shop, level="basic", address="5 mill row", postcode=people[5].postcode),
        factories.volunteer(shop, level="basic", address="The Old Mill", facts={"household": "mill"}),
        factories.volunteer("drive-to-health-or-care", level="enhanced_barred", has_car=True, car_insurance_ok=True),
    ]
    said_no = matches.offer(asks[1], volunteers[0], by=by)
    matches.decline(said_no, by=volunteers[0].user)
    path, out = tmp_path / "round.json", StringIO()
    call_command("matching_round", export=path, stdout=StringIO())
    call_command("matching_round", solve=path, stdout=out)
    row, answer, live = propose_round(by=by), json.loads(out.getvalue()), live_round()

    assert answer["assignment"] == [[each["ask"], each["volunteer"]] for each in row.rows]
    assert (answer["served"], answer["score"] - answer["load_cost"]) == (len(row.rows), row.figures["score"])
    assert answer["score"] == sum(json.loads(path.read_text())["score"][ask][volunteer] for ask, volunteer in answer["assignment"])
    assert answer["served"] >= 4
    again = judge(problem_of(exported(live)))
    assert (again.masks == live.judged.masks).all()
    assert (again.points[again.allowed] == live.judged.points[live.judged.allowed]).all()
    assert propose(again).volunteers == propose(live.judged).volunteers

    text = path.read_text()
    for each in [*people, *volunteers]:
        assert not any(secret in text for secret in (each.name, each.postcode) if secret)
    assert all(str(lat) not in text for lat in (53.625, 53.57))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("matching_round", export=path)


@pytest.mark.django_db
def test_without_a_file_it_tells_what_a_round_would_propose():
    factories.ask(activity="shop-together"), factories.ask()
    factories.volunteer("shop-together", level="basic")
    out = StringIO()
    call_command("matching_round", stdout=out)

    assert "1 open errands that nobody is on, 1 volunteers, 1 pairs that may be. A round now would serve 1 (1 people)" in out.getvalue()
    assert "1 more do not say yet what is to be done" in out.getvalue()


@given(st.lists(st.tuples(st.floats(53.0, 54.0), st.floats(-2.5, -1.0)), min_size=2, max_size=6, unique=True))
def test_a_turn_keeps_every_distance(positions):
    turn = Turn(positions)
    turned = [turn.of(*each) for each in positions]
    for one, there in zip(positions, turned, strict=True):
        for other, elsewhere in zip(positions, turned, strict=True):
            assert km_between(*there, *elsewhere) == pytest.approx(km_between(*one, *other), abs=2e-9)


def test_what_is_not_known_stays_so():
    assert Turn([]).of(None, -1.9) == (None, None)
