"""Two moderators at the same moment, on each kind of database: one lead, one decision, nothing half-done."""

import threading
from collections.abc import Callable

from django.db import connections

from directory import listings
from directory.accounts.models import User
from directory.accounts.roles import Role
from directory.accounts.system import system_user
from directory.claims import claiming, deciding
from directory.claims.models import Claim
from directory.journal.verifying import verify
from directory.models import Membership, Service
from directory.states import NoSuchMove
from tests import factories
from tests.directory.claims.conftest import WHO, WORDS

MANY = 4


def at_once(steps: list[Callable[[], object]]) -> list[str]:
    """Do all of them at the same moment; what became of each, by the name of its error or "done"."""
    start, ends = threading.Barrier(len(steps)), []

    def run(step: Callable[[], object]) -> None:
        start.wait()
        try:
            step()
            ends.append("done")
        except Exception as error:  # noqa: BLE001
            ends.append(type(error).__name__)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[step]) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(ends)


def a_listing() -> Service:
    return listings.create_service(factories.organisation(), by=system_user(), name="Choir", summary="Singing.")


def claimed(service: Service, user: User) -> Claim:
    return claiming.claim(service, by=user, **WHO, words=WORDS)


def test_of_several_accepted_at_once_one_leads(each_store: str) -> None:
    service = a_listing()
    claims = [claimed(service, factories.user()) for _ in range(MANY)]
    editors = [factories.user(Role.EDITOR) for _ in claims]
    steps = [lambda pair=pair: deciding.accept(pair[0], by=pair[1]) for pair in zip(claims, editors, strict=True)]
    assert at_once(steps) == ["done"] * MANY
    parts = sorted(Membership.objects.filter(organisation=service.organisation_id).values_list("part", flat=True))
    assert parts == ["lead", *["member"] * (MANY - 1)]
    assert verify() == []


def test_one_claim_is_decided_once(each_store: str) -> None:
    claim = claimed(a_listing(), factories.user())
    first, second = factories.user(Role.EDITOR), factories.user(Role.EDITOR)
    steps = [lambda: deciding.accept(claim, by=first), lambda: deciding.decline(claim, by=second, reason="No.")]
    assert at_once(steps) == [NoSuchMove.__name__, "done"]
    claim.refresh_from_db()
    kept = Membership.objects.filter(user=claim.user_id).exists()
    assert kept == (claim.state == "accepted")
    assert claim.user.grants.exists() == kept


def test_a_form_that_is_sent_several_times_at_once_is_one_claim(each_store: str) -> None:
    service, user = a_listing(), factories.user()
    assert at_once([lambda: claimed(service, user)] * MANY) == ["done"] * MANY
    assert Claim.objects.count() == 1
