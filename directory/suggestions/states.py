"""The states of what somebody told us: new, taken by a moderator, then done or declined with a reason."""

from django.db.models import TextChoices

from directory.accounts.roles import Relation
from directory.states import NEW, Table, moves


class SuggestionState(TextChoices):
    NEW = "new", "New"
    TAKEN = "taken", "A moderator looks at it"
    DONE = "done", "Done"
    DECLINED = "declined", "Declined"


SUGGESTION_OPEN = frozenset({SuggestionState.NEW, SuggestionState.TAKEN})
SUGGESTION_ENDED = frozenset({SuggestionState.DONE, SuggestionState.DECLINED})

_ENDS = ["moderator", "ended_at"]

# Anybody may tell us something. Taken again is handed over: one moderator at a time answers for it.
SUGGESTION = Table(
    "suggestion",
    SuggestionState,
    moves(NEW, to=SuggestionState.NEW, by=[Relation.RAISER]),
    moves(*sorted(SUGGESTION_OPEN), to=SuggestionState.TAKEN, by=[Relation.MODERATOR], records=["moderator"]),
    moves(SuggestionState.TAKEN, to=SuggestionState.DONE, by=[Relation.MODERATOR], records=_ENDS),
    moves(SuggestionState.TAKEN, to=SuggestionState.DECLINED, by=[Relation.MODERATOR], needs=["reason"], records=["reason", *_ENDS]),
)
