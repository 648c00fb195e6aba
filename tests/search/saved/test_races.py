"""Two workers at the same moment, on a SQLite file and on a PostgreSQL server: a mail is noted as sent by one of them."""

from directory import clock
from search.models import SavedSearch
from search.saved import telling
from tests import factories
from tests.at_once import at_once

WORKERS = 6


def test_of_several_workers_one_tells(each_store: str) -> None:
    service = factories.service()
    search = SavedSearch.objects.create(email="ada@nest.example", email_token="x", confirmed_at=clock.now())
    claims = at_once([lambda: telling._claim(search, [service]) for _ in range(WORKERS)])
    assert [type(claim) for claim in claims if claim is not None] == [int]
    search.refresh_from_db()
    assert search.known == [str(service.pk)]
    # A server that did not take the mail: the next round may try again.
    telling._take_back(SavedSearch(pk=search.pk, known=[]))
    assert telling._claim(search, [service]) is not None
