"""What is the co-op's own to decide about activities: a rule that a professional confirmed, a limited activity that it opens."""

from collections.abc import Mapping
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.db import transaction

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import require, role_used
from directory.accounts.roles import Permission
from directory.journal.codes import Codes
from directory.journal.recording import record
from matching.eligibility import ActivityRule
from matching.eligibility.facts import ByVolunteers
from matching.models import ActivityDecision
from matching.rules.activities import rules

Kind = ActivityDecision.Kind


@transaction.atomic
def confirm_activity(activity: str, *, by: User, professional: str, source: str, demo: bool = False) -> ActivityDecision:
    """A professional has looked at the rule of this activity: who, and where it is written. Without it nobody is matched for it.

    demo: for the demonstration only; `withdraw_demo_decisions` takes it back. A decision in force stays as it is,
    but a real one takes the place of the demonstration's.
    Raises PermissionDenied (administrators decide), ValidationError.
    """
    return _decide(activity, Kind.CONFIRMED, by=by, professional=professional, source=source, demo=demo)


@transaction.atomic
def open_limited(activity: str, *, by: User, professional: str, source: str, demo: bool = False) -> ActivityDecision:
    """This co-op lets its volunteers do an activity that is limited. Raises PermissionDenied, ValidationError."""
    rule = rules().get(activity)
    if rule is not None and rule.volunteer != ByVolunteers.LIMITED:
        raise ValidationError({"activity": ["Only an activity that is limited can be opened."]})
    return _decide(activity, Kind.OPENED, by=by, professional=professional, source=source, demo=demo)


@transaction.atomic
def withdraw_decision(decision: ActivityDecision, *, by: User) -> ActivityDecision:
    """Take a decision back from today on. Raises PermissionDenied."""
    require(by, Permission.MANAGE_ACCOUNTS)
    return _withdraw(decision, by)


@transaction.atomic
def withdraw_demo_decisions(*, by: User | None) -> int:
    """Take back all that was decided for the demonstration only; how many. by=None is the installation itself (leave_demo).

    Raises PermissionDenied.
    """
    if by is not None:
        require(by, Permission.MANAGE_ACCOUNTS)
    return len([_withdraw(decision, by) for decision in ActivityDecision.objects.filter(demo=True, withdrawn_on=None)])


def rules_in_force() -> Mapping[str, ActivityRule]:
    """Every activity with what is decided about it today."""
    rows = ActivityDecision.objects.filter(withdrawn_on=None).values_list("activity", "kind")
    decided = {of: frozenset(activity for activity, kind in rows if kind == of) for of in Kind}
    return _rules(decided[Kind.CONFIRMED], decided[Kind.OPENED])


@lru_cache(maxsize=4)
def _rules(confirmed: frozenset[str], opened: frozenset[str]) -> Mapping[str, ActivityRule]:
    """Put together once for what is decided, and not for every question."""
    return rules(confirmed=confirmed, opened=opened)


def _decide(activity: str, kind: Kind, *, by: User, professional: str, source: str, demo: bool) -> ActivityDecision:
    require(by, Permission.MANAGE_ACCOUNTS)
    errors: dict[str, list[str]] = {}
    if activity not in rules():
        errors["activity"] = ["Choose an activity from the list."]
    if not professional.strip():
        errors["professional"] = ["Write who looked at the rule."]
    if not source.strip():
        errors["source"] = ["Write where it is laid down."]
    if errors:
        raise ValidationError(errors)
    standing = ActivityDecision.objects.select_for_update().filter(activity=activity, kind=kind, withdrawn_on=None).first()
    if standing is not None and (demo or not standing.demo):
        return standing
    if standing is not None:
        _withdraw(standing, by)
    decision = ActivityDecision.objects.create(
        activity=activity, kind=kind, professional=professional.strip(), source=source.strip(), by=by, demo=demo
    )
    record(f"activity.{kind}", decision, by=by, role=_role(by), codes={"activity": activity, "demo": demo})
    return decision


def _withdraw(decision: ActivityDecision, by: User | None) -> ActivityDecision:
    decision.withdrawn_on = clock.today()
    decision.save(update_fields=["withdrawn_on"])
    kind = "activity.withdrawn" if by is not None else "system.activity.withdrawn"
    codes: Codes = {"activity": decision.activity, "decision": decision.kind, "demo": decision.demo}
    record(kind, decision, by=by, role=_role(by) if by is not None else "", codes=codes)
    return decision


def _role(by: User) -> str:
    return role_used(by, Permission.MANAGE_ACCOUNTS)
