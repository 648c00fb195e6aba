"""What matters to somebody who visits a home, kept in `Person.facts` and told to who was introduced. The code of a key safe never stands here."""

import re
from collections.abc import Mapping
from typing import Any

# (name in `Person.facts`, question to the desk, what a visitor reads where it is so, does it matter on the doorstep already)
YES_NO = (
    ("steps", "Are there steps to the door?", "There are steps to the door.", True),
    ("parking", "Can a visitor park near the door?", "You can park near the door.", True),
    ("key_safe", "Is there a key safe?", "There is a key safe. Ring us if you need to get in: we tell no code in writing.", True),
    ("infection", "Is there an infection to protect against?", "Ring us before you go: there is an infection to protect against.", True),
    ("two_visitors", "Should two people go?", "Two people go there, never one alone.", True),
    ("oxygen", "Is oxygen used there?", "Oxygen is used there: no smoking and no flame.", False),
    ("smoker", "Does somebody smoke there?", "Somebody smokes there.", False),
)
NAMES = frozenset(name for name, *_ in YES_NO)
WORDS = "home_words"
WORDS_MOST = 500

# Four to eight figures in one breath with the safe; a telephone number, whose figures go on after a blank, is none.
_FIGURES = r"(?<![\d/-])(?<!\d )\d{4,8}(?! ?\d)(?![/-])"
_KEY_CODE = re.compile(rf"(?:safe|code)\W.{{0,40}}?{_FIGURES}|{_FIGURES}.{{0,20}}?key\s*-?\s*safe", re.I | re.S)
_SAFE = re.compile(r"key\s*-?\s*safe|(?:door|entry|key)\s*-?\s*code", re.I)


def home_lines(facts: Mapping[str, Any] | None, *, inside: bool = True) -> tuple[str, ...]:
    """What a visitor reads of a home: everything that is known to be so. inside=False: only what matters on the doorstep."""
    known = facts or {}
    lines = [words for name, _, words, at_door in YES_NO if known.get(name) is True and (inside or at_door)]
    if known.get("parking") is False:
        lines.append("There is nowhere to park near the door.")
    if known.get("animals"):
        lines.append(f"Animals there: {', '.join(known['animals'])}.")
    if known.get(WORDS):
        lines.append(known[WORDS])
    return tuple(lines)


def tells_a_key_code(text: str) -> bool:
    """Does this look like the code of a key safe or a door? It is never written down."""
    return bool(_SAFE.search(text) and _KEY_CODE.search(text))
