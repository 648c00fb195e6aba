"""A feed page by page: which address comes next, and when it is over. What a feed says about its own end is believed only while it adds up."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from directory.harvest.envelopes import BadPage, Page, open_envelope, parse
from directory.harvest.fetching import Answer, CannotFetch, Fetcher
from directory.harvest.models import Feed, PageCopy
from directory.harvest.understanding import VERSION

MOST_PAGES = 20_000
# What servers answer for a page behind the last one.
NO_SUCH_PAGE = frozenset({400, 404, 410, 416, 422})
GONE = frozenset({404, 410})


@dataclass(frozen=True)
class Fetched:
    """A page, or (`page` None) the news that it has not changed since `copy` was kept."""

    page: Page | None
    copy: PageCopy | None
    marks: Mapping[str, str]


def list_address(feed: Feed, number: int) -> str:
    """The address of one page of services."""
    return _address(feed, "/services", [("page", str(number)), ("per_page", str(feed.per_page))])


def detail_address(feed: Feed, source_id: str) -> str:
    """The address of one service."""
    return _address(feed, f"/services/{quote(source_id, safe='')}", [])


def fetch_page(feed: Feed, fetcher: Fetcher, number: int, *, may_be_kept: bool) -> Fetched | None:
    """One page; None where the feed has no such page. With `may_be_kept` it is asked for only if it changed.

    Raises CannotFetch (its body may be bad as well), Refused.
    """
    address = list_address(feed, number)
    copy = PageCopy.objects.filter(feed=feed, number=number, address=address, understood_by=VERSION).first() if may_be_kept else None
    marks = {"If-None-Match": copy.etag, "If-Modified-Since": copy.modified} if copy else {}
    opened: list[Page] = []

    def look(answer: Answer) -> None:
        opened[:] = [_opened(answer, number)]

    answer = fetcher.get(address, {name: value for name, value in marks.items() if value}, check=look)
    if answer.status == 304 and copy:
        return Fetched(None, copy, {})
    if answer.status in NO_SUCH_PAGE and number != 1:
        return None
    if answer.status != 200:
        raise CannotFetch(f"page {number} is answered with {answer.status}")
    # One with a line end or the like in it could neither be kept nor sent back.
    kept = {name: mark for name in ("etag", "last-modified") if (mark := answer.headers.get(name, "")).isprintable()}
    return Fetched(opened[0], None, {**kept, "address": address})


def keep_copy(feed: Feed, number: int, fetched: Fetched) -> None:
    """Remember the marks of a page that is through. Where it has none, nothing is remembered."""
    page, etag, modified = fetched.page, fetched.marks.get("etag", ""), fetched.marks.get("last-modified", "")
    if page is None:
        return
    if (not etag and not modified) or len(etag) > 200 or len(modified) > 60:
        PageCopy.objects.filter(feed=feed, number=number).delete()
        return
    said = {"version": page.version, "total": page.total, "pages": page.pages, "last": page.last}
    values = {"etag": etag, "modified": modified, "address": fetched.marks["address"], "understood_by": VERSION}
    PageCopy.objects.update_or_create(
        feed=feed, number=number, defaults={**values, "digest": page.digest, "items": len(page.items), "said": said}
    )


def fetch_detail(feed: Feed, fetcher: Fetcher, source_id: str) -> Any | None:
    """The whole record of one service; None where the source has none under this id. Raises CannotFetch, Refused."""
    answer = fetcher.get(detail_address(feed, source_id), check=_parsed)
    if answer.status in GONE:
        return None
    if answer.status != 200:
        raise CannotFetch(f"a service is answered with {answer.status}")
    return _parsed(answer)


def is_over(*, number: int, read: int, last: bool | None, total: int | None, pages: int | None) -> bool:
    """Is there no page after this one? `read`: records of all pages so far. Where the numbers contradict each other, one looks on."""
    short = total is not None and read < total
    if last:
        return not (short and pages is not None and number < pages)
    return pages is not None and number >= pages and not short


def _address(feed: Feed, path: str, parameters: list[tuple[str, str]]) -> str:
    parts = urlsplit(feed.url)
    own = parse_qsl(parts.query) + parse_qsl(feed.parameters.lstrip("?&"))
    base = parts.path.rstrip("/").removesuffix("/services")
    query = urlencode([*own, *parameters] if path == "/services" else own)
    return urlunsplit((parts.scheme, parts.netloc, base + path, query, ""))


def _opened(answer: Answer, number: int) -> Page:
    _refuse_web_page(answer)
    return open_envelope(parse(answer.body), asked=number)


def _parsed(answer: Answer) -> Any:
    _refuse_web_page(answer)
    return parse(answer.body)


def _refuse_web_page(answer: Answer) -> None:
    if "html" in answer.headers.get("content-type", "").lower():
        raise BadPage("it is a web page, not JSON: an error or a log-in, perhaps")
