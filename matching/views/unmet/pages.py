"""/desk/unmet/: where help is missing, what came nearest, what could be met now, and what a coordinator can do about it."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from directory.accounts.doors import door, user_of
from directory.accounts.roles import Permission
from directory.geodata.models import Area
from directory.models import Need, Service
from directory.states import WrongState
from matching import asks
from matching.befriending.company import GROUPABLE
from matching.eligibility import EXPLANATIONS, Code
from matching.models import Ask, UnmetNeed
from matching.rules.activities import of_need, rules
from matching.unmet import acting, again, clusters, gaps, widening
from matching.unmet.clusters import Cluster, Filters
from matching.unmet.picture import picture
from matching.unmet.proposing import is_too_long, waited_days

MONTHS = ((3, "3 months"), (6, "6 months"), (12, "12 months"), (24, "2 years"))
WHO = (("", "Everybody"), ("adults", "Adults"), ("carers", "Carers"))


class FilterForm(forms.Form):
    """What of the unmet need is looked at."""

    need = forms.ModelChoiceField(label="Need", queryset=Need.objects.order_by("name"), required=False, empty_label="All needs")
    activity = forms.ChoiceField(label="What exactly", required=False)
    area = forms.ChoiceField(label="Area", required=False)
    months = forms.TypedChoiceField(label="Since", choices=MONTHS, coerce=int, required=False)
    who = forms.ChoiceField(label="Whose", choices=WHO, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        areas = {row["area_code"]: row["area_name"] for row in UnmetNeed.objects.exclude(area_code="").values("area_code", "area_name")}
        areas |= {row["area_code"]: row["area_name"] for row in Ask.objects.open().exclude(area_code="").values("area_code", "area_name")}
        listed = sorted(areas.items(), key=lambda pair: (pair[1], pair[0]))
        self.fields["area"].choices = [("", "All areas"), *listed]  # type: ignore[attr-defined]
        self.fields["activity"].choices = [("", "Anything"), *((slug, rule.label) for slug, rule in rules().items())]  # type: ignore[attr-defined]

    def filters(self) -> Filters:
        """What was chosen; a choice that is none counts as not made."""
        data = self.cleaned_data
        need = data.get("need")
        return Filters(
            need=need.pk if need else "",
            activity=data.get("activity", ""),
            area=data.get("area", ""),
            months=data.get("months") or 6,
            who=data.get("who", ""),
        )


@door(Permission.MATCH)
@require_GET
def unmet(request: HttpRequest) -> HttpResponse:
    """Where help is missing, near misses first."""
    form = FilterForm(request.GET or {"months": 6})
    form.is_valid()
    filters = form.filters()
    records = list(clusters.recorded(filters))
    waiting = clusters.among(gaps.gaps(), filters)
    found = clusters.clusters(records, waiting)
    months = clusters.by_month(records, filters.months)
    people = clusters.by_area(found)
    context = {
        "form": form,
        "narrowed": any(form.cleaned_data.get(name) for name in ("need", "activity", "area", "who")) or filters.months != 6,
        "clusters": [_card(each) for each in found],
        "gaps": [_gap(each) for each in waiting],
        "again": [_again(each) for each in again.could_be_met()],
        "too_long": [_too_long(each) for each in gaps.waiting()[: gaps.MOST] if is_too_long(each)],
        "map": picture(people, "People without help, by area") if people else None,
        "areas": {
            "caption": "People without help, by area",
            "columns": ["Area", {"label": "People", "number": True}],
            "rows": _areas(found),
        },
        "figure": _months(months),
    }
    return render(request, "matching/unmet/unmet.html", context)


def _areas(found: list[Cluster]) -> list[list[Any]]:
    names = {each.area_code: each.where for each in found}
    counted = clusters.by_area(found)
    return [[names[code], count] for code, count in sorted(counted.items(), key=lambda pair: (-pair[1], names[pair[0]]))]


def _months(months: list[tuple[Any, int]]) -> dict[str, Any]:
    total = sum(count for _, count in months)
    return {
        "id": "unmet-months",
        "title": "Recorded, month by month",
        "sentence": f"{total} recorded in these {len(months)} months.",
        "unit": "Recorded",
        "rows": [{"label": f"{month:%B %Y}", "count": count, "shown": str(count)} for month, count in months],
    }


def _card(each: Cluster) -> dict[str, Any]:
    """A cluster in sentences, with the way to what can be done."""
    misses = sorted(((count, Code(code)) for code, count in each.misses.items()), key=lambda pair: (-pair[0], list(Code).index(pair[1])))
    return {
        "title": f"{each.label}, {each.where}",
        "sentence": _people(each),
        "misses": [_miss(count, code, each.recorded + each.waiting) for count, code in misses],
        "emptied": [f"{count}: {UnmetNeed.EmptiedBy(code).label.lower()}" for code, count in sorted(each.emptied.items())],
        "url": f"/desk/unmet/do/?{urlencode({'need': each.need, 'activity': each.activity, 'area': each.area_code})}",
        "asks": each.asks,
    }


def _people(each: Cluster) -> str:
    who = "1 person" if each.people == 1 else f"{each.people} people"
    carers = "" if not each.carers else f", {each.carers} of them for a carer" if each.people > 1 else ", for a carer"
    parts = [f"{each.recorded} recorded as unmet" if each.recorded else "", f"{each.waiting} waiting now" if each.waiting else ""]
    return f"{who}{carers}: {' and '.join(filter(None, parts))}."


def _miss(count: int, code: Code, of: int) -> dict[str, str]:
    """ "9 of these 12 fail only on distance", and what would mend it."""
    only = f"{count} of these {of} {'fails' if count == 1 else 'fail'}" if of > 1 else "It fails"
    return {"text": f"{only} only on this: {code.label.lower()}.", "hint": " ".join(EXPLANATIONS[code])}


def _gap(each: gaps.Gap) -> dict[str, Any]:
    if each.nearest_miss is None:
        why = "nobody comes near: more than one thing is in the way of everybody"
    else:
        volunteers = "one volunteer" if each.alone == 1 else f"{each.alone} volunteers"
        why = f"{volunteers} could, but for this: {each.nearest_miss.label.lower()}"
    return {"title": f"{each.ask} · {_what(each.ask)}", "url": f"/desk/requests/{each.ask.pk}/", "meta": _where(each.ask), "due": why}


def _again(each: again.Again) -> dict[str, Any]:
    why = "a volunteer may take it now" if each.volunteer else f"new since then: {', '.join(each.services[:3])}"
    return {"ask": each.ask, "title": f"{each.ask} · {_what(each.ask)}", "where": _where(each.ask), "why": why}


def _too_long(ask: Ask) -> dict[str, Any]:
    days = waited_days(ask)
    return {
        "title": f"{ask} · {_what(ask)}",
        "url": f"/desk/requests/{ask.pk}/",
        "meta": _where(ask),
        "due": f"open for {days} days: find somebody, or record it as unmet",
    }


def _what(ask: Ask) -> str:
    return rules()[ask.activity].label if ask.activity in rules() else ask.need.name


def _where(ask: Ask) -> str:
    return ", ".join(part for part in (ask.area_name, "for the carer" if ask.for_carer else "") if part)


@door(Permission.MATCH)
@require_POST
def reopen(request: HttpRequest, ask_id: UUID) -> HttpResponse:
    """Look again: the request is open from here on."""
    ask = get_object_or_404(Ask, pk=ask_id)
    try:
        asks.reopen(ask, by=user_of(request))
        messages.success(request, f"{ask} is open again. Here is who could help.")
    except WrongState:
        messages.info(request, f"{ask} is open already, or closed for another reason.")
    return redirect("desk-match", ask.pk)


@door(Permission.MATCH)
@require_http_methods(["GET", "POST"])
def do(request: HttpRequest) -> HttpResponse:
    """What can be done for one activity in one area: recruit, widen, start a group. Without a need in its address: the list of them."""
    if "need" not in request.GET:
        return redirect("desk-unmet")
    spot = _spot(request)
    near = widening.services_near(spot.need.pk, spot.area_code) if spot.area_code else []
    if request.method == "POST":
        return _done(request, spot)
    found = clusters.clusters(
        clusters.recorded(Filters(need=spot.need.pk, activity=spot.activity, area=spot.area_code, months=12)),
        clusters.among(gaps.gaps(), Filters(need=spot.need.pk, activity=spot.activity, area=spot.area_code)),
    )
    # Of a bare need all its activities pass the filter; here only those without an activity are meant.
    here = [each for each in found if each.activity == spot.activity]
    context = {
        "spot": spot,
        "cards": [_card(each) for each in here],
        "may_recruit": acting.is_for_volunteers(spot.activity) if spot.activity else any(map(acting.is_for_volunteers, _slugs(spot))),
        "notice": acting.notice(spot),
        "near": [{"service": each.service, "why_not": each.why_not, "letter": acting.letter(spot, each.service)} for each in near],
        "groupable": spot.activity in GROUPABLE,
    }
    return render(request, "matching/unmet/do.html", context)


def _slugs(spot: acting.Spot) -> list[str]:
    return [rule.slug for rule in of_need(spot.need.pk)]


def _done(request: HttpRequest, spot: acting.Spot) -> HttpResponse:
    words, by = request.POST.get("words", "").replace("\r\n", "\n")[:1800], user_of(request)
    what = request.POST.get("what", "")
    try:
        if what == "recruit":
            task = acting.recruit(spot, by=by, words=words)
        elif what == "widen":
            task = acting.widen(
                spot, get_object_or_404(Service.objects.public(), pk=_uuid(request.POST.get("service", ""))), by=by, words=words
            )
        elif what == "start_group":
            task = acting.start_group(spot, by=by, words=words)
        else:
            raise ValidationError("Choose what to do.")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, f"On the list: {task.get_kind_display().lower()}, by {task.due_on:%A %-d %B}.")
    return redirect(f"/desk/unmet/do/?{urlencode({'need': spot.need.pk, 'activity': spot.activity, 'area': spot.area_code})}")


def _spot(request: HttpRequest) -> acting.Spot:
    """What the address names; 404 for a need, an activity or an area that there is not."""
    need = get_object_or_404(Need, pk=request.GET.get("need", ""))
    activity, code = request.GET.get("activity", ""), request.GET.get("area", "")
    if activity and activity not in {rule.slug for rule in of_need(need.pk)}:
        raise Http404("No such activity of this need.")
    if not code:
        return acting.Spot(need, activity, "", "our area")
    here = Area.objects.filter(code=code, area_set__installed=True).first()
    name = here.name if here else UnmetNeed.objects.filter(area_code=code).values_list("area_name", flat=True).first()
    if name is None:
        raise Http404("No such area.")
    return acting.Spot(need, activity, code, name)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise ValidationError("Choose one from the list.") from error
