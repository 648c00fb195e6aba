"""Who may move a visit, and the locks of one: request, volunteer, match, visit; of a care worker's visit the person."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Model

from directory.accounts.models import User
from directory.accounts.policy import allowed, relations_of
from directory.accounts.roles import Permission, Relation
from matching.models import Ask, Match, Person, Visit, Volunteer

_PERMISSIONS = {
    Relation.VOLUNTEER: Permission.VOLUNTEER,
    Relation.CARE_WORKER: Permission.USE_DESK,
    Relation.COORD: Permission.MATCH,
}


def held_by(user: User, obj: Model) -> frozenset[Relation]:
    """The relations in which this user may act on a visit or a match. Raises PermissionDenied where there is none."""
    held = frozenset(each for each in relations_of(user, obj) if each in _PERMISSIONS and allowed(user, _PERMISSIONS[each], obj))
    if not held:
        raise PermissionDenied("This is not open to you.")
    return held


def role_in(held: frozenset[Relation]) -> Relation:
    """In which of them somebody acts, for the journal: on their own visit, before as a coordinator."""
    return next(relation for relation in _PERMISSIONS if relation in held)


def hold_match(match: Match, *others: UUID) -> Match:
    """The match as it is now, with its request and its volunteer, locked in the order of all. others: keys of volunteers to lock beside."""
    ask = Ask.objects.select_for_update(of=("self",)).select_related("person", "need").get(pk=match.ask_id)
    keys = sorted({match.volunteer_id, *others})
    volunteers = {row.pk: row for row in Volunteer.objects.select_for_update().filter(pk__in=keys).order_by("pk")}
    match = Match.objects.select_for_update().get(pk=match.pk)
    match.ask, match.volunteer = ask, volunteers[match.volunteer_id]
    return match


def hold_person(person: Person) -> Person:
    """The person as they are now, locked; rows that point to them may still be written by others, who wait for nothing else of ours."""
    return Person.objects.select_for_update(no_key=True).get(pk=person.pk)


def hold_visit(visit: Visit, *others: UUID) -> Visit:
    """The visit as it is now, locked together with what it hangs on. others: keys of volunteers to lock beside."""
    visitors = [key for key in (visit.volunteer_id, *others) if key is not None]
    match = hold_match(visit.match, *visitors) if visit.match is not None else None
    if match is None and visit.person is not None:
        hold_person(visit.person)
    visit = Visit.objects.select_for_update(of=("self",)).select_related("person", "volunteer", "care_worker").get(pk=visit.pk)
    if match is not None:
        visit.match = match
    return visit
