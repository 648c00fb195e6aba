"""Who is asked to lead a group gets one mail that tells nothing, and none where the offer does not stand any more."""

import pytest
from django.core import mail

from directory.journal.models import Event
from matching.befriending import groups
from matching.befriending.mails import tell_volunteers
from matching.desk_states import GroupState
from matching.volunteers import set_status
from tests import factories

pytestmark = pytest.mark.django_db


def follow() -> list[mail.EmailMessage]:
    mail.outbox = []
    tell_volunteers(Event.objects.order_by("seq"))
    return mail.outbox


def test_one_mail_with_nothing_in_it_but_where_to_look(group_in):
    group = group_in(GroupState.OFFERED)
    [sent] = follow()
    assert sent.to == [group.volunteer.user.email]
    assert "chess" not in sent.body
    assert "/volunteer/" in sent.body
    groups.say_no(group, by=group.volunteer.user)
    assert follow() == []


def test_none_to_who_pauses(group_in):
    group = group_in(GroupState.OFFERED)
    set_status(group.volunteer, "paused", by=factories.coordinator())
    assert follow() == []
