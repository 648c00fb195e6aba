"""Permission for a group, and its rows held in the order in which everybody holds them: requests, volunteer, group, journal."""

from collections.abc import Iterable
from uuid import UUID

from directory.accounts.models import User
from directory.accounts.roles import Permission, Relation
from directory.states import WrongState
from matching.models import Ask, Group, GroupMember, Volunteer
from matching.persons.versions import require_as_seen, version_of_rows
from matching.relations import acting
from matching.states import VisitState

_PERMISSIONS = {Relation.VOLUNTEER: Permission.VOLUNTEER, Relation.COORD: Permission.MATCH}


def locked_group(group: Group, by: User, *, volunteer: UUID | None = None, mark: str = "") -> tuple[Group, list[Ask], frozenset[Relation]]:
    """Permission first; then requests, volunteer and group, locked in this order by everybody, as they are now, with who is in it.

    volunteer: who is to be held where nobody leads it yet. mark: `seen` of the page, an empty one is not asked for.
    Raises PermissionDenied; WrongState where something has changed since the mark.
    """
    held = acting(by, group, _PERMISSIONS)
    group, members = hold_group(group, *([volunteer] if volunteer else []))
    require_as_seen(mark, seen(group))
    return group, members, held


def seen(group: Group) -> str:
    """The mark of a group's page, for what ends it or takes it back: how it stands, with whom, and what is planned."""
    places = group.members.filter(left_at=None).order_by("pk").values_list("pk", "said_yes_at")
    planned = group.visits.filter(state=VisitState.PLANNED).order_by("pk").values_list("pk", "starts_at")
    return version_of_rows(group, [[group.state, group.volunteer_id, group.offered_at], *places, *planned])


def place_seen(member: GroupMember) -> str:
    """The mark of one place in a group, for noting that somebody does not come."""
    return version_of_rows(member, [[member.said_yes_at, member.left_at]])


def hold_group(group: Group, *others: UUID) -> tuple[Group, list[Ask]]:
    """The group and the requests that are in it, held and as they are now. others: keys of volunteers to hold beside its own."""
    members = locked_asks(GroupMember.objects.filter(group=group, left_at=None).values_list("ask_id", flat=True))
    keys = {key for key in (group.volunteer_id, *others) if key is not None}
    list(Volunteer.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk").values_list("pk"))
    group = Group.objects.select_for_update(of=("self",), no_key=True).select_related("volunteer").get(pk=group.pk)
    # Who has left while we waited is not in it; nobody joins a group later.
    still = set(GroupMember.objects.filter(group=group, left_at=None).values_list("ask_id", flat=True))
    return group, [ask for ask in members if ask.pk in still]


def locked_member(member: GroupMember, by: User) -> tuple[GroupMember, Relation]:
    """The member with their request and group, held, and the side on which the user stands: COORD, or the person themselves.

    Raises PermissionDenied, WrongState for who has left.
    """
    ask = member.ask
    held = acting(by, ask, {Relation.COORD: Permission.MATCH, Relation.SELF: Permission.SEND_REFERRAL})
    side = Relation.COORD if Relation.COORD in held else Relation.SELF
    ask = locked_asks([ask.pk])[0]
    group = Group.objects.select_for_update(of=("self",), no_key=True).get(pk=member.group_id)
    member = GroupMember.objects.get(pk=member.pk)
    member.ask, member.group = ask, group
    if member.left_at is not None:
        raise WrongState("This person has left the group.")
    return member, side


def locked_asks(keys: Iterable[UUID]) -> list[Ask]:
    """These requests, held and as they are now, the longest waiting first."""
    rows = (
        Ask.objects.select_for_update(of=("self",), no_key=True).select_related("person", "need").filter(pk__in=list(keys)).order_by("pk")
    )
    return sorted(rows, key=lambda ask: ask.number)
