"""How organisations, services and changes stand to a user: its own group's, or nobody's."""

from collections.abc import Iterable
from typing import Any

from directory.accounts.policy import answers_relation
from directory.accounts.roles import Relation
from directory.models import Change, Membership, Organisation, Service


def _owner(user: Any, organisation_id: Any) -> Iterable[Relation]:
    if Membership.objects.filter(user=user, organisation_id=organisation_id).exists():
        return (Relation.OWNER,)
    return ()


def of_organisation(user: Any, organisation: Organisation) -> Iterable[Relation]:
    """OWNER for members of the organisation."""
    return _owner(user, organisation.pk)


def of_service(user: Any, service: Service) -> Iterable[Relation]:
    """OWNER for members of the service's organisation."""
    return _owner(user, service.organisation_id)


def of_change(user: Any, change: Change) -> Iterable[Relation]:
    """OWNER for members of the organisation whose service it would change."""
    return _owner(user, change.service.organisation_id)


def register() -> None:
    """Tell the policy; called once when the apps are ready."""
    answers_relation(Organisation, of_organisation)
    answers_relation(Service, of_service)
    answers_relation(Change, of_change)
