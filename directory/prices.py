"""What a service costs, price by price: checked as JSON, stored as rows, said in words."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError

from directory.models import CostOption, Service

MOST_PRICES = 20
MOST_POUNDS = Decimal("99999.99")
LITTLE_MONEY = "(for those with little money)"
_AMOUNT = re.compile(r"(?P<free>free)|£?(?P<pounds>\d[\d,]*(?:\.\d\d?)?)|(?P<pence>\d{1,2})p", re.IGNORECASE)
PENNY = Decimal("0.01")


def read(service: Service) -> list[dict[str, Any]]:
    """The prices of a service as JSON, in their order: {"option", "amount" in pounds as text, "concession"}, only what is set."""
    return [_as_json(row) for row in service.costs.all()]


def clean(value: Any) -> list[dict[str, Any]]:
    """Checked prices, out of JSON or out of lines as `lines` writes them. Raises ValidationError in plain words."""
    if isinstance(value, str):
        value = [_read_line(line.strip()) for line in value.splitlines() if line.strip()]
    if not isinstance(value, list) or len(value) > MOST_PRICES:
        raise ValidationError(f"Prices are a list of {MOST_PRICES} at most.")
    return [_clean_price(row) for row in value]


def write(service: Service, value: Iterable[Mapping[str, Any]]) -> None:
    """Put these prices in the place of those that are there."""
    service.costs.all().delete()
    make(service, value)


def make(service: Service, value: Iterable[Mapping[str, Any]]) -> None:
    """Write the prices of a service that has none."""
    CostOption.objects.bulk_create(
        CostOption(
            service=service,
            option=row.get("option", ""),
            amount=Decimal(row["amount"]) if "amount" in row else None,
            concession=row.get("concession", False),
            order=order,
        )
        for order, row in enumerate(value)
    )


def lines(value: Iterable[Mapping[str, Any]]) -> list[str]:
    """Each price as people say it: "£2.50: a session", "Free: carers (for those with little money)"."""
    return [_line(row) for row in value]


def _line(row: Mapping[str, Any]) -> str:
    amount = pounds(Decimal(row["amount"])) if "amount" in row else ""
    told = ": ".join(filter(None, (amount, row.get("option", ""))))
    return f"{told} {LITTLE_MONEY}" if row.get("concession") else told


def _read_line(line: str) -> dict[str, Any]:
    words = line.removesuffix(LITTLE_MONEY).strip()
    amount, _, option = words.partition(":")
    found = _AMOUNT.fullmatch(amount.strip())
    if found is None:
        return {"option": words, "concession": words != line}
    pounds = "0" if found["free"] else f"0.{found['pence']:0>2}" if found["pence"] else found["pounds"].replace(",", "")
    return {"amount": pounds, "option": option.strip(), "concession": words != line}


def pounds(amount: Decimal) -> str:
    """£3, £2.50, 50p, or "Free"."""
    if not amount:
        return "Free"
    if amount < 1:
        return f"{int(amount * 100)}p"
    return f"£{amount:,.0f}" if amount == amount.to_integral_value() else f"£{amount:,.2f}"


def _as_json(row: CostOption) -> dict[str, Any]:
    told: dict[str, Any] = {"option": row.option, "amount": None if row.amount is None else f"{row.amount:.2f}"}
    told["concession"] = row.concession
    return {name: value for name, value in told.items() if value not in ("", None, False)}


def _clean_price(row: Any) -> dict[str, Any]:
    if not isinstance(row, Mapping) or not set(row) <= {"option", "amount", "concession"}:
        raise ValidationError("A price has an amount in pounds, and what it is for.")
    option, concession = row.get("option") or "", row.get("concession") or False
    if not isinstance(option, str) or "\0" in option or len(option) > 100 or not isinstance(concession, bool):
        raise ValidationError("What a price is for has 100 letters at most.")
    option = " ".join(option.split())
    amount = _amount(row.get("amount"))
    if amount is None and not option:
        raise ValidationError("A price has an amount, or words.")
    told = {"option": option, "amount": None if amount is None else f"{amount:.2f}", "concession": concession}
    return {name: value for name, value in told.items() if value not in ("", None, False)}


def _amount(value: Any) -> Decimal | None:
    if value is None or value == "":
        return None
    try:
        amount = Decimal(str(value).strip().removeprefix("£"))
        rounded = amount.quantize(PENNY)
    except InvalidOperation as error:
        raise ValidationError(f"“{str(value)[:20]}” is not an amount in pounds, such as 2.50.") from error
    if not amount.is_finite() or rounded != amount or not 0 <= amount <= MOST_POUNDS:
        raise ValidationError(f"An amount is 0 to {MOST_POUNDS:,} pounds, with two figures for pence.")
    return rounded
