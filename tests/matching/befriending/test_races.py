"""Two at the same moment, on a SQLite file and on a PostgreSQL server: one group of the same people, one answer, and nobody waits in a circle."""

from functools import partial

from directory.states import NoSuchMove, WrongState
from matching import matches
from matching.agreements import withdraw_agreement
from matching.asks import withdraw
from matching.befriending import groups, members
from matching.desk_states import GroupState
from matching.models import Group, GroupMember, Match
from matching.volunteers import set_status
from tests import factories
from tests.at_once import at_once
from tests.matching.befriending.conftest import ACTIVITY, LIBRARY, leader, player


def test_one_of_two_wins_and_the_other_gets_a_clear_answer(each_store):
    """One test for all: making the database is what takes the time."""
    factories.confirmed(ACTIVITY)
    by, other = factories.coordinator(), factories.coordinator()
    asks = [player() for _ in range(5)]
    forms = [partial(groups.form_group, asks[:3], by=by, interest="chess", meets_at=LIBRARY)]
    forms.append(partial(groups.form_group, asks[2:], by=other, interest="chess", meets_at=LIBRARY))
    answers = at_once(forms)
    assert sorted(type(answer).__name__ for answer in answers) == ["Group", "WrongState"]
    group = next(answer for answer in answers if isinstance(answer, Group))
    assert GroupMember.objects.count() == 3

    _asked_alone_or_together(by)
    volunteer = leader()
    group = groups.offer_group(group, volunteer, by=by)
    answers = at_once([partial(groups.say_yes, group, by=volunteer.user) for _ in range(2)])
    assert [type(answer) for answer in answers if isinstance(answer, Exception)] == [NoSuchMove]
    _what_stops_and_what_begins(group, by)


def _asked_alone_or_together(by) -> None:
    """A volunteer is asked for one of them, while a group is formed of them all: one of the two."""
    three, alone = [player() for _ in range(3)], leader(windows=[[1, 14 * 60, 15 * 60]])
    told = at_once([partial(matches.offer, three[0], alone, by=by), partial(groups.form_group, three, by=by, interest="chess")])
    assert [type(answer) for answer in told if isinstance(answer, Exception)] == [WrongState]
    assert Match.objects.filter(ask=three[0]).exists() != GroupMember.objects.filter(ask=three[0]).exists()


def _what_stops_and_what_begins(group: Group, by) -> None:
    first, second, third = GroupMember.objects.filter(group=group).select_related("ask__person").order_by("pk")
    doings = [
        partial(members.note_yes, first, by=by),
        partial(withdraw_agreement, first.ask.person.agreements.get(), by=by),
        partial(withdraw, second.ask, by=by),
        partial(members.leave, second, by=by),
        partial(members.note_yes, third, by=by),
        partial(set_status, group.volunteer, "left", by=by),
        partial(groups.end_group, group, by=by),
    ]
    answers = at_once(doings)
    assert {type(answer).__name__ for answer in answers if isinstance(answer, Exception)} <= {"WrongState", "NoSuchMove"}
    assert Group.objects.get(pk=group.pk).state == GroupState.ENDED
    assert not GroupMember.objects.filter(group=group, left_at=None).exists()
