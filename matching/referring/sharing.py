"""Who a referral is about, for those who may know: the side that sends it, and the group that took or may take it on. Every look is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied

from directory.accounts.models import User
from directory.accounts.policy import relations_of, require
from directory.accounts.roles import Permission, Relation
from matching.models import Referral
from matching.people import keep_look
from matching.states import REFERRAL_OPEN, ReferralState

# The group needs the person's details while it is asked or helps; after its no, or once it is over without it, they are gone from its page.
SHOWN_TO_PROVIDER = (REFERRAL_OPEN - {ReferralState.DRAFT}) | {ReferralState.COMPLETED}


@dataclass(frozen=True)
class SharedPerson:
    """What passes with a referral."""

    name: str
    phone: str
    email: str
    address: str
    postcode: str
    safe_contact: str
    communication_needs: str
    contact: Mapping[str, Any]
    do_not_contact: bool
    wishes: str


def shared_person(referral: Referral, *, by: User, where: str) -> SharedPerson | None:
    """The person's details for this user; None where they are erased, or no longer this user's business. Raises PermissionDenied."""
    require(by, Permission.SEE_REFERRAL, referral)
    person, held = referral.person, relations_of(by, referral)
    own_side = held & {Relation.STAFF, Relation.COORD, Relation.SELF, Relation.FAMILY, Relation.PREPARER}
    if not own_side and Relation.PROV not in held:
        raise PermissionDenied("This is not open to you.")
    agreed = referral.agreement is not None and referral.agreement.withdrawn_at is None
    if person is None or (not own_side and not (agreed and referral.state in SHOWN_TO_PROVIDER)):
        return None
    keep_look(person, by=by, where=where)
    return SharedPerson(
        name=person.name,
        phone=person.phone,
        email=person.email,
        address=person.address,
        postcode=person.postcode,
        safe_contact=person.safe_contact,
        communication_needs=person.communication_needs,
        contact=person.contact,
        do_not_contact=person.do_not_contact,
        wishes=referral.ask.wishes if referral.ask else "",
    )
