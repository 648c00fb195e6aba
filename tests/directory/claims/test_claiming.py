"""Claiming a listing and proving it: by a code to the address that stands on it, or in words; nobody else's claim, and nothing of it in the open."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from directory import clock, listings
from directory.accounts.models import User
from directory.accounts.system import system_user
from directory.claims import claiming, codes, keeping, mails
from directory.claims.claimable import Standing, published_email, standing
from directory.claims.models import Claim
from directory.contacts import add_contact
from directory.journal.models import Event
from directory.models import Organisation, Service
from directory.states import WrongState
from tests.directory.claims.conftest import WHO, WORDS, code_for

pytestmark = pytest.mark.django_db


def test_a_claim_in_words_goes_to_the_moderators_at_once(put: Claim, editor: User, zebedee: User) -> None:
    assert (put.state, put.name, put.words) == ("waiting", WHO["name"], WORDS)
    assert put.put_at is not None
    assert mails.tell_moderators(str(put.pk)) == 1
    assert f"/admin/moderation/claims/{put.pk}/" in mail.outbox[0].body
    zebedee.refresh_from_db()
    assert zebedee.name == WHO["name"]


def test_the_code_of_the_mail_proves_it(begun: Claim, zebedee: User) -> None:
    assert (begun.state, begun.put_at) == ("begun", None)
    assert mails.tell_moderators(str(begun.pk)) == 0
    code = code_for(begun)
    assert mail.outbox[0].to == ["club@example.org"]
    claiming.prove(begun, f" {code[:3]} {code[3:]} ", by=zebedee)
    assert begun.state == "proved"
    assert begun.proved_at is not None
    assert begun.put_at is not None
    with pytest.raises(WrongState):
        claiming.prove(begun, code, by=zebedee)


def test_the_code_stands_nowhere_but_in_the_mail(begun: Claim) -> None:
    code = code_for(begun)
    with connection.cursor() as cursor:
        cursor.execute("SELECT code_digest, code_to FROM claims_claim")
        stored = str(cursor.fetchall())
    assert code not in stored
    assert "example.org" not in stored
    assert not [event for event in Event.objects.all() if code in str(event.codes)]
    assert code not in mail.outbox[0].subject


def test_the_mail_with_the_code_does_not_tell_whose_claim_it_is(begun: Claim) -> None:
    code_for(begun)
    text = mail.outbox[0].subject + mail.outbox[0].body
    assert not any(word in text for word in ("Zebedee", "zebedee", "larks", "960871"))


def test_a_few_tries_and_no_more(begun: Claim, zebedee: User) -> None:
    code = code_for(begun)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for left in range(codes.TRIES - 1, 0, -1):
        with pytest.raises(ValidationError, match=str(left)):
            claiming.prove(begun, wrong, by=zebedee)
    for typed in (wrong, code):
        with pytest.raises(ValidationError):
            claiming.prove(begun, typed, by=zebedee)
    assert begun.state == "begun"


def test_a_code_ends(begun: Claim, zebedee: User) -> None:
    now, code = clock.now(), code_for(begun)
    with clock.held_at(now + timedelta(hours=codes.HOURS, minutes=1)), pytest.raises(ValidationError):
        claiming.prove(begun, code, by=zebedee)
    with clock.held_at(now + timedelta(hours=codes.HOURS, minutes=-1)):
        assert claiming.prove(begun, code, by=zebedee).state == "proved"


def test_only_the_newest_code_counts(begun: Claim, zebedee: User) -> None:
    first = code_for(begun)
    second = code_for(begun)
    if first != second:
        with pytest.raises(ValidationError):
            claiming.prove(begun, first, by=zebedee)
    assert claiming.prove(begun, second, by=zebedee).state == "proved"


def test_asking_anew_ends_the_old_code_before_the_new_one_is_made(begun: Claim, zebedee: User) -> None:
    code = code_for(begun)
    claiming.ask_code(begun, by=zebedee)
    with pytest.raises(ValidationError):
        claiming.prove(begun, code, by=zebedee)


def test_a_code_is_nothing_once_another_address_stands_on_the_listing(begun: Claim, zebedee: User, editor: User) -> None:
    code = code_for(begun)
    listings.set_fields(begun.service, {"email": "new@example.org"}, by=editor)
    with pytest.raises(ValidationError):
        claiming.prove(begun, code, by=zebedee)
    assert code_for(begun)
    assert mail.outbox[0].to == ["new@example.org"]


def test_so_many_codes_and_no_more(begun: Claim, zebedee: User) -> None:
    for _ in range(codes.MOST):
        claiming.ask_code(begun, by=zebedee)
    with pytest.raises(ValidationError):
        claiming.ask_code(begun, by=zebedee)


def test_somebody_elses_claim_is_not_touched(begun: Claim, ada: User, partner: User, editor: User) -> None:
    code = code_for(begun)
    for by in (ada, partner, editor):
        for forbidden in (
            lambda by=by: claiming.ask_code(begun, by=by),
            lambda by=by: claiming.prove(begun, code, by=by),
            lambda by=by: claiming.say_in_words(begun, "Mine.", by=by),
            lambda by=by: claiming.withdraw(begun, by=by),
        ):
            with pytest.raises(PermissionDenied):
                forbidden()
    begun.refresh_from_db()
    assert (begun.state, begun.code_tries) == ("begun", 0)


def test_words_will_do_where_nobody_reads_that_mail(begun: Claim, zebedee: User) -> None:
    with pytest.raises(ValidationError):
        claiming.say_in_words(begun, " ", by=zebedee)
    claiming.say_in_words(begun, WORDS, by=zebedee)
    assert (begun.state, begun.words) == ("waiting", WORDS)
    assert claiming.prove(begun, code_for(begun), by=zebedee).state == "proved"


def test_without_an_address_on_the_listing_words_are_needed(unkept: Callable[..., Service], zebedee: User) -> None:
    choir = unkept()
    with pytest.raises(ValidationError) as refused:
        claiming.claim(choir, by=zebedee, **WHO)
    assert set(refused.value.message_dict) == {"words"}
    claim = claiming.claim(choir, by=zebedee, **WHO, words=WORDS)
    with pytest.raises(ValidationError):
        claiming.ask_code(claim, by=zebedee)


def test_the_address_is_one_that_everybody_reads(unkept: Callable[..., Service], editor: User) -> None:
    choir = unkept(email="office@example.org")
    assert published_email(choir) == "office@example.org"
    add_contact(choir, by=editor, email="hidden@example.org", phone="01484 223197", where=())
    own = add_contact(choir, by=editor, email="bob@example.org", is_personal=True, agreed_on=clock.today())
    assert published_email(Service.objects.get(pk=choir.pk)) == "office@example.org"
    assert own.show_on_site
    add_contact(choir, by=editor, email="choir@example.org")
    assert published_email(Service.objects.get(pk=choir.pk)) == "choir@example.org"


def test_claiming_twice_is_one_claim(begun: Claim, zebedee: User, ada: User) -> None:
    assert claiming.claim(begun.service, by=zebedee, **WHO) == begun
    assert claiming.claim(begun.service, by=ada, **WHO) != begun
    claiming.withdraw(begun, by=zebedee)
    assert claiming.claim(begun.service, by=zebedee, **WHO) != begun


def test_whoever_keeps_it_already_does_not_claim_it(service: Service, partner: User, stranger: User, zebedee: User) -> None:
    with pytest.raises(WrongState, match="already"):
        claiming.claim(service, by=partner, **WHO)
    for by in (stranger, zebedee):
        with pytest.raises(claiming.CannotBeClaimed) as refused:
            claiming.claim(service, by=by, **WHO)
        assert refused.value.standing == Standing.KEPT


def test_what_cannot_be_claimed(unkept: Callable[..., Service], editor: User, zebedee: User) -> None:
    closed, merged, later = unkept("Closed"), unkept("Merged"), unkept("Later")
    listings.withdraw(closed, by=editor)
    listings.withdraw(merged, by=editor)
    Service.objects.filter(pk=merged.pk).update(replaced_by=closed)
    Service.objects.filter(pk=later.pk).update(visible_from=clock.today() + timedelta(days=9))
    gone = unkept("Gone")
    Organisation.objects.filter(pk=gone.organisation_id).update(replaced_by=later.organisation)
    wanted = {
        unkept("Ours", ours=True): Standing.OURS,
        unkept("Demo", demo=True): Standing.INVENTED,
        closed: Standing.CLOSED,
        merged: Standing.MERGED,
        gone: Standing.MERGED,
        later: Standing.NOT_SHOWN,
        unkept("Open"): Standing.OPEN,
    }
    found = {service: standing(Service.objects.select_related("organisation").get(pk=service.pk)) for service in wanted}
    assert found == wanted
    for service, how in wanted.items():
        if how != Standing.OPEN:
            with pytest.raises(claiming.CannotBeClaimed):
                claiming.claim(service, by=zebedee, **WHO, words=WORDS)


def test_programs_and_closed_accounts_claim_nothing(service: Service, ada: User) -> None:
    ada.is_active = False
    for by in (system_user(), ada):
        with pytest.raises(PermissionDenied):
            claiming.claim(service, by=by, **WHO, words=WORDS)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "Pay at bad.example"}, "name"),
        ({"part": "\0"}, "part"),
        ({"phone": "ring me"}, "phone"),
        ({"words": "x" * 1001}, "words"),
    ],
)
def test_what_is_not_right_yet(service: Service, zebedee: User, values: dict[str, str], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        claiming.claim(service, by=zebedee, **{**WHO, "words": WORDS, **values})
    assert set(refused.value.message_dict) == {field}
    assert not Claim.objects.exists()


def test_nothing_that_was_said_is_readable_in_the_database_or_stands_in_the_journal(put: Claim) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM claims_claim")
        stored = str(cursor.fetchall())
    written = " ".join(f"{event.codes} {event.kind}" for event in Event.objects.all())
    words = re.compile("ebedee|anarybird|larks|960871|canary poster")
    assert not words.search(stored)
    assert not words.search(written)


def test_taking_a_claim_back_deletes_what_was_said(put: Claim, zebedee: User) -> None:
    claiming.withdraw(put, by=zebedee)
    assert (put.state, put.name, put.part, put.phone, put.words) == ("withdrawn", "", "", "", "")


def test_what_nobody_goes_on_with_ends_by_itself(begun: Claim, ada: User) -> None:
    now = clock.now()
    waits = claiming.claim(begun.service, by=ada, **WHO, words=WORDS)
    with clock.held_at(now + keeping.LAPSES - timedelta(hours=1)):
        assert keeping.lapse_some()
    begun.refresh_from_db()
    assert begun.state == "begun"
    with clock.held_at(now + keeping.LAPSES + timedelta(hours=1)):
        assert not keeping.lapse_some()
        assert keeping.lapse_some()
    begun.refresh_from_db()
    waits.refresh_from_db()
    assert (begun.state, begun.name, waits.state) == ("lapsed", "", "waiting")
