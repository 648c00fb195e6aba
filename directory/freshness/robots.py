"""What sites ask of programs that visit them: robots.txt (RFC 9309), kept for a day."""

from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

from django.core.cache import cache

from directory.freshness.knocking import NAME, knock

KEPT_SECONDS = 24 * 60 * 60
MOST_BYTES = 500_000
REDIRECTS = frozenset({301, 302, 303, 307, 308})
MOST_REDIRECTS = 5
SHUT = "User-agent: *\nDisallow: /\n"


class NotNow(Exception):
    """The site cannot say at the moment what it allows."""


def may_ask(url: str) -> bool:
    """Does the site let us ask for this address? Raises NotNow, NoReply, Refused."""
    parts = urlsplit(url)
    root = f"{parts.scheme}://{parts.netloc}"
    key = f"robots:{root}"[:200]
    text = cache.get(key)
    if text is None:
        text = _fetched(root)
        cache.set(key, text, timeout=KEPT_SECONDS)
    rules = RobotFileParser()
    rules.parse(text.splitlines())
    return rules.can_fetch(NAME, url)


def _fetched(root: str) -> str:
    """The text of a site's robots.txt: empty where it has none, SHUT where it keeps everybody out."""
    url = f"{root}/robots.txt"
    for _ in range(MOST_REDIRECTS + 1):
        reply = knock(url, "GET", most=MOST_BYTES)
        if reply.status in REDIRECTS and reply.headers.get("location"):
            url = urljoin(url, reply.headers["location"])
            continue
        if reply.status == 429 or reply.status >= 500:
            raise NotNow
        if reply.status in (401, 403):
            return SHUT
        return reply.body.decode("utf-8", "replace") if reply.status == 200 else ""
    return ""
