"""Genders and languages that mean the same in other words are written in one, at every door by which they come in.

What was written before there was one word is read in it: wherever it is decided by (`suggesting.facts`), or shown to be changed.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from search.languages import language_slug

GENDERS = {"woman": "Woman", "man": "Man", "another": "Another"}
_GENDERS = {
    **dict.fromkeys(("woman", "female", "f", "w", "lady", "women"), "woman"),
    **dict.fromkeys(("man", "male", "m", "gentleman", "men"), "man"),
    **dict.fromkeys(("another", "other", "non-binary", "non binary", "nonbinary", "nb", "x"), "another"),
    **dict.fromkeys(("unknown", "not known", "not said", "prefer not to say", "n/a", "-"), ""),
}
_BETWEEN = re.compile(r"[,;/&+\n]|\band\b")


def gender_of(said: str) -> str:
    """A code of GENDERS, or nothing where they have not said; a word that we do not know stays as it is, in small letters."""
    plain = " ".join(said.lower().split())
    return _GENDERS.get(plain, plain)


def languages_of(said: Iterable[str]) -> list[str]:
    """The languages in what somebody wrote, in alphabetical order, each once: “British Sign Language and English” gives bsl and english."""
    parts = {" ".join(part.split()) for words in said for part in _BETWEEN.split(words.lower())} - {""}
    return sorted({_language(part) for part in parts})


@lru_cache(maxsize=512)
def _language(part: str) -> str:
    """Few languages are spoken by many. Some scripts have no letters that a slug knows."""
    return language_slug(part).replace("-", " ") or part
