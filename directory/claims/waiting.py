"""Claims as a kind of thing that waits for a moderator."""

from collections.abc import Mapping
from uuid import UUID

from django.db.models import Count, OuterRef, Subquery
from django.urls import reverse

from directory.claims.models import Claim
from directory.claims.states import CLAIM_OPEN, CLAIM_PUT
from directory.waiting.kinds import Kind, Words, in_hand

NAME = "claim"


def url_of(key: UUID) -> str:
    """Where it is decided, beside all other claims of the same group."""
    return reverse("moderation-claim", args=[key])


def words(keys: list[UUID]) -> Mapping[UUID, Words]:
    """Which group, and how it is proved; who claims it stands on its own page only."""
    same = Claim.objects.filter(organisation=OuterRef("organisation"), state__in=CLAIM_OPEN).order_by()
    count = Subquery(same.values("organisation").annotate(many=Count("pk")).values("many"))
    found = Claim.objects.filter(pk__in=keys, state__in=CLAIM_PUT).select_related("organisation", "service").annotate(many=count)
    return {claim.pk: _words(claim, claim.many) for claim in found}


def _words(claim: Claim, many: int) -> Words:
    return Words(
        title=claim.organisation.name,
        url=url_of(claim.pk),
        by="A visitor with an account",
        what=f"“This is my group”, proved {'by a code' if claim.proved_at else 'in words'}",
        signs=(f"{many} claim it",) if many > 1 else (),
    )


CLAIMS = Kind(
    name=NAME,
    label="Claims of a group",
    waiting=lambda: Claim.objects.waiting(),
    since="put_at",
    words=words,
    moderator=in_hand(NAME),
    url=url_of,
)
