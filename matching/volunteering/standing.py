"""Applied, being checked, active, paused, left, removed: who moves a volunteer, and what becomes of those whom they help."""

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.crypto import salted_hmac

from directory import clock
from directory.accounts.models import User
from directory.accounts.roles import Relation
from directory.journal.codes import Codes
from directory.journal.recording import record
from directory.states import WrongState
from matching.befriending.groups import hold_offered, volunteer_gone
from matching.models import Ask, Match, Task, Visit, Volunteer
from matching.states import MATCH_OPEN, MatchState, VisitState
from matching.stopping.waiting import write_move
from matching.tasks import drop_tasks_about, open_task
from matching.visiting.series import plan_ahead
from matching.visits.stopping import cancel_visits
from matching.volunteer_states import REFERRED_TO_DBS, VOLUNTEER_GONE, VOLUNTEERING, RemovedFor, VolunteerStatus
from matching.volunteering.missing import missing
from matching.volunteering.photos import forget_photo
from matching.volunteering.records import held, locked, require_standing_seen, role_of
from matching.volunteering.training import free_places

# Days until the safeguarding lead has decided: the duty is to refer as soon as there is reason to, and evidence has to be looked at first.
DAYS_TO_REFER = 5
# A pause that is meant to be longer has no last day; a year of four figures is soon mistyped.
LONGEST_PAUSE = timedelta(days=2 * 365)
PIECE = 100
_POINTLESS = (Task.Kind.RECHECK, Task.Kind.TRAINING, Task.Kind.REFERENCE)  # once somebody is gone
_TOLD = frozenset({MatchState.INTRODUCED, MatchState.ACTIVE})  # the person knows who it is
_RESTS = "rests"  # begins the mark of a task to tell somebody that their volunteer does not come
_ENDS_AS = {
    MatchState.OFFERED: MatchState.LAPSED,
    MatchState.ACCEPTED: MatchState.DECLINED,
    MatchState.INTRODUCED: MatchState.DECLINED,
    MatchState.ACTIVE: MatchState.ENDED,
}


@transaction.atomic
def set_status(
    volunteer: Volunteer, status: str, *, by: User, reason: str = "", until: date | None = None, words: str = "", mark: str = ""
) -> Volunteer:
    """Move a volunteer, by a coordinator or, where the table lets them, by themselves.

    Who is not active is asked nothing: open offers lapse. A pause or a new check lets pairs rest; who leaves or is removed has no pairs any
    more from this moment on. A task for each person who knew them says whom to tell.
    reason: a code of RemovedFor, needed to remove; harm or risk opens the task on the duty to refer. until: the first day after a pause.
    words: what happened, kept encrypted in that task. mark: `standing_seen` of the page; an empty one is not asked for.
    Raises PermissionDenied, ValidationError, WrongState.
    """
    relations = held(by, volunteer)
    if status not in VolunteerStatus.values:
        raise ValidationError({"status": ["Choose from the list."]})
    _hold_requests(volunteer)
    volunteer = locked(volunteer)
    before = volunteer.status
    if before == status and until == volunteer.paused_until:
        if status == VolunteerStatus.REMOVED and reason in REFERRED_TO_DBS and Relation.COORD in relations:
            # Who removed them did not know of this.
            _duty_to_refer(volunteer, RemovedFor(reason), words, by)
        return volunteer
    require_standing_seen(volunteer, status, mark)
    _check_whose_pause(volunteer, status, relations)
    if before != status:
        move = VOLUNTEERING.check(before, status, relations)
        move.require({"reason": reason}, relations)
    _check_until(status, until)
    matches = _open_matches(volunteer)
    hold_offered(volunteer)
    volunteer.status, volunteer.paused_until = status, until
    if before != status:
        volunteer.paused_by_us = status == VolunteerStatus.PAUSED and Relation.VOLUNTEER not in relations
    volunteer.save(update_fields=["status", "paused_until", "paused_by_us"])
    if before == status:
        record("volunteer.pause_changed", volunteer, by=by, role=role_of(by), codes={"until": until})
        cancel_visits(by=by, until=until, volunteer=volunteer)
        for match in matches:
            if match.state in _TOLD:
                _to_tell(match, volunteer, by)
        return volunteer
    codes: Codes = {"from": before, "to": status, "reason": reason or None, "until": until}
    if status == VolunteerStatus.ACTIVE:
        codes = {**codes, "missing": [each.code for each in missing(volunteer)]}
    record("volunteer.status", volunteer, by=by, role=role_of(by), codes=codes)
    _let_go(volunteer, matches, relations, by)
    if status in VOLUNTEER_GONE:
        free_places(volunteer, by=by, relations=relations)
        forget_photo(volunteer, by=by)
        drop_tasks_about(by=by, volunteer=volunteer, kinds=_POINTLESS)
    if reason in REFERRED_TO_DBS:
        _duty_to_refer(volunteer, RemovedFor(reason), words, by)
    return volunteer


def come_back_some() -> bool:
    """Whose pause is over is active again; the daily job. True when nothing is left to do."""
    over = Volunteer.objects.filter(status=VolunteerStatus.PAUSED, paused_until__lte=clock.today())
    keys = list(over.values_list("pk", flat=True)[:PIECE])
    for pk in keys:
        with transaction.atomic():
            volunteer = over.select_for_update(no_key=True).filter(pk=pk).first()
            if volunteer is not None:
                VOLUNTEERING.check(volunteer.status, VolunteerStatus.ACTIVE, [Relation.SYSTEM])
                volunteer.status, volunteer.paused_until, volunteer.paused_by_us = VolunteerStatus.ACTIVE, None, False
                volunteer.save(update_fields=["status", "paused_until", "paused_by_us"])
                codes: Codes = {"from": VolunteerStatus.PAUSED, "to": VolunteerStatus.ACTIVE}
                record("system.volunteer.came_back", volunteer, by=None, role=Relation.SYSTEM, codes=codes)
                drop_tasks_about(by=None, volunteer=volunteer, once__startswith=f"{_RESTS}-")
    return len(keys) < PIECE


