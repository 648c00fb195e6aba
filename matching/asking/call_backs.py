"""Ringing back: somebody leaves a name and a number, a coordinator rings, and 30 days later both are gone; also where nobody was reached."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.crypto import salted_hmac

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import require, role_used
from directory.accounts.roles import Permission, Relation
from directory.geodata.models import Area
from directory.journal.codes import Codes
from directory.journal.recording import record
from directory.models import Need, Service
from directory.personal.lookup import phone_token
from directory.states import NEW
from matching.asking.promises import promised_day
from matching.asking.sweeping import GIVEN_UP, KEPT, LATE, sweep_some
from matching.models import CallBack, Look
from matching.states import CALL_BACK, CALL_BACK_ENDED, CALL_BACK_OPEN, CallBackState

ABOUT_MOST = 500


@transaction.atomic
def ask_for(
    *,
    kind: str,
    name: str,
    phone: str,
    when: str,
    voicemail: bool,
    about: str = "",
    need: str = "",
    area: str = "",
    service: str = "",
    once: str = "",
) -> CallBack:
    """Somebody who is no user of ours asks to be rung; anybody may.

    need: a slug, area: a code of the installed set, service: an id; one that is not known is left out. once: the form's own mark, by which
    a form that is sent twice makes one call. Raises ValidationError ({field: [text]}).
    """
    digest = salted_hmac("matching.call_backs", once, algorithm="sha256").hexdigest() if once else None
    known = CallBack.objects.filter(once=digest).first() if digest else None
    if known is not None:
        return known
    call = CallBack(kind=kind, name=name.strip(), phone=phone.strip(), when=when, voicemail=voicemail, about=about.strip(), once=digest)
    _check(call)
    call.need = Need.objects.filter(pk=need).first() if need else None
    call.service = _service(service)
    place = Area.objects.filter(area_set__installed=True, code=area).select_related("area_set").first() if area else None
    if place is not None:
        call.keep_area(place)
    call.promised_on = promised_day(settings.SITE_PHONE_HOURS)
    CALL_BACK.check(NEW, CallBackState.WAITING, [Relation.RAISER])
    try:
        with transaction.atomic():
            call.save(force_insert=True)
    except IntegrityError:
        # The same form, sent twice at the same moment.
        return CallBack.objects.get(once=digest)
    codes: Codes = {"to": call.state, "kind": call.kind, "need": call.need_id, "promised": call.promised_on}
    record("public.call_back_asked", call, by=None, codes=codes)
    return call


def _check(call: CallBack) -> None:
    errors = {}
    if not call.name:
        errors["name"] = ["Write what we may call you."]
    if phone_token(call.phone) is None:
        errors["phone"] = ["This does not look like a telephone number. Write it like 01484 496000."]
    if call.kind not in CallBack.Kind.values:
        errors["kind"] = ["Choose from the list."]
    if call.when not in CallBack.When.values:
        errors["when"] = ["Choose when we may ring."]
    if len(call.about) > ABOUT_MOST:
        errors["about"] = [f"Please use at most {ABOUT_MOST} letters and spaces. We talk about the rest."]
    if errors:
        raise ValidationError(errors)


def _service(text: str) -> Service | None:
    try:
        return Service.objects.public().filter(pk=UUID(text)).first() if text else None
    except ValueError:
        return None


def waiting(*, by: User) -> QuerySet[CallBack]:
    """The calls that are promised, the oldest first. Raises PermissionDenied."""
    require(by, Permission.KEEP_RECORDS)
    return CallBack.objects.filter(state__in=CALL_BACK_OPEN).select_related("need", "service").order_by("asked_at", "pk")


def is_late(call: CallBack) -> bool:
    """Should we have rung before today?"""
    due = call.promised_on or clock.local(call.asked_at).date() + LATE
    return call.state in CALL_BACK_OPEN and due < clock.today()


def closes_at(call: CallBack) -> datetime:
    """When an open call is closed as not reached, unless it is tried again."""
    return max(call.asked_at, call.tried_at or call.asked_at) + GIVEN_UP


def look_at(call: CallBack, *, by: User, where: str) -> CallBack:
    """The call-back for a page that shows name and number; the look is kept in the access log. Raises PermissionDenied."""
    require(by, Permission.KEEP_RECORDS)
    Look.objects.create(by_id=by.pk, by_role=role_used(by, Permission.KEEP_RECORDS), person_id=call.pk, where=where)
    return call


@transaction.atomic
def not_reached(call: CallBack, *, by: User, tries: int | None = None) -> CallBack:
    """We rang, and nobody answered. tries: how many the page showed, so that a second press counts none. Raises PermissionDenied, WrongState."""
    call = _locked(call, by)
    if tries is not None and call.tries > tries:
        return call
    return _move(call, CallBackState.TRIED, by=by, tries=call.tries + 1, tried_at=clock.now())


@transaction.atomic
def done(call: CallBack, *, by: User) -> CallBack:
    """We have talked. Raises PermissionDenied, WrongState."""
    return _move(_locked(call, by), CallBackState.DONE, by=by, ended_at=clock.now())


@transaction.atomic
def close(call: CallBack, *, by: User) -> CallBack:
    """No talk came of it: a wrong number, a joke, rung often enough. Raises PermissionDenied, WrongState."""
    return _move(_locked(call, by), CallBackState.CLOSED, by=by, ended_at=clock.now())


def _locked(call: CallBack, by: User) -> CallBack:
    require(by, Permission.KEEP_RECORDS)
    return CallBack.objects.select_for_update().get(pk=call.pk)


def _move(call: CallBack, to: CallBackState, *, by: User | None, **columns: object) -> CallBack:
    """by=None is the timer."""
    CALL_BACK.check(call.state, to, [Relation.COORD if by is not None else Relation.SYSTEM])
    before = call.state
    call.state = to
    for name, value in columns.items():
        setattr(call, name, value)
    call.save(update_fields=["state", *columns])
    codes: Codes = {"from": before, "to": to, "tries": call.tries}
    if by is None:
        record("system.call_back_not_reached", call, by=None, role=Relation.SYSTEM, codes=codes)
    else:
        record("call_back.moved", call, by=by, role=role_used(by, Permission.KEEP_RECORDS), codes=codes)
    return call


def give_up_some() -> bool:
    """Close a few calls as not reached that nobody took or tried within GIVEN_UP; the daily job. True when nothing is left to do."""
    before = clock.now() - GIVEN_UP
    old = CallBack.objects.filter(Q(tried_at=None) | Q(tried_at__lt=before), state__in=CALL_BACK_OPEN, asked_at__lt=before)
    return sweep_some(old, lambda call: _move(call, CallBackState.CLOSED, by=None, ended_at=clock.now()))


def erase_some() -> bool:
    """Forget a few who were rung, or not reached, when KEPT is over; the daily job. True when nothing is left to do."""
    return sweep_some(CallBack.objects.filter(state__in=CALL_BACK_ENDED, ended_at__lt=clock.now() - KEPT), _erase)


def _erase(call: CallBack) -> None:
    name = (CallBack._meta.label_lower, call.pk)
    call.delete()
    record("system.call_back_erased", name, by=None)
