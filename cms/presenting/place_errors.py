"""What to say about a place that is not known: what was probably meant, as a sentence that says what to do."""

import difflib

from directory.geodata.locating import fold, place_vocabulary, suggest_postcode

ALIKE = 0.75


def place_sentence(typed: str, otherwise: str) -> str:
    """A sentence for the field. `otherwise` is said where nothing like it is known."""
    meant = suggest_postcode(typed)
    if meant:
        return _about_postcode(typed, meant)
    known = place_vocabulary()
    close = difflib.get_close_matches(fold(typed), known, n=1, cutoff=ALIKE)
    if close:
        return f"We do not know a place called “{typed}”. Is it {known[close[0]].name}?"
    return otherwise


def _about_postcode(typed: str, meant: str) -> str:
    longer = len("".join(typed.split())) - len(meant.replace(" ", ""))
    if longer:
        amount = "a letter" if abs(longer) == 1 else "letters"
        return f"That postcode has {amount} {'too many' if longer > 0 else 'missing'}: {meant}?"
    return f"We do not know that postcode. Is it {meant}?"
