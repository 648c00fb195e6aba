"""A place in a small group is given back: by the person's own wish, or because their agreement or request has gone. No reason is owed."""

from collections.abc import Iterable

from django.db.models import QuerySet

from directory import clock
from directory.accounts.models import User
from directory.accounts.roles import Relation
from directory.journal.recording import record
from matching.models import Ask, GroupMember, Person


def places(**about: Ask | Person | Iterable[Ask] | None) -> QuerySet[GroupMember]:
    """The places in groups that are held for a request (ask=…) or for all of a person's (ask__person=…), perhaps only those without a yes."""
    return GroupMember.objects.filter(left_at=None, **about)


def leave_groups(*, by: User, role: str = Relation.SYSTEM, **about: Ask | Person | None) -> int:
    """Give back every place of a request (ask=…) or a person (ask__person=…), in consequence of another verb; how many.

    The caller is in a transaction, has asked for permission and holds the requests.
    """
    held = places(**about).select_related("group").order_by("pk")
    return len([write_leaving(member, by=by, role=role) for member in held])


def write_leaving(member: GroupMember, *, by: User, role: str) -> GroupMember:
    """Note that a member has left, with its journal row; the caller has locked the request and the group."""
    member.left_at = clock.now()
    member.save(update_fields=["left_at"])
    record("group.member_left", member.group, by=by, role=role, codes={"ask": member.ask_id})
    return member
