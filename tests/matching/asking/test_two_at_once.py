"""Pressed twice at the same moment, on a SQLite file and on a PostgreSQL server: one number, one person, one request."""

from typing import Any

from directory.accounts.roles import Role
from directory.journal.verifying import verify
from directory.states import NoSuchMove, WrongState
from matching import people
from matching.asking import codes, desk, following, keeping, sending, taking_up
from matching.models import Ask, Enquiry, EnquiryCode, Person
from tests import factories
from tests.at_once import at_once

PRESSED = 4


def written(**steps: dict[str, Any]) -> Enquiry:
    row, _ = keeping.begin()
    for step, said in {**factories.enquiry_answers(), **steps}.items():
        row = keeping.keep(row, step, said, need=factories.need())
    return row


def kinds(answers: list[Any]) -> list[type]:
    """A step that the table does not know from here is a wrong state as any other."""
    return [WrongState if isinstance(answer, NoSuchMove) else type(answer) for answer in answers if isinstance(answer, Exception)]


def test_one_of_each(each_store: str) -> None:
    """One test for all: making the database is what takes the time."""
    by = factories.coordinator()
    mine, theirs = written(), written()
    sent = at_once([*[lambda: sending.send(mine)] * PRESSED, *[lambda: sending.send(theirs)] * PRESSED])
    assert kinds(sent) == []
    assert sorted(Enquiry.objects.values_list("number", flat=True)) == [101, 102]

    who, ask = {"name": "Ada Testperson", "postcode": "HD7 5AA"}, {"need": "shopping"}
    taken = at_once([lambda: taking_up.take_up(mine, by=by, who=who, ask=ask)] * PRESSED)
    assert kinds(taken) == [WrongState] * (PRESSED - 1)
    assert (Person.objects.count(), Ask.objects.count()) == (1, 1)

    ended = at_once([lambda: following.not_needed(theirs), lambda: desk.close(theirs, by=by, why="answered")])
    assert kinds(ended) == [WrongState]

    half = written()
    gone = at_once([lambda: sending.send(half), lambda: keeping.forget(half)])
    left = Enquiry.objects.filter(pk=half.pk).first()
    assert (left is None, isinstance(gone[0], WrongState)) in ((True, True), (False, False))
    assert gone[1] is (left is None)

    user, person = factories.user(Role.PERSON), factories.person(by=by, agreed=False)
    people.link_account(person, user, by=by)
    own = keeping.keep(written(), "whom", {"whom": "self"}, person=person)
    opened = at_once([lambda: sending.open_at_once(own, by=user, agrees=True)] * PRESSED)
    assert kinds(opened) == [WrongState] * (PRESSED - 1)
    assert Ask.objects.filter(person=person).count() == person.agreements.count() == 1

    third = sending.send(written())
    code = codes.say_code(third, by=by)
    tried = at_once([lambda: codes.use_code(str(third), third.place, code, asked=None)] * PRESSED)
    assert kinds(tried) == [codes.WrongCode] * (PRESSED - 1)
    wrong = codes.say_code(third, by=by)
    other = "000000" if wrong != "000000" else "111111"
    at_once([lambda: codes.use_code(str(third), third.place, other, asked=None)] * PRESSED)
    assert EnquiryCode.objects.order_by("-asked_at").values_list("tries", flat=True)[0] == PRESSED
    assert verify() == []
