"""A draft of a referral: for whom, to whom, with what was offered. Nothing leaves the co-op yet."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from directory.accounts.models import User
from directory.accounts.policy import relations_of, roles_of
from directory.accounts.roles import Role
from directory.models import Service
from directory.states import NEW, WrongState
from matching.candidates import candidates_for, store_offered
from matching.models import Ask, LawfulBasis, Referral, ReferralNote
from matching.numbering import next_number
from matching.people import require_own_side
from matching.persons.doubles import is_possible_double
from matching.persons.once import key_of
from matching.referring.journal import write_step
from matching.referring.sides import side_of
from matching.referring.telling import REFERRAL_ENDED_TO_TELL
from matching.states import REFERRAL, REFERRAL_ENDED, ReferralState


@transaction.atomic
def prepare(
    ask: Ask,
    *,
    by: User,
    service: Service | None = None,
    to_volunteers: bool = False,
    candidates: list[dict[str, Any]] | None = None,
    follows: Referral | None = None,
    note: str = "",
    council_case_ref: str = "",
    lawful_basis: str = LawfulBasis.SOCIAL_CARE,
    once: str = "",
) -> Referral:
    """A draft for one request: to a service, or to the co-op's volunteers. Nothing leaves the co-op yet.

    candidates: what was offered, as `Offered` keeps it; the newest one of the request where left out. follows: the ended referral that
    this one comes after; the last one of the request where left out. once: the form's own mark, by which a form that is sent twice makes
    one referral; the one that it made is returned as it is by now.
    Raises PermissionDenied, WrongState (the request is closed), ValidationError.
    """
    require_own_side(by, ask.person)
    ask = Ask.objects.select_for_update(no_key=True).get(pk=ask.pk)
    key = key_of(f"referral {ask.pk} {service.pk if service else 'volunteers'}", once, by) if once else None
    if known := Referral.objects.filter(pk=key).first() if key else None:
        return known
    _require_possible(ask, service, to_volunteers, follows)
    referral = Referral(
        ask=ask,
        person=ask.person,
        need=ask.need,
        service=service,
        to_volunteers=to_volunteers,
        source=_source_of(ask, by),
        lawful_basis=lawful_basis,
        created_by=by,
        referrer=by,
        council_case_ref=council_case_ref.strip(),
        follows=follows or _ended_before(ask),
        area_set=ask.area_set,
        area_code=ask.area_code,
        area_name=ask.area_name,
    )
    referral.pk = key or referral.pk
    return _write(referral, by=by, candidates=candidates, note=note.strip())


def _write(referral: Referral, *, by: User, candidates: list[dict[str, Any]] | None, note: str) -> Referral:
    relations = relations_of(by, referral)
    step = REFERRAL.check(NEW, ReferralState.DRAFT, relations)
    # The number's lock comes before the journal's, which keeping the candidates takes.
    referral.number = next_number("referral")
    referral.candidates = _offered(referral.ask, by=by) if candidates is None and referral.ask is not None else candidates or []
    referral.possible_double = is_possible_double(referral)
    referral.save(force_insert=True)
    if note:
        ReferralNote.objects.create(referral=referral, by=by, text=note)
    write_step(referral, NEW, by=by, side=side_of(step.by, relations), details={})
    return referral


def _require_possible(ask: Ask, service: Service | None, to_volunteers: bool, follows: Referral | None) -> None:
    if ask.closed_at is not None:
        raise WrongState("This request is closed: open it again first.")
    if (service is None) == (not to_volunteers):
        raise ValidationError({"service": ["Choose one service, or the co-op's volunteers."]})
    if follows is not None and (follows.person_id != ask.person_id or follows.state not in REFERRAL_ENDED):
        raise ValidationError({"follows": ["A referral follows an ended one of the same person."]})


def _source_of(ask: Ask, by: User) -> str:
    """Where the request came from; what the co-op refers on for the council is made inside the co-op, so that a coordinator can send it."""
    outside = ask.source == Ask.Source.COUNCIL and Role.COUNCIL_REFERRER not in roles_of(by)
    return Ask.Source.COORDINATOR if outside else ask.source


def _ended_before(ask: Ask) -> Referral | None:
    """The last referral of this request that was sent and ended: nothing is reopened, the next one follows it."""
    return ask.referrals.filter(state__in=REFERRAL_ENDED_TO_TELL, sent_at__isnull=False).order_by("-ended_at").first()


def _offered(ask: Ask, *, by: User) -> list[dict[str, Any]]:
    newest = ask.offered.first() or store_offered(ask, candidates_for(ask, by=by), by=by)
    return [*newest.services, *newest.volunteers]
