"""What stops, ends or moves with a person locks in one order, so that of two who do it at once none waits for the other in a circle."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection

from directory import clock
from directory.accounts.roles import Role
from directory.journal.verifying import verify
from directory.states import WrongState
from matching import people, referrals
from matching.agreements import record_agreement, withdraw_agreement
from matching.asking import keeping, sending
from matching.casework.merging import merge_people
from matching.casework.withdrawing import withdraw_with_referrals
from matching.matches import offer
from matching.models import Agreement, Ask, Match, Person
from matching.states import MatchState
from tests import factories
from tests.at_once import at_once

ERRAND = "shop-together"
ROUNDS = 4
# The order of everybody: see `stopping.lock_waiting`.
ORDER = (
    "matching_ask",
    "matching_volunteer",
    "matching_match",
    "matching_group",
    "matching_referral",
    "matching_enquiry",
    "matching_person",
)
JOURNAL = "pg_advisory_xact_lock"


@contextmanager
def locks() -> Iterator[list[str]]:
    """The tables whose rows are locked meanwhile, each once, in their order; the journal's own lock among them."""
    told: list[str] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.endswith(("FOR UPDATE", "FOR NO KEY UPDATE")) or re.search(r"FOR (NO KEY )?UPDATE OF", sql):
            told.append(re.search(r'FROM "(\w+)"', sql)[1])  # type: ignore[index]
        elif JOURNAL in sql:
            told.append(JOURNAL)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield told


def in_order(told: list[str]) -> bool:
    """Each kind is locked first in the order of all, and everything before the journal; to lock again what one holds is harmless."""
    first = [ORDER.index(name) for name in dict.fromkeys(told) if name in ORDER]
    journal = told.index(JOURNAL) if JOURNAL in told else len(told)
    return first == sorted(first) and all(name in told[:journal] for name in ORDER if name in told)


def a_person() -> tuple[Person, Ask, Any]:
    """Somebody with an offer that waits, and a referral that was sent."""
    by = factories.coordinator()
    person = factories.person(name="Ada Example")
    ask = factories.ask(person, activity=ERRAND)
    offer(ask, factories.volunteer(ERRAND, level="basic"), by=by)
    other = factories.ask(person, need_="friendships")
    referral = referrals.send(referrals.prepare(other, by=by, to_volunteers=True, candidates=[]), by=by)
    return person, ask, referral


def doings(person: Person, ask: Ask, referral: Any) -> dict[str, Callable[[], Any]]:
    """Everything that stops, ends or moves with the person."""
    by, double = factories.coordinator(), factories.person(name="Ada Example", agreed=False)
    agreement = person.agreements.get()
    one = {"given_by": Agreement.GivenBy.BEST_INTERESTS, "how": "in_person", "at": clock.now(), "scope": "referral", "seen": "Dr A, asked"}
    return {
        "merge": partial(merge_people, person, double, by=by),
        "merge the other way": partial(merge_people, double, person, by=by),
        "withdraw": partial(withdraw_agreement, agreement, by=by),
        "do not contact": partial(people.correct_person, person, by=by, do_not_contact=True),
        "silence": partial(referrals.cancel, referral, by=by, reason="deceased"),
        "not needed": partial(withdraw_with_referrals, ask, by=by),
        "moved away": partial(withdraw_with_referrals, referral.ask, by=by, reason="deceased"),
        "one step": partial(record_agreement, person, by=by, ask=ask, **one),
    }


def test_each_locks_in_the_one_order_and_the_journal_last(each_store):
    if connection.vendor == "sqlite":
        assert not connection.features.has_select_for_update  # one writer at a time: there is no order to keep
        return
    for name in doings(*a_person()):
        do = doings(*a_person())[name]
        with locks() as told:
            do()
        assert in_order(told), (name, told)


def test_all_at_once_nobody_waits_in_a_circle_and_nothing_is_left_waiting(each_store):
    for _ in range(ROUNDS):
        person, ask, referral = a_person()
        steps = doings(person, ask, referral)
        answers = dict(zip(steps, at_once(list(steps.values())), strict=True))
        yes = answers.pop("one step")
        # A yes of the moment before the no came is asked anew.
        assert not isinstance(yes, Exception) or isinstance(yes, WrongState) or list(yes.message_dict) == ["at"]
        assert [answer for answer in answers.values() if isinstance(answer, Exception) and not isinstance(answer, WrongState)] == []
        kept = Person.objects.get(pk=person.pk).merged_into or Person.objects.get(pk=person.pk)
        assert not Match.objects.filter(ask__person=kept, state=MatchState.OFFERED).exists()
        assert not kept.merged_from.filter(asks__isnull=False).exists()
    assert verify() == []


def test_a_form_that_is_sent_while_its_person_becomes_part_of_another_record(each_store):
    by, account = factories.coordinator(), factories.user(Role.PERSON)
    for _ in range(ROUNDS):
        person, other = factories.person(name="Ada Example"), factories.person(name="Ada Example")
        people.link_account(person, account, by=by)
        form, _mark = keeping.begin()
        said = factories.enquiry_answers()
        for step in ("about", "where", "answers", "whom", "often", "when", "give"):
            form = keeping.keep(form, step, said[step], person=person, need=factories.need())
        answers = at_once([partial(sending.open_at_once, form, by=account), partial(merge_people, other, person, by=by)])
        # Whose account has gone to the other record meanwhile, opens the page anew.
        assert {type(answer) for answer in answers if isinstance(answer, Exception)} <= {WrongState, PermissionDenied}
        Person.objects.update(user=None)
