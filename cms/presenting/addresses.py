"""Links of the finder: the same question with one part more, less, or other."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

# In the order in which they stand in an address. `page` is not kept: another question begins at its first page.
ASKED = (
    "q",
    "place",
    "lat",
    "lon",
    "need",
    "radius",
    "open",
    "mode",
    "kind",
    "who",
    "free",
    "access",
    "language",
    "bbox",
    "off",
    "sort",
    "page_size",
    "view",
)
WAYS_OF_LOOKING = frozenset(("sort", "page_size", "view"))
# What is not meant although the sentence says it: a part of the answer, no question by itself.
OFF = "off"
LISTS = frozenset(("need", "mode", "kind", "access", OFF))


@dataclass(frozen=True)
class Address:
    """The parameters of a question, each with its values, in a steady order."""

    values: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def get(self, name: str) -> tuple[str, ...]:
        return dict(self.values).get(name, ())

    def text(self, name: str) -> str:
        """The last value, as the finder reads it; empty where there is none."""
        values = self.get(name)
        return values[-1] if values else ""

    def replace(self, **changes: str | tuple[str, ...]) -> "Address":
        """The same with these parameters set; an empty value takes a parameter away."""
        values = dict(self.values)
        for name, value in changes.items():
            values[name] = (value,) if isinstance(value, str) and value else tuple(each for each in value if each)
        return _address(values)

    def without(self, *names: str, value: str = "") -> "Address":
        """The same without these parameters, or without one value of theirs."""
        return self.replace(**{name: tuple(each for each in self.get(name) if value and each != value) for name in names})

    def off(self, *parts: str) -> "Address":
        """The same where these parts of the sentence (`field`, or `field:value`) are not meant."""
        return self.replace(off=tuple(dict.fromkeys((*self.get(OFF), *parts))))

    def pairs(self, *, leave_out: tuple[str, ...] = ()) -> list[tuple[str, str]]:
        """What a form carries along as hidden fields."""
        return [(name, value) for name, values in self.values if name not in leave_out for value in values]

    def url(self, page: int = 1) -> str:
        """The finder's address for it."""
        pairs = [*self.pairs(), *([("page", str(page))] if page > 1 else [])]
        return f"{_finder()}?{urlencode(pairs)}" if pairs else _finder()

    def url_of(self, name: str) -> str:
        """The same question at another address that reads these parameters."""
        return f"{reverse(name)}?{urlencode(self.pairs())}"

    def __bool__(self) -> bool:
        """Was anything asked? The way of looking at the answer is no question."""
        return any(name not in WAYS_OF_LOOKING and name != OFF for name, _ in self.values)


@lru_cache(maxsize=1)
def _finder() -> str:
    return reverse("find")


def address_of(params: QueryDict) -> Address:
    """What a request asks; parameters that the finder does not know are left out."""
    return _address({name: _split(name, params.getlist(name)) for name in ASKED})


def _split(name: str, values: list[str]) -> tuple[str, ...]:
    parts = [part for value in values for part in (value.split(",") if name in LISTS else [value])]
    cleaned = [" ".join(part.split()) for part in parts]
    return tuple(dict.fromkeys(part for part in cleaned if part))


def _address(values: Mapping[str, tuple[str, ...]]) -> Address:
    """In the steady order; `values` hold no empty ones."""
    return Address(tuple((name, each) for name in ASKED if (each := values.get(name))))
