"""What emptied the list is told from what happened; the coordinator decides."""

from datetime import timedelta

import pytest

from directory import clock
from matching import matches
from matching.candidates import candidates_for
from matching.unmet.proposing import propose
from search import indexing
from tests import factories

pytestmark = pytest.mark.django_db


def proposed(ask):
    indexing.rebuild()
    return propose(ask, candidates_for(ask, by=factories.coordinator()))


def test_nobody_is_there_with_the_nearest_miss(garden, gardener):
    gardener(max_km=0, languages=["welsh"])
    gardener(languages=["welsh"])
    told = proposed(garden())
    assert told.emptied_by == "nobody"
    assert "fails on one thing: “No language in common”" in told.words


def test_who_said_no_is_not_there_any_more(garden, gardener):
    ask, volunteer = garden(), gardener()
    assert proposed(ask).emptied_by is None
    matches.decline(matches.offer(ask, volunteer, by=factories.coordinator()), by=volunteer.user)
    told = proposed(ask)
    assert told.emptied_by == "all_declined"
    assert told.words.startswith("One was asked")
    gardener()
    assert proposed(ask).emptied_by is None


def test_where_all_that_fits_costs_money_it_is_perhaps_not_affordable(garden):
    ask = garden()
    factories.service("garden-maintenance", is_free=False)
    assert proposed(ask).emptied_by == "not_affordable"
    factories.service("garden-maintenance", is_free=None)
    assert proposed(ask).emptied_by is None


def test_what_has_waited_too_long_is_proposed_as_that(garden, settings, gardener):
    settings.UNMET_AFTER_DAYS = 10
    gardener()
    with clock.held_at(clock.now() - timedelta(days=11)):
        old = garden()
    assert proposed(old).emptied_by == "too_long"
    assert "11 days" in proposed(old).words
    assert proposed(garden()).emptied_by is None
