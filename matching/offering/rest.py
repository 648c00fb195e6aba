"""Nobody is asked too often: so many offers in seven days, and a rest after a no. Nothing is stored for it beside the offers themselves."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import F

from directory import clock
from directory.states import WrongState
from matching.models import Match, Volunteer
from matching.offering.words import moment_words
from matching.states import MatchState

WEEK = timedelta(days=7)


class AskedEnough(WrongState):
    """This volunteer has a rest from being asked (409). `until`: from when they may be asked again."""

    def __init__(self, volunteer: Volunteer, until: datetime) -> None:
        super().__init__(
            f"{volunteer} has been asked often enough for now, or has just said no, and has a rest. "
            f"They may be asked again from {moment_words(until)} on."
        )
        self.until = until


def may_be_asked(volunteer: Volunteer) -> datetime | None:
    """From when this volunteer may be asked again; None where they may be asked now."""
    return resting([volunteer.pk]).get(volunteer.pk)


def resting(volunteers: Iterable[UUID] | None = None) -> dict[UUID, datetime]:
    """Who may not be asked now, and from when on they may, in two queries; of these volunteers, or of all."""
    now = clock.now()
    recent = Match.objects.filter(offered_at__gt=now - WEEK)
    # A no to an offer: whoever takes back a yes, or was stopped by something else, answered before it ended.
    rest = timedelta(days=settings.REST_AFTER_NO_DAYS)
    refused = Match.objects.filter(state=MatchState.DECLINED, ended_at__gt=now - rest, answered_at=F("ended_at"))
    if volunteers is not None:
        chosen = list(volunteers)
        recent, refused = recent.filter(volunteer__in=chosen), refused.filter(volunteer__in=chosen)
    until: dict[UUID, datetime] = {}
    for volunteer, moments in _by_volunteer(recent.values_list("volunteer_id", "offered_at")).items():
        if len(moments) >= settings.OFFERS_IN_A_WEEK:
            until[volunteer] = moments[-settings.OFFERS_IN_A_WEEK] + WEEK
    for volunteer, moments in _by_volunteer(refused.values_list("volunteer_id", "ended_at")).items():
        until[volunteer] = max(until.get(volunteer, now), moments[-1] + rest)
    return until


def require_rested(volunteer: Volunteer) -> None:
    """Raises AskedEnough."""
    until = may_be_asked(volunteer)
    if until is not None:
        raise AskedEnough(volunteer, until)


def _by_volunteer(rows: Iterable[tuple[UUID, datetime | None]]) -> dict[UUID, list[datetime]]:
    moments: dict[UUID, list[datetime]] = defaultdict(list)
    for volunteer, moment in rows:
        if moment is not None:
            moments[volunteer].append(moment)
    return {volunteer: sorted(each) for volunteer, each in moments.items()}
