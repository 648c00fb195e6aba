"""A match held for a step: permission first, then request, volunteer and matches in the one order of everybody."""

from uuid import UUID

from directory.accounts.models import User
from directory.accounts.roles import Permission, Relation
from matching.models import Ask, Match, Volunteer
from matching.persons.versions import version_of_rows
from matching.relations import acting
from matching.states import VisitState
from matching.stopping.waiting import lock_matches

_PERMISSIONS = {
    Relation.VOLUNTEER: Permission.VOLUNTEER,
    Relation.SELF: Permission.SEND_REFERRAL,
    Relation.COORD: Permission.MATCH,
}


def locked(match: Match, by: User) -> tuple[Match, frozenset[Relation]]:
    """Permission first; then request, volunteer and matches, locked in this order by everybody, as they are now.

    The volunteer too: one who says yes to two requests at the same moment takes no more than they can.
    """
    held = acting(by, match, _PERMISSIONS)
    ask = locked_ask(match.ask)
    volunteer = locked_volunteer(match.volunteer_id)
    lock_matches(ask)
    match = Match.objects.select_for_update(no_key=True).get(pk=match.pk)
    match.ask, match.volunteer = ask, volunteer
    return match, held


def end_seen(match: Match) -> str:
    """The mark of a page that ends what two have together: how it stands, when they meet, which visits fall away."""
    planned = match.visits.filter(state=VisitState.PLANNED).order_by("pk").values_list("pk", "starts_at")
    return version_of_rows(match, [[match.state, match.times, match.review_on], *planned])


def locked_ask(ask: Ask) -> Ask:
    """The request with its person and need, held."""
    return Ask.objects.select_for_update(of=("self",), no_key=True).select_related("person", "need").get(pk=ask.pk)


def locked_volunteer(key: UUID) -> Volunteer:
    """The volunteer, held."""
    return Volunteer.objects.select_for_update(no_key=True).get(pk=key)
