"""What a person answers on their own page, and where somebody has to ring because of it."""

from directory import clock
from directory.accounts.models import User
from matching.casework.withdrawing import withdraw_with_referrals
from matching.matches import NotEligible, start
from matching.models import Ask, Match, Task
from matching.tasks.flow import open_task


def say_yes(match: Match, *, by: User) -> bool:
    """The person's own yes to who was introduced. False where facts have changed since: nothing has begun, and a coordinator is to ring them.

    Raises PermissionDenied; WrongState where it does not wait for a yes any more.
    """
    try:
        start(match, by=by)
    except NotEligible:
        words = (
            f"The person said yes to {match.volunteer}, but something has changed since. Look what stands against it, and ring the person."
        )
        open_task(Task.Kind.RING, by=by, once=f"said-yes:{match.pk}:{clock.today()}", words=words, ask=match.ask, match=match)
        return False
    return True


def withdraw_own(ask: Ask, *, by: User) -> int:
    """The person does not need it any more. Gives how many referrals somebody else has to take back: a coordinator is to tell them.

    Raises as `withdraw_with_referrals`.
    """
    left = withdraw_with_referrals(ask, by=by)
    if left:
        names = ", ".join(str(row) for row in left)
        words = f"The person needs this no more. Somebody else made {names} and has to take it back: tell them."
        open_task(Task.Kind.RING, by=by, once=f"take-back:{ask.pk}", words=words, ask=ask)
    return len(left)
