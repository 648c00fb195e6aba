"""What a volunteer answers on their own page, and where somebody has to ring because of it."""

from directory import clock
from directory.accounts.models import User
from matching import matches
from matching.befriending import groups
from matching.matches import NotEligible
from matching.models import Group, Match, Task
from matching.tasks import open_task


def say_yes(offered: Match | Group, *, by: User) -> bool:
    """The volunteer's own yes. False where facts have changed since: nothing has begun, and a coordinator is to ring them.

    Raises as `matches.say_yes` or `groups.say_yes`, but for NotEligible.
    """
    to = offered.ask if isinstance(offered, Match) else offered
    try:
        if isinstance(offered, Match):
            matches.say_yes(offered, by=by)
        else:
            groups.say_yes(offered, by=by)
    except NotEligible:
        words = f"{offered.volunteer} said yes to {to}, but something has changed since. Look what stands against it, and ring them."
        match = offered if isinstance(offered, Match) else None
        mark = f"yes-no-longer-fits:{offered.pk}:{clock.today()}"
        open_task(Task.Kind.RING, by=by, once=mark, words=words, match=match, volunteer=offered.volunteer)
        return False
    return True
