"""Personal care is recorded as unmet only after registered providers were listed."""

import pytest

from directory.states import WrongState
from matching import asks
from matching.candidates import candidates_for, store_offered
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def index(settings, tmp_path):
    settings.SEARCH_INDEX_DIR = tmp_path / "index"


@pytest.mark.parametrize("activity", ["washing-and-dressing", ""])
def test_personal_care_is_unmet_only_after_the_registered_providers_were_listed(activity):
    by = factories.coordinator()
    need = "hygiene-and-grooming" if activity else "continence-support"
    ask = factories.ask(need_=need, activity=activity)
    with pytest.raises(WrongState, match="registered providers"):
        asks.record_unmet(ask, by=by, emptied_by="nobody")
    ask.refresh_from_db()
    assert ask.state == "open"
    store_offered(ask, candidates_for(ask, by=by), by=by)
    unmet = asks.record_unmet(ask, by=by, emptied_by="nobody")
    assert unmet.activity == activity


def test_what_is_no_personal_care_needs_no_such_list():
    ask = factories.ask(activity="shop-together")
    assert asks.record_unmet(ask, by=factories.coordinator(), emptied_by="nobody").activity == "shop-together"
