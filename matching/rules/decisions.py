"""What is the co-op's own to decide about activities: a rule that a professional confirmed, a limited activity that it opens."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import require, role_used
from directory.accounts.roles import Permission
from directory.journal.codes import Codes
from directory.journal.recording import record
from directory.states import WrongState
from matching.eligibility import ActivityRule
from matching.eligibility.facts import ByVolunteers
from matching.models import ActivityDecision
from matching.rules.activities import rules

Kind = ActivityDecision.Kind


@transaction.atomic
def confirm_activity(
    activity: str, *, by: User, professional: str, source: str, on: date | None = None, demo: bool = False
) -> ActivityDecision:
    """A professional has looked at the rule of this activity: who, when, and where it is written. Without it nobody is matched for it.

    on: today where left out. demo: for the demonstration only; `withdraw_demo_decisions` takes it back. A decision in force stays as it is,
    and is given back, but a real one takes the place of the demonstration's.
    Raises PermissionDenied (administrators decide), ValidationError, WrongState.
    """
    return _decide(activity, Kind.CONFIRMED, by=by, professional=professional, source=source, on=on, demo=demo)


@transaction.atomic
def open_limited(
    activity: str, *, by: User, professional: str, source: str, on: date | None = None, demo: bool = False
) -> ActivityDecision:
    """This co-op lets its volunteers do an activity that is limited; otherwise as `confirm_activity`."""
    require(by, Permission.MANAGE_ACCOUNTS)
    rule = rules().get(activity)
    if rule is not None and rule.volunteer != ByVolunteers.LIMITED:
        raise ValidationError({"activity": ["Only an activity that is limited can be opened."]})
    return _decide(activity, Kind.OPENED, by=by, professional=professional, source=source, on=on, demo=demo)


@transaction.atomic
def withdraw_decision(decision: ActivityDecision, *, by: User) -> ActivityDecision:
    """Take a decision back from today on; twice is once. Raises PermissionDenied."""
    require(by, Permission.MANAGE_ACCOUNTS)
    decision = ActivityDecision.objects.select_for_update(of=("self",)).get(pk=decision.pk)
    return decision if decision.withdrawn_on is not None else _withdraw(decision, by)


@transaction.atomic
def withdraw_demo_decisions(*, by: User | None) -> int:
    """Take back all that was decided for the demonstration only; how many. by=None is the installation itself (leave_demo).

    Raises PermissionDenied.
    """
    if by is not None:
        require(by, Permission.MANAGE_ACCOUNTS)
    return len([_withdraw(decision, by) for decision in ActivityDecision.objects.filter(demo=True, withdrawn_on=None)])


def in_force(activity: str) -> dict[str, ActivityDecision]:
    """What is decided about one activity today, by the kind of decision."""
    rows = ActivityDecision.objects.filter(activity=activity, withdrawn_on=None).select_related("by")
    return {row.kind: row for row in rows.order_by("kind")}


def rules_in_force() -> Mapping[str, ActivityRule]:
    """Every activity with what is decided about it today."""
    rows = ActivityDecision.objects.filter(withdrawn_on=None).values_list("activity", "kind")
    decided = {of: frozenset(activity for activity, kind in rows if kind == of) for of in Kind}
    return _rules(decided[Kind.CONFIRMED], decided[Kind.OPENED])


@lru_cache(maxsize=4)
def _rules(confirmed: frozenset[str], opened: frozenset[str]) -> Mapping[str, ActivityRule]:
    """Put together once for what is decided, and not for every question."""
    return rules(confirmed=confirmed, opened=opened)


def _decide(activity: str, kind: Kind, *, by: User, professional: str, source: str, on: date | None, demo: bool) -> ActivityDecision:
    require(by, Permission.MANAGE_ACCOUNTS)
    told = {"professional": professional.strip(), "source": source.strip(), "on": on or clock.today()}
    if errors := _faults(activity, told):
        raise ValidationError(errors)
    standing = _standing(activity, kind)
    if standing is not None and (demo or not standing.demo):
        return standing
    if standing is not None:
        _withdraw(standing, by)
    try:
        with transaction.atomic():
            decision = ActivityDecision.objects.create(activity=activity, kind=kind, by=by, demo=demo, **told)
    except IntegrityError:
        # Somebody else decided it at the same moment.
        standing = _standing(activity, kind)
        if standing is None:
            raise WrongState("This has changed at the same moment. Look at it again.") from None
        return standing
    record(f"activity.{kind}", decision, by=by, role=_role(by), codes={"activity": activity, "on": decision.on, "demo": demo})
    return decision


def _faults(activity: str, told: Mapping[str, Any]) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if activity not in rules():
        errors["activity"] = ["Choose an activity from the list."]
    if not told["professional"]:
        errors["professional"] = ["Write who looked at the rule."]
    if not told["source"]:
        errors["source"] = ["Write where it is laid down."]
    if told["on"] > clock.today():
        errors["on"] = ["This day is still to come."]
    return errors


def _standing(activity: str, kind: Kind) -> ActivityDecision | None:
    rows = ActivityDecision.objects.select_for_update(of=("self",))
    return rows.filter(activity=activity, kind=kind, withdrawn_on=None).first()


def _withdraw(decision: ActivityDecision, by: User | None) -> ActivityDecision:
    decision.withdrawn_on = clock.today()
    decision.save(update_fields=["withdrawn_on"])
    kind = "activity.withdrawn" if by is not None else "system.activity.withdrawn"
    codes: Codes = {"activity": decision.activity, "decision": decision.kind, "demo": decision.demo}
    record(kind, decision, by=by, role=_role(by) if by is not None else "", codes=codes)
    return decision


def _role(by: User) -> str:
    return role_used(by, Permission.MANAGE_ACCOUNTS)
