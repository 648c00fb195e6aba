"""An open request is put right, its activity said, the person's own choice noted, and the person told of a service."""

from typing import Unpack

from django.core.exceptions import ValidationError
from django.db import transaction

from directory.accounts.models import User
from directory.accounts.policy import require
from directory.accounts.roles import Permission
from directory.journal.recording import record
from directory.models import Service
from directory.states import WrongState
from matching.asks.asked import FIELDS, Asked, is_of_need, write_asked
from matching.asks.holding import locked, role_of
from matching.models import Ask, Signpost
from matching.people import require_own_side
from matching.persons.once import key_of
from matching.persons.versions import still_to_write, version_of
from matching.states import MATCH_OPEN, REFERRAL_OPEN, AskState
from matching.stopping.groups import places


@transaction.atomic
def change_ask(ask: Ask, *, by: User, version: str = "", **asked: Unpack[Asked]) -> Ask:
    """Put right what a request says, as long as nobody has been asked for it: the need, the activity, when, how long, the wishes.

    version: `version_of_ask` when the form was opened; what somebody else wrote meanwhile in other fields stays.
    Raises PermissionDenied, ValidationError ({field: [text]}); WrongState for a request that is closed, on offer, with a group or a
    service, ChangedMeanwhile where both changed the same.
    """
    require_own_side(by, ask.person)
    ask = locked(ask)
    _require_nobody_asked(ask)
    before = {name: getattr(ask, name) for name in FIELDS}
    changed = locked(ask)
    write_asked(changed, ask.person, asked)
    told = {name: getattr(changed, name) for name in FIELDS if name in asked or getattr(changed, name) != before[name]}
    if version:
        told = still_to_write(ask, version, told, FIELDS)
    # What is left of the form is held against what others wrote meanwhile.
    write_asked(ask, ask.person, told)  # type: ignore[arg-type]
    fields = [name for name in FIELDS if getattr(ask, name) != before[name]]
    if fields:
        ask.save(update_fields=fields)
        record("ask.changed", ask, by=by, role=role_of(by), codes={"fields": fields})
    return ask


def version_of_ask(ask: Ask) -> str:
    """The mark that a form for `change_ask` carries."""
    return version_of(ask, FIELDS)


@transaction.atomic
def say_activity(ask: Ask, activity: str, *, by: User) -> Ask:
    """Say what exactly is to be done for the need, before anybody is offered it.

    Raises PermissionDenied, ValidationError, WrongState for a request that is closed or on offer.
    """
    require(by, Permission.MATCH, ask)
    ask = locked(ask)
    if ask.state != AskState.OPEN or ask.matches.filter(state__in=MATCH_OPEN).exists():
        raise WrongState("This request is closed, or a volunteer has been asked already.")
    if not is_of_need(activity, ask.need_id):
        raise ValidationError({"activity": ["Choose an activity of this need."]})
    ask.activity = activity
    ask.save(update_fields=["activity"])
    record("ask.activity_said", ask, by=by, role=role_of(by), codes={"activity": activity})
    return ask


class ChosenMeanwhile(WrongState):
    """Somebody else has noted another choice of the person since the page was opened (409)."""


@transaction.atomic
def note_choice(ask: Ask, text: str, *, by: User, was: str | None = None) -> Ask:
    """Write down the person's own choice, in their words; it stands above every order of candidates. was: what stood there when the page was opened.

    Raises PermissionDenied; WrongState for a request that is closed, ChosenMeanwhile where somebody else has written another choice since.
    """
    require_own_side(by, ask.person)
    ask = locked(ask)
    _require_still_open(ask)
    chosen = " ".join(text.split())
    if was is not None and ask.person_choice not in (was, chosen):
        raise ChosenMeanwhile("Somebody else has noted the person's choice since you opened this page. Look at both, then note it again.")
    ask.person_choice = chosen
    ask.save(update_fields=["person_choice"])
    record("ask.choice_noted", ask, by=by, role=role_of(by))
    return ask


@transaction.atomic
def signpost(ask: Ask, service: Service, *, by: User, once: str = "") -> Signpost:
    """Tell the person of a service; nothing about them is passed on, so no agreement is needed.

    once: the page's own mark, by which a button that is pressed twice notes it once.
    Raises PermissionDenied, WrongState for a request that is closed, ValidationError for a service that visitors do not see.
    """
    require_own_side(by, ask.person)
    ask = locked(ask)
    key = key_of("signpost", f"{once}|{ask.pk}|{service.pk}", by) if once else None
    if key is not None and (known := Signpost.objects.filter(pk=key).first()):
        return known
    _require_still_open(ask)
    if not service.is_public:
        raise ValidationError({"service": ["This service is not listed at present."]})
    signpost = Signpost(ask=ask, service=service, by=by)
    signpost.pk = key or signpost.pk
    signpost.save(force_insert=True)
    record("ask.signposted", ask, by=by, role=role_of(by), codes={"service": service.pk})
    return signpost


def may_be_changed(ask: Ask) -> bool:
    """Is it open, and has nobody been asked for it yet?"""
    return not _why_not(ask)


def _require_nobody_asked(ask: Ask) -> None:
    if why := _why_not(ask):
        raise WrongState(why)


def _why_not(ask: Ask) -> str:
    if ask.state != AskState.OPEN:
        return "This request is closed."
    if ask.matches.filter(state__in=MATCH_OPEN).exists():
        return "A volunteer has been asked for this as it stands. Take that back first, or write down another request."
    if ask.referrals.filter(state__in=REFERRAL_OPEN).exists():
        return "A group or service has been asked for this as it stands. End that first, or write down another request."
    if places(ask=ask).exists():
        return "This person has a place in a small group for it; take them out of it first."
    return ""


def _require_still_open(ask: Ask) -> None:
    if ask.state != AskState.OPEN:
        raise WrongState("This request is closed.")
