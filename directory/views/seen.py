"""What a person had before their eyes when they opened a form, carried in the form and signed: an edit is compared with that."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.http import HttpRequest

from directory.listing_fields import FIELDS, read_values
from directory.models import Service

SALT = "directory.seen"
DAYS = 30


def seal(service: Service, names: Iterable[str]) -> str:
    """The present values of these fields, signed, for a hidden input."""
    live = read_values(service)
    return seal_values(service, {name: live[name] for name in names})


def seal_values(service: Service, values: Mapping[str, Any]) -> str:
    """These values, signed: what the person saw when they began, where they go on today."""
    return signing.dumps({"service": str(service.pk), "values": dict(values)}, salt=SALT, compress=True)


def unseal(text: str, service: Service) -> Mapping[str, Any] | None:
    """The values that were sealed for this service; None for a seal that is broken, too old, or of another one."""
    try:
        told = signing.loads(text, salt=SALT, max_age=DAYS * 86400)
    except signing.BadSignature:
        return None
    if told.get("service") != str(service.pk):
        return None
    return {name: value for name, value in told["values"].items() if name in FIELDS}


@dataclass(frozen=True)
class Seen:
    """The values before the person's eyes: out of the posted seal, or as they are now. `told` is false for a broken seal."""

    text: str
    values: Mapping[str, Any]
    told: bool


def what_was_seen(request: HttpRequest, service: Service, names: Iterable[str]) -> Seen:
    """What a form of these fields was compared with: out of what is posted; in a first look, the values as they are."""
    text = request.POST.get("seen", "") if request.method == "POST" else ""
    told = unseal(text, service) if text else None
    if told is not None and told.keys() == set(names):
        return Seen(text, told, True)
    fresh = seal(service, names)
    return Seen(fresh, unseal(fresh, service) or {}, request.method != "POST")
