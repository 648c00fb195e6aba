"""What travels with a hit, in two runs of bytes that the node gives back as they are: the columns of a service, and its documents.

The documents are squeezed with a dictionary of what stands in most of them, which makes a third of them; only those shown are read.
"""

import zlib
from binascii import a2b_base64, b2a_base64
from collections.abc import Sequence
from functools import lru_cache
from struct import Struct

from search.engines.columns import Packed, pack
from search.engines.document import Document
from search.engines.packing import KEPT, pack_documents, unpack_documents

_LENGTHS = Struct("<6I")
# Changing this makes what is stored unreadable: FORMAT must be raised with it. What is most frequent stands last.
_USUAL = (
    b'"visible_from":"20,"visible_to":"20,"circles":[["paused":true,"spaces":false,"free":false,"max_age":25.0,"min_age":18.0,"who_for":"'
    b'","who":[""],"areas":["*","district:"],"area_names":["Everywhere"],"locality":"","access":["step_free:yes","wheelchair:yes",'
    b'"accessible_toilet:yes","changing_place:yes","hearing_loop:yes","quiet_space:yes","assistance_dogs:yes","parking:yes"],"place":["",'
    b'"days":["MO","TU","WE","TH","FR","SA","SU"],"hours_to":2995,"languages":["english","modes":["home","outreach","online","phone",'
    b'"place"],"kind":"activity","kind":"service","kind":"group","needs":["","summary":"","organisation":"","url":"/services/","name":"",'
    b'"service":"[{"id":"'
)
# A small window and little memory: setting up a larger one takes longer than squeezing so few bytes.
_LEVEL, _WINDOW, _MEMORY = 1, -12, 4


def columns_of(documents: Sequence[Document]) -> str:
    """Id, name and packed columns of a service."""
    parts = (documents[0].service.encode(), documents[0].name.encode(), *pack(documents))
    return _text(_LENGTHS.pack(*map(len, parts)) + b"".join(parts))


def parted(text: str) -> tuple[str, str, Packed]:
    """What `columns_of` joined, as the index gives it back: without the signs that fill base64 up."""
    run = a2b_base64(text + "==")
    service, name, head, places, lists, _ = _LENGTHS.unpack_from(run)
    service += _LENGTHS.size
    name += service
    head += name
    places += head
    lists += places
    packed = Packed(run[name:head], run[head:places], run[places:lists], run[lists:])
    return run[_LENGTHS.size : service].decode(), run[service:name].decode(), packed


def documents_of(documents: Sequence[Document]) -> str:
    """The documents of a service, squeezed."""
    squeeze = zlib.compressobj(_LEVEL, zlib.DEFLATED, _WINDOW, _MEMORY, zlib.Z_DEFAULT_STRATEGY, _USUAL)
    return _text(squeeze.compress(pack_documents(documents).encode()) + squeeze.flush())


@lru_cache(maxsize=KEPT)
def read_documents(text: str) -> tuple[Document, ...]:
    """What `documents_of` squeezed, without tokens and spans; those shown often are read once."""
    return unpack_documents(zlib.decompressobj(-zlib.MAX_WBITS, _USUAL).decompress(a2b_base64(text + "==")).decode())


def _text(run: bytes) -> str:
    return b2a_base64(run, newline=False).decode()
