"""At the desk: somebody on record turns out to be under 18. Who helps instead, what ends, and the button that forgets them."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from directory.accounts.doors import door, user_of
from directory.accounts.roles import Permission
from directory.states import WrongState
from matching.casework.forgetting import forget_young, goes_with, mark_of
from matching.models import Person
from matching.people import keep_look
from matching.views.persons.record import of_a_person


@door(Permission.KEEP_RECORDS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@of_a_person
def under_18(request: HttpRequest, found: Person) -> HttpResponse:
    """What stands here about them and what ends, before it goes. A page that has grown old forgets nothing."""
    stale = ""
    if request.method == "POST":
        try:
            told = forget_young(found, by=user_of(request), mark=request.POST.get("seen", ""))
        except WrongState as error:
            stale = str(error)
            found.refresh_from_db()
        else:
            messages.success(request, "The record is gone, and all that was under way has ended.")
            for words in told:
                messages.warning(request, f"{words} It stands on your list.")
            return redirect("desk")
    keep_look(found, by=user_of(request), where="desk-person-under-18")
    context = {"person": found, "lines": goes_with(found), "seen": mark_of(found), "stale": stale, "young_carers": settings.YOUNG_CARERS}
    return render(request, "matching/person_under_18.html", context, status=409 if stale else 200)
