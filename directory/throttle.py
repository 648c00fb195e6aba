"""How often something may be tried, counted in the shared cache under a keyed digest: neither address nor name is kept."""

import re
from ipaddress import IPv6Address, IPv6Network, ip_address
from math import ceil

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from directory import clock

_WITH_PORT = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([0-9.]+))(?::[0-9]+)?", re.ASCII)


def _key(purpose: str, who: str) -> str:
    return f"throttle:{purpose}:{salted_hmac(purpose, who, algorithm='sha256').hexdigest()[:40]}"


def address_of(request: HttpRequest) -> str:
    """Where a request comes from; behind the proxy that an https address means, what the proxy saw, and nothing a visitor wrote before.

    With IPv6 it is the network of 64 bits: every household has that many addresses of its own.
    """
    seen = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip() if settings.SECURE_PROXY_SSL_HEADER else ""
    return _place(seen or request.META.get("REMOTE_ADDR", ""))


def _place(seen: str) -> str:
    """Without the port that some proxies write behind it."""
    with_port = _WITH_PORT.fullmatch(seen)
    bare = (with_port[1] or with_port[2]) if with_port else seen
    try:
        address = ip_address(bare)
    except ValueError:
        return seen
    if not isinstance(address, IPv6Address):
        return str(address)
    return str(address.ipv4_mapped or IPv6Network((int(address), 64), strict=False))


def tries(purpose: str, who: str) -> int:
    """How often this was counted within its time."""
    return _held(_key(purpose, who))[0]


def count(purpose: str, who: str, *, seconds: int) -> int:
    """Count one try; the count is forgotten so many seconds after the first."""
    # Not `incr`: in files it would give every count a new lifetime, and a shorter one.
    key, now = _key(purpose, who), clock.now().timestamp()
    made, until = _held(key)
    until = until or now + seconds
    cache.set(key, (made + 1, until), timeout=max(1, ceil(until - now)))
    return made + 1


def take(purpose: str, who: str, *, most: int, seconds: int) -> bool:
    """Whether this may be done once more: at most so often within any so many seconds. Only what may be done is counted."""
    key, now = _key(purpose, who), clock.now().timestamp()
    taken = tuple(moment for moment in cache.get(key, ()) if moment > now - seconds)
    if len(taken) >= most:
        return False
    cache.set(key, (*taken, now), timeout=seconds)
    return True


def _held(key: str) -> tuple[int, float]:
    """The count and when it ends; (0, 0) where there is none, or its time is over."""
    made, until = cache.get(key, (0, 0.0))
    return (made, until) if until > clock.now().timestamp() else (0, 0.0)


def forget(purpose: str, who: str) -> None:
    """Start again at nothing."""
    cache.delete(_key(purpose, who))
