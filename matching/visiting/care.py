"""Whom a care worker goes to: who they brought in, and whom they visit; and that a coordinator ends it."""

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from directory.accounts.models import RoleGrant, User
from directory.accounts.policy import require
from directory.accounts.roles import Permission, Relation, Role
from directory.journal.codes import Codes
from directory.journal.recording import record
from matching.models import Person, Visit
from matching.relations import counted_visits
from matching.visiting.holding import hold_person
from matching.visits.stopping import cancel_visits


def care_visits(care_worker: User) -> QuerySet[Visit]:
    """The visits of which this care worker may know whom they are to: planned, or done within 60 days, unless they were taken off."""
    return counted_visits().filter(care_worker=care_worker, person__isnull=False)


def own_people(care_worker: User) -> QuerySet[Person]:
    """Whom a care worker brought in, or visits: the newest first."""
    visited = Exists(care_visits(care_worker).filter(person=OuterRef("pk")))
    return Person.objects.filter(Q(brought_in_by=care_worker) | visited, merged_into=None).order_by("-created_at", "pk")


def in_care() -> QuerySet[Person]:
    """Whom the care team visits, or brought in: the newest first."""
    visited = Exists(counted_visits().filter(person=OuterRef("pk"), care_worker__isnull=False))
    brought_in = Exists(RoleGrant.objects.filter(user=OuterRef("brought_in_by"), role=Role.CARE_WORKER))
    return Person.objects.filter(visited | brought_in, merged_into=None).order_by("-created_at", "pk")


def care_team() -> list[User]:
    """Every care worker with an account, by name."""
    return sorted(User.objects.filter(grants__role=Role.CARE_WORKER, is_active=True), key=lambda user: (user.name, str(user.pk)))


def carers_of(person: Person) -> list[User]:
    """The care workers who know this person now, by name: who brought them in, and who visits them."""
    visits = set(counted_visits().filter(person=person).values_list("care_worker", flat=True))
    return [user for user in care_team() if user.pk in visits or user.pk == person.brought_in_by_id]


@transaction.atomic
def end_care(person: Person, care_worker: User, *, by: User) -> int:
    """This care worker does not go to this person any more: what is planned is cancelled, and they read nothing of the person any more.

    A new visit that a coordinator plans lets them in again. Gives how many visits were cancelled. Raises PermissionDenied.
    """
    require(by, Permission.MATCH)
    person = hold_person(person)
    cancelled = cancel_visits(by=by, person=person, care_worker=care_worker)
    told = Visit.objects.filter(person=person, care_worker=care_worker, care_ended=False).update(care_ended=True)
    brought = Person.objects.filter(Q(pk=person.pk) | Q(merged_into=person), brought_in_by=care_worker).update(brought_in_by=None)
    if told or brought:
        codes: Codes = {"care_worker": care_worker.pk, "visits": cancelled, "brought_in": bool(brought)}
        record("person.care_ended", person, by=by, role=Relation.COORD, codes=codes)
    return cancelled
