"""What tests of unmet need share: an index of their own, and gardens, for which a volunteer can be near or far."""

from collections.abc import Callable

import pytest

from matching.models import Ask, Volunteer
from tests import factories

GARDEN = "garden-help"


@pytest.fixture(autouse=True)
def index(settings, tmp_path):
    settings.SEARCH_INDEX_DIR = tmp_path / "index"


@pytest.fixture
def garden() -> Callable[..., Ask]:
    """A request for help with a garden."""

    def make(person=None, **fields: object) -> Ask:
        return factories.ask(person, need_="garden-maintenance", activity=GARDEN, **fields)

    return make


@pytest.fixture
def gardener() -> Callable[..., Volunteer]:
    """A volunteer who does gardens, with the check that this may ask for."""

    def make(**fields: object) -> Volunteer:
        return factories.volunteer(GARDEN, level="basic", **fields)

    return make
