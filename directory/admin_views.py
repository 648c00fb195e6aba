"""Views of the editors' admin beside its forms: a listing's page while it is edited, its versions, and locks."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from wagtail.log_actions import log
from wagtail.snippets.views.snippets import LockView, PreviewOnEditView, PreviewRevisionView, RevisionsCompareView, UnlockView
from wagtail.utils.decorators import xframe_options_sameorigin_override

from directory import locks, previews, versions


class ServicePreview(PreviewOnEditView):
    """Its page with what is typed so far, drawn by the public page's own template."""

    @method_decorator(xframe_options_sameorigin_override)
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.get_form(self._get_form_data(self._get_form_state()))
        if form.is_bound and not self.validate_form(form):
            return self.error_response()
        return previews.page_of(request, self.object.pk, form.changes() if form.is_bound else {})


class ServiceVersion(PreviewRevisionView):
    """Its page as it was in a version, with the parts that are rows of other tables."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        revision = get_object_or_404(self.object.revisions, pk=self.revision_id)
        return previews.page_of(request, self.object.pk, versions.kept_in(revision))


class ServiceCompare(RevisionsCompareView):
    """Two versions are compared on a page of ours: the editor's own knows columns only."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        first, last = self.object.revisions.order_by("created_at", "pk").first(), self.object.latest_revision
        known = {"earliest": first, "latest": last}
        asked = [self.revision_id_a, self.revision_id_b]
        keys = [known[key].pk if known.get(key) else key for key in asked if key != "live"]
        return redirect(f"{reverse('listing-compare', args=[self.object.pk])}?{urlencode({'v': keys}, doseq=True)}")


class LockByVerb(LockView):
    def perform_operation(self) -> None:
        locks.lock(self.object, by=self.request.user)
        log(instance=self.object, action="wagtail.lock", user=self.request.user)


class UnlockByVerb(UnlockView):
    def perform_operation(self) -> None:
        locks.unlock(self.object, by=self.request.user)
        log(instance=self.object, action="wagtail.unlock", user=self.request.user)
