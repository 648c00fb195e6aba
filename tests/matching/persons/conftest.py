"""A coordinator at the desk."""

import pytest

from tests import factories


@pytest.fixture
def desk(client):
    client.user = factories.coordinator()
    client.force_login(client.user)
    return client
