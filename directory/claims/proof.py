"""What a proof by a code is worth: where the address comes from that the code went to."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from directory.change_states import FieldState
from directory.claims.claimable import published_email
from directory.claims.models import Claim
from directory.models import ChangeField
from directory.personal.lookup import email_token
from directory.suggestions.deciding import SOURCE

FIELD = "email"


@dataclass(frozen=True)
class Proof:
    """The address that the code went to, who put it there, and what stands there now; all empty where it is not known."""

    email: str = ""
    change_id: UUID | None = None
    now: str = ""
    suggested: bool = False


def proofs(claims: Collection[Claim]) -> dict[UUID, Proof]:
    """Of each proved claim, by its id. One query for all of them, besides what their listings have loaded."""
    proved = [claim for claim in claims if claim.proved_at]
    put_there = ChangeField.objects.filter(change__service__in={claim.service_id for claim in proved}, name=FIELD)
    live = put_there.filter(state=FieldState.ACCEPTED).select_related("change").order_by("-decided_at", "id")
    changes: dict[UUID, list[ChangeField]] = {}
    for field in live if proved else ():
        changes.setdefault(field.change.service_id, []).append(field)
    return {claim.pk: _proof(claim, changes.get(claim.service_id, [])) for claim in proved}


def _proof(claim: Claim, changes: list[ChangeField]) -> Proof:
    there = published_email(claim.service)
    same = email_token(there) == claim.code_to
    by = next((field for field in changes if email_token(str(field.new_value or "")) == claim.code_to), None)
    email = there if same else str(by.new_value) if by else ""
    return Proof(email, by.change_id if by else None, "" if same else there, claim.service.source == SOURCE)
