"""The person's own choice: whatever it names stands first, above every order, and nobody asks why."""

import re

from matching.models import Ask


def is_chosen(ask: Ask, name: str) -> bool:
    """Does the person's own choice, in their words, name this one: a service by its name, a volunteer by the number?"""
    return bool(name) and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", ask.person_choice, re.IGNORECASE) is not None
