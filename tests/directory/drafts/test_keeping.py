"""Drafts: kept for one person alone, encrypted, and gone when they are thrown away or old."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory import clock, listings
from directory.accounts.models import User
from directory.drafts import keeping
from directory.drafts.models import Draft
from directory.journal.heads import head
from directory.models import Service
from tests.directory.conftest import somebody

pytestmark = pytest.mark.django_db

ANSWERS = {"summary": ["A hot lunch with Mavis."], "needs": ["friendships", "nutrition"]}
SEEN = {"summary": "A hot lunch with others.", "needs": []}


def kept(service: Service, by: User, **more: object) -> Draft:
    return keeping.keep(service, "what", by=by, **{"answers": ANSWERS, "seen": SEEN, **more})  # type: ignore[arg-type]


def colleague(service: Service, system: User) -> User:
    from directory.accounts.roles import Role

    user = somebody(Role.PARTNER, "colleague@test.example")
    listings.add_member(service.organisation, user, by=system)
    return user


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(answers=st.dictionaries(st.text(max_size=20), st.lists(st.text(max_size=200), max_size=4), max_size=5))
def test_what_was_typed_comes_back_as_it_was(service: Service, partner: User, answers: dict[str, list[str]]) -> None:
    kept(service, partner, answers=answers)
    draft = keeping.begun(service, "what", by=partner)
    assert draft is not None
    assert (draft.answers, draft.seen) == (answers, SEEN)


def test_there_is_one_for_each_section_and_it_remembers_when_it_was_begun(service: Service, partner: User) -> None:
    began = clock.now()
    with clock.held_at(began):
        kept(service, partner)
    with clock.held_at(began + timedelta(hours=3)):
        kept(service, partner, answers={"summary": ["Later."]})
        draft = keeping.begun(service, "what", by=partner)
        assert draft is not None
        assert (draft.began_at, draft.kept_at) == (began, began + timedelta(hours=3))
        assert keeping.begun_sections(service, by=partner) == {"what": draft.kept_at}
    assert Draft.objects.count() == 1


def test_nobody_else_sees_it_not_even_of_the_same_group(service: Service, partner: User, system: User) -> None:
    kept(service, partner)
    other = colleague(service, system)
    assert keeping.begun(service, "what", by=other) is None
    assert keeping.begun_sections(service, by=other) == {}
    keeping.throw_away(service, "what", by=other)
    assert keeping.begun(service, "what", by=partner) is not None


def test_strangers_keep_nothing_of_it(service: Service, stranger: User) -> None:
    with pytest.raises(PermissionDenied):
        kept(service, stranger)
    assert not Draft.objects.exists()


def test_it_lies_encrypted_and_the_journal_is_silent(service: Service, partner: User) -> None:
    before = head()
    kept(service, partner)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM drafts_draft")
        stored = str(cursor.fetchall())
    assert "Mavis" not in stored
    assert "hot lunch" not in stored
    assert "summary" not in stored
    assert head() == before


def test_more_than_a_form_holds_is_not_kept_and_the_last_stays(service: Service, partner: User) -> None:
    kept(service, partner)
    with pytest.raises(keeping.TooLong):
        kept(service, partner, answers={"description": ["x" * (keeping.MOST_LETTERS + 1)]})
    draft = keeping.begun(service, "what", by=partner)
    assert draft is not None
    assert draft.answers == ANSWERS


def test_it_says_what_changed_meanwhile(service: Service, partner: User, editor: User) -> None:
    draft = kept(service, partner, seen={"summary": service.summary, "name": service.name})
    assert keeping.changed_since(draft, service) == []
    listings.set_fields(service, {"summary": "A hot dinner.", "phone": "01484 333444"}, by=editor)
    assert keeping.changed_since(draft, service) == ["summary"]


def test_after_sixty_days_it_is_gone_and_before_the_worker_came_it_is_not_shown(service: Service, partner: User) -> None:
    start = clock.now()
    with clock.held_at(start):
        kept(service, partner)
    with clock.held_at(start + timedelta(days=60)):
        assert keeping.forget_some()
        assert keeping.begun(service, "what", by=partner) is not None
    with clock.held_at(start + timedelta(days=60, seconds=1)):
        assert keeping.begun(service, "what", by=partner) is None
        assert not keeping.forget_some()
        assert keeping.forget_some()
    assert not Draft.objects.exists()


def test_the_worker_erases_them_each_day() -> None:
    from directory.daily import _jobs

    assert _jobs["drafts_forgotten"].job is keeping.forget_some
