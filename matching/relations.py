"""How people, requests, matches and referrals stand to a user (the words of the state table: STAFF, SELF, FAMILY, PREPARER, PROV, COORD)."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import allowed, answers_relation, relations_of, roles_of
from directory.accounts.roles import Permission, Relation, Role
from directory.models import Membership
from matching.models import Ask, FamilyLink, Group, Match, Person, Referral, Round, Task, Visit, Volunteer
from matching.states import ReferralState, VisitState

# So long after a visit the care worker still knows whom they saw.
BACK = timedelta(days=60)


def acting(user: User, obj: Model, may: Mapping[Relation, Permission]) -> frozenset[Relation]:
    """In which of these relations a user may act: they stand so to it, and one of their roles may do what goes with it (may).

    Raises PermissionDenied where there is none: a stranger learns nothing of the state.
    """
    held = frozenset(relation for relation in relations_of(user, obj) if relation in may and allowed(user, may[relation], obj))
    if not held:
        raise PermissionDenied("This is not open to you.")
    return held


def counted_visits() -> QuerySet[Visit]:
    """The visits by which a care worker knows somebody: planned, or done within 60 days, unless they were taken off."""
    return Visit.objects.filter(care_ended=False, state__in=[VisitState.PLANNED, VisitState.DONE], starts_at__gt=clock.now() - BACK)


def known_in_care(care_worker: Any) -> QuerySet[Person]:
    """Whom a care worker knows now: who they brought in, also under a record that became part of this one, and whom they visit."""
    joined = Exists(Person.objects.filter(merged_into=OuterRef("pk"), brought_in_by=care_worker))
    visited = Exists(counted_visits().filter(care_worker=care_worker, person=OuterRef("pk")))
    return Person.objects.filter(Q(brought_in_by=care_worker) | joined | visited)


def of_person(user: Any, person: Person) -> Iterable[Relation]:
    """SELF, FAMILY; STAFF for the referrer who brought the person in, also under a record that became part of this one."""
    if person.user_id == user.pk:
        yield Relation.SELF
    if person.family.filter(user=user).exists():
        yield Relation.FAMILY
    if person.brought_in_by_id == user.pk or person.merged_from.filter(brought_in_by=user).exists():
        yield Relation.STAFF


def of_ask(user: Any, ask: Ask) -> Iterable[Relation]:
    """As to its person; COORD for coordinators."""
    if ask.person is not None:
        yield from of_person(user, ask.person)
    if Role.COORDINATOR in roles_of(user):
        yield Relation.COORD


def of_match(user: Any, match: Match) -> Iterable[Relation]:
    """VOLUNTEER for the one it was offered to; SELF for the person; COORD for coordinators."""
    if match.volunteer.user_id == user.pk:
        yield Relation.VOLUNTEER
    if match.ask.person is not None and match.ask.person.user_id == user.pk:
        yield Relation.SELF
    if Role.COORDINATOR in roles_of(user):
        yield Relation.COORD


def _family_sees(user: Any, referral: Referral) -> bool:
    """A draft is theirs to prepare; what became of it is for the person, or the law, to let them see."""
    link = referral.person.family.filter(user=user).first() if referral.person is not None else None
    return link is not None and (referral.state == ReferralState.DRAFT or link.shows(FamilyLink.Sees.REQUESTS))


def _cares_for(user: Any, referral: Referral) -> bool:
    """Who was taken off reads nothing of the person any more, not even in what they prepared themselves."""
    return referral.person_id is not None and known_in_care(user).filter(pk=referral.person_id).exists()


def of_volunteer(user: Any, volunteer: Volunteer) -> Iterable[Relation]:
    """VOLUNTEER for themselves; COORD for coordinators."""
    if volunteer.user_id == user.pk:
        yield Relation.VOLUNTEER
    if Role.COORDINATOR in roles_of(user):
        yield Relation.COORD


def of_visit(user: Any, visit: Visit) -> Iterable[Relation]:
    """VOLUNTEER or CARE_WORKER for whoever's visit it is; COORD for coordinators."""
    roles = roles_of(user)
    if visit.volunteer is not None and visit.volunteer.user_id == user.pk:
        yield Relation.VOLUNTEER
    if visit.care_worker_id == user.pk and Role.CARE_WORKER in roles:
        yield Relation.CARE_WORKER
    if Role.COORDINATOR in roles:
        yield Relation.COORD


def of_task(user: Any, task: Task) -> Iterable[Relation]:
    """COORD for coordinators, but not of what is the safeguarding lead's; LEAD for the lead, of that alone."""
    roles = roles_of(user)
    if task.whose == Task.For.COORDINATOR and Role.COORDINATOR in roles:
        yield Relation.COORD
    if task.whose == Task.For.SAFEGUARDING_LEAD and Role.SAFEGUARDING_LEAD in roles:
        yield Relation.LEAD


def of_referral(user: Any, referral: Referral) -> Iterable[Relation]:
    """The relations of the state table, found in one place.

    STAFF is the referrer's side: a council referrer for its own, a coordinator for all that were made or prepared inside the co-op.
    PROV is a member of the group that receives it, once it was sent. COORD may make every move of PROV on the provider's word.
    """
    roles = roles_of(user)
    own = referral.referrer_id == user.pk
    if own and Role.COUNCIL_REFERRER in roles:
        yield Relation.STAFF
    if Role.COORDINATOR in roles:
        yield Relation.COORD
        if referral.source != Ask.Source.COUNCIL:
            yield Relation.STAFF
    if Role.ADMINISTRATOR in roles:
        yield Relation.ADMIN
    if referral.person is not None:
        if referral.person.user_id == user.pk:
            yield Relation.SELF
        if referral.created_by_id == user.pk and _family_sees(user, referral):
            yield Relation.FAMILY
    if referral.created_by_id == user.pk and (Role.PARTNER in roles or (Role.CARE_WORKER in roles and _cares_for(user, referral))):
        yield Relation.PREPARER
    reached = referral.service is not None and referral.sent_at is not None and Role.PARTNER in roles
    if reached and Membership.objects.filter(user=user, organisation__services=referral.service_id).exists():
        yield Relation.PROV


def of_round(user: Any, round_: Round) -> Iterable[Relation]:
    """COORD for coordinators."""
    if Role.COORDINATOR in roles_of(user):
        yield Relation.COORD


def of_group(user: Any, group: Group) -> Iterable[Relation]:
    """VOLUNTEER for the one it was offered to; COORD for coordinators."""
    if group.volunteer is not None and group.volunteer.user_id == user.pk:
        yield Relation.VOLUNTEER
    if Role.COORDINATOR in roles_of(user):
        yield Relation.COORD


def register() -> None:
    """Tell the policy; called once when the apps are ready."""
    answers_relation(Person, of_person)
    answers_relation(Ask, of_ask)
    answers_relation(Match, of_match)
    answers_relation(Volunteer, of_volunteer)
    answers_relation(Referral, of_referral)
    answers_relation(Visit, of_visit)
    answers_relation(Task, of_task)
    answers_relation(Round, of_round)
    answers_relation(Group, of_group)
