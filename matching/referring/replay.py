"""Replays the journal of every referral and compares with the state that its row holds."""

from collections.abc import Iterator
from uuid import UUID

from directory.journal.models import Event
from directory.journal.verifying import Fault
from directory.states import NEW, WrongState
from matching.models import Referral
from matching.states import REFERRAL


def replay_referrals() -> Iterator[Fault]:
    """Referrals whose row is not what the journal says, whose journal takes a step that the table does not have, or which the journal lacks."""
    states: dict[UUID, str] = {}
    for event in Event.objects.of_kind("referral.prepared", "referral.moved").iterator():
        before, after = states.get(event.object_id, NEW), event.codes["to"]
        try:
            REFERRAL.find(before, after)
        except WrongState:
            yield Fault("referral_step", event.seq, str(event.object_id))
        states[event.object_id] = after
    for pk, state in Referral.objects.values_list("pk", "state").iterator():
        if states.pop(pk, None) != state:
            yield Fault("referral_state", None, str(pk))
