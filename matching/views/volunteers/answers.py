"""A volunteer's yes or no to what is offered, of two or of a group, and the end of it. No reason is owed."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from directory.accounts.doors import door, user_of
from directory.accounts.roles import Permission
from directory.states import WrongState
from matching import matches
from matching.befriending import groups
from matching.models import Group, Match
from matching.views.typed import words_of_error
from matching.volunteering.answering import say_yes

NO_LONGER = "Something has changed meanwhile, so this no longer fits. You need do nothing: we ring you."
_SAID = {"no": "That is fine. Saying no costs nothing.", "end": "Noted. Thank you for all you did."}


@door(Permission.VOLUNTEER)
@require_POST
def answer(request: HttpRequest, match_id: UUID) -> HttpResponse:
    """To help one person."""
    row = get_object_or_404(Match.objects.filter(volunteer__user=user_of(request)), pk=match_id)
    return _answered(
        request, row, yes="Thank you. We tell the person who you are, and ring you.", others={"no": matches.decline, "end": matches.end}
    )


@door(Permission.VOLUNTEER)
@require_POST
def answer_group(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """To lead a small group."""
    row = get_object_or_404(Group.objects.filter(volunteer__user=user_of(request)), pk=group_id)
    return _answered(
        request, row, yes="Thank you. We ask each of them, and ring you.", others={"no": groups.say_no, "end": groups.end_group}
    )


def _answered(request: HttpRequest, row: Match | Group, *, yes: str, others: dict[str, Callable[..., Any]]) -> HttpResponse:
    told, by = request.POST.get("answer"), user_of(request)
    if told != "yes" and told not in _SAID:
        raise PermissionDenied("There is no such answer.")
    try:
        if told != "yes":
            others[told](row, by=by)
            messages.success(request, _SAID[told])
        elif say_yes(row, by=by):
            messages.success(request, yes)
        else:
            messages.error(request, NO_LONGER)
    except WrongState as error:
        messages.error(request, words_of_error(error))
    return redirect("volunteer")
