"""Who or what could help with a request: existing services first, then volunteers, then who may not and why. Only the store writes."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import allowed, require, role_used
from directory.accounts.roles import Permission
from directory.journal.codes import Codes
from directory.journal.recording import record
from matching.activities import of_need
from matching.decisions import rules_in_force
from matching.eligibility import ActivityRule, Code, PersonalCare, nearest_miss, refusals
from matching.facts import Helper, ask_facts, helpers, likely, person_facts, wish_binds
from matching.models import Ask, Offered, Volunteer
from matching.people import require_own_side
from matching.scores import Part
from matching.scoring import Scorer
from matching.service_candidates import ServiceCandidate, services_for

__all__ = ["Candidates", "Part", "RefusedVolunteer", "ServiceCandidate", "VolunteerCandidate", "candidates_for", "store_offered"]

_GONE = (Volunteer.Status.LEFT, Volunteer.Status.REMOVED)


@dataclass(frozen=True)
class VolunteerCandidate:
    """A volunteer who may take it. `points` is the sum of the parts. `activity` is what they would do, where the request leaves it open."""

    volunteer: Volunteer
    points: int
    parts: tuple[Part, ...]
    activity: str


@dataclass(frozen=True)
class RefusedVolunteer:
    """A volunteer who may not, with every code; where the request leaves the activity open, for the one that is refused for least."""

    volunteer: Volunteer
    codes: tuple[Code, ...]
    activity: str


@dataclass(frozen=True)
class Candidates:
    """What the match page shows, each list in its order.

    `nearest_miss`: where no volunteer may, the code that alone keeps most of them out.
    """

    services: list[ServiceCandidate] = field(default_factory=list)
    volunteers: list[VolunteerCandidate] = field(default_factory=list)
    refused: list[RefusedVolunteer] = field(default_factory=list)
    nearest_miss: Code | None = None


def candidates_for(ask: Ask, *, by: User) -> Candidates:
    """Services and volunteers for a request, best first, with reasons.

    Who only prepares referrals sees services; volunteers, and why they may not, are for coordinators. A request that names no activity
    is held against all activities of its need. Raises PermissionDenied.
    """
    require_own_side(by, ask.person)
    rules = _rules_of(ask)
    services = services_for(ask, care=_care(rules))
    if not allowed(by, Permission.MATCH, ask):
        return Candidates(services)
    able, refused = _volunteers(ask, rules)
    miss = None if able else nearest_miss(each.codes for each in refused)
    return Candidates(services, able, refused, miss)


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
            }
            for each in candidates.services
        ],
        volunteers=[
            *({"volunteer": str(each.volunteer.pk), "points": each.points, "parts": _stored(each.parts)} for each in candidates.volunteers),
            *({"volunteer": str(each.volunteer.pk), "codes": [str(code) for code in each.codes]} for each in candidates.refused),
        ],
    )
    codes: Codes = {
        "offered": offered.pk,
        "services": len(candidates.services),
        "volunteers": len(candidates.volunteers),
        "refused": len(candidates.refused),
        "nearest_miss": candidates.nearest_miss,
        "gender_wish": wish_binds(ask, _rules_of(ask)),
    }
    record("ask.candidates_kept", ask, by=by, role=_role(by), codes=codes)
    return offered


def eligible_now(ask: Ask, *, by: User) -> list[VolunteerCandidate]:
    """Only those who may take it, without asking why others may not: the database narrows first. Raises PermissionDenied."""
    require(by, Permission.MATCH, ask)
    rules = _rules_of(ask)
    return _judged(ask, rules, helpers(likely(Volunteer.objects.all(), [rule.slug for rule in rules])))[0]


def _rules_of(ask: Ask) -> list[ActivityRule]:
    known = rules_in_force()
    slugs = [ask.activity] if ask.activity else [rule.slug for rule in of_need(ask.need_id)]
    return [known[slug] for slug in slugs]


def _care(rules: Sequence[ActivityRule]) -> PersonalCare:
    """YES only where all that it can be is personal care; POSSIBLE where some may be."""
    if rules and all(rule.cqc_personal_care == PersonalCare.YES for rule in rules):
        return PersonalCare.YES
    return PersonalCare.POSSIBLE if any(rule.for_registered_providers for rule in rules) else PersonalCare.NO


def _volunteers(ask: Ask, rules: Sequence[ActivityRule]) -> tuple[list[VolunteerCandidate], list[RefusedVolunteer]]:
    return _judged(ask, rules, helpers(Volunteer.objects.exclude(status__in=_GONE)))


def _judged(
    ask: Ask, rules: Sequence[ActivityRule], everybody: Sequence[Helper]
) -> tuple[list[VolunteerCandidate], list[RefusedVolunteer]]:
    """Each volunteer once: with the activity that fits best, or the one they are refused for least."""
    person, today = person_facts(ask.person), clock.today()
    asked = [(rule, facts, Scorer(ask, rule, facts, person)) for rule, facts in ((rule, ask_facts(ask, rule.slug)) for rule in rules)]
    able: list[VolunteerCandidate] = []
    refused: list[RefusedVolunteer] = []
    for helper in everybody:
        judged = [(refusals(facts, person, helper.facts, rule, on=today), rule, scorer) for rule, facts, scorer in asked]
        if may := [(scorer.parts(helper), rule) for codes, rule, scorer in judged if not codes]:
            parts, rule = max(may, key=lambda pair: sum(part.points for part in pair[0]))
            able.append(VolunteerCandidate(helper.volunteer, sum(part.points for part in parts), parts, rule.slug))
        elif judged:
            codes, rule, _ = min(judged, key=lambda each: len(each[0]))
            refused.append(RefusedVolunteer(helper.volunteer, codes, rule.slug))
    able.sort(key=lambda each: (-each.points, each.volunteer.number))
    refused.sort(key=lambda each: (len(each.codes), each.volunteer.number))
    return able, refused


def _stored(parts: Sequence[Part]) -> list[list[str | int]]:
    return [[part.part, part.points] for part in parts]


def _role(by: User) -> str:
    return role_used(by, Permission.MATCH) or role_used(by, Permission.PREPARE_REFERRAL) or role_used(by, Permission.SEND_REFERRAL)
