"""Mails about claims, sent by background tasks after the commit. Subjects name nobody, and no mail but to the claimant tells who it is."""

from collections.abc import Callable, Iterable
from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django_tasks import task

from directory.accounts.models import User
from directory.claims import codes
from directory.claims.claimable import published_email
from directory.claims.models import Claim
from directory.claims.scope import scope_of
from directory.claims.states import CLAIM_PUT, ClaimState
from directory.journal.recording import record
from directory.mails import moderators, post


def send_after_commit(mail: Callable[[str], int], claim: Claim) -> None:
    """Send one of the mails below when the transaction is through; a background task does the sending."""
    transaction.on_commit(partial(_send.enqueue, mail.__name__, str(claim.pk)))


@task()
def _send(mail: str, claim_id: str) -> int:
    known = (send_code, tell_moderators, tell_claimant, tell_keepers, tell_others, tell_published)
    return {each.__name__: each for each in known}[mail](claim_id)


def send_code(claim_id: str) -> int:
    """Mail a new code to the address on the listing. It is made here, so that it stands nowhere but in the mail. Returns how many went out."""
    with transaction.atomic():
        claim = Claim.objects.select_for_update(of=("self",)).select_related("service__organisation").filter(pk=UUID(claim_id)).first()
        if claim is None or claim.state not in (ClaimState.BEGUN, ClaimState.WAITING):
            return 0
        email = published_email(claim.service)
        if not email:
            return 0
        code = codes.make(claim, email)
        claim.save(update_fields=["code_digest", "code_to", "code_until", "code_tries"])
        record("system.claim_code_made", claim, by=None, codes={"number": claim.codes_asked})
    scope = scope_of(claim.service)
    body = (
        f"Somebody has told us that they belong to “{_called(claim)}”. Your address stands on its page in the {settings.SITE_NAME}, so we ask "
        f"you. They want to keep {scope.pages}, and to change what people read there.{scope.listed}\n\nThe code is {code}\n\n"
        f"If you know who it is, and it is right, give them this code, or write it in yourself. It works for {codes.HOURS} hours.\n\n"
        f"If you know nothing of it, give it to nobody. You need do nothing. {_ring()}\n"
    )
    return post(email, "A code for your page", body, f"{claim.pk}.code.{claim.codes_asked}")


def tell_moderators(claim_id: str) -> int:
    """Tell the editors that a claim waits, if it still does."""
    claim = _claim(claim_id)
    if claim is None or claim.state not in CLAIM_PUT:
        return 0
    body = f"Somebody says that a group in our lists is theirs.\n\nLook at it and decide:\n{_at('moderation-claim', claim.pk)}\n"
    others = (user for user in moderators() if user.pk != claim.user_id)
    return sum(post(user.email, "Somebody wants to keep a listing", body, f"{claim.pk}.{user.pk}.claimed") for user in others)


def tell_claimant(claim_id: str) -> int:
    """Tell the claimant what was decided, with the reason where there is one."""
    claim = _claim(claim_id)
    if claim is None or not claim.user.is_active:
        return 0
    scope = scope_of(claim.service)
    why = f"\n\nWhy: {claim.reason}" if claim.reason else ""
    if claim.state == ClaimState.ACCEPTED:
        what = f"You keep {scope.pages} now.{scope.listed}"
        body = f"{what}\n\nSee what stands there, and what there is to do:\n{settings.BASE_URL}{reverse('partner')}\n"
    elif claim.state == ClaimState.DECLINED:
        body = f"We have looked at it, and cannot give you {scope.pages}.{why}\n\n{_ring()}\n"
    elif claim.state == ClaimState.REVOKED:
        body = f"You do not keep {scope.pages} any more.{why}\n\n{_ring()}\n"
    else:
        return 0
    return post(claim.user.email, "What became of your claim", body, f"{claim.pk}.{claim.state}")


def tell_keepers(claim_id: str) -> int:
    """Tell whoever keeps the group's listings that somebody else does so now, or does not any more."""
    claim = _claim(claim_id)
    if claim is None or claim.state not in (ClaimState.ACCEPTED, ClaimState.REVOKED):
        return 0
    more = "somebody else" if claim.state == ClaimState.ACCEPTED else "one person less"
    body = (
        f"Of your group, {more} keeps the listings in the {settings.SITE_NAME} now: we have looked at who it is.\n\n"
        f"Your listings:\n{settings.BASE_URL}{reverse('partner')}\n\nIs that not right? {_ring()}\n"
    )
    return _to_all(_keepers(claim), "Who keeps your listings", body, f"{claim.pk}.{claim.state}.keepers")


def tell_others(claim_id: str) -> int:
    """Tell those who claim the same group, and still wait, that somebody keeps it now."""
    claim = _claim(claim_id)
    if claim is None or claim.state != ClaimState.ACCEPTED:
        return 0
    others = Claim.objects.filter(organisation=claim.organisation_id, state__in=CLAIM_PUT, user__is_active=True)
    body = (
        f"You told us that “{_called(claim)}” is your group. Somebody else of the group keeps its pages now. We still look at what "
        f"you told us: a group may have several people who keep its page.\n\n{settings.BASE_URL}{reverse('claims')}\n"
    )
    users = (other.user for other in others.select_related("user").exclude(user=claim.user_id))
    return _to_all(users, "Somebody keeps that page now", body, f"{claim.pk}.others")


def tell_published(claim_id: str) -> int:
    """Tell the address on the listing that somebody keeps the page now, unless it is the claimant's own."""
    claim = _claim(claim_id)
    email = published_email(claim.service) if claim else ""
    if claim is None or claim.state != ClaimState.ACCEPTED or not email or email.lower() == claim.user.email:
        return 0
    scope = scope_of(claim.service)
    body = (
        f"Somebody of your group can change what people read in the {settings.SITE_NAME} now. They keep "
        f"{scope.pages}.{scope.listed}\n\nYour address stands on this one:\n{settings.BASE_URL}{claim.service.get_absolute_url()}\n\n"
        f"We have looked at who it is. Is it not right? {_ring()}\n"
    )
    return post(email, "Somebody keeps your page now", body, f"{claim.pk}.published")


def _keepers(claim: Claim) -> Iterable[User]:
    found = User.objects.filter(memberships__organisation=claim.organisation_id, is_active=True, is_service=False)
    return found.exclude(pk=claim.user_id).distinct()


def _to_all(users: Iterable[User], subject: str, body: str, name: str) -> int:
    return sum(post(user.email, subject, body, f"{name}.{user.pk}") for user in users)


def _called(claim: Claim) -> str:
    return claim.service.organisation.name


def _ring() -> str:
    return f"Ring us on {settings.SITE_PHONE} ({settings.SITE_PHONE_HOURS})."


def _at(name: str, key: UUID) -> str:
    return settings.BASE_URL + reverse(name, args=[key])


def _claim(claim_id: str) -> Claim | None:
    return Claim.objects.select_related("user", "service__organisation").filter(pk=UUID(claim_id)).first()
