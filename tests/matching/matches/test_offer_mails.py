"""Mails to volunteers: once, that there is something new, and nothing of what or whom."""

import pytest
from django.core import mail

from directory import clock
from directory.journal.following import follow, rewind
from matching import matches
from matching.agreements import withdraw_agreement
from matching.models import Match
from matching.offering.mails import FOLLOWER
from matching.people import correct_person
from matching.volunteers import set_status
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_volunteer_is_written_to_once_for_all_that_is_new_and_reads_nothing_of_it(errand, helper):
    by, volunteer, other = factories.coordinator(), helper(capacity=5), helper()
    first, second = errand(), errand()
    for ask in (first, second):
        matches.offer_to(ask, [volunteer, other], by=by)
    follow(FOLLOWER)
    assert sorted(message.to[0] for message in mail.outbox) == sorted([volunteer.user.email, other.user.email])
    for message in mail.outbox:
        said = f"{message.subject} {message.body}".lower()
        for told in (first.person.name, "shopping", first.person.postcode, str(first)):
            assert told.lower() not in said
        assert "/volunteer/" in said
    assert len({message.extra_headers["Message-ID"] for message in mail.outbox}) == 2
    assert Match.objects.filter(told_at=None).count() == 0
    rewind(FOLLOWER)
    follow(FOLLOWER)
    assert len(mail.outbox) == 2


@pytest.mark.parametrize("stopped", ["paused", "left", "removed", "agreement", "contact", "answered"])
def test_nobody_is_written_to_about_what_does_not_stand_any_more(errand, helper, stopped):
    by, volunteer, ask = factories.coordinator(), helper(), errand()
    match = matches.offer(ask, volunteer, by=by)
    if stopped == "agreement":
        withdraw_agreement(ask.person.agreements.get(), by=by)
    elif stopped == "contact":
        correct_person(ask.person, by=by, do_not_contact=True)
    elif stopped == "answered":
        matches.decline(match, by=volunteer.user)
    else:
        volunteer.status = stopped
        volunteer.save()
    follow(FOLLOWER)
    assert mail.outbox == []


def test_a_mail_that_cannot_go_out_waits_and_marks_nothing(errand, helper, settings):
    match = matches.offer(errand(), helper(), by=factories.coordinator())
    works, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "tests.mail_down.Down"
    with pytest.raises(OSError, match="refused"):
        follow(FOLLOWER)
    settings.EMAIL_BACKEND = works
    match.refresh_from_db()
    assert match.told_at is None
    follow(FOLLOWER)
    match.refresh_from_db()
    assert (len(mail.outbox), match.told_at is not None) == (1, True)
    assert match.told_at <= clock.now()


def test_whoever_is_paused_after_an_offer_has_nothing_to_answer(errand, helper):
    by, volunteer = factories.coordinator(), helper()
    matches.offer(errand(), volunteer, by=by)
    set_status(volunteer, "paused", by=by)
    follow(FOLLOWER)
    assert mail.outbox == []


def test_where_the_room_for_volunteers_is_closed_nobody_is_sent_there(errand, helper, settings):
    matches.offer(errand(), helper(), by=factories.coordinator())
    settings.MODULES = tuple(room for room in settings.MODULES if room != "volunteers")
    follow(FOLLOWER)
    assert mail.outbox == []
