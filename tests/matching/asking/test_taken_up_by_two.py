"""One enquiry, and two who talk with them: nothing that was written down in the second talk is lost."""

from collections.abc import Callable

import pytest
from django.test import Client

from directory.accounts.models import User
from directory.accounts.roles import Role
from matching.asking import desk
from matching.models import Ask, Enquiry, Person
from tests import factories
from tests.matching.asking.conftest import TALK

pytestmark = pytest.mark.django_db
Sent = Callable[..., Enquiry]


def test_a_second_talk_loses_no_word_and_says_who_was_quicker(sent: Sent, staff: Client) -> None:
    enquiry, other = sent(), factories.user(Role.COORDINATOR, name="Olga Swift")
    quicker = Client()
    quicker.force_login(other)
    address = f"/desk/enquiries/{enquiry.pk}/take-up/"
    quicker.post(address, TALK)
    ask = Ask.objects.get()
    mine = {**TALK, "wishes": "two flights of stairs <narrow>", "when": ["mornings"], "need": "shopping", "phone": "01632 960555"}
    for sent_again in (mine, TALK, {**mine, "given_by": "", "record": ""}):
        answer = staff.post(address, sent_again)
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "Olga Swift has written" in page
        assert f"/desk/requests/{ask.pk}/" in page
        assert "Save, and look who can help" not in page
    for words in ("two flights of stairs &lt;narrow&gt;", "01632 960555", "Weekday mornings"):
        assert words in page
    assert quicker.post(address, TALK)["Location"] == f"/desk/requests/{ask.pk}/"
    assert quicker.post(address, mine).status_code == 409
    assert staff.get(address)["Location"] == f"/desk/requests/{ask.pk}/"
    assert (Ask.objects.count(), Person.objects.count()) == (1, 1)


def test_what_is_closed_during_the_talk_gives_the_words_back(sent: Sent, by: User, staff: Client) -> None:
    enquiry = desk.close(sent(), by=by, why="not_reached")
    answer = staff.post(f"/desk/enquiries/{enquiry.pk}/take-up/", TALK)
    assert answer.status_code == 409
    for words in ("was closed meanwhile", "since the cuckooclock stopped"):
        assert words in answer.content.decode()
    assert not Ask.objects.exists()
