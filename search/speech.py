"""Speech as it is typed, written as others would write it, where its marks tell: "t'roof", "'er 'ouse", "lookin'", "d/c", "w/". Pure.

The forms stand in search/data/written_forms.csv: those with a mark are replaced here, whole words without one by search.needs_model.
"""

import csv
import re
from functools import cache
from pathlib import Path

FORMS = Path(__file__).parent / "data" / "written_forms.csv"

_CURLY = str.maketrans("’‘`´ʼ", "'''''")
# The Yorkshire article: "t'roof", "t' shop", "th'owd fence".
_THE = re.compile(r"(?<![\w'])th?'\s?(?=[a-z])", re.IGNORECASE)
_ING = re.compile(r"(?<=[a-z]{2}in)'(?![a-z])", re.IGNORECASE)


def plain_speech(text: str) -> str:
    """The text with its marked forms written out; a text without marks stays as it is."""
    text = text.translate(_CURLY)
    if "'" in text:
        text = _ING.sub("g", _THE.sub("the ", text))
    return _marked().sub(lambda match: written_forms(marked=True)[match.group().lower()], text)


@cache
def written_forms(*, marked: bool) -> dict[str, str]:
    """What is written, and the words that others would write: local spellings, text-speak, frequent slips and shorthand."""
    with FORMS.open(encoding="utf-8", newline="") as file:
        return {row["written"]: row["meant"] for row in csv.DictReader(file) if marked != row["written"].isalnum()}


@cache
def _marked() -> re.Pattern[str]:
    forms = sorted(written_forms(marked=True), key=len, reverse=True)
    return re.compile(rf"(?<![\w'/])(?:{'|'.join(map(re.escape, forms))})(?![\w'/])", re.IGNORECASE)
