"""Nobody under 18 is written down: they are the council's young carers' team's to help, and nothing of them stays here."""

from datetime import date

from django.conf import settings
from django.core.exceptions import ValidationError

from directory import clock

ADULT = 18
OLDEST = 125


class TooYoung(ValidationError):
    """Somebody under 18 is not written down (400 at the API). Pages name the young carers' team."""

    def __init__(self) -> None:
        super().__init__({"date_of_birth": [young_carers_words()]})


def require_adult(born: date | None) -> None:
    """Not known is let through. Raises TooYoung; ValidationError for a day that cannot be a birthday of anybody living."""
    if born is None:
        return
    today = clock.today()
    if born > today or today.year - born.year > OLDEST:
        raise ValidationError({"date_of_birth": ["Check the year: nobody living was born on that day."]})
    if today.year - born.year - ((today.month, today.day) < (born.month, born.day)) < ADULT:
        raise TooYoung


def young_carers_words() -> str:
    """Who helps instead, as a whole sentence."""
    return f"Somebody under 18 is not written down here. Please ring or write to {settings.YOUNG_CARERS}."
