"""What the desk's day tells of volunteers and the people they help: nothing that waits for a coordinator is out of sight."""

import pytest
from django.urls import reverse

from directory import clock
from matching import asks, matches
from matching.desk.today import today_for
from matching.models import Ask, Match, UnmetNeed
from matching.states import MatchState
from matching.visiting.moves import done
from matching.visiting.planning import plan
from tests import factories

pytestmark = pytest.mark.django_db


def lines(title: str) -> list:
    return [row for section in today_for(factories.coordinator()) if section.title.startswith(title) for row in section.rows]


@pytest.mark.parametrize("state", [MatchState.ACCEPTED, MatchState.INTRODUCED])
def test_a_yes_leads_from_the_days_list_to_the_next_step(client, offer_in, state):
    match = offer_in(state)
    client.force_login(factories.coordinator())

    assert [row.url for row in lines("Volunteers")] == [reverse("desk-pair", args=[match.pk])]
    assert reverse("desk-pair", args=[match.pk]) in client.get(reverse("desk")).content.decode()


def ended_after_a_visit(match: Match) -> Ask:
    by = factories.coordinator()
    visit = plan(match, by=by, starts_at=clock.now(), minutes=60)
    done(visit, by=by, minutes=60)
    match.refresh_from_db()
    if match.state == MatchState.ACTIVE:
        matches.end(match, by=by)
    return match.ask


def test_after_an_errand_the_desk_asks_whether_it_is_met_and_after_company_looks_again(offer_in):
    errand, weekly = ended_after_a_visit(offer_in(MatchState.ACTIVE)), ended_after_a_visit(offer_in(MatchState.ACTIVE))
    Ask.objects.filter(pk=weekly.pk).update(often=Ask.Often.WEEKLY)

    assert [row.url for row in lines("Done by a volunteer")] == [reverse("desk-match", args=[errand.pk])]
    assert reverse("desk-match", args=[weekly.pk]) in [row.url for row in lines("Look again")]


def test_an_errand_that_was_opened_again_is_looked_at_again_until_it_is_done_once_more(helper, offer_in):
    by, ask = factories.coordinator(), ended_after_a_visit(offer_in(MatchState.ACTIVE))
    asks.reopen(asks.record_unmet(ask, by=by, emptied_by=UnmetNeed.EmptiedBy.NOBODY).ask, by=by)
    here = [reverse("desk-match", args=[ask.pk])]

    assert [row.url for row in lines("Look again")] == here
    assert lines("Done by a volunteer") == []
    volunteer = helper()
    match = matches.introduce(matches.say_yes(matches.offer(ask, volunteer, by=by), by=volunteer.user), by=by)
    ended_after_a_visit(matches.start(match, by=by, how="phone"))
    assert [row.url for row in lines("Done by a volunteer")] == here
    assert lines("Look again") == []
