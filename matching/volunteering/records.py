"""What every verb about a volunteer begins with: may this user, in which relation, and the row as it is now."""

from django.core.exceptions import PermissionDenied

from directory.accounts.models import User
from directory.accounts.policy import allowed, relations_of, role_used
from directory.accounts.roles import Permission, Relation
from matching.desk_states import GROUP_OPEN
from matching.models import Group, Match, Volunteer
from matching.persons.versions import require_as_seen, version_of_rows
from matching.states import MATCH_OPEN
from matching.volunteer_states import VolunteerStatus


def held(by: User, volunteer: Volunteer) -> frozenset[Relation]:
    """COORD for who keeps records, VOLUNTEER for the volunteer themselves. Raises PermissionDenied for everybody else."""
    found = set()
    if allowed(by, Permission.KEEP_RECORDS):
        found.add(Relation.COORD)
    if allowed(by, Permission.VOLUNTEER) and Relation.VOLUNTEER in relations_of(by, volunteer):
        found.add(Relation.VOLUNTEER)
    if not found:
        raise PermissionDenied("This is not open to you.")
    return frozenset(found)


def locked(volunteer: Volunteer) -> Volunteer:
    """The volunteer as they are now, until this transaction ends. Request before volunteer before match before journal."""
    return Volunteer.objects.select_for_update(no_key=True).get(pk=volunteer.pk)


def standing_seen(volunteer: Volunteer) -> str:
    """The mark of a page that moves a volunteer: how they stand, and with whom they are."""
    stands = version_of_rows(volunteer, [[volunteer.status, volunteer.paused_until]])
    pairs = Match.objects.filter(volunteer=volunteer, state__in=MATCH_OPEN).order_by("pk").values_list("pk", "state")
    groups = Group.objects.filter(volunteer=volunteer, state__in=GROUP_OPEN).order_by("pk").values_list("pk", "state")
    return f"{stands}.{version_of_rows(volunteer, [*pairs, *groups])}"


def require_standing_seen(volunteer: Volunteer, to: str, mark: str) -> None:
    """As the page showed it (mark; an empty one is not asked for). Nobody with whom they are keeps a removal waiting. Raises WrongState."""
    now = standing_seen(volunteer)
    if to == VolunteerStatus.REMOVED:
        mark, now = mark.partition(".")[0], now.partition(".")[0]
    require_as_seen(mark, now)


def role_of(by: User) -> str:
    """For the journal: the role by which records are kept, or that of the volunteer themselves."""
    return role_used(by, Permission.KEEP_RECORDS) or role_used(by, Permission.VOLUNTEER)
