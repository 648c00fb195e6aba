import pytest
from tests import factories
from matching.candidates import candidates_for, store_offered
from matching.scoring import score_of


@pytest.mark.django_db
def test_it():
    ask = factories.ask(activity="shop-together")
    v = factories.volunteer("shop-together", level="basic")
    v2 = factories.volunteer("garden-help", level="basic")
    found = candidates_for(ask, by=factories.coordinator())
    print(found)
    print(score_of(ask, v))
    store_offered(ask, found, by=factories.coordinator())
