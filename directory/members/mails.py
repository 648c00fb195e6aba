"""Mails about who keeps a group's listings, sent by background tasks after the commit. Subjects name nobody and no group."""

from collections.abc import Callable, Iterable
from functools import partial
from secrets import token_hex
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django_tasks import task

from directory import clock
from directory.accounts.models import User
from directory.mails import moderators, post
from directory.members.models import Invitation, LeadOffer, State
from directory.members.tokens import invitation_path
from directory.models import Membership, Organisation

Part = Membership.Part
PARTS = {
    Part.LEAD: "You lead the group here now: you ask people in, name a deputy, and hand the lead over.",
    Part.DEPUTY: "You are the deputy of the group here now: you ask people in, and remove them, when the lead is away.",
    Part.MEMBER: "You keep its listings like the other members.",
}


def send_after_commit(mail: Callable[..., int], *keys: UUID) -> None:
    """Send one of the mails below when the transaction is through; a background task does the sending."""
    transaction.on_commit(partial(_send.enqueue, mail.__name__, *(str(key) for key in keys)))


@task()
def _send(mail: str, *keys: str) -> int:
    return _MAILS[mail](*(UUID(key) for key in keys))


def tell_invited(invitation_id: UUID) -> int:
    """The invitation itself. Returns how many mails went out, as all of these do."""
    row = Invitation.objects.select_related("organisation", "made_by").filter(pk=invitation_id, state=State.OPEN).first()
    if row is None or row.ends_at <= clock.now():
        return 0
    who = row.made_by.name if row.made_by is not None and row.made_by.name else "Somebody of the group"
    lead = "You would lead the group here, since nobody does.\n\n" if row.as_lead else ""
    ends = clock.local(row.ends_at)
    body = (
        f"{who} asks you to help to keep what the {settings.SITE_NAME} says about “{row.organisation.name}” right: times, places, a notice when you are closed.\n\n"
        f"{lead}Look at it, and say yes or no:\n{settings.BASE_URL}{invitation_path(row.pk)}\n\n"
        f"The link works once, until {ends.day} {ends:%B %Y}, and for your address only. You need no password. "
        f"If you do not know what this is about, you need do nothing.\n\n"
        f"Rather talk? Ring {settings.SITE_PHONE} ({settings.SITE_PHONE_HOURS}).\n"
    )
    return _post([row.email], "You are asked to help with a group's page", body)


def tell_joined(organisation_id: UUID, user_id: UUID) -> int:
    """The lead and the deputy hear who keeps the listings with them now."""
    organisation, user = Organisation.objects.get(pk=organisation_id), User.objects.get(pk=user_id)
    body = f"{user.get_full_name()} keeps the listings of “{organisation.name}” with you now.\n\n{_page(organisation)}"
    return _post(_keepers(organisation, but=user), "Somebody has joined your group", body)


def tell_left(organisation_id: UUID, user_id: UUID) -> int:
    """The lead and the deputy hear who has left; and who left hears that it is done."""
    organisation, user = Organisation.objects.get(pk=organisation_id), User.objects.get(pk=user_id)
    body = f"{user.get_full_name()} has left “{organisation.name}”, and does not keep its listings any more.\n\n{_page(organisation)}"
    told = _post(_keepers(organisation, but=user), "Somebody has left your group", body)
    own = f"You have left “{organisation.name}”, and do not see its listings any more. Thank you for keeping them.\n"
    return told + _post(_addresses([user]), "You have left a group", own)


def tell_removed(organisation_id: UUID, user_id: UUID) -> int:
    """Who was removed hears of it, and whom to ring."""
    organisation, user = Organisation.objects.get(pk=organisation_id), User.objects.get(pk=user_id)
    body = (
        f"You do not keep the listings of “{organisation.name}” any more: somebody who leads the group, or one of us, has ended it.\n\n"
        f"Is this a mistake? Talk to the group, or ring {settings.SITE_PHONE} ({settings.SITE_PHONE_HOURS}).\n"
    )
    return _post(_addresses([user]), "You do not keep a group's page any more", body)


def tell_part(organisation_id: UUID, user_id: UUID) -> int:
    """A member hears which part they have now."""
    row = Membership.objects.select_related("organisation", "user").filter(organisation=organisation_id, user=user_id).first()
    if row is None:
        return 0
    body = f"This is about “{row.organisation.name}”.\n\n{PARTS[Part(row.part)]}\n\n{_page(row.organisation)}"
    return _post(_addresses([row.user]), "Your part in a group has changed", body)


def tell_offered(offer_id: UUID) -> int:
    """A member is asked to lead the group."""
    offer = LeadOffer.objects.select_related("organisation", "to", "made_by").filter(pk=offer_id, state=State.OPEN).first()
    if offer is None:
        return 0
    ends = clock.local(offer.ends_at)
    body = (
        f"{offer.made_by.get_full_name()} asks you to lead “{offer.organisation.name}” here from now on. The lead asks people in, names a deputy, "
        f"and is whom we ring.\n\nSay yes or no until {ends.day} {ends:%B %Y}; nothing changes before:\n{_page(offer.organisation)}"
    )
    return _post(_addresses([offer.to]), "You are asked to lead a group", body)


def tell_offer_answered(offer_id: UUID) -> int:
    """Whoever offered the lead hears the answer."""
    offer = LeadOffer.objects.select_related("organisation", "to", "made_by").get(pk=offer_id)
    answer = {
        State.TAKEN: "They have said yes, and lead it now. You are a member.",
        State.DECLINED: "They have said no. You lead it as before.",
    }
    if offer.state not in answer:
        return 0
    asked = f"You asked {offer.to.get_full_name()} to lead “{offer.organisation.name}”."
    body = f"{asked} {answer[State(offer.state)]}\n\n{_page(offer.organisation)}"
    return _post(_addresses([offer.made_by]), "Your question about leading a group was answered", body)


def tell_moderators(organisation_id: UUID) -> int:
    """The editors hear of a group without a lead, if it still has none."""
    organisation = Organisation.objects.get(pk=organisation_id)
    if organisation.memberships.filter(part=Part.LEAD).exists():
        return 0
    nobody = not organisation.memberships.exists()
    what = (
        "Nobody keeps its listings any more. Ring the group, and ask somebody in:"
        if nobody
        else "Name one of its members, or ask somebody in:"
    )
    body = f"“{organisation.name}” has no lead any more. {what}\n{_page(organisation)}"
    return _post([user.email for user in moderators()], "A group has no lead any more", body)


def _keepers(organisation: Organisation, *, but: User) -> list[str]:
    rows = organisation.memberships.filter(part__in=[Part.LEAD, Part.DEPUTY]).exclude(user=but).select_related("user")
    return _addresses(row.user for row in rows)


def _addresses(users: Iterable[User]) -> list[str]:
    return [user.email for user in users if user.is_active and not user.is_service]


def _page(organisation: Organisation) -> str:
    return f"{settings.BASE_URL}{reverse('partner-group', args=[organisation.pk])}\n"


def _post(addresses: Iterable[str], subject: str, body: str) -> int:
    return sum(post(address, subject, body, f"members-{token_hex(12)}") for address in addresses)


_MAILS: dict[str, Callable[..., int]] = {
    mail.__name__: mail
    for mail in (tell_invited, tell_joined, tell_left, tell_removed, tell_part, tell_offered, tell_offer_answered, tell_moderators)
}
