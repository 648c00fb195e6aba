"""Ids that were merged into others: they are told where the other one is, not that nothing is there."""

from dataclasses import replace
from uuid import UUID

from django.http import HttpResponseBase, JsonResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from directory.models import Organisation, Service
from directory.openreferral import reading
from directory.openreferral.parameters import Asked


def moved(kind: reading.Kind, pk: UUID) -> HttpResponseBase | None:
    """301 to the record that took this one in, where that is shown; None for an id that was not merged.

    For good, and yet kept by nobody: the two may be found to be two after all.
    """
    if kind not in (reading.SERVICES, reading.ORGANISATIONS):
        return None
    model, name = (Service, "oruk-service") if kind is reading.SERVICES else (Organisation, "oruk-organisation")
    into = model._default_manager.filter(pk=pk).values_list("replaced_by", flat=True).first()
    listed = kind.listed(Asked())
    if into is None or not listed.rows.filter(listed.shown, pk=into).exists():
        return None
    response = JsonResponse({"id": str(into)}, status=301)
    response["Location"] = reverse(name, args=[into])
    add_never_cache_headers(response)
    return response


def led_on(asked: Asked) -> Asked:
    """The same question, of the organisations that took in those it names."""
    if not asked.organisations:
        return asked
    known = Organisation.objects.filter(pk__in=asked.organisations, replaced_by__isnull=False)
    into = {row.pk: row.replaced_by_id or row.pk for row in known.only("replaced_by")}
    return replace(asked, organisations=tuple(into.get(pk, pk) for pk in asked.organisations)) if into else asked
