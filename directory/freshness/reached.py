"""Who is asked about which listings: the members of the group; where it has none, the address in the listing."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from directory.accounts.models import User
from directory.accounts.policy import POLICY
from directory.accounts.roles import Permission
from directory.freshness.models import WantsNoMail
from directory.models import Contact, Membership, Service
from directory.personal.lookup import email_token

# Service, its organisation, and the address in it (`with_address`).
Listing = tuple[UUID, UUID, str | None]
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
    addresses: dict[UUID, str | None] = {}
    for service, organisation, address in listings:
        of_group.setdefault(organisation, []).append(service)
        addresses[service] = address
    found: dict[str, Addressee] = {}
    kept: set[UUID] = set()
    for organisation, user, email in members():
        if organisation in of_group:
            kept.add(organisation)
            _add(found, email, user, of_group[organisation])
    for service in (service for organisation, services in of_group.items() if organisation not in kept for service in services):
        _add(found, addresses[service] or "", None, [service])
    unwanted = set(WantsNoMail.objects.values_list("email_token", flat=True))
    return [each for token, each in sorted(found.items()) if token not in unwanted]


def mail_reaches() -> Q:
    """Listings (`with_address`) about which `addressees` asks somebody, asked of the database. At most three queries before it."""
    unwanted = _unwanted()
    # Whether there is an address at all is quicker asked than which one comes first.
    own = Q(Exists(Contact.objects.filter(usable_addresses(), service=OuterRef("pk")))) & ~Q(address__in=unwanted)
    written = _members().exclude(user__email__in=unwanted)
    return Q(organisation__in=written.values("organisation")) | (~Q(organisation__in=_members().values("organisation")) & own)


def members() -> list[tuple[UUID, UUID, str]]:
    """(organisation, user, e-mail) of those who may keep listings and can be written to."""
    return list(_members().order_by("since", "id").values_list("organisation_id", "user_id", "user__email"))


def _members() -> "QuerySet[Membership]":
    users = User.objects.filter(is_active=True, is_service=False, grants__role__in=_EDITORS).exclude(email="")
    return Membership.objects.filter(user__in=users.values("pk"))


def _unwanted() -> list[str]:
    """The addresses at which nobody wants mail. Only their tokens are kept, so each address is looked at."""
    tokens = set(WantsNoMail.objects.values_list("email_token", flat=True))
    if not tokens:
        return []
    here = Contact.objects.exclude(email="").order_by().values_list("email", flat=True)
    addresses = {*here, *_members().values_list("user__email", flat=True)}
    return [email for email in addresses if email_token(email) in tokens]


def usable_addresses() -> Q:
    """Contacts to whose address we write: not a person's own without their agreement, and none that was withdrawn."""
    return ~Q(email="") & Q(withdrawn_on=None) & (Q(is_personal=False) | Q(agreed_on__isnull=False))


def with_address(services: QuerySet[Service]) -> QuerySet[Any]:
    """Each with `address`: the first in it that we may write to; NULL where there is none."""
    contacts = Contact.objects.filter(usable_addresses(), service=OuterRef("pk")).order_by("order", "id")
    return services.annotate(address=Subquery(contacts.values("email")[:1]))


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
