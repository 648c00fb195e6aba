"""When one side says no or ends it, the other is told: by somebody who rings, once for each pair and each step."""

from directory.accounts.models import User
from directory.accounts.roles import Relation
from matching.models import Match, Task
from matching.states import MatchState
from matching.tasks import open_task

# Who is told where nobody asked them: of a yes that is not needed any more, too.
_WAITED = {
    Relation.SELF: frozenset({MatchState.INTRODUCED, MatchState.ACTIVE}),
    Relation.VOLUNTEER: frozenset({MatchState.ACCEPTED, MatchState.INTRODUCED, MatchState.ACTIVE}),
}


def tell_other_side(match: Match, before: str, *, by: User, acted: Relation | None) -> None:
    """Put on the desk's list that the side that did not act is rung. Part of a larger step, which has moved the match.

    before: the state that it was in; acted: SELF or VOLUNTEER, whose wish it was; None where that is not known, or it was neither's: both are.
    Nobody rings a person who is not to be contacted.
    """
    person = match.ask.person
    told = [side for side in _WAITED if side != acted and MatchState(before) in _WAITED[side]]
    if person is None or person.do_not_contact:
        told = [side for side in told if side != Relation.SELF]
    if told:
        ended = "has ended" if match.state == MatchState.ENDED else "does not go ahead"
        words = f"{match.volunteer} for {match.ask}: it {ended}, and nobody owes a reason. {_whom(told, match)}"
        open_task(Task.Kind.RING, by=by, once=f"told-{match.state}-{match.pk}", match=match, words=words)


def _whom(told: list[Relation], match: Match) -> str:
    person = "the person, and ask whether we should look for somebody else"
    volunteer = f"{match.volunteer} kindly, and thank them"
    if len(told) == 2:
        return f"Tell {person}. Tell {volunteer}. Leave out whoever said it themselves."
    return f"Tell {person if told == [Relation.SELF] else volunteer}."
