"""Counting searches that nothing fitted: by need, area and month. No text and no person; repeats and robots are left out."""

from datetime import date

from django.core.cache import cache
from django.db import transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from directory import clock
from directory.geodata.locating import area_of
from directory.looks.robots import is_robot
from search.models import SearchWithoutAnswer
from search.results import Found

REPEAT_SECONDS = 24 * 60 * 60
MONTHS = 12


def note(found: Found, *, visitor: str, agent: str) -> bool:
    """Count a search without an answer once a day per visitor, need and area. Returns whether it was counted.

    `visitor` is anything that tells visitors apart (a session key, an address); only a keyed hash of it is kept, for a day.
    Searches in a box of the map or on a later page are not asked anew, so they do not count.
    """
    query = found.query
    if found.total or not query.asks and not query.need or query.page > 1 or query.bbox is not None or is_robot(agent):
        return False
    need = query.need[0] if query.need else query.needs[0].slug if query.needs else ""
    area = area_of(query.place.lat, query.place.lon) if query.place else None
    where = (area.area_set.slug, area.code) if area else ("", "")
    today = clock.today()
    key = salted_hmac("search.unanswered", "|".join((visitor, today.isoformat(), need, *where)), algorithm="sha256").hexdigest()
    if not cache.add(f"search-unanswered-{key}", 1, REPEAT_SECONDS):
        return False
    with transaction.atomic():
        row, _ = SearchWithoutAnswer.objects.get_or_create(need=need, area_set=where[0], area_code=where[1], month=today.replace(day=1))
        SearchWithoutAnswer.objects.filter(pk=row.pk).update(count=F("count") + 1)
    return True


def last_months() -> tuple[tuple[date, ...], dict[str, tuple[int, ...]]]:
    """The first days of the last MONTHS months, this one last, and how often nothing was found in each, by need ("" where none was understood)."""
    first = clock.today().replace(day=1)
    months = tuple(_months_before(first, back) for back in range(MONTHS - 1, -1, -1))
    counts = dict[str, list[int]]()
    rows = SearchWithoutAnswer.objects.filter(month__range=(months[0], months[-1])).order_by("need")
    for need, month, count in rows.values_list("need", "month", "count"):
        counts.setdefault(need, [0] * MONTHS)[months.index(month)] += count
    return months, {need: tuple(row) for need, row in counts.items()}


def _months_before(first: date, back: int) -> date:
    month = first.year * 12 + first.month - 1 - back
    return date(month // 12, month % 12 + 1, 1)
