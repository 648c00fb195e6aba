"""On which side of a referral somebody stands, and so which steps are theirs."""

from collections.abc import Iterable

from directory.accounts.models import User
from directory.accounts.policy import allowed, relations_of
from directory.accounts.roles import Permission, Relation
from matching.models import Referral
from matching.states import REFERRAL

# The referrer's side sends and takes back; the provider's side answers.
SENDING = frozenset({Relation.STAFF, Relation.SELF, Relation.ADMIN})
ANSWERING = frozenset({Relation.PROV, Relation.COORD})


def acting(referral: Referral, by: User) -> frozenset[Relation]:
    """The relations by which this user may move it: those that stand behind a permission that their roles have."""
    held = relations_of(by, referral)
    sending = held & SENDING if allowed(by, Permission.SEND_REFERRAL, referral) else frozenset()
    answering = held & ANSWERING if allowed(by, Permission.ANSWER_REFERRALS, referral) else frozenset()
    return frozenset(sending | answering)


def side_of(possible: Iterable[str], held: Iterable[str]) -> Relation:
    """The one relation that is written down, in the order of Relation."""
    both = set(possible) & set(held)
    return next(relation for relation in Relation if relation in both)


def steps_for(referral: Referral, user: User) -> list[str]:
    """The states to which this user may move it from here: the buttons of a page."""
    return [step.to for step in REFERRAL.open_to(referral.state, acting(referral, user))]


def speaks_for_provider(referral: Referral, held: Iterable[str]) -> bool:
    """Does somebody in these relations answer on the word of a group outside the co-op, as a coordinator does?"""
    outside = referral.service is not None and not referral.service.organisation.ours
    return outside and Relation.COORD in held and Relation.PROV not in held
