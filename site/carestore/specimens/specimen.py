"""What a specimen is."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Specimen:
    """One component as it is used: the name of its partial, a sentence on when, and one context for each way to show it."""

    name: str
    title: str
    when: str
    contexts: list[dict[str, Any]] = field(default_factory=list)
    shows_also: tuple[str, ...] = ()
