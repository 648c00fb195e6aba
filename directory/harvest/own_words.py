"""What a directory of our own kind says beside the standard, under keys that begin with `ccs_`: fields for which the standard has no words.

They come from outside like all the rest, and are cleaned as such. Whether people may be referred is never another directory's to say.
"""

from typing import Any

from directory.harvest.marking import markdown
from directory.harvest.parts import Record, record, records
from directory.harvest.reading import day, whole, words
from directory.listing_fields import DELIVERY, PAYMENT
from directory.models import Need, Service

_LINES = {"who_for": 300, "not_for": 300, "next_step": 300, "what_to_bring": 300, "cost": 300, "cqc_location": 30, "faith": 100}
_TEXTS = ("how_to_access",)


def values(told: Record) -> dict[str, Any]:
    """Listing fields that the record tells in our own words; an empty dictionary for records of any other directory."""
    if words(told.get("ccs_summary")) == "":
        return {}
    found: dict[str, Any] = {name: words(told.get(f"ccs_{name}"), most) for name, most in _LINES.items()}
    found |= {name: markdown(told.get(f"ccs_{name}"), 20_000) for name in _TEXTS}
    found["summary"] = words(told.get("ccs_summary"), 300)
    found["description"] = _description(told)
    found["what_you_get"] = "\n".join(filter(None, (words(line, 300) for line in _list(told.get("ccs_what_you_get")))))
    found["languages"] = words("; ".join(filter(None, (words(name, 100) for name in _list(told.get("ccs_languages"))))), 200)
    found["delivery"] = [way for way in DELIVERY if way in _list(told.get("ccs_delivery"))]
    found["payment"] = [way for way, column in PAYMENT.items() if column in _list(told.get("ccs_paid_by"))]
    found["costs"] = _costs(told)
    found["needs"] = _needs(told)
    if told.get("ccs_kind") in Service.Kind.values:
        found["kind"] = told["ccs_kind"]
    if told.get("ccs_referral_route") in Service.ReferralRoute.values:
        found["referral_route"] = told["ccs_referral_route"]
    found["is_free"] = told.get("ccs_free") if isinstance(told.get("ccs_free"), bool) else None
    found["group_size"] = whole(told.get("ccs_group_size"))
    until, alert = day(told.get("ccs_notice_until")), words(told.get("alert"), 300)
    found["notice"] = {"text": alert, "until": until.isoformat()} if until and alert else None
    last = day(told.get("ccs_visible_to"))
    found["visible_to"] = last.isoformat() if last else None
    found["spaces"] = _spaces(told)
    found["closures"] = [row for each in records(told, "ccs_closures") if (row := _closure(each))]
    return found


def _description(told: Record) -> str:
    """The standard's description is the summary, then ours."""
    text, summary = markdown(told.get("description"), 20_000), markdown(told.get("ccs_summary"), 300)
    return text.removeprefix(summary).strip()


def _costs(told: Record) -> list[dict[str, Any]]:
    """Only real prices: one that the standard's words made out of "free" or of words is none of ours."""
    from directory.harvest.parts import Notes
    from directory.harvest.pricing import costs

    rows = list(records(told, "cost_options"))
    made_up = (
        len(rows) == 1 and not rows[0].get("ccs_concession") and (rows[0].get("option") in (None, "Free")) and not rows[0].get("amount")
    )
    return [] if made_up else list(costs(told, Notes())["costs"])


def _needs(told: Record) -> list[str]:
    """The needs among the terms of a record, by their slugs."""
    terms = [record(row.get("taxonomy_term")) for row in records(told, "attributes")]
    codes = {words(term.get("ccs_slug"), 60) for term in terms}
    return sorted(set(Need.every.filter(pk__in=codes).values_list("pk", flat=True))) if codes else []


def _spaces(told: Record) -> dict[str, Any] | None:
    row = next(records(told, "capacities"), {})
    left, on = whole(row.get("available")), day(row.get("updated"))
    return {"left": left, "on": on.isoformat()} if left is not None and left <= 9999 and on else None


def _closure(row: Record) -> dict[str, Any] | None:
    first, last = day(row.get("first")), day(row.get("last"))
    if not first or not last or last < first or row.get("service_at_location_id"):
        return None
    return {"first": first.isoformat(), "last": last.isoformat(), "reason": words(row.get("reason"), 100)}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
