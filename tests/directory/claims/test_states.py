"""The states of a claim: every pair of states and every relation, and every walk that somebody could try."""

from collections.abc import Callable
from itertools import product

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory import listings
from directory.accounts.models import User
from directory.accounts.roles import Relation, Role
from directory.accounts.system import system_user
from directory.claims import claiming, deciding
from directory.claims.models import Claim
from directory.claims.sides import sides
from directory.claims.states import CLAIM, CLAIM_ENDED, CLAIM_OPEN, CLAIM_PUT, WITH_REASON, ClaimState
from directory.models import Membership, Service
from directory.states import NEW, WrongState
from tests import factories

ALLOWED = {
    ("", "begun"): {"raiser"},
    ("", "waiting"): {"raiser"},
    ("begun", "waiting"): {"raiser"},
    ("begun", "proved"): {"raiser"},
    ("waiting", "proved"): {"raiser"},
    ("waiting", "accepted"): {"moderator"},
    ("proved", "accepted"): {"moderator"},
    ("waiting", "declined"): {"moderator"},
    ("proved", "declined"): {"moderator"},
    ("begun", "withdrawn"): {"raiser"},
    ("waiting", "withdrawn"): {"raiser"},
    ("proved", "withdrawn"): {"raiser"},
    ("begun", "lapsed"): {"system"},
    ("accepted", "revoked"): {"moderator"},
}


@pytest.mark.parametrize(("source", "to"), list(product([NEW, *ClaimState.values], ClaimState.values)))
def test_every_pair_for_every_relation(source: str, to: str) -> None:
    for relation in Relation.values:
        if (source, to) not in ALLOWED:
            with pytest.raises(WrongState):
                CLAIM.check(source, to, [relation])
        elif relation not in ALLOWED[source, to]:
            with pytest.raises(PermissionDenied):
                CLAIM.check(source, to, [relation])
        else:
            assert CLAIM.check(source, to, [relation]).to == to


def test_the_sets_part_the_states() -> None:
    assert set(ClaimState) == CLAIM_OPEN | CLAIM_ENDED
    assert not CLAIM_OPEN & CLAIM_ENDED
    assert CLAIM_PUT < CLAIM_OPEN
    assert WITH_REASON < CLAIM_ENDED


STEPS = ["code", "wrong", "words", "withdraw", "accept", "decline", "decline without", "revoke", "revoke without", "claim"]
BY = ["claimant", "editor", "stranger", "member"]


def steps_of(claim: Claim, service: Service, claimant: User, by: User) -> dict[str, Callable[[], Claim]]:
    """Whatever somebody may try, by name."""
    return {
        "code": lambda: claiming.ask_code(claim, by=by),
        "wrong": lambda: claiming.prove(claim, "x", by=by),
        "words": lambda: claiming.say_in_words(claim, "I sing there.", by=by),
        "withdraw": lambda: claiming.withdraw(claim, by=by),
        "accept": lambda: deciding.accept(claim, by=by),
        "decline": lambda: deciding.decline(claim, by=by, reason="No."),
        "decline without": lambda: deciding.decline(claim, by=by, reason=" "),
        "revoke": lambda: deciding.revoke(claim, by=by, reason="Gone."),
        "revoke without": lambda: deciding.revoke(claim, by=by, reason=""),
        "claim": lambda: claiming.claim(service, by=claimant, name="Ada", part="Singer"),
    }


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(walk=st.lists(st.tuples(st.sampled_from(STEPS), st.sampled_from(BY)), max_size=9))
def test_whatever_anybody_tries_the_table_and_the_books_agree(walk: list[tuple[str, str]], db: None) -> None:
    group = factories.organisation()
    service = listings.create_service(group, by=system_user(), name="Choir", summary="Singing.", email="choir@example.org")
    people = {
        "claimant": factories.user(),
        "editor": factories.user(Role.EDITOR),
        "stranger": factories.user(),
        "member": factories.partner(factories.organisation()),
    }
    claim = claiming.claim(service, by=people["claimant"], name="Ada", part="Singer")
    for step, who in walk:
        before, by = claim.state, people[who]
        try:
            answer = steps_of(claim, service, people["claimant"], by)[step]()
        except (PermissionDenied, WrongState, ValidationError):
            claim.refresh_from_db()
            assert claim.state == before
            continue
        claim = answer if step == "claim" else claim
        claim.refresh_from_db()
        if claim.state != before and step != "claim":
            assert ALLOWED[before, claim.state] & {str(side) for side in sides(by, claim)}
        kept = Membership.objects.filter(user=people["claimant"], organisation=group).exists()
        assert kept == Claim.objects.filter(user=people["claimant"], organisation=group, state="accepted").exists()
        assert people["claimant"].grants.filter(role=Role.PARTNER).exists() == kept
        assert Claim.objects.filter(user=people["claimant"], state__in=CLAIM_OPEN).count() <= 1
    assert not group.memberships.exclude(user=people["claimant"]).exists()
