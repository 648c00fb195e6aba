"""What a sentence says is not wanted: "not a care home, just somebody to sit with dad". It is left out before needs are read in it. Pure.

Only where the sentence goes on to say what is wanted, or names a thing set against it: "she is not eating" denies nothing.
"""

import re

_THING = r"(?:a|an|any|another|the|for|about|after)"
_STATES = r"(?:lonely|ill|poorly|depressed|sad|daft|skint|unhappy|hungry)"
_NOT_DENIED = r"(?:soul|single|word|clue|penny|bean|bit|lot|nurse|rail|patch|sign|chance|hope|moment|minute|wink|drop|crumb|thing|problem)"
_DENIALS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"^not (?:{_THING} )?(?!{_NOT_DENIED}\b|\w+ing\b|able|safe|enough|sure|well|slept|eaten|been|had|got|long|far|so|too)[\w' ]{{3,28}}"
        r"(?:[,;] (?:just|only|but|he|she|i|we|it|someone|somebody|they)| but| just| only)(?= )",
        r"\b(?:i|we|he|she|they) (?:don't|dont|do not|doesn't|doesnt|does not) (?:want|need) (?!to\b|him\b|her\b|them\b|me\b|my\b|any(?:one|body)\b|much\b|us\b)"
        r"[^,;.]{2,40}?[,;.]?(?= (?:but|just|(?:i|we|he|she|they) (?:just )?(?:wants?|needs?)|what)\b)",
        r"\b(?:it is not|it's not|its not|it isn't|it isnt|isn't|isnt) (?!that\b|like\b|right\b|fair\b|easy\b|the same\b|safe\b|just\b|only\b)"
        r"[\w' ]{2,30}[,;](?= (?:it's|its|it is|but)\b)",
        rf"\b\w+(?:'s|s|'m|m| is| am) not {_STATES}[,;](?= )",
        r"\brather than [^,;.]+|\bmore than an? \w+(?: worker)?\b",
        r"\bnothing (?:religious|churchy|fancy|posh|formal|medical)[,;]?",
        rf"(?:[,;]| -| and) not (?:{_THING}) (?!{_NOT_DENIED}\b|\w+ing\b)[\w' ]{{3,25}}(?=$|[.,;])(?! in sight)",
    )
)
LEAST = 2


def what_is_wanted(text: str) -> str:
    """The text without what it denies; the text itself where nothing else would be left."""
    rest = text.replace("’", "'")
    for denial in _DENIALS:
        rest = denial.sub(" ", rest)
    return rest if len(rest.split()) >= LEAST and rest != text.replace("’", "'") else text
