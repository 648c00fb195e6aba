"""How often something may be tried, counted in the shared cache under a keyed digest: neither address nor name is kept."""

from django.core.cache import cache
from django.utils.crypto import salted_hmac


def _key(purpose: str, who: str) -> str:
    return f"throttle:{purpose}:{salted_hmac(purpose, who, algorithm='sha256').hexdigest()[:40]}"


def tries(purpose: str, who: str) -> int:
    """How often this was counted within its time."""
    return int(cache.get(_key(purpose, who), 0))


def count(purpose: str, who: str, *, seconds: int) -> int:
    """Count one try; the count is forgotten so many seconds after the first."""
    key = _key(purpose, who)
    cache.add(key, 0, timeout=seconds)
    try:
        return cache.incr(key)
    except ValueError:
        cache.set(key, 1, timeout=seconds)
        return 1


def forget(purpose: str, who: str) -> None:
    """Start again at nothing."""
    cache.delete(_key(purpose, who))
