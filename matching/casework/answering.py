"""What a person answers on their own page, what ends with it, and where somebody has to ring because of it."""

from directory import clock
from directory.accounts.models import User
from matching.casework.own import SAID_YES, first_name_of, visit_words
from matching.casework.withdrawing import open_referrals, withdraw_with_referrals
from matching.desk_states import GroupState, TaskState
from matching.matches import NotEligible, start
from matching.models import Ask, Match, Task, Visit
from matching.persons.versions import version_of_rows
from matching.referring.stories import provider_name
from matching.states import MATCH_TAKEN, REFERRAL_TAKEN_ON, AskState, MatchState, ReferralState, VisitState
from matching.stopping.groups import places
from matching.tasks.flow import open_task


def say_yes(match: Match, *, by: User) -> bool:
    """The person's own yes to who was introduced. False where facts have changed since: nothing has begun, and a coordinator is to ring them.

    Said again while that call waits, it puts no second one on the list. Raises PermissionDenied; WrongState where it does not wait for a yes any more.
    """
    try:
        start(match, by=by)
    except NotEligible:
        words = (
            f"The person said yes to {match.volunteer}, but something has changed since. Look what stands against it, and ring the person."
        )
        earlier = Task.objects.filter(match=match, once__startswith=SAID_YES)
        if not earlier.filter(state=TaskState.OPEN).exists():
            open_task(Task.Kind.RING, by=by, once=f"{SAID_YES}{match.pk}:{earlier.count()}", words=words, ask=match.ask, match=match)
        return False
    return True


def ends_with(ask: Ask) -> list[str]:
    """What stops if the person does not need this any more, in words for them. Nothing where nobody has said yes to it yet."""
    taken = ask.matches.filter(state__in=MATCH_TAKEN).select_related("volunteer").first()
    referrals = [row for row in open_referrals(ask) if row.state != ReferralState.DRAFT]
    groups = [place.group for place in places(ask=ask).select_related("group") if place.group.state == GroupState.RUNNING]
    if ask.state != AskState.OPEN or not (taken or groups or any(row.state in REFERRAL_TAKEN_ON for row in referrals)):
        return []
    lines = [*_with_the_pair(taken), *(f"We take back what we asked {provider_name(row)}." for row in referrals)]
    return [*lines, *(f"You leave the small group {group}." for group in groups)]


def mark_of(ask: Ask, lines: list[str]) -> str:
    """The mark of what was told of its end (`ends_with`): somebody who says yes to it says yes to this, and to no more."""
    return version_of_rows(ask.person, [[str(ask.pk), *lines]]) if ask.person is not None else ""


def withdraw_own(ask: Ask, *, by: User) -> None:
    """The person does not need it any more: all that was asked for it is theirs to take back, whoever asked.

    Raises as `withdraw_with_referrals`.
    """
    withdraw_with_referrals(ask, by=by)


def _with_the_pair(match: Match | None) -> list[str]:
    if match is None:
        return []
    who = first_name_of(match)
    if match.state == MatchState.ACCEPTED:
        return ["A volunteer has said yes to it: we tell them kindly that it is not needed."]
    if match.state == MatchState.INTRODUCED:
        return [f"{who} would like to help with it: we tell them kindly that it is not needed."]
    planned = Visit.objects.filter(match=match, state=VisitState.PLANNED, starts_at__gt=clock.now()).select_related(
        "volunteer", "care_worker", "group"
    )
    visits = [f"We cancel {visit_words(visit)}." for visit in planned.order_by("starts_at", "pk")]
    return [f"{who} does not help with it any more. We tell them kindly.", *visits]
