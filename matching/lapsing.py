"""What is not answered in time lapses by a timer, and the request is looked at again."""

from directory import clock
from directory.states import WrongState
from matching import matches
from matching.models import Match
from matching.offering.answering import answer_by, shortest_wait
from matching.states import MatchState

PIECE = 20


def lapse_some() -> bool:
    """Let a few offers lapse that nobody answered in time; the job of every few minutes. True when nothing is left to do."""
    waiting = Match.objects.filter(state=MatchState.OFFERED, offered_at__lte=clock.now() - shortest_wait()).select_related("ask")
    late = [match for match in waiting.order_by("offered_at") if answer_by(match) <= clock.now()]
    for match in late[:PIECE]:
        try:
            matches.lapse(match)
        except WrongState:
            continue  # answered at this very moment
    return len(late) <= PIECE
