"""Who a referral is about, for those who may know: the side that sends it, and the group that took or may take it on. Every look is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import relations_of, require
from directory.accounts.roles import Permission, Relation
from matching.models import Person, Referral
from matching.people import keep_look
from matching.states import REFERRAL_OPEN, ReferralState

# The group needs the person's details while it is asked or helps; after its no, or once it is over without it, they are gone from its page.
SHOWN_TO_PROVIDER = (REFERRAL_OPEN - {ReferralState.DRAFT}) | {ReferralState.COMPLETED}
# Where it helped, the group still rings back or brings what was left behind; after that what changes with the person is not theirs to follow.
SHOWN_AFTER_HELP = timedelta(days=60)


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
    name_only: bool = False


def shared_person(referral: Referral, *, by: User, where: str) -> SharedPerson | None:
    """The person's details for this user; None where they are erased, or no longer this user's business. Raises PermissionDenied.

    Whoever sent or prepared it reads them while it is open, as they told them: once it is over, or the record was joined with another
    one, of which they know nothing, the name alone.
    """
    require(by, Permission.SEE_REFERRAL, referral)
    person, held = referral.person, relations_of(by, referral)
    own_side = held & {Relation.STAFF, Relation.COORD, Relation.SELF, Relation.FAMILY, Relation.PREPARER}
    if not own_side and Relation.PROV not in held:
        raise PermissionDenied("This is not open to you.")
    agreed = referral.agreement is not None and referral.agreement.withdrawn_at is None
    if person is None or (not own_side and not (agreed and _still_shown(referral))):
        return None
    keep_look(person, by=by, where=where)
    their_own = not own_side or own_side & {Relation.COORD, Relation.SELF}
    if not their_own and (referral.state not in REFERRAL_OPEN or person.merged_from.exists()):
        return _name_only(person)
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


def _still_shown(referral: Referral) -> bool:
    over = referral.ended_at is not None and referral.ended_at <= clock.now() - SHOWN_AFTER_HELP
    return referral.state in SHOWN_TO_PROVIDER and not over


def _name_only(person: Person) -> SharedPerson:
    told = dict.fromkeys(("phone", "email", "address", "postcode", "safe_contact", "communication_needs", "wishes"), "")
    return SharedPerson(name=person.name, contact={}, do_not_contact=person.do_not_contact, name_only=True, **told)
