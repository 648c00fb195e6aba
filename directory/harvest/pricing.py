"""What a service of a feed costs: `cost_options` as prices, and the words that stand beside them. Pure."""

from decimal import Decimal
from typing import Any

from directory.harvest.parts import Notes, Record, records
from directory.harvest.reading import number, words
from directory.prices import MOST_POUNDS, MOST_PRICES

FREE = frozenset(
    {
        "free",
        "free of charge",
        "no charge",
        "no cost",
        "none",
        "£0",
        "£0.00",
        "0",
        "0.00",
        "free service",
        "free to all",
        "there is no charge",
    }
)
POUNDS = ("", "gbp", "£", "pound", "pounds")


def costs(service: Record, notes: Notes) -> dict[str, Any]:
    """The fields `costs`, `cost` and `is_free`. A price in other money, or below nothing, is left out."""
    said = words(service.get("fees_description"), 300) or words(service.get("fees"), 300)
    prices = [price for row in records(service, "cost_options") if (price := _price(row, notes))][:MOST_PRICES]
    if not said:
        said = words("; ".join(filter(None, (words(row.get("amount_description"), 300) for row in records(service, "cost_options")))), 300)
    amounts = [Decimal(price["amount"]) for price in prices if "amount" in price]
    free: bool | None = None
    if service.get("free") in (True, False):
        free = service["free"]
    elif said.lower().strip(" .!") in FREE:
        free = True
    elif amounts:
        free = not any(amounts)
    return {"costs": prices, "cost": "" if free and said.lower().strip(" .!") in FREE else said, "is_free": free}


def _price(row: Record, notes: Notes) -> dict[str, Any] | None:
    amount = number(row.get("amount"))
    if amount is not None and words(row.get("currency"), 20).lower() not in POUNDS:
        notes.add("a price that is not in pounds was left out")
        return None
    if amount is not None and not 0 <= amount <= float(MOST_POUNDS):
        notes.add("a price below nothing or beyond all bounds was left out")
        amount = None
    option = words(row.get("option"), 100)
    price: dict[str, Any] = {"option": option} if option else {}
    if amount is not None:
        price["amount"] = f"{round(amount, 2):.2f}"
    if price and row.get("ccs_concession") is True:
        price["concession"] = True
    return price or None
