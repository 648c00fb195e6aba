"""The day's work at the desk: what is late, what is new, what is promised, whom to tell."""

from typing import Any

from django.db.models import Q, QuerySet

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import allowed, roles_of
from directory.accounts.roles import Permission, Role
from matching.asking import call_backs
from matching.asking.desk import lines_of_the_day
from matching.desk.pairs import (
    errand_was_done,
    errands_done,
    groups_without_meeting,
    pairs_without_visit,
    visits_not_told_of,
    visits_of_care_worker,
    volunteers,
)
from matching.desk.work_lists import MOST, Section, Work
from matching.models import Ask, CallBack, Referral
from matching.referrals import REFERRAL_ENDED_TO_TELL
from matching.referring.stories import provider_name
from matching.states import REFERRAL_OPEN, ReferralState

__all__ = ["MOST", "Section", "Work", "today_for"]


def today_for(user: User) -> list[Section]:
    """The lists for this member of staff: casework for coordinators, their own referrals for care workers."""
    if Role.COORDINATOR in roles_of(user):
        first = [
            _late(),
            _ring_back(user),
            _from_the_website(user),
            volunteers(),
            _new(),
            *_where_any(visits_not_told_of(), errands_done(), pairs_without_visit(), groups_without_meeting()),
        ]
        return [*first, _to_send(), _promised(), _to_tell(), _again()]
    own = [visits_of_care_worker(user)] if Role.CARE_WORKER in roles_of(user) else []
    return [*own, _own(user)] if allowed(user, Permission.PREPARE_REFERRAL) else own


def _where_any(*sections: Section) -> list[Section]:
    """What is seldom there, takes no room while it is not."""
    return [section for section in sections if section.rows]


def _referrals(rows: QuerySet[Referral]) -> QuerySet[Referral]:
    return rows.select_related("need", "service__organisation")


def _late() -> Section:
    now, today = clock.now(), clock.today()
    unanswered = Q(state=ReferralState.REQUESTED, due_at__lt=now)
    review = Q(state=ReferralState.ON_HOLD, review_on__lt=today)
    taken_back = Q(agreement__withdrawn_at__isnull=False, state__in=REFERRAL_OPEN - {ReferralState.DRAFT})
    rows = _referrals(Referral.objects.filter(unanswered | review | taken_back)).select_related("agreement").order_by("due_at")[:MOST]
    return Section("Late", [_referral(row, due=_why_late(row), late=True) for row in rows], "Nothing is late.")


def _why_late(row: Referral) -> str:
    if row.agreement is not None and row.agreement.withdrawn_at is not None:
        return "the person took the agreement back: cancel it"
    if row.state == ReferralState.REQUESTED and row.due_at:
        return f"should have answered by {clock.local(row.due_at):%-d %B}"
    return f"on hold, to be looked at again on {row.review_on:%-d %B}"


def _ring_back(user: User) -> Section:
    """Names and numbers stand behind the link, where the look is noted."""
    rows = call_backs.waiting(by=user)[:MOST]
    return Section("Ring back", [_call(row) for row in rows], "Nobody waits for a call.")


_RING_ABOUT = {
    CallBack.Kind.ASK: "help",
    CallBack.Kind.SUGGEST: "something missing or wrong in the lists",
    CallBack.Kind.VOLUNTEER: "helping a neighbour",
}


def _call(row: CallBack) -> Work:
    message = "a message is fine" if row.voicemail else "leave no message"
    parts = (row.get_when_display(), message, row.need.name if row.need else "", row.area_name)
    return Work(
        f"Ring back about {_RING_ABOUT[CallBack.Kind(row.kind)]}: show name and number",
        f"/desk/ring-back/{row.pk}/",
        ", ".join(str(part) for part in parts if part),
        due=f"promised by {row.promised_on:%A %-d %B}" if row.promised_on else f"asked on {clock.local(row.asked_at):%A %-d %B}",
        tag=f"Rung {row.tries} time{'' if row.tries == 1 else 's'}" if row.tries else "",
        tone="clay",
        late=call_backs.is_late(row),
    )


