"""A referral from outside in one go: the person, the request, the agreement and the referral, all or nothing; the same key never twice."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import allowed, relations_of, require, roles_of
from directory.accounts.roles import Permission, Relation, Role
from directory.models import Service
from directory.states import WrongState
from matching.agreements import record_agreement
from matching.asks import open_ask
from matching.models import Agreement, Ask, LawfulBasis, Person, Referral, RememberedRequest
from matching.numbering import hold_numbers
from matching.people import register_person
from matching.referrals import SENDING, prepare, send

REMEMBERED = timedelta(days=30)


class KeyReused(Exception):
    """The same Idempotency-Key came with another body (409)."""


@dataclass(frozen=True)
class ReferredIn:
    """The referral, and whether this call made it."""

    referral: Referral
    is_new: bool


def refer_in(data: Mapping[str, Any], *, by: User, key: str = "") -> ReferredIn:
    """Make and send a referral; who may only prepare one leaves a draft for the coordinator, and so do the person and their family: it is
    sent by the person's own yes, which is a step of its own.

    data: person (fields of register_person, and communication_codes) or person_id, need, activity, service_id or volunteers, note, consent (its `at` is None for
    just now), lawful_basis, council_case_ref. key: the caller's own key for this request; the same again within 30 days gives the same referral.
    Raises PermissionDenied, ValidationError ({field: [text]}), KeyReused.
    """
    if Role.PERSON not in roles_of(by):
        require(by, Permission.PREPARE_REFERRAL)
    if not key:
        return ReferredIn(_make(data, by=by), is_new=True)
    digest, body = _digest("key", key), _digest("body", _spelled(data))
    known = _remembered(digest, body, by=by)
    if known is not None:
        return known
    try:
        with transaction.atomic():
            referral = _make(data, by=by)
            RememberedRequest.objects.create(user=by, key=digest, body=body, referral=referral)
    except (IntegrityError, ValidationError, WrongState):
        # The same came in at the same moment, and was quicker: here it looks like something that is on its way already.
        known = _remembered(digest, body, by=by)
        if known is None:
            raise
        return known
    return ReferredIn(referral, is_new=True)


def _remembered(digest: str, body: str, *, by: User) -> ReferredIn | None:
    RememberedRequest.objects.filter(user=by, at__lt=clock.now() - REMEMBERED).delete()
    row = RememberedRequest.objects.filter(user=by, key=digest).select_related("referral").first()
    if row is None:
        return None
    if not hmac.compare_digest(row.body, body):
        raise KeyReused("This Idempotency-Key was used for another referral.")
    if not relations_of(by, row.referral):
        # Family no more, or taken off since: what became of it is not told by asking for it once more.
        raise PermissionDenied("This is not open to you.")
    return ReferredIn(row.referral, is_new=False)


@transaction.atomic
def _make(data: Mapping[str, Any], *, by: User) -> Referral:
    service = _service(data)
    hold_numbers("ask", "referral")
    person = _person(data, by=by)
    ask = open_ask(person, by=by, need=data["need"], activity=data.get("activity") or "", source=_source(by))
    _agree(person, data.get("consent"), by=by, ask=ask)
    referral = prepare(
        ask,
        by=by,
        service=service,
        to_volunteers=service is None,
        note=data.get("note") or "",
        council_case_ref=data.get("council_case_ref") or "",
        lawful_basis=data.get("lawful_basis") or LawfulBasis.SOCIAL_CARE,
    )
    if relations_of(by, referral) & (SENDING - {Relation.SELF}) and allowed(by, Permission.SEND_REFERRAL, referral):
        return send(referral, by=by)
    return referral


def _source(by: User) -> str:
    return Ask.Source.COORDINATOR if allowed(by, Permission.KEEP_RECORDS) else Ask.Source.COUNCIL


def _service(data: Mapping[str, Any]) -> Service | None:
    """The service asked for, None for volunteers. What visitors cannot see is not there."""
    service_id: UUID | None = data.get("service_id")
    if (service_id is None) == (not data.get("volunteers")):
        raise ValidationError({"service_id": ["Choose one service, or volunteers, not both."]})
    if service_id is None:
        return None
    service = Service.objects.public().filter(pk=service_id).select_related("organisation").first()
    if service is None:
        raise ValidationError({"service_id": ["There is no such service."]})
    return service


def _person(data: Mapping[str, Any], *, by: User) -> Person:
    """A new person, one whom this referrer brought in, themselves, or one of their family; another's person is answered like one that does not exist."""
    given, person_id = data.get("person"), data.get("person_id")
    if (given is None) == (person_id is None):
        raise ValidationError({"person": ["Give either person or person_id."]})
    if given is not None:
        basis = data.get("lawful_basis") or LawfulBasis.SOCIAL_CARE
        return register_person(by=by, brought_in_by=by, lawful_basis=basis, **_with_codes(given))
    person = Person.objects.select_for_update(no_key=True).filter(pk=str(person_id)).first()
    if person is not None and person.merged_into is not None:
        # Whoever refers knows the person by the id of their own record, and does not learn that there was another.
        person = person.merged_into if _may_name(by, person) else None
    if person is None or not _may_name(by, person):
        raise ValidationError({"person_id": ["There is no such person among those whom you brought in."]})
    return person


def _may_name(by: User, person: Person) -> bool:
    """Is it somebody whom they brought in, themselves, or of their family? What their role lets them do for them is asked further on."""
    return bool(relations_of(by, person) & {Relation.STAFF, Relation.SELF, Relation.FAMILY}) or allowed(by, Permission.KEEP_RECORDS)


def _with_codes(given: Mapping[str, Any]) -> dict[str, Any]:
    """Communication needs in codes stand with what else is known of reaching the person."""
    told = dict(given)
    codes = told.pop("communication_codes", None)
    return {**told, "contact": {"codes": codes}} if codes else told


def _agree(person: Person, consent: Mapping[str, Any] | None, *, by: User, ask: Ask) -> None:
    if consent is None:
        return
    scope = consent.get("scope") or Agreement.Scope.REFERRAL
    try:
        record_agreement(
            person,
            by=by,
            given_by=consent["given_by"],
            how=consent["how"],
            at=consent["at"] or clock.now(),
            scope=scope,
            ask=ask if scope == Agreement.Scope.REFERRAL else None,
            seen=consent.get("seen") or "",
        )
    except ValidationError as error:
        texts = [f"{field}: {text}" for field, found in error.message_dict.items() for text in found]
        raise ValidationError({"consent": texts}) from error


def _spelled(data: Mapping[str, Any]) -> str:
    return json.dumps(data, sort_keys=True, default=str)


def _digest(purpose: str, text: str) -> str:
    return hmac.new(settings.LOOKUP_KEY.encode(), f"idempotency|{purpose}|{text}".encode(), hashlib.sha256).hexdigest()
