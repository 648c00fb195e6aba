"""The rule of the rhythm is one: in words, for one listing, and for many rows at once."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from directory import clock, freshness
from directory.freshness import due
from directory.models import Service
from directory.rhythm import RHYTHM_DAYS
from tests import factories
from tests.freshness.conftest import MONDAY


class OneRule(TestCase):
    @settings(max_examples=40, deadline=None)
    @given(
        rows=st.lists(
            st.tuples(st.sampled_from(Service.Kind.values), st.none() | st.integers(14, 730), st.none() | st.integers(0, 900)),
            min_size=1,
            max_size=8,
        )
    )
    def test_the_database_answers_as_the_words_do(self, rows: list[tuple[str, int | None, int | None]]) -> None:
        group = factories.organisation()
        with clock.held_at(MONDAY):
            for kind, rhythm, ago in rows:
                checked = None if ago is None else clock.today() - timedelta(days=ago)
                Service.objects.create(
                    organisation=group,
                    name="x",
                    kind=kind,
                    rhythm_days=rhythm,
                    checked_at=checked,
                    checked_how="owner" if checked else "",
                )
            everything = list(due.with_overdue(Service.objects.all()))
            assert {row.pk for row in due.old(Service.objects.all())} == {row.pk for row in everything if freshness.is_old(row)}
            for row in everything:
                day = freshness.due_on(row)
                assert row.due_on == day
                assert row.overdue == (None if day is None else (clock.today() - day).days)  # type: ignore[attr-defined]


def test_every_kind_with_a_rhythm_is_a_kind() -> None:
    assert set(RHYTHM_DAYS) <= set(Service.Kind.values)


@pytest.mark.django_db
def test_the_day_follows_whichever_way_a_listing_is_written(monday: None, listing) -> None:
    made = listing("Lunch club", kind="service", checked_at=clock.today())
    Service.objects.filter(pk=made.pk).update(kind="group")
    made.refresh_from_db()
    assert made.due_on == clock.today() + timedelta(days=90)
    made.rhythm_days = 14
    made.save(update_fields=["rhythm_days"])
    made.refresh_from_db()
    assert made.due_on == freshness.due_on(made) == clock.today() + timedelta(days=14)


@pytest.mark.django_db
def test_what_is_new_hidden_or_in_time_is_not_due(monday: None, listing) -> None:
    old = listing("Old")
    never = listing("Never", checked_at=None, checked_how="")
    listing("New", checked_at=None, checked_how="", created_at=MONDAY - timedelta(days=3))
    listing("Fresh", checked_at=clock.today() - timedelta(days=10))
    listing("Often", checked_at=clock.today() - timedelta(days=10), rhythm_days=14)
    often = listing("Overdue often", checked_at=clock.today() - timedelta(days=15), rhythm_days=14)
    listing("Closed", status="closed")
    listing("Hidden", visible_to=clock.today() - timedelta(days=1))
    assert set(due.due()) == {old, never, often}
