"""Who is asked about which listings: the members of the group; where it has none, the address in the listing."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from directory.accounts.models import User
from directory.accounts.policy import POLICY
from directory.accounts.roles import Permission
from directory.freshness.models import WantsNoMail
from directory.models import Contact, Membership
from directory.personal.lookup import email_token

# Service and its organisation.
Listing = tuple[UUID, UUID]
_EDITORS = [role for role, permissions in POLICY.items() if Permission.EDIT_LISTINGS in permissions]


@dataclass(frozen=True)
class Addressee:
    """One address and the listings it is asked about; `user` where it is a member's."""

    email: str
    token: str
    user: UUID | None
    services: tuple[UUID, ...]


def addressees(listings: Iterable[Listing]) -> list[Addressee]:
    """Everybody who is asked about these listings, each address once, without those who want no mail. A constant number of queries."""
    of_group: dict[UUID, list[UUID]] = {}
    for service, organisation in listings:
        of_group.setdefault(organisation, []).append(service)
    found: dict[str, Addressee] = {}
    kept: set[UUID] = set()
    for organisation, user, email in members():
        if organisation in of_group:
            kept.add(organisation)
            _add(found, email, user, of_group[organisation])
    alone = {service for organisation, services in of_group.items() if organisation not in kept for service in services}
    for service, email in first_addresses(alone).items():
        _add(found, email, None, [service])
    unwanted = set(WantsNoMail.objects.values_list("email_token", flat=True))
    return [each for token, each in sorted(found.items()) if token not in unwanted]


def members() -> list[tuple[UUID, UUID, str]]:
    """(organisation, user, e-mail) of those who may keep listings and can be written to; the lead first."""
    rows = Membership.objects.filter(user__in=writers()).order_by("since", "id")
    return list(rows.values_list("organisation_id", "user_id", "user__email"))


def writers() -> "list[UUID]":
    """Users who may keep listings and can be written to."""
    users = User.objects.filter(is_active=True, is_service=False, grants__role__in=_EDITORS).exclude(email="")
    return list(users.values_list("pk", flat=True).distinct())


def usable_addresses() -> Q:
    """Contacts to whose address we write: not a person's own without their agreement, and none that was withdrawn."""
    return ~Q(email="") & Q(withdrawn_on=None) & (Q(is_personal=False) | Q(agreed_on__isnull=False))


def first_addresses(services: set[UUID]) -> dict[UUID, str]:
    """The first address of each of these listings that has one."""
    rows = Contact.objects.filter(usable_addresses()).order_by("-order", "-id").values_list("service_id", "email")
    return {service: email for service, email in rows if service in services}


def is_still_theirs(token: str, service: UUID) -> bool:
    """Does an address with this token still stand in the listing?"""
    rows = Contact.objects.filter(usable_addresses(), service_id=service).values_list("email", flat=True)
    return any(email_token(email) == token for email in rows)


def _add(found: dict[str, Addressee], email: str, user: UUID | None, services: list[UUID]) -> None:
    token = email_token(email)
    if token is None:
        return
    before = found.get(token)
    known = before.services if before else ()
    found[token] = Addressee(email, token, user or (before.user if before else None), tuple(dict.fromkeys((*known, *services))))
