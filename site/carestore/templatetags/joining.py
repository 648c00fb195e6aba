"""Tags that join two rooms on a page of one of them: `{% load joining %}`."""

from collections.abc import Sequence

from django import template

from cms.presenting.cards import Card, cards_of
from cms.public_state import public_state
from search.results import Result

register = template.Library()


@register.simple_tag
def result_cards(results: Sequence[Result]) -> list[Card]:
    """The finder's cards for its results, on a page of casework: {% result_cards results as cards %}."""
    return cards_of(results, state=public_state())
