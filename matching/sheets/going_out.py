"""What goes out for the care-rostering system: by the numbers of the co-op's other systems, without a name, an address or a note."""

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import require, role_used
from directory.accounts.roles import Permission
from directory.journal.codes import Codes
from directory.journal.recording import record
from matching.models import Match, Person, Visit, Volunteer
from matching.sheets.agreed import agreed
from matching.states import MATCH_TAKEN, AskState, VisitState
from matching.visiting.meetings import who_could_come

BEFORE, AHEAD = timedelta(days=31), timedelta(days=62)

KINDS = {"people": "People", "volunteers": "Volunteers", "pairs": "Who helps whom", "visits": "Visits"}
_KNOWN_PERSON = Q(external_id__isnull=False, merged_into=None)


@transaction.atomic
def go_out(kind: str, *, by: User) -> list[list[Any]]:
    """The headings and the rows of one file; that it went out, to whom and how many rows, is kept in the journal.

    Whoever has no number in the other systems is left out (`left_out`). Raises PermissionDenied, KeyError for another kind.
    """
    require(by, Permission.KEEP_RECORDS)
    headings, rows = _FILES[kind]
    lines = list(rows())
    codes: Codes = {"file": kind, "rows": len(lines)}
    record("desk.exported", by, by=by, role=role_used(by, Permission.KEEP_RECORDS), codes=codes)
    return [headings, *lines]


def left_out() -> dict[str, int]:
    """How many people and volunteers have no number yet: {"people": n, "volunteers": n}."""
    return {
        "people": Person.objects.filter(external_id=None, merged_into=None).count(),
        "volunteers": Volunteer.objects.filter(external_id=None).count(),
    }


def _people() -> Iterator[list[Any]]:
    rows = Person.objects.filter(_KNOWN_PERSON).annotate(waiting=Count("asks", filter=Q(asks__state=AskState.OPEN)))
    plain = rows.order_by("external_id").only("external_id", "part", "do_not_contact", "contact").prefetch_related("agreements")
    for row in plain:
        codes = ", ".join((row.contact or {}).get("codes", ()))
        yield [row.external_id, row.part, "yes" if row.do_not_contact else "no", row.waiting, *agreed(row), codes]


def _volunteers() -> Iterator[list[Any]]:
    rows = Volunteer.objects.filter(external_id__isnull=False).prefetch_related("activities").order_by("external_id")
    for row in rows.only("external_id", "number", "status", "check_level", "recheck_due", "paused_until"):
        activities = "; ".join(sorted(offered.activity for offered in row.activities.all()))
        yield [row.external_id, str(row), row.status, row.paused_until or "", row.check_level, row.recheck_due or "", activities]


def _pairs() -> Iterator[list[Any]]:
    rows: QuerySet[Match] = Match.objects.filter(state__in=MATCH_TAKEN, ask__person__external_id__isnull=False)
    rows = rows.filter(volunteer__external_id__isnull=False).order_by("ask__number", "pk")
    plain = rows.values_list(
        "ask__person__external_id", "volunteer__external_id", "ask__activity", "ask__often", "ask__minutes", "state", "active_at"
    )
    for *cells, since in plain:
        yield [*cells, clock.local(since).date() if since else ""]


def care_team_going_out() -> list[User]:
    """The care workers whose visits go out, by name: the file has the ids of their accounts alone."""
    return sorted(User.objects.filter(pk__in=_due().values("care_worker")), key=lambda user: (user.name, str(user.pk)))


def _due() -> QuerySet[Visit]:
    """Visits of these months to whom the other systems know, and meetings of groups; by volunteers whom they know, or by the care team."""
    now = clock.now()
    rows = Visit.objects.filter(starts_at__range=(now - BEFORE, now + AHEAD))
    rows = rows.filter(Q(person__external_id__isnull=False) | Q(group__isnull=False))
    return rows.filter(Q(volunteer=None) | Q(volunteer__external_id__isnull=False))


def _visits() -> Iterator[list[Any]]:
    """A meeting of a group is one row, so that its minutes count once; `people` are those who come, once it has been those who came."""
    rows = _due().select_related("person", "volunteer", "group").order_by("starts_at", "pk")
    for row in rows.prefetch_related("came__ask__person"):
        yield [
            row.person.external_id if row.person else "",
            row.volunteer.external_id if row.volunteer else "",
            clock.local(row.starts_at).isoformat(timespec="minutes"),
            row.minutes,
            row.state,
            "" if row.minutes_done is None else row.minutes_done,
            str(row.care_worker_id or ""),
            str(row.group or ""),
            "; ".join(_at_the_meeting(row)),
        ]


def _at_the_meeting(visit: Visit) -> list[str]:
    if visit.group is None:
        return []
    rows = visit.came.all() if visit.state == VisitState.DONE else who_could_come(visit)
    return sorted({row.ask.person.external_id for row in rows if row.ask.person is not None and row.ask.person.external_id})


_FILES: dict[str, tuple[list[str], Callable[[], Iterable[list[Any]]]]] = {
    "people": (["external_id", "part", "do_not_contact", "open_requests", "agreed_on", "agreed_how", "communication_codes"], _people),
    "volunteers": (["external_id", "number", "status", "paused_until", "check", "recheck_due", "activities"], _volunteers),
    "pairs": (["person", "volunteer", "activity", "often", "minutes", "state", "since"], _pairs),
    "visits": (
        ["person", "volunteer", "starts_at", "minutes", "state", "minutes_done", "care_worker", "group", "people"],
        _visits,
    ),
}
