"""A signed list: what goes in comes out, in its order; anything else is refused; the browser keeps ids and nothing more."""

from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from search.saved import shortlist
from search.saved.shortlist import BadList, FullList

IDS = st.lists(st.uuids(), max_size=shortlist.MOST, unique=True).map(tuple)
SOME = (UUID(int=1), UUID(int=2), UUID(int=3))


@given(IDS)
def test_a_list_comes_back_as_it_was(ids: tuple[UUID, ...]) -> None:
    text = shortlist.signed(ids)
    assert shortlist.unsigned(text) == ids
    # It fits a cookie, and the address of a link in a mail.
    assert len(text) < 1200


@given(IDS, st.data())
def test_a_cut_or_changed_list_is_refused(ids: tuple[UUID, ...], data: st.DataObject) -> None:
    text = shortlist.signed(ids)
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from("ABab01-_.").filter(lambda letter: letter != text[place]))
    for wrong in (text[:place], text[:place] + other + text[place + 1 :], text + other):
        with pytest.raises(BadList):
            shortlist.unsigned(wrong)


@given(st.text())
def test_nothing_typed_is_a_list(text: str) -> None:
    with pytest.raises(BadList):
        shortlist.unsigned(text)


def test_each_once_and_fifty_at_most() -> None:
    assert shortlist.with_more(SOME, [SOME[0], UUID(int=9)]) == (*SOME, UUID(int=9))
    assert shortlist.without(SOME, SOME[1]) == (SOME[0], SOME[2])
    full = tuple(UUID(int=number) for number in range(shortlist.MOST))
    assert shortlist.with_more(full, [full[7]]) == full
    with pytest.raises(FullList):
        shortlist.with_more(full, [UUID(int=999)])


def test_the_browser_sends_it_to_the_lists_own_pages_only() -> None:
    response = HttpResponse()
    shortlist.remember(response, SOME)
    held = response.cookies[shortlist.COOKIE]
    assert (held["path"], held["httponly"], held["samesite"]) == ("/saved/", True, "Lax")
    assert response.cookies[shortlist.COUNT_COOKIE].value == "3"
    request = RequestFactory().get("/saved/")
    request.COOKIES = {shortlist.COOKIE: held.value}
    assert shortlist.kept(request) == SOME
    request.COOKIES = {shortlist.COOKIE: held.value[:-1]}
    assert shortlist.kept(request) == ()


def test_an_empty_list_leaves_nothing_behind() -> None:
    response = HttpResponse()
    shortlist.remember(response, ())
    assert {name: morsel["max-age"] for name, morsel in response.cookies.items()} == {shortlist.COOKIE: 0, shortlist.COUNT_COOKIE: 0}
