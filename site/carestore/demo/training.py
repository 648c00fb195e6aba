"""The demonstration's references and courses: what stands behind its volunteers, and a date on which one can book a place."""

from datetime import datetime, time, timedelta

from directory import clock
from directory.accounts.models import User
from matching.models import Volunteer
from matching.volunteer_states import ReferenceState, VolunteerStatus
from matching.volunteering.references import answer_reference, ask_reference, name_reference
from matching.volunteering.training import book, note_attended, set_date, write_course

REFEREES = (("Rita Referee (invented)", "a neighbour"), ("Ned Referee (invented)", "from work"))


def name_referees(volunteers: dict[str, Volunteer], users: dict[str, User]) -> None:
    """Two for each volunteer: given for those who are active, the first one asked where checks go on, only named for who has just applied."""
    by = users["coordinator"]
    for volunteer in volunteers.values():
        rows = [name_reference(volunteer, by=by, name=name, reached_at="01632 960199", relation=relation) for name, relation in REFEREES]
        if volunteer.status in (VolunteerStatus.ACTIVE, VolunteerStatus.PAUSED):
            for row in rows:
                answer_reference(row, ReferenceState.GIVEN, by=by, note="Nothing against it.")
        elif volunteer.status == VolunteerStatus.CHECKING:
            ask_reference(rows[0], by=by)


def hold_courses(volunteers: dict[str, Volunteer], users: dict[str, User]) -> None:
    """One course that somebody went to, and comes again in three weeks."""
    by, active = users["coordinator"], [one for one in volunteers.values() if one.status == VolunteerStatus.ACTIVE]
    walking = write_course(by=by, name="Walking beside somebody, and wheelchairs", activities=["walk-beside"], valid_months=24, demo=True)
    past, coming = (set_date(walking, by=by, starts_at=_ten_o_clock(days), place="The village hall, Slaithwaite") for days in (-30, 21))
    for volunteer in active[:3]:
        note_attended(book(past, volunteer, by=by), by=by)
    for volunteer in active[3:5]:
        book(coming, volunteer, by=by)


def _ten_o_clock(days: int) -> datetime:
    return datetime.combine(clock.today() + timedelta(days=days), time(10), clock.LONDON)
