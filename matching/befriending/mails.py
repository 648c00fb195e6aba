"""A mail to the volunteer who is asked to lead a small group: that there is something new. It follows the journal."""

from collections.abc import Sequence

from directory.journal.following import register_follower
from directory.journal.models import Event
from matching.desk_states import GroupState
from matching.models import Group
from matching.offering.mails import address_of, say_something_new

FOLLOWER = "group_mails"


def register() -> None:
    """Follow the journal one event at a time, so that a mail server that fails keeps its place; called once when the apps are ready."""
    register_follower(FOLLOWER, tell_volunteers, batch=1)


def tell_volunteers(events: Sequence[Event]) -> None:
    """Write to whom a group was offered, as long as that still stands; not to who is paused or gone. Raises OSError: the bookmark stays."""
    for event in events:
        if event.kind != "group.moved" or event.codes.get("to") != GroupState.OFFERED:
            continue
        group = Group.objects.filter(pk=event.object_id, state=GroupState.OFFERED).select_related("volunteer__user").first()
        asked = event.codes.get("volunteer")
        if group is None or group.volunteer is None or str(group.volunteer.pk) != asked:
            continue
        if address := address_of(group.volunteer):
            say_something_new(address, f"group-{event.seq}-{group.pk}")
