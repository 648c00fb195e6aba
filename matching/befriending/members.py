"""A person's place in a small group: their own yes, and leaving, for which no reason is owed."""

from django.db import transaction

from directory import clock
from directory.accounts.models import User
from directory.accounts.roles import Relation
from directory.journal.recording import record
from directory.states import WrongState
from matching import asks
from matching.agreements import valid_agreement
from matching.befriending.holding import locked_member, place_seen
from matching.desk_states import GroupState
from matching.models import GroupMember
from matching.persons.versions import require_as_seen
from matching.states import AskState
from matching.stopping.groups import write_leaving


@transaction.atomic
def note_yes(member: GroupMember, *, by: User) -> GroupMember:
    """The person wants to come: noted by the person or by a coordinator, who thereby notes the request as met. A second time is harmless.

    Raises PermissionDenied; WrongState before the volunteer's yes and after the end, without an agreement, and for who has left.
    """
    member, side = locked_member(member, by)
    if member.group.state != GroupState.RUNNING:
        raise WrongState("Ask the person when a volunteer leads the group.")
    if member.ask.person is None or valid_agreement(member.ask.person, member.ask) is None or member.ask.person.do_not_contact:
        raise WrongState("The person has not agreed, or has taken the agreement back.")
    if member.said_yes_at is None:
        member.said_yes_at = clock.now()
        member.save(update_fields=["said_yes_at"])
        record("group.member_yes", member.group, by=by, role=side, codes={"ask": member.ask_id})
    if side == Relation.COORD and member.ask.state == AskState.OPEN:
        asks.meet(member.ask, by=by)
    return member


@transaction.atomic
def leave(member: GroupMember, *, by: User, mark: str = "") -> GroupMember:
    """The person does not come, or not any more; no reason is asked for. mark: `place_seen` of the page, an empty one is not asked for.

    Raises PermissionDenied; WrongState for who has left already, and where they have said yes since the mark.
    """
    member, side = locked_member(member, by)
    require_as_seen(mark, place_seen(member))
    return write_leaving(member, by=by, role=side)
