"""A pair that existed before the store did: brought in step by step, so that the journal tells it like every other (docs/adr/0028)."""

from django.core.exceptions import ValidationError
from django.db import transaction

from directory.accounts.models import User
from directory.accounts.policy import require
from directory.accounts.roles import Permission, Relation
from directory.journal.codes import Codes
from directory.journal.recording import record
from directory.states import NEW
from matching.eligibility import Code
from matching.models import Ask, Match, Volunteer
from matching.states import MATCH, MatchState
from matching.stopping.waiting import lock_matches, write_move
from matching.suggesting.facts import codes_against

# What the two have arranged between themselves; everything else is the law's, the co-op's or the person's to say, and stops the pair.
ARRANGED = frozenset({Code.LANGUAGE, Code.DISTANCE, Code.TIME, Code.CAPACITY})
_STEPS = (
    (MatchState.ACCEPTED, Relation.VOLUNTEER),
    (MatchState.INTRODUCED, Relation.COORD),
    (MatchState.ACTIVE, Relation.COORD),
)


@transaction.atomic
def bring_in_pair(ask: Ask, volunteer: Volunteer, *, by: User) -> str:
    """Make the match of two who know each other active; what does not fit, but is theirs to arrange, in words.

    The volunteer's yes was said before: each row of the journal carries `imported`, and who stands for it is the coordinator who did it.
    Raises PermissionDenied; ValidationError with every code that stops it.
    """
    require(by, Permission.MATCH, ask)
    ask = Ask.objects.select_for_update(of=("self",), no_key=True).select_related("person").get(pk=ask.pk)
    volunteer = Volunteer.objects.select_for_update(no_key=True).get(pk=volunteer.pk)
    lock_matches(ask)
    if ask.person is not None and ask.person.do_not_contact:
        raise ValidationError({"pair": ["This person is not to be contacted."]})
    codes = codes_against(ask, volunteer)
    stopping = [code for code in codes if code not in ARRANGED]
    if stopping:
        raise ValidationError({"pair": [f"They may not be a pair as it stands: {', '.join(code.label for code in stopping)}."]})
    MATCH.check(NEW, MatchState.OFFERED, [Relation.COORD])
    match = Match.objects.create(ask=ask, volunteer=volunteer, offered_by=by)
    told: Codes = {"to": match.state, "ask": ask.pk, "volunteer": volunteer.pk, "imported": True}
    record("match.offered", match, by=by, role=Relation.COORD, codes=told)
    for state, side in _STEPS:
        match = write_move(match, state, [side], by=by, codes={"imported": True})
    return f"Brought in. Look at: {', '.join(code.label for code in codes)}." if codes else ""
