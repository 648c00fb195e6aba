"""A room that is left out of MODULES is gone as a whole: its addresses too, and nothing that stays leads there."""

import importlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import clear_url_caches

from carestore import urls
from cms.seeding import make_pages
from directory.accounts.roles import Role
from tests import factories

pytestmark = pytest.mark.django_db

GONE = {
    "council": ["/council/", "/council/refer/", "/council/figures/", "/api/v1/statistics/", "/api/v1/statistics/table/"],
    "volunteers": ["/volunteer/"],
    "casework": ["/desk/", "/desk/people/new/", "/partner/referrals/", "/api/v1/referrals/", "/ask/step/about/", "/ask/follow/"],
}
GROUND = ("directory", "finder")


@pytest.fixture
def open_rooms(settings: Any) -> Iterator[Any]:
    """Open only these rooms."""

    def only(*modules: str) -> None:
        settings.MODULES = modules
        importlib.reload(urls)
        clear_url_caches()

    yield only
    settings.MODULES = settings.BUILT_MODULES
    importlib.reload(urls)
    clear_url_caches()


@pytest.mark.parametrize(
    ("rooms", "shut"),
    [(("casework", "volunteers"), ["council"]), (("casework", "council"), ["volunteers"]), ((), ["council", "volunteers", "casework"])],
)
def test_a_room_that_is_off_has_no_addresses(open_rooms: Any, rooms: tuple[str, ...], shut: list[str]) -> None:
    make_pages()
    open_rooms(*GROUND, *rooms)
    client = Client()
    client.force_login(factories.user(*Role))
    for room, addresses in GONE.items():
        for address in addresses:
            assert (client.get(address).status_code == 404) is (room in shut), address
    for address in ("/", "/find/", "/ask/", "/account/", "/partner/", "/api/v1/search/", "/api/v1/schema/"):
        answer = client.get(address)
        assert answer.status_code == 200, address
    page = client.get("/account/").content.decode()
    for room in shut:
        assert not [address for address in GONE[room] if f'href="{address}"' in page]
