"""Telling those who keep two organisations that they are one now. Sent by a background task after the commit."""

from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django_tasks import task

from directory.mails import post
from directory.merging import joining
from directory.merging.models import OrganisationMerge
from directory.models import Service


def tell_after_commit(merge: OrganisationMerge) -> None:
    """Tell whoever keeps the one that stays; those of the other do so, too, by then."""
    transaction.on_commit(partial(_send.enqueue, str(merge.pk)))


@task()
def _send(merge_id: str) -> int:
    return tell_keepers(merge_id)


def tell_keepers(merge_id: str) -> int:
    """Say which went into which, and who keeps what now, as long as that is so. Returns how many mails went out."""
    merge = OrganisationMerge.objects.select_related("kept", "dropped").filter(pk=UUID(merge_id), parted_at=None).first()
    if merge is None:
        return 0
    many = Service.objects.filter(organisation=merge.kept).exclude(status=Service.Status.CLOSED).count()
    page = settings.BASE_URL + reverse("partner-group", args=[merge.kept_id])
    body = (
        f"“{merge.dropped.name}” and “{merge.kept.name}” were in our lists as two groups. They are one now: “{merge.kept.name}”.\n"
        f"Whoever kept the pages of either keeps all {many} of them. See who that is, and who leads:\n{page}\n\n"
        f"If they are two groups after all, tell us: we can take it back. Ring {settings.SITE_PHONE} ({settings.SITE_PHONE_HOURS}).\n"
    )
    return sum(post(user.email, "Two groups became one", body, f"{merge.pk}.{user.pk}.joined") for user in joining.keepers(merge.kept))
