"""What waits longer than it should, told to the moderators once a day."""

from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django_tasks import task

from directory import clock
from directory.accounts.models import User
from directory.mails import moderators, post
from directory.waiting.kinds import TOO_LONG, all_waiting, too_long_before

SUBJECT = "Some things have waited too long"


def tell_late() -> bool:
    """Queue one mail to each moderator where something waits too long; the daily job. Always through for today."""
    if all_waiting(before=too_long_before()).exists():
        for user in moderators():
            transaction.on_commit(partial(send_late.enqueue, str(user.pk), clock.today().isoformat()))
    return True


@task()
def send_late(user_id: str, day: str) -> int:
    """The mail of one moderator for one day. Returns how many went out: none where all was settled meanwhile."""
    user = User.objects.filter(pk=UUID(user_id), is_active=True).first()
    before = too_long_before()
    late = all_waiting(before=before).count()
    if user is None or not late:
        return 0
    own = all_waiting(before=before, moderator=user).count()
    body = (
        f"{late} {'thing waits' if late == 1 else 'things wait'} for a moderator for more than {TOO_LONG.days} days; "
        f"you answer for {own or 'none'} of them.\n\n{settings.BASE_URL}{reverse('moderation')}?late=1\n"
    )
    return post(user.email, SUBJECT, body, f"late.{user.pk}.{day}")
