"""The part of the day that is about volunteers: whom to tell, what was to be visited, what is not planned. Ids and numbers, no names."""

from django.db.models import Exists, OuterRef, Q

from directory import clock
from directory.accounts.models import User
from directory.journal.models import Event
from matching.desk.work_lists import MOST, Section, Work
from matching.desk_states import GroupState
from matching.models import Ask, Group, Match, Visit
from matching.offering.answering import answer_by
from matching.offering.words import moment_words
from matching.rules.errands import ERRANDS, is_errand
from matching.states import MATCH_OPEN, AskState, MatchState, VisitState
from matching.visiting.lists import next_of, not_told_of, what_of


def volunteers() -> Section:
    """Offers and introductions that wait for a yes; what a coordinator has to do comes first."""
    words = {
        MatchState.ACCEPTED: "the volunteer said yes: tell the person who it is",
        MatchState.INTRODUCED: "ask the person whether they want to start",
        MatchState.OFFERED: "waits for the volunteer",
    }
    rows = Match.objects.filter(state__in=words).select_related("ask__need", "volunteer").order_by("offered_at")[:MOST]
    order = list(words)
    lines = [
        Work(
            f"{match.volunteer} for {match.ask}",
            f"/desk/requests/{match.ask_id}/" if match.state == MatchState.OFFERED else f"/desk/matches/{match.pk}/pair/",
            match.ask.need.name,
            due=f"{words[MatchState(match.state)]}{_until(match)}",
            tag=_ring(match),
            tone="clay",
        )
        for match in sorted(rows, key=lambda match: order.index(MatchState(match.state)))
    ]
    return Section("Volunteers", lines, "Nobody waits for a yes.")


def visits_not_told_of() -> Section:
    """Visits that should have been, and of which the visitor has not told yet."""
    rows = not_told_of()[:MOST]
    return Section("Visits: how were they?", [_visit(row) for row in rows], "Every visit was told of.")


def visits_of_care_worker(user: User) -> Section:
    """A care worker's own visits; whom, stands behind the link."""
    now = clock.now()
    lines = [
        Work(moment_words(row.starts_at), f"/visits/{row.pk}/", f"{row.minutes} minutes", due="how was it?" if row.starts_at < now else "")
        for row in next_of(user)[:MOST]
    ]
    return Section("Your visits", lines, "None is planned.")


def errands_done() -> Section:
    """Requests whose errand a volunteer has done: is it met?"""
    rows = Ask.objects.filter(state=AskState.OPEN).filter(errand_was_done()).select_related("need").order_by("made_at", "pk")[:MOST]
    lines = [Work(f"{row} · {row.need.name}", f"/desk/requests/{row.pk}/", row.area_name, due="was done: is it met?") for row in rows]
    return Section("Done by a volunteer: is the request met?", lines, "Nothing to ask.")


def pairs_without_visit() -> Section:
    """Two who meet, and nothing is planned: a first visit, or one that nobody wrote down."""
    planned = Visit.objects.filter(match=OuterRef("pk"), state=VisitState.PLANNED)
    rows = Match.objects.filter(~Exists(planned), state=MatchState.ACTIVE, ask__person__do_not_contact=False)
    rows = rows.annotate(visited=Exists(Visit.objects.filter(match=OuterRef("pk"), state=VisitState.DONE)))
    lines = [
        Work(
            f"{row.volunteer} for {row.ask}",
            f"/desk/matches/{row.pk}/pair/",
            row.ask.need.name,
            due=_what_next(row, visited=row.visited),  # type: ignore[attr-defined]
        )
        for row in rows.select_related("ask__need", "volunteer").order_by("active_at", "pk")[:MOST]
    ]
    return Section("They meet, and no visit is planned", lines, "Visits are planned for everybody.")


def groups_without_meeting() -> Section:
    """Small groups that meet, and no meeting is planned."""
    planned = Visit.objects.filter(group=OuterRef("pk"), state=VisitState.PLANNED)
    rows = Group.objects.filter(~Exists(planned), state=GroupState.RUNNING).select_related("volunteer").order_by("began_at", "pk")[:MOST]
    lines = [
        Work(f"{row}, led by {row.volunteer}", f"/desk/groups/{row.pk}/", row.area_name, due="this group has no next meeting")
        for row in rows
    ]
    return Section("Small groups without a next meeting", lines, "Every group has its next meeting.")


def errand_was_done() -> Q:
    """Errands (`rules.errands.is_errand`) with a visit that was done, under a match that has ended, and nobody on them now.

    What was done before a request was opened again was not what it needed, and asks nothing more.
    """
    reopened = Event.objects.filter(kind="ask.reopened", object_id=OuterRef("match__ask"), at__gte=OuterRef("done_at"))
    visited = Visit.objects.filter(~Exists(reopened), match__ask=OuterRef("pk"), match__state=MatchState.ENDED, state=VisitState.DONE)
    taken = Match.objects.filter(ask=OuterRef("pk"), state__in=MATCH_OPEN)
    return ERRANDS & Q(Exists(visited)) & ~Q(Exists(taken))


def _visit(row: Visit) -> Work:
    who = str(row.volunteer) if row.volunteer is not None else row.care_worker.name if row.care_worker is not None else ""
    return Work(f"{who}, {moment_words(row.starts_at)}", f"/visits/{row.pk}/", what_of(row), due="nobody has told yet")


def _what_next(row: Match, *, visited: bool) -> str:
    if not visited:
        return "plan the first visit"
    return "is it finished?" if is_errand(row.ask) else "when do they meet next?"


def _until(match: Match) -> str:
    return f", until {moment_words(answer_by(match))}" if match.state == MatchState.OFFERED else ""


def _ring(match: Match) -> str:
    """A volunteer without a log-in reads no mail of ours, and answers by phone to nobody but themselves: somebody lets them in."""
    return "No log-in: let them in first" if match.state == MatchState.OFFERED and match.volunteer.user_id is None else ""
