"""A referral that somebody has prepared for a person waits for their own yes: what they read of it, and what they answer on their own page."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Prefetch

from directory import clock
from directory.accounts.models import User
from matching.agreements import record_agreement, valid_agreement
from matching.desk_states import TaskState
from matching.models import Agreement, Ask, Person, Referral, Task
from matching.persons.versions import version_of_rows
from matching.reasons import Reason
from matching.referrals import Moved, move, send
from matching.referring.stories import provider_name
from matching.states import AskState, ReferralState
from matching.tasks.flow import drop_tasks_about, open_task

# The mark of the call after a yes by which nothing could be sent; the referral and a count follow.
SAID_YES_TO_DRAFT = "said-yes-draft:"


@dataclass(frozen=True)
class OwnDraft:
    """One that waits; `who`: whom we would ask. mark: of what the page told. rings: they have said yes, and somebody is to ring them."""

    referral: Referral
    who: str
    mark: str
    rings: bool


def calls_after_a_yes() -> Prefetch:
    """What `drafts_of` needs of a request, for a list of them."""
    calls = Task.objects.filter(state=TaskState.OPEN, once__startswith=SAID_YES_TO_DRAFT)
    return Prefetch("tasks", queryset=calls, to_attr="calls_after_a_yes")


def drafts_of(ask: Ask) -> list[OwnDraft]:
    """What waits for the person's yes, of a request that came with `calls_after_a_yes`, in the order of their numbers."""
    if ask.state != AskState.OPEN:
        return []
    rows = sorted((row for row in ask.referrals.all() if row.state == ReferralState.DRAFT), key=lambda row: row.number)
    calls: list[Task] = getattr(ask, "calls_after_a_yes", [])
    return [
        OwnDraft(row, provider_name(row), mark_of_draft(row, ask), any((call.once or "").startswith(_mark(row)) for call in calls))
        for row in rows
    ]


def prepared_by(person: Person, user: User) -> list[Referral]:
    """What this user has prepared for the person and nobody has said yes to yet."""
    rows = person.referrals.filter(created_by=user, state=ReferralState.DRAFT, ask__state=AskState.OPEN)
    return list(rows.select_related("service__organisation", "need").order_by("number"))


def mark_of_draft(referral: Referral, ask: Ask) -> str:
    """The mark of what is told of a draft: whoever says yes to it says yes to asking this one for this, and to no more."""
    return version_of_rows(ask.person, [[str(referral.pk), provider_name(referral), ask.need_id]]) if ask.person is not None else ""


def say_yes_to_draft(referral: Referral, *, by: User, mark: str) -> bool:
    """The person's own yes: written down as their agreement where none holds yet, and the referral is sent in the same step.

    False where something stands against it: nothing is sent or written down, and a coordinator is to ring them.
    Raises PermissionDenied; WrongState where it is not a draft any more, or not what the person has read.
    """
    try:
        _agree_and_send(referral, by=by, mark=mark)
    except ValidationError:
        begins = _mark(referral)
        earlier = Task.objects.filter(once__startswith=begins)
        if not earlier.filter(state=TaskState.OPEN).exists():
            words = (
                f"The person said yes to {referral}, to {provider_name(referral)}, but it cannot be sent. "
                "Look what stands against it, and ring the person."
            )
            open_task(Task.Kind.RING, by=by, once=f"{begins}{earlier.count()}", words=words, ask=referral.ask)
        return False
    return True


@transaction.atomic
def say_no_to_draft(referral: Referral, *, by: User) -> Referral:
    """The person does not want this one to be asked; the request stays, and nobody has to say why. Raises as `say_yes_to_draft`."""
    referral = move(referral, ReferralState.DECLINED_BY_PERSON, by=by, seen=ReferralState.DRAFT, reason=Reason.PERSON_DECLINED)
    for call in Task.objects.filter(once__startswith=_mark(referral), state=TaskState.OPEN):
        drop_tasks_about(by=by, once=call.once or "")
    return referral


@transaction.atomic
def _agree_and_send(referral: Referral, *, by: User, mark: str) -> Referral:
    # In the order of everybody: the request, the referral, and what is written of the person last.
    ask = Ask.objects.select_for_update(of=("self",), no_key=True).select_related("person").filter(referrals=referral).first()
    row = Referral.objects.select_for_update(of=("self",), no_key=True).select_related("service__organisation").get(pk=referral.pk)
    if row.state != ReferralState.DRAFT or ask is None or ask.person is None or mark != mark_of_draft(row, ask):
        raise Moved(row)
    if valid_agreement(ask.person, ask) is None:
        yes = {"given_by": Agreement.GivenBy.PERSON, "how": Agreement.How.ONLINE, "scope": Agreement.Scope.REFERRAL}
        record_agreement(ask.person, by=by, at=clock.now(), ask=ask, **yes)
    return send(row, by=by)


def _mark(referral: Referral) -> str:
    return f"{SAID_YES_TO_DRAFT}{referral.pk}:"
