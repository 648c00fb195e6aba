"""Web addresses of listings and groups, looked at about once a month by a gentle task.

Staff and groups hear of one only after it failed on three different days. Where an address leads somewhere else for good, that is proposed.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urljoin, urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import require
from directory.accounts.roles import Permission
from directory.freshness.knocking import NoReply, Reply, knock, taken_apart
from directory.freshness.models import LinkCheck
from directory.freshness.robots import MOST_REDIRECTS, REDIRECTS, NotNow, may_ask
from directory.harvest.addresses import Refused
from directory.listings import set_fields
from directory.models import Organisation, Service
from directory.organisations import set_organisation

log = logging.getLogger("carestore.links")

A_DAY = 700
MONTH = timedelta(days=28)
WEEK = timedelta(days=7)
SOON = timedelta(days=3)
# One site is asked once in so long; meanwhile others are.
PAUSE = timedelta(seconds=30)
DEAD_AFTER = 3
GONE = frozenset({404, 410})
FOR_GOOD = frozenset({301, 308})


@dataclass(frozen=True)
class Seen:
    """What a look at an address told. Neither alive nor dead: the site does not let us know."""

    alive: bool = False
    dead: bool = False
    why: str = ""
    moved_to: str = ""
    again: timedelta = MONTH


def used_addresses() -> set[str]:
    """Every address on a page that visitors see."""
    services = Service.objects.public()
    groups = Organisation.objects.filter(pk__in=services.values("organisation_id")).exclude(url="")
    return {*services.exclude(url="").values_list("url", flat=True), *groups.values_list("url", flat=True)}


def list_some() -> bool:
    """Note new addresses and forget those that no page shows any more; the daily job. Always through at once."""
    used, known = used_addresses(), set(LinkCheck.objects.values_list("url", flat=True))
    gone = list(known - used)
    for start in range(0, len(gone), 500):
        LinkCheck.objects.filter(url__in=gone[start : start + 500]).delete()
    new = [LinkCheck(url=url, host=_host(url)) for url in sorted(used - known)]
    LinkCheck.objects.bulk_create(new, batch_size=500, ignore_conflicts=True)
    return True


def look_at_some() -> bool:
    """Look at one address whose site was left alone for PAUSE; the daily job. True when all are through, or enough for today."""
    now, today = clock.now(), clock.today()
    midnight = clock.local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    due = LinkCheck.objects.filter(next_on__lte=today)
    # The demonstration's addresses belong to people who never heard of it.
    if settings.DEMO or LinkCheck.objects.filter(looked_at__gte=midnight).count() >= A_DAY or not due.exists():
        return True
    busy = LinkCheck.objects.filter(looked_at__gt=now - PAUSE).values("host")
    link = due.exclude(host__in=busy).order_by("next_on", "id").first()
    if link is not None:
        look_at(link)
    return False


def look_at(link: LinkCheck) -> LinkCheck:
    """Ask for one address and write down what came of it."""
    LinkCheck.objects.filter(pk=link.pk).update(looked_at=clock.now())
    try:
        seen = _seen(link.url)
    except Exception as error:  # noqa: BLE001
        log.warning("link.failed link=%s error=%s", link.pk, type(error).__name__)
        seen = Seen(again=MONTH)
    return _note(link, seen)


def _seen(url: str) -> Seen:
    here, for_good = url, True
    try:
        for _ in range(MOST_REDIRECTS + 1):
            if not may_ask(here):
                return Seen()
            reply = _asked(here)
            onward = reply.headers.get("location", "")
            if reply.status not in REDIRECTS or not onward:
                return _meaning(reply, _proposal(url, here) if for_good else "")
            for_good = for_good and reply.status in FOR_GOOD
            here = urljoin(here, onward).partition("#")[0]
    except NotNow:
        return Seen(again=SOON)
    except NoReply as error:
        return Seen(dead=True, why=str(error))
    except Refused:
        return Seen(dead=True, why="it leads to no public web address")
    return Seen(dead=True, why="it leads in a circle")


def _asked(url: str) -> Reply:
    """The answer to HEAD; where that is none to go by, as of servers that do not know it, the one to GET."""
    reply = knock(url)
    return reply if reply.status == 200 or reply.status in REDIRECTS or reply.status == 429 else knock(url, "GET")


def _meaning(reply: Reply, moved_to: str) -> Seen:
    if 200 <= reply.status < 300:
        return Seen(alive=True, moved_to=moved_to)
    if reply.status in GONE:
        return Seen(dead=True, why="there is no such page")
    if reply.status >= 500:
        return Seen(dead=True, why="the site is broken")
    return Seen(again=SOON if reply.status == 429 else MONTH)


def _proposal(old: str, new: str) -> str:
    """The new address, where it is one to propose: not the front page that a site shows for whatever it does not know."""
    to_front = urlsplit(new).path in ("", "/") and urlsplit(old).path not in ("", "/")
    return "" if new == old or to_front or len(new) > 500 else new


@transaction.atomic
def _note(link: LinkCheck, seen: Seen) -> LinkCheck:
    today = clock.today()
    row = LinkCheck.objects.select_for_update().get(pk=link.pk)
    row.next_on = today + seen.again
    if seen.alive:
        row.failures, row.failed_since, row.failed_on, row.why = 0, None, None, ""
        row.moved_to = "" if seen.moved_to == row.left else seen.moved_to
    if seen.dead:
        row.moved_to, row.why = "", seen.why[:100]
        if row.failed_on != today:
            row.failures += 1
        row.failed_since, row.failed_on = row.failed_since or today, today
        row.next_on = today + (WEEK if row.failures >= DEAD_AFTER else timedelta(days=1))
    row.save()
    return row


def seem_dead() -> QuerySet[LinkCheck]:
    """Addresses that failed on DEAD_AFTER days, the longest dead first."""
    return LinkCheck.objects.filter(failures__gte=DEAD_AFTER).order_by("failed_since", "url")


def have_moved() -> QuerySet[LinkCheck]:
    """Addresses that lead somewhere else for good."""
    return LinkCheck.objects.exclude(moved_to="").order_by("url")


def words_for(services: Iterable[Service]) -> dict[UUID, list[str]]:
    """What a group should hear about the web addresses of these listings (loaded with their organisations)."""
    listed = list(services)
    urls = {url for service in listed for url in (service.url, service.organisation.url) if url}
    told = {link.url: _words(link) for link in (seem_dead() | have_moved()).filter(url__in=urls)}
    found: dict[UUID, list[str]] = {}
    for service in listed:
        of_it = [told[url] for url in dict.fromkeys((service.url, service.organisation.url)) if url in told]
        if of_it:
            found[service.pk] = of_it
    return found


def _words(link: LinkCheck) -> str:
    if link.moved_to:
        return f"Its web address {link.url} has moved to {link.moved_to}"
    return f"Its web address seems dead since {day_words(link.failed_since)}: {link.url}"


def day_words(day: date | None) -> str:
    """3 November 2026."""
    return f"{day.day} {day:%B %Y}" if day else ""


@transaction.atomic
def take_new_address(link: LinkCheck, *, by: User) -> int:
    """Write the new address wherever the old one stands. Returns in how many places. Raises PermissionDenied, ValidationError."""
    require(by, Permission.MODERATE)
    row = LinkCheck.objects.select_for_update().get(pk=link.pk)
    if not row.moved_to:
        return 0
    services, groups = list(Service.objects.filter(url=row.url)), list(Organisation.objects.filter(url=row.url))
    for service in services:
        set_fields(service, {"url": row.moved_to}, by=by)
    for group in groups:
        set_organisation(group, {"url": row.moved_to}, by=by)
    LinkCheck.objects.get_or_create(url=row.moved_to, defaults={"host": _host(row.moved_to), "next_on": clock.today() + MONTH})
    row.delete()
    return len(services) + len(groups)


@transaction.atomic
def leave(link: LinkCheck, *, by: User) -> None:
    """Somebody looked: it works, or the old address is meant. It is asked again in a month. Raises PermissionDenied."""
    require(by, Permission.MODERATE)
    row = LinkCheck.objects.select_for_update().get(pk=link.pk)
    row.left, row.moved_to = row.moved_to or row.left, ""
    row.failures, row.failed_since, row.failed_on, row.why = 0, None, None, ""
    row.next_on = clock.today() + MONTH
    row.save()


def _host(url: str) -> str:
    try:
        return taken_apart(url)[0][:255]
    except Refused:
        return ""
