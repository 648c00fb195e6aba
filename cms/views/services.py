"""/services/<uuid>/<slug>/: one service."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from cms.page_life import may_be_kept
from cms.presenting.keeping import keep_url
from cms.presenting.listing_facts import until_of
from cms.presenting.services import shown
from cms.public_state import public_state
from directory import clock
from directory.accounts.doors import PUBLIC, door
from directory.accounts.policy import allowed
from directory.accounts.roles import Permission
from directory.models import Service


@door(PUBLIC)
@require_safe
def service(request: HttpRequest, pk: UUID, slug: str = "") -> HttpResponse:
    """What there is to know. An old name is sent on to the right one, a listing that was merged to the one that took it in.

    Moderators look at what visitors do not see (yet, or any more) as well.
    """
    found = Service.objects.with_everything().filter(pk=pk).first()
    if found is not None and found.replaced_by is not None:
        # For good, and yet no browser keeps it: the two may be found to be two after all.
        merged = redirect(found.replaced_by, permanent=True)
        add_never_cache_headers(merged)
        return merged
    unseen = found is not None and not found.is_public
    if found is None or (unseen and not allowed(request.user, Permission.MODERATE)):
        return _gone(request, found)
    if slug != found.slug:
        # Names may change back, so no browser is told to remember this for ever.
        return redirect(found)
    context = {"service": shown(found, request.user, public_state()), "keep_url": keep_url(found.pk), "unseen": unseen}
    if unseen:
        answer = render(request, "cms/service.html", context)
        add_never_cache_headers(answer)
        return answer
    return may_be_kept(render(request, "cms/service.html", context), until_of(found))


def _gone(request: HttpRequest, found: Service | None) -> HttpResponse:
    """Not there, or not there any more: nothing is told about it but what else may help."""
    withdrawn = found is not None and not (found.visible_from and found.visible_from > clock.today())
    needs = list(found.needs.all()) if found is not None and withdrawn else []
    return render(request, "cms/service_gone.html", {"withdrawn": withdrawn, "needs": needs}, status=410 if withdrawn else 404)
