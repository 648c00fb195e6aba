"""What became of an enquiry, for who asked; and their "I do not need it any more". Never the name of anybody."""

from collections.abc import Iterable

from django.db import transaction

from directory import clock
from directory.accounts.roles import Relation
from directory.journal.recording import record
from directory.states import WrongState
from matching.asking.desk import is_late
from matching.asking.sending import is_written_to, promise
from matching.desk_states import ENQUIRY, ENQUIRY_WAITING, EnquiryState
from matching.models import Ask, Enquiry, Match, Referral, Task
from matching.states import MATCH_OPEN, REFERRAL_OPEN, REFERRAL_TAKEN_ON, AskState, MatchState, ReferralState
from matching.tasks import open_task


def what_became(enquiry: Enquiry) -> list[str]:
    """Plain sentences, in the order of time.

    Where somebody asked for somebody else, what comes after our first talk is that person's to tell.
    """
    lines = [_asked(enquiry)]
    if enquiry.state in ENQUIRY_WAITING:
        return [*lines, *_waiting(enquiry)]
    if enquiry.state == EnquiryState.CLOSED:
        return [*lines, "It is closed: we do nothing more about it. If you need help again, please ask anew."]
    if enquiry.whom != Enquiry.Whom.SELF:
        return [*lines, "We have taken it up. What comes of it is for the person themselves to tell you: please ask them, or ring us."]
    return [*lines, "We have talked with you, and have written down what would help.", *_work(enquiry.ask)]


@transaction.atomic
def not_needed(enquiry: Enquiry) -> bool:
    """Who asked does not need it any more, and has shown the code. What we have not taken up is closed; True.

    What we have taken up may hang on other people: a coordinator is told, once; False. Raises WrongState for what is closed already.
    """
    row = Enquiry.objects.select_for_update(of=("self",)).select_related("ask").get(pk=enquiry.pk)
    if row.state == EnquiryState.TAKEN_UP:
        if row.ask is not None and row.ask.state == AskState.OPEN:
            words = f"Who asked as {row} says on the website that it is not needed any more. Ring and ask, then close the request."
            open_task(Task.Kind.RING, by=None, ask=row.ask, once=f"enquiry-not-needed:{row.pk}", words=words)
        return False
    if row.state not in ENQUIRY_WAITING:
        raise WrongState("This is closed already.")
    ENQUIRY.check(row.state, EnquiryState.CLOSED, [Relation.RAISER])
    before = row.state
    row.state, row.ended_at = EnquiryState.CLOSED, clock.now()
    row.save(update_fields=["state", "ended_at"])
    codes = {"from": before, "to": row.state, "reason": "no_longer_needed"}
    record("public.enquiry_closed", row, by=None, role=Relation.RAISER, codes=codes)
    return True


def can_be_taken_back(enquiry: Enquiry) -> bool:
    """Is there anything left that "I do not need it any more" would change?"""
    if enquiry.state == EnquiryState.TAKEN_UP:
        return enquiry.ask is not None and enquiry.ask.state == AskState.OPEN
    return enquiry.state in ENQUIRY_WAITING


def _asked(enquiry: Enquiry) -> str:
    about = f": {enquiry.need.name.lower()}" if enquiry.need is not None else ""
    sent = clock.local(enquiry.sent_at) if enquiry.sent_at is not None else clock.local(enquiry.begun_at)
    return f"You asked us on {sent:%A} {sent.day} {sent:%B}{about}."


def _waiting(enquiry: Enquiry) -> Iterable[str]:
    written = is_written_to(enquiry.answers)
    if enquiry.state == EnquiryState.TRIED and enquiry.tried_at is not None:
        tried = clock.local(enquiry.tried_at)
        times = "once" if enquiry.tries == 1 else f"{enquiry.tries} times"
        yield f"We tried {times} to reach you, last on {tried:%A} {tried.day} {tried:%B}. We try again, or you ring us."
    elif is_late(enquiry):
        yield "We should have been in touch by now, and were not. Please ring us: we are sorry."
    else:
        yield promise(enquiry.promised_on, written=written)


def _work(ask: Ask | None) -> list[str]:
    if ask is None:
        return ["What is written about it is gone by now. Please ring us."]
    told = {
        AskState.MET: "It is done.",
        AskState.WITHDRAWN: "It was taken back: we do nothing more about it.",
        AskState.UNMET: "We have found nobody yet who can help with it. We have written that down, and ring you when that changes.",
    }
    if ask.state in told:
        return [told[AskState(ask.state)]]
    referrals = [_referral(row) for row in Referral.objects.filter(ask=ask, state__in=REFERRAL_OPEN - {ReferralState.DRAFT})]
    matches = [_match(row) for row in Match.objects.filter(ask=ask, state__in=MATCH_OPEN)]
    return list(dict.fromkeys([*referrals, *matches])) or ["We are looking for somebody who can help."]


def _referral(row: Referral) -> str:
    if row.state in REFERRAL_TAKEN_ON:
        return "A local group has said yes, and gets in touch with you."
    if row.due_at is None:
        return "We have asked a local group, and wait for their answer."
    due = clock.local(row.due_at)
    return f"We have asked a local group. They answer by {due:%A} {due.day} {due:%B}."


def _match(row: Match) -> str:
    return {
        MatchState.OFFERED: "We have asked neighbours who give time, and wait for an answer.",
        MatchState.ACCEPTED: "A neighbour has said yes. We tell you who it is before anybody comes.",
        MatchState.INTRODUCED: "We have told you of a neighbour who would like to help. You decide.",
        MatchState.ACTIVE: "A neighbour helps you with it.",
    }[MatchState(row.state)]
