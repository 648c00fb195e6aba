"""Who or what could help with a request: existing services first, then volunteers, then how many may not and why. Only the store writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from directory.accounts.models import User
from directory.accounts.policy import allowed, require, role_used
from directory.accounts.roles import Permission
from directory.journal.codes import Codes
from directory.journal.recording import record
from matching.eligibility import Code
from matching.eligibility.parts import Part
from matching.models import Ask, Offered, Volunteer
from matching.people import require_own_side
from matching.rules.asked import care_of, rules_of
from matching.suggesting.choice import is_chosen
from matching.suggesting.facts import wish_binds
from matching.suggesting.services import ServiceCandidate, services_for
from matching.suggesting.volunteers import Judged, RefusedVolunteer, VolunteerCandidate, judged, judged_alone

__all__ = [
    "Candidates",
    "Part",
    "RefusedVolunteer",
    "ServiceCandidate",
    "VolunteerCandidate",
    "candidates_for",
    "store_offered",
    "verdict_on",
]


@dataclass(frozen=True)
class Candidates:
    """What the match page shows, each list in its order.

    volunteers: the best of those who may; `able` is how many may in all. refused: the nearest of those who may not, with all their codes;
    `counts` says of all who may not for how many each code stands. `nearest_miss`: where no volunteer may, the code that alone keeps most
    of them out.
    """

    services: list[ServiceCandidate] = field(default_factory=list)
    volunteers: list[VolunteerCandidate] = field(default_factory=list)
    refused: list[RefusedVolunteer] = field(default_factory=list)
    able: int = 0
    unable: int = 0
    counts: Mapping[Code, int] = field(default_factory=dict)
    alone: Mapping[Code, int] = field(default_factory=dict)
    nearest_miss: Code | None = None


def candidates_for(ask: Ask, *, by: User) -> Candidates:
    """Services and volunteers for a request, with reasons: whom the person chose first, then the best.

    Who only prepares referrals sees services; volunteers, and why they may not, are for coordinators. A request that names no activity
    is held against all activities of its need. Raises PermissionDenied.
    """
    require_own_side(by, ask.person)
    rules = rules_of(ask)
    services = services_for(ask, care=care_of(rules))
    services.sort(key=lambda each: not is_chosen(ask, each.service.name))
    if not allowed(by, Permission.MATCH, ask):
        return Candidates(services)
    found = judged(ask, rules)
    found.able.sort(key=lambda each: not is_chosen(ask, str(each.volunteer)))
    return _with_volunteers(services, found)


def verdict_on(volunteer: Volunteer, ask: Ask, *, by: User) -> VolunteerCandidate | RefusedVolunteer | None:
    """May this volunteer take it, and if not, for what; whoever it is. None where the request has no activity. Raises PermissionDenied."""
    require(by, Permission.MATCH, ask)
    return judged_alone(volunteer, ask, rules_of(ask))


@transaction.atomic
def store_offered(ask: Ask, candidates: Candidates, *, by: User) -> Offered:
    """Keep what was shown for a request: ids, points and codes, never a word about the person. Raises PermissionDenied."""
    require_own_side(by, ask.person)
    offered = Offered.objects.create(
        ask=ask,
        by=by,
        services=[
            {
                "service": str(each.service.pk),
                "points": each.points,
                "parts": _stored(each.why),
                "can_refer": each.can_refer,
                "fits": each.fits,
                **_chosen(ask, each.service.name),
            }
            for each in candidates.services
        ],
        volunteers=[
            *(
                {
                    "volunteer": str(each.volunteer.pk),
                    "points": each.points,
                    "parts": _stored(each.parts),
                    **_chosen(ask, str(each.volunteer)),
                }
                for each in candidates.volunteers
            ),
            *({"volunteer": str(each.volunteer.pk), "codes": [str(code) for code in each.codes]} for each in candidates.refused),
        ],
    )
    codes: Codes = {
        "offered": offered.pk,
        "services": len(candidates.services),
        "volunteers": candidates.able,
        "refused": candidates.unable,
        "nearest_miss": candidates.nearest_miss,
        "gender_wish": wish_binds(ask, rules_of(ask)),
        **{f"kept_out_{code}": count for code, count in candidates.counts.items()},
    }
    record("ask.candidates_kept", ask, by=by, role=_role(by), codes=codes)
    return offered


def _with_volunteers(services: list[ServiceCandidate], found: Judged) -> Candidates:
    return Candidates(
        services=services,
        volunteers=found.able,
        refused=found.refused,
        able=found.able_count,
        unable=found.refused_count,
        counts=found.counts,
        alone=found.alone,
        nearest_miss=None if found.able_count else found.nearest_miss,
    )


def _chosen(ask: Ask, name: str) -> dict[str, bool]:
    """That the order was the person's own."""
    return {"chosen": True} if is_chosen(ask, name) else {}


def _stored(parts: Sequence[Part]) -> list[list[str | int]]:
    return [[part.part, part.points] for part in parts]


def _role(by: User) -> str:
    return role_used(by, Permission.MATCH) or role_used(by, Permission.PREPARE_REFERRAL) or role_used(by, Permission.SEND_REFERRAL)
