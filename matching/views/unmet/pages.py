"""/desk/unmet/: where help is missing, what came nearest, what could be met now, and what a coordinator can do about it."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from directory.accounts.doors import door, user_of
from directory.accounts.models import User
from directory.accounts.roles import Permission
from directory.geodata.models import Area
from directory.models import Need, Service
from directory.states import WrongState
from matching import asks
from matching.befriending.company import GROUPABLE
from matching.models import Ask, Task, UnmetNeed
from matching.rules.activities import of_need
from matching.unmet import acting, again, clusters, gaps, widening
from matching.unmet.clusters import Filters
from matching.unmet.picture import picture
from matching.unmet.proposing import is_too_long
from matching.views.typed import chosen_key
from matching.views.unmet import words
from matching.views.unmet.forms import FilterForm


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
    months = clusters.by_month(filters)
    people = clusters.by_area(found)
    context = {
        "form": form,
        "narrowed": any(form.cleaned_data.get(name) for name in ("need", "activity", "area", "who")) or filters.months != 6,
        "clusters": [words.card(each) for each in found],
        "gaps": [words.gap(each) for each in waiting],
        "again": [words.met_now(each) for each in again.could_be_met()],
        "too_long": [words.too_long(each) for each in gaps.waiting()[: gaps.MOST] if is_too_long(each)],
        "map": picture(people, "People without help, by area") if people else None,
        "areas": {
            "caption": "People without help, by area",
            "columns": ["Area", {"label": "People", "number": True}],
            "rows": words.areas(found),
        },
        "figure": words.months(months, len(records)),
    }
    return render(request, "matching/unmet/unmet.html", context)


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
    if request.method != "POST":
        return _page(request, spot)
    written, by = request.POST.get("words", "").replace("\r\n", "\n")[:1800], user_of(request)
    try:
        task = _put_on_list(request, spot, by, written)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        if written.strip() and task.words != acting.on_list(spot, written):
            return _page(request, spot, stands=task, unsaid=written)
        messages.success(request, f"On the list: {task.get_kind_display().lower()}, by {task.due_on:%A %-d %B}.")
    return redirect(f"/desk/unmet/do/?{urlencode({'need': spot.need.pk, 'activity': spot.activity, 'area': spot.area_code})}")


def _page(request: HttpRequest, spot: acting.Spot, stands: Task | None = None, unsaid: str = "") -> HttpResponse:
    """unsaid: other words for what `stands` on the list already."""
    near = widening.services_near(spot.need.pk, spot.area_code) if spot.area_code else []
    found = clusters.clusters(
        clusters.recorded(Filters(need=spot.need.pk, activity=spot.activity, area=spot.area_code, months=12)),
        clusters.among(gaps.gaps(), Filters(need=spot.need.pk, activity=spot.activity, area=spot.area_code)),
    )
    # Of a bare need all its activities pass the filter; here only those without an activity are meant.
    here = [each for each in found if each.activity == spot.activity]
    context = {
        "spot": spot,
        "cards": [words.card(each) for each in here],
        "may_recruit": acting.is_for_volunteers(spot.activity) if spot.activity else any(map(acting.is_for_volunteers, _slugs(spot))),
        "notice": acting.notice(spot),
        "near": [{"service": each.service, "why_not": each.why_not, "letter": acting.letter(spot, each.service)} for each in near],
        "groupable": spot.activity in GROUPABLE,
        "stands": stands,
        "unsaid": unsaid,
    }
    return render(request, "matching/unmet/do.html", context, status=409 if stands else 200)


def _slugs(spot: acting.Spot) -> list[str]:
    return [rule.slug for rule in of_need(spot.need.pk)]


def _put_on_list(request: HttpRequest, spot: acting.Spot, by: User, written: str) -> Task:
    what = request.POST.get("what", "")
    if what == "recruit":
        return acting.recruit(spot, by=by, words=written)
    if what == "widen":
        service = get_object_or_404(Service.objects.public(), pk=chosen_key(request.POST.get("service", "")))
        return acting.widen(spot, service, by=by, words=written)
    if what == "start_group":
        return acting.start_group(spot, by=by, words=written)
    raise ValidationError("Choose what to do.")


def _spot(request: HttpRequest) -> acting.Spot:
    """What the address names; 404 for a need, an activity or an area that there is not."""
    named, activity, code = (request.GET.get(name, "") for name in ("need", "activity", "area"))
    if "\0" in named + code:
        # No name holds one, and a database may refuse to look for it.
        raise Http404("No such need or area.")
    need = get_object_or_404(Need, pk=named)
    if activity and activity not in {rule.slug for rule in of_need(need.pk)}:
        raise Http404("No such activity of this need.")
    if not code:
        return acting.Spot(need, activity, "", "our area")
    here = Area.objects.filter(code=code, area_set__installed=True).first()
    name = here.name if here else UnmetNeed.objects.filter(area_code=code).values_list("area_name", flat=True).first()
    if name is None:
        raise Http404("No such area.")
    return acting.Spot(need, activity, code, name)
