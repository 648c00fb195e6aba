"""Telling a group that its listing was merged into another one. Sent by a background task after the commit."""

from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django_tasks import task

from directory.accounts.models import User
from directory.mails import post
from directory.merging.models import Merge


def tell_after_commit(merge: Merge) -> None:
    """Tell the members of the group whose listing goes."""
    transaction.on_commit(partial(_send.enqueue, str(merge.pk)))


@task()
def _send(merge_id: str) -> int:
    return tell_group(merge_id)


def tell_group(merge_id: str) -> int:
    """Say which listing went into which, as long as that is so. Returns how many mails went out."""
    merge = Merge.objects.select_related("kept", "dropped").filter(pk=UUID(merge_id), parted_at=None).first()
    if merge is None:
        return 0
    members = User.objects.filter(memberships__organisation=merge.dropped.organisation_id, is_active=True).order_by("email")
    body = (
        f"“{merge.dropped.name}” and “{merge.kept.name}” were two pages about the same thing. We made one of them: the second.\n"
        f"Whoever opens the old page comes to the new one:\n{settings.BASE_URL}{merge.kept.get_absolute_url()}\n\n"
        "If they are two services after all, tell us: we can take it back.\n"
    )
    return sum(post(user.email, "Two pages became one", body, f"{merge.pk}.{user.pk}.merged") for user in members)
