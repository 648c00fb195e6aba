"""How many requests a minute the API answers to one account, or to one address where nobody is known (429 with Retry-After)."""

from collections import Counter
from threading import Lock
from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from directory import clock
from directory.throttle import address_of

_lock = Lock()
_minute = 0
_counts: Counter[str] = Counter()


class EachMinute(BaseThrottle):
    """Counted in each process for itself and in memory only: it keeps a runaway program off, and costs an honest one nothing."""

    def allow_request(self, request: Request, view: Any) -> bool:
        user = request.user
        return _count(str(user.pk) if user and user.is_authenticated else address_of(request)) <= settings.API_REQUESTS_PER_MINUTE

    def wait(self) -> float:
        """Seconds until the next minute begins."""
        return 60 - clock.now().timestamp() % 60


def forget() -> None:
    """Start again at nothing."""
    with _lock:
        _counts.clear()


def _count(who: str) -> int:
    global _minute
    with _lock:
        if (now := int(clock.now().timestamp() // 60)) != _minute:
            _minute = now
            _counts.clear()
        _counts[who] += 1
        return _counts[who]
