"""Who may move a visit, and the locks of one: requests, volunteer, match or group, visit; of a care worker's visit the person."""

from uuid import UUID

from django.db.models import Model

from directory.accounts.models import User
from directory.accounts.roles import Permission, Relation
from directory.states import WrongState
from matching.befriending.holding import hold_group
from matching.models import Ask, Match, Person, Visit, Volunteer
from matching.relations import acting
from matching.volunteer_states import VOLUNTEER_GONE

_PERMISSIONS = {
    Relation.VOLUNTEER: Permission.VOLUNTEER,
    Relation.CARE_WORKER: Permission.USE_DESK,
    Relation.COORD: Permission.MATCH,
}


def held_by(user: User, obj: Model) -> frozenset[Relation]:
    """The relations in which this user may act on a visit, a match or a group. Raises PermissionDenied where there is none."""
    return acting(user, obj, _PERMISSIONS)


def role_in(held: frozenset[Relation]) -> Relation:
    """In which of them somebody acts, for the journal: on their own visit, before as a coordinator."""
    return next(relation for relation in _PERMISSIONS if relation in held)


def require_with_us(held: frozenset[Relation], volunteer: Volunteer | None) -> None:
    """A volunteer who has left, or was removed, notes nothing more by themselves. Raises WrongState."""
    if Relation.COORD not in held and volunteer is not None and volunteer.status in VOLUNTEER_GONE:
        raise WrongState("You do not volunteer with us at the moment, so we note this for you. Ring us and tell us how it was.")


def hold_match(match: Match, *others: UUID) -> Match:
    """The match as it is now, with its request and its volunteer, locked in the order of all. others: keys of volunteers to lock beside."""
    ask = Ask.objects.select_for_update(of=("self",), no_key=True).select_related("person", "need").get(pk=match.ask_id)
    volunteers = hold_volunteers(match.volunteer_id, *others)
    match = Match.objects.select_for_update(no_key=True).get(pk=match.pk)
    match.ask, match.volunteer = ask, volunteers[match.volunteer_id]
    return match


def hold_volunteers(*keys: UUID) -> dict[UUID, Volunteer]:
    """These volunteers as they are now, locked one after the other in the order of their keys."""
    return {row.pk: row for row in Volunteer.objects.select_for_update(no_key=True).filter(pk__in=set(keys)).order_by("pk")}


def hold_person(person: Person) -> Person:
    """The person as they are now, locked; rows that point to them may still be written by others, who wait for nothing else of ours."""
    return Person.objects.select_for_update(no_key=True).get(pk=person.pk)


def hold_visit(visit: Visit, *others: UUID) -> Visit:
    """The visit as it is now, locked together with what it hangs on. others: keys of volunteers to lock beside."""
    visitors = [key for key in (visit.volunteer_id, *others) if key is not None]
    match = hold_match(visit.match, *visitors) if visit.match is not None else None
    group = hold_group(visit.group, *visitors)[0] if visit.group is not None else None
    if match is None and visit.person is not None:
        hold_person(visit.person)
    visit = Visit.objects.select_for_update(of=("self",)).select_related("person", "volunteer", "care_worker").get(pk=visit.pk)
    if match is not None:
        visit.match = match
    if group is not None:
        visit.group = group
    return visit
