"""A service without a log-in is asked by phone or letter: sending the referral puts that on the list. It follows the journal."""

from collections.abc import Sequence

from django.db import transaction

from directory.journal.following import register_follower
from directory.journal.models import Event
from matching.agreements import valid_agreement
from matching.models import Ask, Referral, Task
from matching.states import ReferralState
from matching.tasks.flow import drop_tasks_about, open_task

FOLLOWER = "referral_tasks"
_KINDS = {Referral.Channel.LETTER: Task.Kind.LETTER}


def register() -> None:
    """Called once when the apps are ready."""
    register_follower(FOLLOWER, tell_the_desk, batch=20)


def tell_the_desk(events: Sequence[Event]) -> None:
    """Open a task for each referral that was sent and waits, where nobody there reads it in the store; one that was answered takes it away.

    An event that comes twice opens one task.
    """
    moved = [event for event in events if event.kind == "referral.moved"]
    rows = Referral.objects.select_related("ask__person", "ask__need", "service").in_bulk([event.object_id for event in moved])
    for event in moved:
        referral = rows.get(event.object_id)
        if referral is None or referral.service is None or referral.channel == Referral.Channel.STORE:
            continue
        if event.codes.get("to") == ReferralState.REQUESTED:
            _ask(referral)
        elif event.codes.get("from") == ReferralState.REQUESTED:
            _asked(referral)


@transaction.atomic
def _ask(referral: Referral) -> None:
    """Not for who has taken the agreement back, or is not to be contacted. The request is held, as by whoever writes that down."""
    list(Ask.objects.select_for_update(of=("self",), no_key=True).filter(referrals=referral).values_list("pk"))
    referral = Referral.objects.select_related("ask__person", "ask__need", "service", "need").get(pk=referral.pk)
    if referral.state != ReferralState.REQUESTED or referral.service is None or not _may_go_out(referral):
        return
    kind = _KINDS.get(Referral.Channel(referral.channel), Task.Kind.RING) if referral.channel else Task.Kind.RING
    verb = "Write to" if kind == Task.Kind.LETTER else "Ring"
    words = f"{verb} {referral.service.name} and ask them for {referral}: they do not read it here. Note their answer on the referral."
    open_task(kind, by=None, once=_mark(referral), ask=referral.ask, service=referral.service, need=referral.need, words=words)


@transaction.atomic
def _asked(referral: Referral) -> None:
    drop_tasks_about(by=None, once=_mark(referral))


def _may_go_out(referral: Referral) -> bool:
    person = referral.ask.person if referral.ask is not None else None
    return person is not None and not person.do_not_contact and valid_agreement(person, referral.ask) is not None


def _mark(referral: Referral) -> str:
    return f"referral-{referral.pk}"
