"""The pages of claims: for whoever makes one, for strangers, for visitors of the listing, and for moderators."""

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from directory import listings, moderation, organisations
from directory.accounts.models import User
from directory.claims import claiming, deciding, mails
from directory.claims.models import Claim
from directory.claims.views.claiming import CLAIMS, CODES_TO_ONE_ADDRESS
from directory.models import Organisation, Service
from tests.directory.claims.conftest import WHO, WORDS, code_for

pytestmark = pytest.mark.django_db
PERSONAL = ("anarybird", "ebedee", "larks", "960871", "poster")


def text_of(answer: Any) -> str:
    return unescape(answer.content.decode())


def claim_path(service: Service) -> str:
    return reverse("claim", args=[service.pk])


def shown(claim: Claim) -> str:
    return reverse("claim-shown", args=[claim.pk])


def page_of(claim: Claim) -> str:
    return reverse("moderation-claim", args=[claim.pk])


def as_user(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_page_of_a_listing_offers_it_only_while_nobody_keeps_it(
    client: Client, service: Service, zebedee: User, editor: User, unkept: Callable[..., Service]
) -> None:
    offer = "Is this your group?"
    assert offer in text_of(client.get(service.get_absolute_url()))
    put = claiming.claim(service, by=zebedee, **WHO, words=WORDS)
    assert offer in text_of(client.get(service.get_absolute_url()))
    deciding.accept(put, by=editor)
    assert offer not in text_of(client.get(service.get_absolute_url()))
    deciding.revoke(put, by=editor, reason="No.")
    assert offer in text_of(client.get(service.get_absolute_url()))
    for other in (unkept("Ours", ours=True), unkept("Invented", demo=True)):
        assert offer not in text_of(client.get(other.get_absolute_url()))


@pytest.mark.parametrize("end", ["put", "proved", "accepted", "declined", "revoked"])
def test_visitors_see_nothing_of_the_claimant(client: Client, put: Claim, service: Service, editor: User, zebedee: User, end: str) -> None:
    if end == "proved":
        claiming.prove(put, code_for(put), by=zebedee)
    if end in ("accepted", "revoked"):
        deciding.accept(put, by=editor)
    if end == "revoked":
        deciding.revoke(put, by=editor, reason="It is not the canarybirds'.")
    if end == "declined":
        deciding.decline(put, by=editor, reason="It is not the canarybirds'.")
    pages = [service.get_absolute_url(), claim_path(service), "/oruk/services", f"/oruk/services/{service.pk}"]
    for page in pages:
        text = text_of(client.get(page, follow=True))
        assert not [word for word in PERSONAL if word in text]


def test_every_page_says_that_a_claim_is_for_all_of_the_group(client: Client, service: Service, zebedee: User, system: User) -> None:
    path, other = claim_path(service), "Singing on Fridays"
    assert "keeps all of them" not in text_of(client.get(path))
    listings.create_service(service.organisation, by=system, name=other, summary="Singing.")
    wrong_address = client.post(reverse("claim-ask-link", args=[service.pk]), {"email": "x"})
    for answer in (client.get(path), wrong_address, as_user(zebedee).get(path)):
        assert "Whoever keeps a group’s pages keeps all of them. These are 2:" in text_of(answer)
        assert other in text_of(answer)
    put = claiming.claim(service, by=zebedee, **WHO, words=WORDS)
    assert other in text_of(as_user(zebedee).get(shown(put)))


def test_a_claim_by_a_code_from_form_to_proof(zebedee: User, service: Service) -> None:
    client = as_user(zebedee)
    assert "Send a code to club@example.org" in text_of(client.get(claim_path(service)))
    answer = client.post(claim_path(service), {**WHO, "how": "code"}, follow=True)
    claim = Claim.objects.get()
    assert (claim.state, claim.codes_asked) == ("begun", 1)
    assert "A code is on its way" in text_of(answer)
    mail.outbox.clear()
    mails.send_code(str(claim.pk))
    code = next(line for line in mail.outbox[0].body.splitlines() if line.startswith("The code is ")).split()[-1]
    wrong = f"{(int(code) + 1) % 10**6:06}"
    refused = client.post(shown(claim), {"do": "prove", "code": wrong})
    assert refused.status_code == 400
    assert "4 tries left" in text_of(refused)
    assert "We look at your claim now" in text_of(client.post(shown(claim), {"do": "prove", "code": code}, follow=True))
    claim.refresh_from_db()
    assert claim.state == "proved"
    assert client.get(claim_path(service))["Location"] == shown(claim)


def test_words_instead_of_a_code_and_taking_it_back(zebedee: User, service: Service) -> None:
    client = as_user(zebedee)
    empty = client.post(claim_path(service), {**WHO, "how": "words", "words": " "})
    assert empty.status_code == 400
    assert "how we can know" in text_of(empty)
    client.post(claim_path(service), {**WHO, "how": "code"})
    claim = Claim.objects.get()
    assert client.post(shown(claim), {"do": "words", "words": ""}).status_code == 400
    assert "We look at it" in text_of(client.post(shown(claim), {"do": "words", "words": WORDS}, follow=True))
    assert "taken your claim back" in text_of(client.post(shown(claim), {"do": "withdraw"}, follow=True))
    assert "settled" not in text_of(client.post(shown(claim), {"do": "withdraw"}, follow=True))
    claim.refresh_from_db()
    assert claim.state == "withdrawn"


def test_a_listing_without_an_address_asks_for_words(zebedee: User, unkept: Callable[..., Service]) -> None:
    choir, client = unkept(), as_user(zebedee)
    assert 'name="how"' not in text_of(client.get(claim_path(choir)))
    assert client.post(claim_path(choir), {**WHO}).status_code == 400
    assert client.post(claim_path(choir), {**WHO, "words": WORDS}).status_code == 302


def test_nobody_opens_somebody_elses_claim(put: Claim, ada: User, stranger: User, editor: User) -> None:
    for user in (ada, stranger, editor):
        client = as_user(user)
        assert client.get(shown(put)).status_code == 404
        for do in ("code", "prove", "words", "withdraw"):
            assert client.post(shown(put), {"do": do, "code": "123456", "words": "Mine"}).status_code == 404
        assert not [word for word in PERSONAL if word in text_of(client.get(reverse("claims")))]
    put.refresh_from_db()
    assert put.state == "waiting"
    assert Client().get(shown(put)).status_code == 302


def test_clear_answers_where_nothing_can_be_claimed(
    client: Client, service: Service, partner: User, zebedee: User, editor: User, unkept: Callable[..., Service]
) -> None:
    closed, merged = unkept("Closed"), unkept("Merged")
    listings.withdraw(closed, by=editor)
    listings.withdraw(merged, by=editor)
    Service.objects.filter(pk=merged.pk).update(replaced_by=service)
    wanted = {
        service: "Somebody keeps this page already",
        unkept("Ours", ours=True): "The co-op runs this itself",
        unkept("Demo", demo=True): "This group is invented",
        closed: "This page is closed",
        merged: claim_path(service),
    }
    for one in (client, as_user(zebedee)):
        for listing, words in wanted.items():
            for answer in (one.get(claim_path(listing)), one.post(claim_path(listing), {**WHO, "words": WORDS})):
                assert answer.status_code == 409
                assert words in text_of(answer)
    assert "Closed group" not in text_of(client.get(claim_path(closed)))
    assert not Claim.objects.exists()
    assert as_user(partner).get(claim_path(service))["Location"] == reverse("partner-service", args=[service.pk])


def test_only_so_many_claims_a_day(zebedee: User, unkept: Callable[..., Service]) -> None:
    client = as_user(zebedee)
    choirs = [unkept(f"Choir {number}") for number in range(CLAIMS + 1)]
    answers = [client.post(claim_path(choir), {**WHO, "words": WORDS}).status_code for choir in choirs]
    assert answers == [302] * CLAIMS + [429]


def test_many_claimants_cannot_fill_the_mail_box_of_a_group(service: Service) -> None:
    for number in range(CODES_TO_ONE_ADDRESS + 2):
        client = as_user(User.objects.create_user(f"a{number}@nest.example"))
        client.post(claim_path(service), {**WHO, "how": "code"})
    assert sum(Claim.objects.values_list("codes_asked", flat=True)) == CODES_TO_ONE_ADDRESS


@pytest.mark.parametrize("garbage", ["\0", "²" * 6, "x" * 5000, "１２３４５６"])
def test_garbage_is_answered_with_a_page(begun: Claim, zebedee: User, service: Service, garbage: str) -> None:
    client = as_user(zebedee)
    code_for(begun)
    for do in ("prove", "words", "code", garbage):
        assert client.post(shown(begun), {"do": do, "code": garbage, "words": garbage * 2}).status_code in (200, 302, 400)
    begun.refresh_from_db()
    assert begun.proved_at is None
    claiming.withdraw(begun, by=zebedee)
    answer = client.post(claim_path(service), dict.fromkeys(("name", "part", "phone", "how", "words"), garbage))
    assert answer.status_code == 400


def test_what_is_typed_is_shown_as_text(admin: Client, service: Service, zebedee: User) -> None:
    claim = claiming.claim(service, by=zebedee, name="<script>x</script>", part="<b>", words="</dl><h1>")
    page = admin.get(page_of(claim)).content.decode()
    assert "<script>x" not in page
    assert "&lt;script&gt;" in page
    assert "</dl><h1>" not in page


def test_moderators_see_all_claims_of_a_group_side_by_side_and_decide_on_each(admin: Client, put: Claim, ada: User, zebedee: User) -> None:
    second = claiming.claim(put.service, by=ada, name="Ada", part="I cook", words="Ask in the hall.")
    page = text_of(admin.get(page_of(put)))
    for words in (WHO["name"], WORDS, "I cook", "Ask in the hall.", zebedee.email, "2 people say", "Tuesday lunch"):
        assert words in page
    assert "Say why" in text_of(admin.post(page_of(put), {"do": "decline", "claim": second.pk}, follow=True))
    admin.post(page_of(put), {"do": "decline", "claim": second.pk, "ready": "0", "reason": "Sorry."})
    second.refresh_from_db()
    assert second.state == "declined"
    assert second.reason is not None
    assert second.reason.endswith("do not know of it. Sorry.")
    assert "They keep these listings now" in text_of(admin.post(page_of(second), {"do": "accept", "claim": put.pk}, follow=True))
    assert "Zebedee Canarybird (lead)" in text_of(admin.get(page_of(put)))
    again = admin.post(page_of(put), {"do": "accept", "claim": put.pk}, follow=True)
    assert "cannot become" in text_of(again)


def test_an_accepted_claim_is_taken_away_on_the_same_page_and_shows_what_was_changed(
    admin: Client, put: Claim, zebedee: User, editor: User, service: Service
) -> None:
    deciding.accept(put, by=editor)
    change = moderation.propose(service, {"phone": "01484 999999"}, by=User.objects.get(pk=zebedee.pk))
    assert change is not None
    page = text_of(admin.get(page_of(put)))
    assert reverse("moderation-change", args=[change.pk]) in page
    assert "Say why" in text_of(admin.post(page_of(put), {"do": "revoke", "claim": put.pk}, follow=True))
    done = text_of(admin.post(page_of(put), {"do": "revoke", "claim": put.pk, "reason": "Not theirs."}, follow=True))
    assert "no more" in done
    assert reverse("moderation-change", args=[change.pk]) in done
    client = as_user(User.objects.get(pk=zebedee.pk))
    assert client.get("/partner/").status_code == 403
    assert client.get(reverse("partner-service", args=[service.pk])).status_code in (403, 404)
    assert "Not theirs." in text_of(client.get(shown(put)))


def test_a_moderators_own_claim_waits_for_somebody_else(admin: Client, editor: User, service: Service) -> None:
    own = claiming.claim(service, by=editor, **WHO, words=WORDS)
    assert "somebody else decides" in text_of(admin.get(page_of(own)))
    assert "not yours to take" in text_of(admin.post(page_of(own), {"do": "accept", "claim": own.pk}, follow=True))
    own.refresh_from_db()
    assert own.state == "waiting"


def test_a_claim_of_another_group_is_not_decided_on_here(admin: Client, put: Claim, ada: User, unkept: Callable[..., Service]) -> None:
    elsewhere = claiming.claim(unkept(), by=ada, **WHO, words=WORDS)
    assert admin.post(page_of(put), {"do": "accept", "claim": elsewhere.pk}).status_code == 404
    for key in ("", "x", "\0"):
        assert "cannot read" not in text_of(admin.get(page_of(put)))
        assert admin.post(page_of(put), {"do": "accept", "claim": key}).status_code == 302
    admin.post(page_of(put), {"do": "crown", "claim": put.pk})
    elsewhere.refresh_from_db()
    put.refresh_from_db()
    assert (elsewhere.state, put.state) == ("waiting", "waiting")


def test_the_moderators_page_is_for_moderators(put: Claim, zebedee: User, partner: User, stranger: User) -> None:
    for user in (zebedee, partner, stranger):
        client = as_user(user)
        for answer in (client.get(page_of(put)), client.post(page_of(put), {"do": "accept", "claim": put.pk})):
            assert answer.status_code in (302, 403)
    put.refresh_from_db()
    assert put.state == "waiting"


def test_moderators_see_where_the_address_comes_from_to_which_the_code_went(
    admin: Client, editor: User, zebedee: User, service: Service, begun: Claim
) -> None:
    change = moderation.propose(service, {"email": "zebedee@nest.example"}, by=editor, note="A visitor told us.")
    assert change is not None
    moderation.accept_field(change.fields.get(), by=editor)
    claiming.prove(begun, code_for(begun), by=zebedee)
    assert mail.outbox[0].to == ["zebedee@nest.example"]
    page = text_of(admin.get(page_of(begun)))
    assert "It is zebedee@nest.example." in page
    assert f'put there by <a href="{reverse("moderation-change", args=[change.pk])}">' in page
    listings.set_fields(Service.objects.get(pk=service.pk), {"email": "club@example.org"}, by=editor)
    assert "Another address stands there now, club@example.org." in text_of(admin.get(page_of(begun)))


def test_moderators_see_that_a_visitor_suggested_the_listing_itself(
    admin: Client, editor: User, zebedee: User, service: Service, begun: Claim
) -> None:
    claiming.prove(begun, code_for(begun), by=zebedee)
    assert "Ring the group" not in text_of(admin.get(page_of(begun)))
    Service.objects.filter(pk=service.pk).update(source="suggested")
    assert "The listing itself was suggested by a visitor" in text_of(admin.get(page_of(begun)))


def test_whoever_stays_after_a_claim_was_taken_away_is_named(admin: Client, put: Claim, ada: User, editor: User) -> None:
    deciding.accept(put, by=editor)
    organisations.add_member(put.organisation, ada, by=editor, part="deputy")
    done = text_of(admin.post(page_of(put), {"do": "revoke", "claim": put.pk, "reason": "Not theirs."}, follow=True))
    assert "Still kept by Ada" in done


def test_a_page_with_many_claims_asks_the_database_no_more(admin: Client, put: Claim) -> None:
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            admin.get(page_of(put))
        return len(queries)

    def more(start: int) -> None:
        for number in range(start, start + 3):
            user = User.objects.create_user(f"b{number}@nest.example")
            claiming.claim(put.service, by=user, **WHO, words=WORDS)

    more(0)
    asked()
    few = asked()
    more(3)
    assert asked() == few


def test_own_claims_stand_in_one_list(put: Claim, zebedee: User, organisation: Organisation) -> None:
    page = text_of(as_user(zebedee).get(reverse("claims")))
    assert "Tuesday lunch" in page
    assert shown(put) in page
