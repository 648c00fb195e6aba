"""A link to the finder that names a need which was merged since asks for the one that took it in."""

import pytest

from directory.accounts.system import system_user
from directory.models import Need
from directory.needs import merge_need
from directory.seeding import load_needs
from search.engines import current
from search.find import understood
from search.known import forget
from search.query import BadQuery, Query


@pytest.mark.django_db
def test_a_kept_link_finds_the_need_of_today() -> None:
    load_needs()
    merge_need(Need.objects.get(pk="friendships"), Need.objects.get(pk="sense-of-belonging"), by=system_user())
    forget()
    assert understood(Query(need=("friendships",)), engine=current()).need == ("sense-of-belonging",)
    with pytest.raises(BadQuery):
        understood(Query(need=("no-such-need",)), engine=current())
