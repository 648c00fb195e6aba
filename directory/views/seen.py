"""What a person had before their eyes when they opened a form, carried in the form and signed: an edit is compared with that."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core import signing

from directory.listing_fields import FIELDS, read_values
from directory.models import Service

SALT = "directory.seen"
DAYS = 30


def seal(service: Service, names: Iterable[str]) -> str:
    """The present values of these fields, signed, for a hidden input."""
    live = read_values(service)
    return signing.dumps({"service": str(service.pk), "values": {name: live[name] for name in names}}, salt=SALT, compress=True)


def unseal(text: str, service: Service) -> Mapping[str, Any] | None:
    """The values that were sealed for this service; None for a seal that is broken, too old, or of another one."""
    try:
        told = signing.loads(text, salt=SALT, max_age=DAYS * 86400)
    except signing.BadSignature:
        return None
    if told.get("service") != str(service.pk):
        return None
    return {name: value for name, value in told["values"].items() if name in FIELDS}
