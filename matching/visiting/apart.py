"""Two who are not to be paired any more: what is under way between them stops, and what is planned is cancelled."""

from django.db.models import Q, QuerySet

from directory.accounts.models import User
from directory.accounts.roles import Relation
from matching.desk_states import GroupState
from matching.models import Ask, Group, GroupMember, Match, Person, Task, Visit, Volunteer
from matching.states import MATCH_OPEN, MatchState, VisitState
from matching.stopping.groups import places, write_leaving
from matching.stopping.telling import tell_other_side
from matching.stopping.waiting import write_move
from matching.tasks import open_task
from matching.visits.stopping import cancel_visits

_ENDS_AS = {
    MatchState.OFFERED: (MatchState.LAPSED, Relation.SYSTEM),
    MatchState.ACCEPTED: (MatchState.DECLINED, Relation.COORD),
    MatchState.INTRODUCED: (MatchState.DECLINED, Relation.COORD),
    MatchState.ACTIVE: (MatchState.ENDED, Relation.COORD),
}


def hold_both(person: Person, volunteer: Volunteer) -> None:
    """Hold what is between the two, in the order of all, before anything is recorded: requests, volunteer, matches, groups."""
    mine = Match.objects.filter(volunteer=volunteer, state__in=MATCH_OPEN)
    planned = Visit.objects.filter(volunteer=volunteer, state=VisitState.PLANNED)
    under_way = Q(pk__in=mine.values("ask")) | Q(pk__in=planned.values("match__ask")) | Q(pk__in=_places(person, volunteer).values("ask"))
    list(Ask.objects.select_for_update(no_key=True).filter(under_way, person=person).order_by("pk").values_list("pk"))
    Volunteer.objects.select_for_update(no_key=True).get(pk=volunteer.pk)
    list(mine.filter(ask__person=person).select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk"))
    groups = Group.objects.filter(pk__in=_places(person, volunteer).values("group"))
    list(groups.select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk"))


def part(person: Person, volunteer: Volunteer, *, by: User) -> None:
    """End every match of the two, take the person out of a group that the volunteer leads, cancel what the volunteer was to do for them.

    Somebody tells both, as far as they knew of each other. The caller has asked for permission and called `hold_both`.
    """
    for match in Match.objects.filter(ask__person=person, volunteer=volunteer, state__in=MATCH_OPEN).select_related("ask").order_by("pk"):
        before = match.state
        to, side = _ENDS_AS[MatchState(before)]
        tell_other_side(write_move(match, to, [side], by=by), before, by=by, acted=None)
    cancel_visits(by=by, person=person, volunteer=volunteer)
    for place in _places(person, volunteer).select_related("ask", "group").order_by("pk"):
        write_leaving(place, by=by, role=Relation.COORD)
        if person.do_not_contact:
            continue
        words = f"They have no place in {place.group} any more, which {volunteer} leads: the two are not to be paired. Tell the person."
        open_task(Task.Kind.RING, by=by, once=f"told-apart-group-{place.pk}", ask=place.ask, words=words)


def _places(person: Person, volunteer: Volunteer) -> QuerySet[GroupMember]:
    return places(ask__person=person).filter(group__volunteer=volunteer, group__state=GroupState.RUNNING)
