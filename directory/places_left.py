"""How many places are left, in words: on the page of a listing, on cards, and for the group itself."""

from directory.models import Service
from directory.opening_words import date_words


def spaces_words(service: Service) -> str:
    """ "2 places left, counted on 3 November 2026"; nothing where nobody counted lately."""
    if service.current_spaces is None or service.spaces_on is None:
        return ""
    left = (
        f"{service.current_spaces} place{'' if service.current_spaces == 1 else 's'} left"
        if service.current_spaces
        else "Full at the moment"
    )
    return f"{left}, counted on {date_words(service.spaces_on)}"
