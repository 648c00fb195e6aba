"""The person's own choice: whatever it names stands first, above every order, and nobody asks why."""

from matching.models import Ask


def is_chosen(ask: Ask, name: str) -> bool:
    """Is the person's own choice this one, and nothing else: a service by its name, a volunteer by the number?

    A name among other words may be the one that they do not want.
    """
    return bool(_plain(name)) and _plain(ask.person_choice) == _plain(name)


def _plain(text: str) -> str:
    return " ".join(text.split()).rstrip(".").casefold()
