"""What tests of referring share: a coordinator, a service of a group that was looked at, and somebody who answers for it."""

import pytest

from directory.accounts.models import User
from directory.models import Service
from tests import factories


@pytest.fixture
def coordinator() -> User:
    return factories.coordinator()


@pytest.fixture
def service() -> Service:
    return factories.service("shopping", vetted=True)


@pytest.fixture
def partner(service: Service) -> User:
    return factories.partner(service.organisation)
