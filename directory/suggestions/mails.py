"""Mails about what somebody told us, sent by background tasks after the commit. Subjects name nobody and nothing of a listing."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django_tasks import task

from directory.accounts.models import User
from directory.accounts.policy import allowed
from directory.accounts.roles import Permission
from directory.mails import TOLD_FOR, moderators, post
from directory.suggestions.models import Suggestion
from directory.suggestions.states import SUGGESTION_OPEN, SuggestionState


def send_after_commit(mail: Callable[[str], int], suggestion: Suggestion) -> None:
    """Send one of the mails below when the transaction is through; a background task does the sending."""
    transaction.on_commit(partial(_send.enqueue, mail.__name__, str(suggestion.pk)))


@task()
def _send(mail: str, suggestion_id: str) -> int:
    return {"tell_moderators": tell_moderators, "tell_owner": tell_owner, "tell_reporter": tell_reporter}[mail](suggestion_id)


def tell_moderators(suggestion_id: str) -> int:
    """Tell the editors that something waits, if it still does and they were not told of this listing lately. Returns how many mails went out."""
    told = _told(suggestion_id)
    if told is None or told.state not in SUGGESTION_OPEN or _told_already(told):
        return 0
    what = "a group that is missing" if told.kind == Suggestion.Kind.LISTING else "something that is wrong in a listing"
    body = f"Somebody has told us of {what}.\n\nLook at it and decide:\n{_at('moderation-suggestion', told.pk)}\n"
    return sum(post(user.email, "Something about the listings waits for you", body, f"{told.pk}.{user.pk}.told") for user in moderators())


def tell_owner(suggestion_id: str) -> int:
    """Tell the members of the group that somebody found something wrong on its page, once in TOLD_FOR. Who it was is told to nobody."""
    told = _told(suggestion_id)
    if told is None or told.service is None or told.state not in SUGGESTION_OPEN or _told_already(told):
        return 0
    members = User.objects.filter(memberships__organisation=told.service.organisation_id, is_active=True, is_service=False).distinct()
    body = (
        f"Somebody has told us that something may be wrong on the page of “{told.service.name}”: {told.get_part_display().lower()}.\n\n"
        f"What they say, and where you put it right:\n{_at('partner-reports', told.service_id)}\n\n"
        "We look at it too. If all is right as it is, you need do nothing. If others tell us more today, it stands there; no other mail comes.\n"
    )
    keepers = [user for user in members if allowed(user, Permission.EDIT_LISTINGS, told.service)]
    return sum(post(user.email, "Something may be wrong on your page", body, f"{told.pk}.{user.pk}.owner") for user in keepers)


def tell_reporter(suggestion_id: str) -> int:
    """Tell who left an address what became of it. Returns how many mails went out."""
    told = _told(suggestion_id)
    if told is None or not told.email or told.state in SUGGESTION_OPEN:
        return 0
    return post(
        told.email,
        "What became of what you told us",
        f"Thank you for telling us about {_called(told)}.\n\n{_outcome(told)}\n",
        f"{told.pk}.ended",
    )


def _told_already(told: Suggestion) -> bool:
    """Does an earlier report about this listing, made within TOLD_FOR, wait still? Anybody may send many, and each would be a mail."""
    about = Suggestion.objects.waiting().filter(service=told.service_id, service__isnull=False)
    return about.filter(told_at__lt=told.told_at, told_at__gt=told.told_at - TOLD_FOR).exists()


def _outcome(told: Suggestion) -> str:
    why = f" {told.reason}" if told.reason else ""
    if told.state == SuggestionState.DECLINED:
        return f"We have looked at it, and have not taken it over.{why}"
    if told.kind == Suggestion.Kind.LISTING and told.became is not None:
        return f"It is in our lists now:{why}\n{settings.BASE_URL}{told.became.get_absolute_url()}"
    where = told.service or told.became
    return f"We have put it right.{why}" + (f"\n{settings.BASE_URL}{where.get_absolute_url()}" if where and where.is_public else "")


def _called(told: Suggestion) -> str:
    return f"“{told.service.name if told.service else told.name}”"


def _at(name: str, key: UUID | None) -> str:
    return settings.BASE_URL + reverse(name, args=[key])


def _told(suggestion_id: str) -> Suggestion | None:
    return Suggestion.objects.select_related("service", "became").filter(pk=UUID(suggestion_id)).first()
