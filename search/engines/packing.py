"""Documents as text, for those that are shown; their tokens and opening spans are kept elsewhere."""

import json
from collections.abc import Sequence
from dataclasses import MISSING, fields
from datetime import date
from functools import lru_cache
from typing import Any

from search.engines.document import Document, Place

_ELSEWHERE = ("name_tokens", "text_tokens", "hours")
_USUAL = {field.name: None if field.default is MISSING else field.default for field in fields(Document) if field.name not in _ELSEWHERE}
# Services that come on the first page of many answers.
KEPT = 2000
_DAYS = ("checked_on", "visible_from", "visible_to")


def pack_documents(documents: Sequence[Document]) -> str:
    """The documents of one service; what is as usual is left out."""
    return json.dumps([_plain(document) for document in documents], ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=KEPT)
def unpack_documents(data: str) -> tuple[Document, ...]:
    """The documents that `pack_documents` packed, without their tokens and spans. Those shown often are unpacked once."""
    return tuple(_document(values) for values in json.loads(data))


def _plain(document: Document) -> dict[str, Any]:
    told = ((name, getattr(document, name)) for name in _USUAL)
    values = {name: value for name, value in told if value != _USUAL[name]}
    for name in _DAYS:
        if name in values:
            values[name] = values[name].isoformat()
    if document.place is not None:
        values["place"] = (document.place.name, document.place.lat, document.place.lon)
    return values


def _document(values: dict[str, Any]) -> Document:
    for name, value in values.items():
        if isinstance(value, list):
            values[name] = tuple(tuple(each) if isinstance(each, list) else each for each in value)
        elif name in _DAYS:
            values[name] = date.fromisoformat(value)
    if "place" in values:
        values["place"] = Place(*values["place"])
    return Document(**values)
