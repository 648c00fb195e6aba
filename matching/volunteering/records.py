"""What every verb about a volunteer begins with: may this user, in which relation, and the row as it is now."""

from django.core.exceptions import PermissionDenied

from directory.accounts.models import User
from directory.accounts.policy import allowed, relations_of, role_used
from directory.accounts.roles import Permission, Relation
from matching.models import Volunteer


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


def role_of(by: User) -> str:
    """For the journal: the role by which records are kept, or that of the volunteer themselves."""
    return role_used(by, Permission.KEEP_RECORDS) or role_used(by, Permission.VOLUNTEER)
