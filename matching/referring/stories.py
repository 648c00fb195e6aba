"""A referral's story, told from the journal in plain sentences, with the words that people wrote beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from directory import clock
from directory.accounts.models import User
from directory.journal.models import Event
from matching.models import Referral
from matching.reasons import Outcome, Reason
from matching.states import REFERRAL_OPEN, ReferralState

SENTENCES = {
    ReferralState.DRAFT: "Prepared",
    ReferralState.DECLINED_BY_PERSON: "The person said no",
    ReferralState.REQUESTED: "Asked {provider}",
    ReferralState.ACCEPTED: "{provider} said yes",
    ReferralState.REJECTED: "{provider} could not take this on",
    ReferralState.IN_PROGRESS: "Help has begun",
    ReferralState.ON_HOLD: "Put on hold",
    ReferralState.COMPLETED: "Completed",
    ReferralState.FAILED: "Closed, not achieved",
    ReferralState.CANCELLED: "Taken back",
    ReferralState.ENTERED_IN_ERROR: "Entered in error",
}


@dataclass(frozen=True)
class Chapter:
    """One line of the story, in the shape of the timeline component. state: done, now, next or late."""

    title: str
    at: datetime | None
    by: str
    text: str
    state: str
    when: str = ""


def provider_name(referral: Referral) -> str:
    """Who was asked, as a person would say it."""
    return referral.service.organisation.name if referral.service is not None else "the co-op's volunteers"


def story(referral: Referral, *, with_notes: bool = True) -> list[Chapter]:
    """Everything that happened to a referral, the oldest first, and what is expected next; the notes only for who may know the person."""
    events = list(Event.objects.about(referral))
    people = {user.pk: user.get_full_name() for user in User.objects.filter(pk__in={event.by_id for event in events})}
    chapters = [_chapter(event, referral, people) for event in events]
    notes = [
        Chapter("Note", note.at, note.by.get_full_name() if note.by else "", note.text, "done")
        for note in (referral.notes.select_related("by") if with_notes else ())
    ]
    told = sorted([*chapters, *notes], key=lambda chapter: chapter.at or clock.now())
    return [*told, *_next(referral)]


def _chapter(event: Event, referral: Referral, people: Mapping[Any, str]) -> Chapter:
    codes = event.codes
    if event.kind == "referral.person_told":
        return Chapter(
            "The person was told", event.at, people.get(event.by_id, ""), f"By {_words(Referral.Channel, codes.get('how'))}", "done"
        )
    title = SENTENCES[ReferralState(codes["to"])].format(provider=provider_name(referral))
    if codes.get("from") == ReferralState.ON_HOLD and codes["to"] == ReferralState.IN_PROGRESS:
        title = "Goes on after waiting"
    words = [_words(Reason, codes.get("reason")), _words(Outcome, codes.get("outcome"))]
    if codes.get("on_behalf_of"):
        words.append("Noted by the co-op on their word")
    return Chapter(title, event.at, people.get(event.by_id, ""), ". ".join(word for word in words if word), "done")


def _words(choices: type[Reason] | type[Outcome] | type[Referral.Channel], code: str | None) -> str:
    return str(choices(code).label) if code in choices.values else ""


def _next(referral: Referral) -> list[Chapter]:
    """The promise that is open now, and whether it is late."""
    if referral.state == ReferralState.REQUESTED and referral.due_at is not None:
        late = referral.due_at < clock.now()
        title = "No answer yet: chase it" if late else "They answer"
        return [Chapter(title, None, "", "", "late" if late else "next", f"by {clock.local(referral.due_at):%A %-d %B}")]
    if referral.state == ReferralState.ON_HOLD and referral.review_on is not None:
        late = referral.review_on < clock.today()
        return [Chapter("To be looked at again", None, "", "", "late" if late else "next", f"{referral.review_on:%A %-d %B}")]
    if referral.state not in REFERRAL_OPEN and referral.state != ReferralState.ENTERED_IN_ERROR and referral.person_told_at is None:
        return [Chapter("Tell the person how it ended", None, "", "", "next", "now")]
    return []
