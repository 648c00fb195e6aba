"""Tags that join two rooms on a page of one of them: `{% load joining %}`."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from django import template

from cms.presenting.cards import cards_of
from cms.public_state import public_state
from search.results import Result

register = template.Library()


@register.simple_tag
def result_cards(results: Sequence[Result]) -> list[dict[str, Any]]:
    """The finder's cards for its results, on a page of casework, each with its number to ring: {% result_cards results as cards %}."""
    cards = cards_of(results, state=public_state())
    return [
        {**{each.name: getattr(card, each.name) for each in fields(card)}, "phone": card.paper_phone, "paper_phone": ""} for card in cards
    ]
