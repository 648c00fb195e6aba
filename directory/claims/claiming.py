"""What somebody does who says that a group is theirs: claim it, prove it by a code or in words, take the claim back."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from directory.accounts.models import User
from directory.accounts.names import clean_name
from directory.claims import codes, mails
from directory.claims.claimable import Standing, published_email, standing
from directory.claims.models import Claim
from directory.claims.sides import lock, move, sides
from directory.claims.states import CLAIM, CLAIM_OPEN, ClaimState
from directory.listing_contact import clean_phone
from directory.models import Membership, Service
from directory.states import WrongState

MOST = {"name": 100, "part": 200, "phone": 60, "words": 1000}


class CannotBeClaimed(WrongState):
    """The listing is not open to claims; `standing` says why."""

    def __init__(self, how: Standing) -> None:
        super().__init__("This listing cannot be claimed.")
        self.standing = how


def claim(service: Service, *, by: User, name: str, part: str, phone: str = "", words: str = "") -> Claim:
    """Say that the listing's organisation is one's own. Without words it waits for a code to be asked for and written in.

    Whoever has an open claim there gets that one. Raises PermissionDenied (no person's account), CannotBeClaimed, WrongState (keeps it
    already), ValidationError ({field: [text]}).
    """
    if by.is_service or not by.is_active:
        raise PermissionDenied("Only people claim a listing.")
    service = Service.objects.select_related("organisation").get(pk=service.pk)
    known = Claim.objects.for_user(by).filter(organisation=service.organisation_id, state__in=CLAIM_OPEN).first()
    if known is not None:
        return known
    if Membership.objects.filter(user=by, organisation=service.organisation_id).exists():
        raise WrongState("You keep this listing already.")
    if (how := standing(service)) != Standing.OPEN:
        raise CannotBeClaimed(how)
    made = Claim(user=by, organisation=service.organisation, service=service, name=name, part=part, phone=phone, words=words)
    _clean(made)
    if not made.words and not published_email(service):
        raise ValidationError({"words": ["Write how we can know that you belong to this group."]})
    try:
        with transaction.atomic():
            _name_account(by, made.name)
            move(made, ClaimState.WAITING if made.words else ClaimState.BEGUN, by=by)
            if made.words:
                mails.send_after_commit(mails.tell_moderators, made)
    except IntegrityError:
        # The same form, sent twice at the same moment.
        return Claim.objects.for_user(by).get(organisation=service.organisation_id, state__in=CLAIM_OPEN)
    return made


@transaction.atomic
def ask_code(claim: Claim, *, by: User) -> Claim:
    """Have a code mailed to the address on the listing; one that was mailed before is worth nothing then.

    Raises PermissionDenied, WrongState, ValidationError ({code: [text]}: no address, or too many codes).
    """
    fresh = lock(claim)
    CLAIM.check(fresh.state, ClaimState.PROVED, sides(by, fresh))
    if not published_email(fresh.service):
        raise ValidationError({"code": ["No e-mail address stands on this page. Write in words how we can know."]})
    if fresh.codes_asked >= codes.MOST:
        raise ValidationError({"code": [f"We have sent {codes.MOST} codes. Write in words how we can know, or ring us."]})
    fresh.codes_asked += 1
    fresh.code_digest = ""
    fresh.save(update_fields=["codes_asked", "code_digest"])
    mails.send_after_commit(mails.send_code, fresh)
    claim.refresh_from_db()
    return fresh


def prove(claim: Claim, code: str, *, by: User) -> Claim:
    """Write the code in. A wrong one counts as a try. Raises PermissionDenied, WrongState, ValidationError ({code: [text]})."""
    with transaction.atomic():
        fresh = lock(claim)
        CLAIM.check(fresh.state, ClaimState.PROVED, sides(by, fresh))
        new, fault = fresh.put_at is None, codes.fault(fresh, code)
        if fault:
            fresh.save(update_fields=["code_tries"])
        else:
            move(fresh, ClaimState.PROVED, by=by)
            if new:
                mails.send_after_commit(mails.tell_moderators, fresh)
    claim.refresh_from_db()
    if fault:
        raise ValidationError({"code": [fault]})
    return fresh


@transaction.atomic
def say_in_words(claim: Claim, words: str, *, by: User) -> Claim:
    """Words instead of a code. Raises PermissionDenied, WrongState, ValidationError ({words: [text]})."""
    fresh = lock(claim)
    CLAIM.check(fresh.state, ClaimState.WAITING, sides(by, fresh))
    fresh.words = words
    _clean(fresh)
    move(fresh, ClaimState.WAITING, by=by)
    mails.send_after_commit(mails.tell_moderators, fresh)
    claim.refresh_from_db()
    return fresh


@transaction.atomic
def withdraw(claim: Claim, *, by: User) -> Claim:
    """Take one's own claim back. What was said in it is forgotten at once. Raises PermissionDenied, WrongState."""
    fresh = lock(claim)
    CLAIM.check(fresh.state, ClaimState.WITHDRAWN, sides(by, fresh))
    fresh.forget()
    move(fresh, ClaimState.WITHDRAWN, by=by)
    claim.refresh_from_db()
    return fresh


def _clean(claim: Claim) -> None:
    errors = {}
    for field, most in MOST.items():
        text = getattr(claim, field).replace("\0", "").strip()
        if field != "words":
            text = " ".join(text.split())
        setattr(claim, field, text)
        if len(text) > most:
            errors[field] = [f"Please use at most {most} letters and spaces."]
    if not claim.name:
        errors["name"] = ["Write your name."]
    if not claim.part:
        errors["part"] = ["Write what you do in the group."]
    try:
        # It becomes the account's.
        clean_name(claim.name)
    except ValidationError as error:
        errors["name"] = error.messages
    try:
        claim.phone = clean_phone(claim.phone)
    except ValidationError as error:
        errors["phone"] = error.messages
    if errors:
        raise ValidationError(errors)


def _name_account(user: User, name: str) -> None:
    """Somebody who came by a link has an account without a name."""
    if not user.name:
        user.name = name
        user.save(update_fields=["name"])
