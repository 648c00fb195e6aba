"""What a person, and their family as far as they may, reads of their own requests: plain sentences, and who would like to come."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Prefetch

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import roles_of
from directory.accounts.roles import Role
from matching.casework.drafts import OwnDraft, calls_after_a_yes, drafts_of
from matching.desk_states import GroupState, TaskState
from matching.models import Ask, FamilyLink, GroupMember, Match, Person, Referral, Task, Visit, VolunteerPhoto
from matching.offering.words import moment_words
from matching.referring.stories import provider_name
from matching.states import MATCH_TAKEN, REFERRAL_NEVER_SENT, AskState, MatchState, ReferralState
from matching.visiting.lists import coming_to

# The mark of the call after a yes that could not be carried out; the match and a count follow.
SAID_YES = "said-yes:"
_SHOWN_AFTER = timedelta(days=90)
_CLOSED = {
    AskState.MET: "This is done.",
    AskState.WITHDRAWN: "It is not wanted any more.",
    AskState.UNMET: "We have found nobody yet. We keep it in mind, and tell you when that changes.",
}
_REFERRALS = {
    ReferralState.ACCEPTED: "{who} said yes. They get in touch.",
    ReferralState.IN_PROGRESS: "{who} helps with this.",
    ReferralState.COMPLETED: "{who} has finished.",
    ReferralState.REJECTED: "{who} could not take this on. We look further.",
    ReferralState.FAILED: "With {who} it did not work out. We look further.",
    ReferralState.CANCELLED: "We have taken back what we asked {who}.",
}
_MATCHES = {
    MatchState.OFFERED: "We have asked a volunteer.",
    MatchState.ACCEPTED: "A volunteer said yes. We tell you who it is.",
    MatchState.INTRODUCED: "{who}, one of our volunteers, would like to help. Is that all right for you?",
    MatchState.ACTIVE: "{who}, one of our volunteers, helps with this.",
}
_TO_FAMILY = "{who}, one of our volunteers, would like to help. They decide whether that is all right for them."


@dataclass(frozen=True)
class OwnAsk:
    """One request with what stands now; `wait_for` is a match that waits for the person's own answer, `helped_by` one that has begun.

    rings: they have said yes, it could not begin, and somebody at the desk is to ring them. drafts: what waits for their own yes to be sent.
    """

    ask: Ask
    lines: tuple[str, ...]
    is_open: bool
    wait_for: Match | None
    helped_by: Match | None
    who: str
    rings: bool
    drafts: tuple[OwnDraft, ...] = ()

    @property
    def is_over(self) -> bool:
        """Nothing comes of it any more. What nobody could meet yet is not over: we keep it in mind."""
        return self.ask.state in (AskState.MET, AskState.WITHDRAWN)

    @property
    def waits_for_them(self) -> bool:
        """Is there an answer that only they can give?"""
        return (self.wait_for is not None and not self.rings) or any(not draft.rings for draft in self.drafts)


def own_person(user: User) -> Person | None:
    """The person whose account this is; None for everybody else."""
    return Person.objects.filter(user=user, merged_into=None).first() if Role.PERSON in roles_of(user) else None


def family_links(user: User) -> list[FamilyLink]:
    """The people to whom this account is family."""
    if Role.FAMILY not in roles_of(user):
        return []
    return list(FamilyLink.objects.filter(user=user, person__merged_into=None).select_related("person").order_by("since"))


def own_asks(person: Person, *, for_family: bool = False) -> list[OwnAsk]:
    """Open requests, those first that wait for the person's own answer, then what ended lately, each the newest first.

    for_family: the words are for somebody else than the person.
    """
    since = clock.now() - _SHOWN_AFTER
    rows = person.asks.select_related("need").order_by("-made_at")
    photos = Prefetch("matches__volunteer__photo", VolunteerPhoto.objects.defer("jpeg"))
    rows = rows.prefetch_related("matches__volunteer", photos, "matches__tasks", "referrals__service__organisation", calls_after_a_yes())
    shown = [_own(ask, for_family) for ask in rows if ask.closed_at is None or ask.closed_at > since]
    return sorted(shown, key=lambda each: (not each.is_open, not each.waits_for_them))


def own_places(person: Person) -> list[GroupMember]:
    """Their places in small groups that a volunteer leads by now; before that nobody is told of a group."""
    rows = GroupMember.objects.filter(ask__person=person, left_at=None, group__state=GroupState.RUNNING)
    return list(rows.select_related("group__volunteer", "ask").order_by("group__number"))


def visits_ahead(person: Person) -> list[str]:
    """When somebody comes, and who, in words."""
    return [visit_words(visit) for visit in coming_to(person)[:10]]


def _own(ask: Ask, for_family: bool) -> OwnAsk:
    taken = next((match for match in ask.matches.all() if match.state in MATCH_TAKEN), None)
    who = first_name_of(taken) if taken is not None and taken.state in (MatchState.INTRODUCED, MatchState.ACTIVE) else ""
    rings = taken is not None and taken.state == MatchState.INTRODUCED and any(map(_is_call_of_a_yes, taken.tasks.all()))
    drafts = tuple(drafts_of(ask))
    waits = [waits_for_a_yes(each.referral) for each in drafts] if for_family else []
    return OwnAsk(
        ask=ask,
        lines=tuple(_lines(ask, [_with_volunteers(ask, taken, who, rings, for_family), *waits], quiet=bool(drafts))),
        is_open=ask.state == AskState.OPEN,
        wait_for=taken if taken is not None and taken.state == MatchState.INTRODUCED else None,
        helped_by=taken if taken is not None and taken.state == MatchState.ACTIVE else None,
        who=who,
        rings=rings,
        drafts=() if for_family else drafts,
    )


def waits_for_a_yes(referral: Referral) -> str:
    """A draft, as family reads it."""
    return f"We would like to ask {provider_name(referral)}. It waits for their yes, which they give themselves."


def _is_call_of_a_yes(task: Task) -> bool:
    return task.state == TaskState.OPEN and (task.once or "").startswith(SAID_YES)


def _lines(ask: Ask, further: list[str], *, quiet: bool) -> list[str]:
    """quiet: something else stands there, so that it need not be said that we look for somebody."""
    told = [_referral(row) for row in sorted(ask.referrals.all(), key=lambda row: row.number) if row.state not in REFERRAL_NEVER_SENT]
    told += further
    if ask.state != AskState.OPEN:
        told.append(_CLOSED[AskState(ask.state)])
    return [line for line in told if line] or ([] if quiet else ["We are looking for somebody, and get in touch."])


def _with_volunteers(ask: Ask, taken: Match | None, who: str, rings: bool, for_family: bool) -> str:
    if taken is None:
        return _MATCHES[MatchState.OFFERED] if any(match.state == MatchState.OFFERED for match in ask.matches.all()) else ""
    if rings:
        said = "They" if for_family else "You"
        return (
            f"{said} said yes to {who}. Something has changed since, so nothing has begun yet. We ring {'them' if for_family else 'you'}."
        )
    words = _TO_FAMILY if for_family and taken.state == MatchState.INTRODUCED else _MATCHES[MatchState(taken.state)]
    return words.format(who=who)


def _referral(row: Referral) -> str:
    who = provider_name(row)
    named = who[:1].upper() + who[1:]
    if row.state == ReferralState.REQUESTED:
        by = f" They answer by {clock.local(row.due_at):%A %-d %B}." if row.due_at and row.due_at > clock.now() else " We ask them again."
        return f"We have asked {who}.{by}"
    if row.state == ReferralState.ON_HOLD:
        return f"{named} has put it on hold. We look at it again on {_day(row.review_on)}."
    return _REFERRALS.get(ReferralState(row.state), "").format(who=named)


def first_name_of(match: Match) -> str:
    """What the volunteer is called, as they are told to the person."""
    return match.volunteer.name.split()[0] if match.volunteer.name else "A volunteer"


def visit_words(visit: Visit) -> str:
    """When somebody comes or rings, and who, as the person reads it."""
    at = moment_words(visit.starts_at)
    if visit.volunteer is not None:
        who = visit.volunteer.name.split()[0] if visit.volunteer.name else "a volunteer"
    else:
        who = (visit.care_worker.get_full_name().split() or ["somebody"])[0] if visit.care_worker else "somebody"
    if visit.group is not None:
        where = "by phone or online" if visit.by_phone_or_online else f"at {visit.group.meets_at}"
        return f"{at}: your small group {where}, with {who}"
    return f"{at}: {who}{' rings' if visit.by_phone_or_online else ''}"


def _day(day: date | None) -> str:
    return f"{day:%-d %B}" if day else "a day to be told"
