"""What a service offers, to whom, at what price, and how it begins: the words of its page."""

from decimal import Decimal

from cms.presenting.words import listed, sentence
from directory import prices
from directory.listing_fields import PAYMENT, PAYMENT_WORDS
from directory.models import Service


def what_you_get(service: Service) -> list[str]:
    """One line each, in the group's own words."""
    return [sentence(line.lstrip("-*• ")) for line in service.what_you_get.splitlines() if line.strip("-*• ")]


def cost_lines(service: Service) -> list[str]:
    """What it costs: in a sentence, then price by price, then who pays."""
    told = prices.lines(prices.read(service))
    paid = listed([PAYMENT_WORDS[way] for way, column in PAYMENT.items() if getattr(service, column)], "or")
    lines = [_cost(service, bool(told)), *told, sentence(paid[:1].upper() + paid[1:]) if paid else ""]
    return [line for line in lines if line]


def _cost(service: Service, has_prices: bool) -> str:
    if service.is_free:
        return f"Free. {sentence(service.cost)}".strip() if service.cost.lower() not in ("", "free") else "Free."
    if service.cost:
        return sentence(service.cost)
    if has_prices:
        return ""
    return "It costs something. Ask how much." if service.is_free is False else "Not known. Ask before you say yes."


def who_for(service: Service) -> list[str]:
    """Whom it is meant for, and whom not; ages, languages, roots, how many."""
    languages = [name.strip() for name in service.languages.split(";") if name.strip()]
    lines = [sentence(service.who_for), _ages(service.min_age, service.max_age)]
    lines.append(f"Not for: {sentence(service.not_for)}" if service.not_for else "")
    lines.append(f"Languages: {listed(languages)}." if languages else "")
    lines.append(f"Interpreters: {sentence(service.interpretation)}" if service.interpretation else "")
    lines.append(f"Rooted in: {sentence(service.faith)}" if service.faith else "")
    lines.append(f"About {service.group_size} people in the group." if service.group_size else "")
    return [line for line in lines if line]


def first_steps(service: Service, *, can_ring: bool, times_known: bool) -> list[str]:
    """What somebody does first, and next: the group's own words where it gave any."""
    open_door = service.at_place and times_known and service.referral_route == Service.ReferralRoute.NONE
    if service.how_to_access:
        steps = [sentence(service.how_to_access)]
    elif service.referral_route == Service.ReferralRoute.PROFESSIONAL:
        steps = ["Ask your doctor, a nurse or a social worker to write to them."]
    elif open_door:
        steps = ["Go at one of the times on this page, or ring first if you like. Say that it is your first time."]
    else:
        steps = ["Ring them and say what you would like." if can_ring else "Ring us: we find out how to reach them."]
    if service.what_to_bring:
        steps.append(f"Bring {sentence(service.what_to_bring[:1].lower() + service.what_to_bring[1:])}")
    if service.next_step:
        steps.append(sentence(service.next_step))
    elif service.at_home or service.outreach:
        steps.append("They agree with you on which day they come.")
    if service.wait_time:
        steps.append(f"How long people wait: {sentence(service.wait_time)}")
    return steps


def _ages(lowest: Decimal | None, highest: Decimal | None) -> str:
    if lowest and highest is not None:
        return f"Ages {_age(lowest)} to {_age(highest)}."
    if lowest:
        return f"From age {_age(lowest)}."
    return f"Up to age {_age(highest)}." if highest is not None else ""


def _age(value: Decimal) -> str:
    return f"{value.normalize():f}"