def _from_the_website(user: User) -> Section:
    return Section(
        "New from the website", [Work(**line) for line in lines_of_the_day(by=user, most=MOST)], "Nobody has asked on the website."
    )


def _waiting() -> QuerySet[Ask]:
    """Open requests that no volunteer and no group is on now, the most urgent first."""
    return Ask.objects.waiting().select_related("need").order_by("-urgency", "made_at")


_TRIED = Q(matches__isnull=False) | Q(referrals__isnull=False) | Q(signposts__isnull=False)


def _new() -> Section:
    rows = _waiting().exclude(_TRIED)[:MOST]
    return Section("New: nobody is on it yet", [_ask(row) for row in rows], "No new requests.")


def _again() -> Section:
    rows = _waiting().filter(_TRIED).exclude(errand_was_done()).distinct()[:MOST]
    return Section("Look again: what was tried has ended", [_ask(row) for row in rows], "Nothing to look at again.")


def _to_send() -> Section:
    rows = _referrals(Referral.objects.filter(state=ReferralState.DRAFT)).order_by("created_at")[:MOST]
    return Section("Prepared, waiting to be sent", [_referral(row) for row in rows], "Nothing waits to be sent.")


def _promised() -> Section:
    waiting = Q(state=ReferralState.REQUESTED, due_at__gte=clock.now()) | Q(state__in=[ReferralState.ACCEPTED, ReferralState.IN_PROGRESS])
    rows = _referrals(Referral.objects.filter(waiting)).order_by("due_at", "sent_at")[:MOST]
    return Section("Promised", [_referral(row, due=_promise(row)) for row in rows], "Nothing is promised.")


def _promise(row: Referral) -> str:
    if row.state == ReferralState.REQUESTED and row.due_at:
        return f"they answer by {clock.local(row.due_at):%A %-d %B}"
    return "help has begun" if row.state == ReferralState.IN_PROGRESS else "they said yes, and help has still to begin"


def _to_tell() -> Section:
    rows = _referrals(
        Referral.objects.filter(state__in=REFERRAL_ENDED_TO_TELL, person_told_at=None, person__do_not_contact=False)
    ).order_by("ended_at")[:MOST]
    return Section("Ended: the person has still to be told", [_referral(row) for row in rows], "Everybody knows.")


def _own(user: User) -> Section:
    rows = _referrals(Referral.objects.filter(created_by=user)).order_by("-created_at")[:MOST]
    return Section(
        "What you prepared", [_referral(row, due=str(row.get_state_display())) for row in rows], "You have not prepared a referral yet."
    )


def _referral(row: Referral, **more: Any) -> Work:
    tag = "Possible double" if row.possible_double and row.state in REFERRAL_OPEN else ""
    return Work(
        f"{row} · {row.need.name}",
        f"/desk/referrals/{row.pk}/",
        f"{provider_name(row)}, {row.area_name}".rstrip(", "),
        tag=tag,
        tone="clay",
        **more,
    )


_ASKED_BY = {  # what the co-op wrote down itself, goes without saying
    Ask.Source.SELF: "asked for by the person",
    Ask.Source.FAMILY: "asked for by family or a friend",
    Ask.Source.PARTNER: "asked for by a group",
    Ask.Source.COUNCIL: "asked for by the council",
}


def _ask(row: Ask) -> Work:
    days = (clock.now() - row.made_at).days
    waited = "today" if days == 0 else "since yesterday" if days == 1 else f"for {days} days"
    urgent = row.urgency > Ask.Urgency.SOON
    return Work(
        f"{row} · {row.need.name}",
        f"/desk/requests/{row.pk}/",
        ", ".join(part for part in (row.area_name, row.get_often_display().lower(), _ASKED_BY.get(Ask.Source(row.source), "")) if part),
        due=f"waiting {waited}",
        tag=str(row.get_urgency_display()) if urgent else "",
        tone="clay" if urgent else "",
    )
