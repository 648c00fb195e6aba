"""A small group's meetings: planned by who leads it or a coordinator, and who came. Each is a visit of the volunteer, counted once."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from directory.accounts.models import User
from directory.accounts.roles import Relation
from directory.states import WrongState
from matching.befriending.holding import locked_group
from matching.befriending.leading import codes_against_group, minutes_of
from matching.desk_states import GroupState
from matching.models import Ask, Group, GroupMember, Visit, Volunteer
from matching.visiting.planning import ON_THE_DAY, SETTLED, NotOnThatDay, known_at, mark_of, require_length, require_near
from matching.visits.times import day_of
from matching.visits.writing import write_visit


@transaction.atomic
def plan_meeting(group: Group, starts_at: datetime, *, by: User, minutes: int | None = None, once: str = "") -> Visit:
    """Plan a meeting of a group that runs, or write down one that has been; minutes: as its requests say where left out.

    What stands at this moment already, or was made by the same form (once), is given back. Raises PermissionDenied, ValidationError,
    NotOnThatDay; WrongState where the group does not meet.
    """
    group, members, held = locked_group(group, by)
    length = require_length(minutes if minutes is not None else minutes_of(members) or 60)
    require_near(starts_at)
    if group.volunteer is None:
        raise WrongState("Nobody leads this group, so there is no meeting to plan.")
    require_meeting(group, members, group.volunteer, day_of(starts_at))
    once = mark_of(once, group)
    if known := known_at(group.visits.all(), starts_at, once, by):
        return known
    return write_visit(
        by=by,
        role=Relation.VOLUNTEER if Relation.VOLUNTEER in held else Relation.COORD,
        starts_at=starts_at,
        minutes=length,
        person=None,
        group=group,
        volunteer=group.volunteer,
        by_phone_or_online=group.by_phone_or_online,
        once=once,
    )


def require_meeting(group: Group, members: Sequence[Ask], volunteer: Volunteer, day: date) -> None:
    """The group meets, and this volunteer may lead it on that day: as its own, or standing in once.

    Raises NotOnThatDay; WrongState where it does not meet.
    """
    if group.state != GroupState.RUNNING:
        raise WrongState("This group does not meet, so there is no meeting to plan.")
    own = volunteer.pk == group.volunteer_id
    codes = codes_against_group(group, members, volunteer, on=day)
    if binding := tuple(code for code in codes if (code in ON_THE_DAY if own else code not in SETTLED)):
        raise NotOnThatDay(binding)


def who_could_come(visit: Visit) -> list[GroupMember]:
    """Those who have said that they come, and had not left when the meeting began, the longest waiting first."""
    there = Q(left_at=None) | Q(left_at__gt=visit.starts_at)
    rows = GroupMember.objects.filter(there, group=visit.group_id, said_yes_at__isnull=False).select_related("ask__person")
    return list(rows.order_by("ask__number"))


def note_who_came(visit: Visit, came: Iterable[int]) -> int:
    """Keep which of them came; how many. The caller holds the group. Raises ValidationError for somebody who is not in it."""
    told, known = set(came), {place.pk for place in who_could_come(visit)}
    if told - known:
        raise ValidationError({"came": ["Choose from those who are in this group."]})
    visit.came.set(told)
    return len(told)
