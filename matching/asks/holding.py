"""What all steps of a request share: holding it, telling a page that has grown old, and by which role the journal names who acts."""

from django.db.models import QuerySet

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import role_used
from directory.accounts.roles import Permission
from directory.states import WrongState
from matching.asks.asked import FIELDS
from matching.models import Ask, Visit
from matching.persons.versions import version_of_rows
from matching.states import VisitState
from matching.stopping.groups import places


def locked(ask: Ask) -> Ask:
    """The request as it is now, held until the end of the transaction."""
    return Ask.objects.select_for_update(of=("self",), no_key=True).select_related("person", "need").get(pk=ask.pk)


def role_of(by: User) -> str:
    """The role by which somebody keeps, prepares or sends."""
    return role_used(by, Permission.KEEP_RECORDS) or role_used(by, Permission.PREPARE_REFERRAL) or role_used(by, Permission.SEND_REFERRAL)


def seen(ask: Ask) -> str:
    """A mark of a request as a page shows it: what it says, and what would end with it. A form that decides on it carries the mark."""
    told = {
        "request": (str(ask.state), ask.person_choice, *(str(ask.need_id if name == "need" else getattr(ask, name)) for name in FIELDS)),
        "matches": sorted((str(key), state) for key, state in ask.matches.values_list("pk", "state")),
        "referrals": sorted((str(key), state) for key, state in ask.referrals.values_list("pk", "state")),
        "visits": sorted(str(told) for told in planned_for(ask).values_list("pk", "starts_at")),
        "groups": sorted(places(ask=ask).values_list("pk", flat=True)),
    }
    return ".".join(version_of_rows(ask, [part]) for part in told.values())


def planned_for(ask: Ask) -> QuerySet[Visit]:
    """The visits of the one who helps with it that are still to come, the next one first."""
    return Visit.objects.filter(match__ask=ask, state=VisitState.PLANNED, starts_at__gt=clock.now()).order_by("starts_at", "pk")


def require_seen(ask: Ask, mark: str) -> Ask:
    """Hold the request, as it was when `seen` made the mark. Raises WrongState, which says what has changed; an empty mark is not asked for."""
    ask = locked(ask)
    # A form without a mark decides as before: the table of states still refuses what cannot be.
    if mark and (changed := [name for name, then, now in zip(_PARTS, mark.split("."), seen(ask).split("."), strict=False) if then != now]):
        have = "has" if len(changed) == 1 else "have"
        raise WrongState(
            f"Since you opened this page, {' and '.join(changed)} {have} changed, and nothing was done. Look, then decide again."
        )
    return ask


_PARTS = ("the request", "what volunteers said", "a referral", "a planned visit", "a place in a group")
