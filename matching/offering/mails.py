"""Mails to volunteers: that there is something new, and where to look. Never what, or about whom. They follow the journal."""

from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse

from directory import clock
from directory.journal.following import register_follower
from directory.journal.models import Event
from matching.models import Match, Volunteer
from matching.states import MatchState

FOLLOWER = "offer_mails"
_TOLD = {"match.offered": MatchState.OFFERED, "match.introduced": MatchState.INTRODUCED}


def register() -> None:
    """Follow the journal one event at a time, so that a mail server that fails keeps its place; called once when the apps are ready."""
    register_follower(FOLLOWER, tell_volunteers, batch=1)


def tell_volunteers(events: Sequence[Event]) -> None:
    """Write to the volunteers who were offered something or introduced to somebody, as long as that still stands.

    Several offers that wait for one volunteer are one mail. None goes to who is paused or gone; what was stopped meanwhile (the agreement
    taken back, a person not to be contacted) is not offered any more. Raises OSError when the mail server does not take a mail: the
    bookmark stays. After a crash one may go twice, with the same Message-ID.
    """
    if "volunteers" not in settings.MODULES:
        return  # there is no page to send them to
    for event in events:
        state = _TOLD.get(event.kind)
        match = Match.objects.filter(pk=event.object_id, state=state).select_related("volunteer__user").first() if state else None
        if match is None or (state == MatchState.OFFERED and match.told_at is not None):
            continue
        if match.ask.person is None or match.ask.person.do_not_contact:
            continue
        address = address_of(match.volunteer)
        if address:
            say_something_new(address, f"offer-{event.seq}-{match.pk}")
            waiting = Match.objects.filter(volunteer=match.volunteer, state=MatchState.OFFERED, told_at=None)
            waiting.update(told_at=clock.now())


def address_of(volunteer: Volunteer) -> str:
    """Where mail reaches a volunteer who is active; empty where none does: then somebody rings."""
    if volunteer.status != Volunteer.Status.ACTIVE or (volunteer.user is not None and not volunteer.user.is_active):
        return ""
    return volunteer.user.email if volunteer.user is not None else ""


def say_something_new(address: str, mark: str) -> None:
    """One mail, which tells nothing but where to look. mark: tells a mail that went twice. Raises OSError."""
    text = (
        f"There is something new for you at {settings.SITE_NAME}.\n\n"
        f"Sign in to read it and to answer:\n{settings.BASE_URL}{reverse('volunteer')}\n\n"
        f"Saying no costs nothing. Rather talk? Ring {settings.SITE_PHONE} ({settings.SITE_PHONE_HOURS}).\n"
    )
    headers = {"Message-ID": f"<{mark}@{settings.BASE_HOST}>"}
    EmailMessage("There is something new for you", text, None, [address], headers=headers).send()