def _check_whose_pause(volunteer: Volunteer, status: str, relations: frozenset[Relation]) -> None:
    """A pause that a coordinator decided is a coordinator's to end or to change; stopping altogether is always the volunteer's own."""
    theirs = Relation.COORD not in relations and status in (VolunteerStatus.ACTIVE, VolunteerStatus.PAUSED)
    if volunteer.paused_by_us and theirs:
        raise WrongState("We decided on this pause. Ring us, and we talk about when it ends.")


def _check_until(status: str, until: date | None) -> None:
    if until is None:
        return
    if status != VolunteerStatus.PAUSED:
        raise ValidationError({"until": ["Only a pause has a day on which it ends."]})
    if until <= clock.today():
        raise ValidationError({"until": ["Choose a day after today."]})
    if until > clock.today() + LONGEST_PAUSE:
        raise ValidationError({"until": ["Choose a day within two years, or leave it empty."]})


def _hold_requests(volunteer: Volunteer) -> None:
    """Request before volunteer before match before journal: those whose offers, pairs and visits may end here."""
    open_ones = Match.objects.filter(volunteer=volunteer, state__in=MATCH_OPEN)
    planned = Visit.objects.filter(volunteer=volunteer, state=VisitState.PLANNED)
    asks = Ask.objects.filter(Q(pk__in=open_ones.values("ask")) | Q(pk__in=planned.values("match__ask")))
    list(asks.select_for_update(no_key=True).order_by("pk").values_list("pk"))


def _open_matches(volunteer: Volunteer) -> list[Match]:
    """Held before the journal is written to: everybody locks in this order."""
    rows = Match.objects.select_for_update(of=("self",), no_key=True).filter(volunteer=volunteer, state__in=MATCH_OPEN)
    return list(rows.select_related("ask__person").order_by("pk"))


def _let_go(volunteer: Volunteer, matches: Iterable[Match], relations: frozenset[Relation], by: User) -> None:
    """Offers lapse with everybody who is not active, and visits until they are back; the rest rests, or ends with who is gone.

    With who is back before their time, what is agreed for every week goes on at once.
    """
    if volunteer.status == VolunteerStatus.ACTIVE:
        drop_tasks_about(by=by, volunteer=volunteer, once__startswith=f"{_RESTS}-")
        for match in matches:
            plan_ahead(match)
        return
    volunteer_gone(volunteer, by=by)
    gone = volunteer.status in VOLUNTEER_GONE
    for match in matches:
        knew, offered = match.state in _TOLD, match.state == MatchState.OFFERED
        if offered or gone:
            side = [Relation.SYSTEM] if offered else relations
            write_move(match, _ENDS_AS[MatchState(match.state)], side, by=by)
        if knew:
            _to_tell(match, volunteer, by)
    # Also what they do for others' pairs; after a pause with a last day the visits go on.
    cancel_visits(by=by, until=volunteer.paused_until, volunteer=volunteer)


def _to_tell(match: Match, volunteer: Volunteer, by: User) -> None:
    """Somebody tells the person how it stands now, in place of what was to be told before; nobody rings who is not to be contacted."""
    drop_tasks_about(by=by, match=match, once__startswith=f"{_RESTS}-")
    if match.ask.person is not None and match.ask.person.do_not_contact:
        return
    words = {
        VolunteerStatus.REMOVED: f"{volunteer} does not come any more, from today. Tell the person, ask how they are and what they need now.",
        VolunteerStatus.LEFT: f"{volunteer} has stopped. Tell the person, and ask who should come instead.",
        VolunteerStatus.PAUSED: f"{volunteer} pauses{_until(volunteer)}. Tell the person, and ask whether somebody should come meanwhile.",
    }
    meanwhile = f"{volunteer} is being checked again, and does not come until that is done. Tell the person."
    days = 0 if volunteer.status == VolunteerStatus.REMOVED else 1
    open_task(
        Task.Kind.RING,
        by=by,
        due_on=clock.today() + timedelta(days=days),
        once=f"{_RESTS}-{match.pk}-{uuid4()}",
        words=words.get(VolunteerStatus(volunteer.status), meanwhile),
        person=match.ask.person,
        ask=match.ask,
        match=match,
        volunteer=volunteer,
    )


def _until(volunteer: Volunteer) -> str:
    return f" until {volunteer.paused_until:%A} {volunteer.paused_until.day} {volunteer.paused_until:%B}" if volunteer.paused_until else ""


def _duty_to_refer(volunteer: Volunteer, reason: RemovedFor, words: str, by: User) -> None:
    open_task(
        Task.Kind.DUTY_TO_REFER,
        by=by,
        whose=Task.For.SAFEGUARDING_LEAD,
        due_on=clock.today() + timedelta(days=DAYS_TO_REFER),
        once=f"refer-{volunteer.pk}-{salted_hmac('matching.duty', reason + words).hexdigest()[:12]}",
        words=(
            f"{volunteer} was removed: {reason.label.lower()}. Who worked in regulated activity, or would have, must be referred to the "
            f"Disclosure and Barring Service (Safeguarding Vulnerable Groups Act 2006, section 35). {words}"
        ).strip(),
        volunteer=volunteer,
    )
