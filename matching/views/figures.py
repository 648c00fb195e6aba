"""/council/figures/: a page to print and hand to a councillor: sentences, pictures, each picture with its table."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode

from directory.accounts.doors import PUBLIC, door
from directory.accounts.policy import allowed
from directory.accounts.roles import Permission
from directory.geodata.models import Area
from directory.models import Element, Need
from matching.models import Release
from matching.states import ReleaseState
from matching.statistics.counting import Period, parse_period
from matching.statistics.menu import MEASURES, UNKNOWN_AREA
from matching.statistics.releases import table_of, visible_to


@dataclass(frozen=True)
class Picture:
    """One figure with the table it was drawn from, in the shape of the figure component."""

    id: str
    title: str
    sentence: str
    unit: str
    rows: list[dict[str, Any]]
    csv_url: str


@door(PUBLIC)
def figures(request: HttpRequest) -> HttpResponse:
    """The newest release, or the one of `period`, to whom it is open."""
    releases = visible_to(request.user)
    period = request.GET.get("period", "")
    release = next((found for found in releases if found.period == period or not period), None)
    context: dict[str, Any] = {
        "choices": [{"code": found.period, "name": parse_period(found.period).name} for found in releases],
        "sees_inside": allowed(request.user, Permission.SEE_FIGURES),
        "asked_for": period,
    }
    if release is not None:
        context |= {
            "release": release,
            "period": parse_period(release.period),
            "is_public": release.state == ReleaseState.PUBLIC,
            "sentences": _sentences(release),
            "pictures": _pictures(release),
        }
    return render(request, "matching/figures.html", context, status=200 if release is not None or not period else 404)


def _total(release: Release, measure: str) -> str:
    table = table_of(release, measure, ())
    return table["rows"][0]["shown"] if table else ""


def _sentences(release: Release) -> list[str]:
    """The period in a few plain sentences; every number is one of the release."""
    period = parse_period(release.period)
    told = [
        f"From {_days(period)}, {_people(_total(release, 'asks'), 'request for help was', 'requests for help were')} written down.",
        f"{_people(_total(release, 'referrals'), 'referral was', 'referrals were').capitalize()} sent to local groups, services or volunteers.",
    ]
    most = _largest(release)
    if most:
        told.append(f"The need most often referred was {most}.")
    for measure, who in (("unmet_adults", "adults"), ("unmet_carers", "carers")):
        shown = _total(release, measure)
        told.append(f"For {who}, {'no need' if shown == '0' else shown + ' needs'} could not be met by anybody.")
    return told


def _days(period: Period) -> str:
    return f"{period.first.day} {period.first:%B} to {period.last.day} {period.last:%B %Y}"


def _people(shown: str, one: str, many: str) -> str:
    return f"no {one.split(' was')[0]} was" if shown == "0" else f"{shown} {many}"


def _largest(release: Release) -> str:
    table = table_of(release, "referrals", ("need",)) or table_of(release, "referrals", ("element",))
    rows = [row for row in table["rows"] if row["count"]] if table else []
    if not rows:
        return ""
    top = max(rows, key=lambda row: row["count"])
    return _names()[top.get("need") or top["element"]].lower() + f" ({top['shown']} referrals)"


def _pictures(release: Release) -> list[Picture]:
    """Referrals by element, by need, by area, and unmet need: as fine as the count rule let them be."""
    wanted: list[tuple[str, list[tuple[str, ...]], str]] = [
        ("referrals", [("element",)], "Referrals by element"),
        ("referrals", [("need",)], "Referrals by need"),
        ("referrals", [("area",)], "Referrals by area"),
        ("unmet_adults", [("need",), ("element",), ()], "Unmet need of adults"),
        ("unmet_carers", [("need",), ("element",), ()], "Unmet need of carers"),
    ]
    pictures = []
    for measure, steps, title in wanted:
        table = next((found for dims in steps if (found := table_of(release, measure, dims))), None)
        if table is not None:
            pictures.append(_picture(release, table, title))
    return pictures


def _picture(release: Release, table: dict[str, Any], title: str) -> Picture:
    names = _names()
    dims = table["dims"]
    filled = [row for row in table["rows"] if row["count"] != 0]
    rows = filled if dims in (["need"], ["area"]) else table["rows"]
    lines = [
        {"label": " · ".join(names.get(row[dim], row[dim]) for dim in dims) or "All together", "count": row["count"], "shown": row["shown"]}
        for row in rows
    ]
    left_out = len(table["rows"]) - len(rows)
    sentence = f"{left_out} more had none." if left_out else ""
    query = {"measure": table["measure"], "dims": ",".join(dims), "period": release.period, "format": "csv"}
    return Picture(
        id="-".join([table["measure"], *dims]).replace("_", "-"),
        title=title,
        sentence=sentence,
        unit=MEASURES[table["measure"]].unit,
        rows=lines,
        csv_url=f"/api/v1/statistics/table/?{urlencode(query)}",
    )


def _names() -> dict[str, str]:
    """Codes to the names that a page shows."""
    names = dict(Element.objects.values_list("slug", "name")) | dict(Need.objects.values_list("slug", "name"))
    return names | dict(Area.objects.filter(area_set__installed=True).values_list("code", "name")) | {UNKNOWN_AREA: "Not known"}
