"""Prices: as typed, as kept, as read."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from directory import listings, prices
from directory.listing_fields import read_values

words = st.text(st.characters(categories=["L", "N"], include_characters=" -"), max_size=40)
price = st.fixed_dictionaries(
    {}, optional={"amount": st.decimals(0, 9999, places=2).map(str), "option": words, "concession": st.booleans()}
).filter(lambda row: "amount" in row or row.get("option", "").strip())


@given(st.lists(price, max_size=5))
def test_what_is_clean_stays_so(rows):
    cleaned = prices.clean(rows)
    assert prices.clean(cleaned) == cleaned
    assert len(prices.lines(cleaned)) == len(rows)


@given(st.lists(price.filter(lambda row: "amount" in row), max_size=5))
def test_lines_are_read_back(rows):
    cleaned = prices.clean(rows)
    assert prices.clean("\n".join(prices.lines(cleaned))) == cleaned


@pytest.mark.parametrize(
    ("amount", "words"),
    [("0", "Free"), ("0.5", "50p"), ("0.05", "5p"), ("3", "£3"), ("2.5", "£2.50"), ("1250", "£1,250")],
)
def test_pounds_as_people_write_them(amount, words):
    assert prices.pounds(Decimal(amount)) == words


@pytest.mark.parametrize("amount", ["-1", "1.234", "NaN", "Infinity", "a lot", "1e9", "1000000"])
def test_what_is_no_amount_is_refused(amount):
    with pytest.raises(ValidationError):
        prices.clean([{"amount": amount}])


def test_prices_are_kept_in_their_order(service, editor):
    given = prices.clean("£5: a session\n£2.50: a session (for those with little money)\nFree: carers\nask about groups")
    listings.set_fields(service, {"costs": given}, by=editor)
    assert read_values(service)["costs"] == given
    assert prices.lines(given) == ["£5: a session", "£2.50: a session (for those with little money)", "Free: carers", "ask about groups"]
