"""Addresses of the directory: the partners' pages. Moderation is inside /admin/ (wagtail_hooks.py)."""

from django.urls import path

from directory.views import editing, partner, partner_home

urlpatterns = [
    path("partner/", partner_home.home, name="partner"),
    path("partner/services/<uuid:pk>/", partner.service, name="partner-service"),
    path("partner/services/<uuid:pk>/edit/", editing.edit, name="partner-edit"),
    path("partner/services/<uuid:pk>/now/", editing.now, name="partner-now"),
    path("partner/services/<uuid:pk>/still-right/", editing.still_right, name="partner-still-right"),
    path("partner/services/<uuid:pk>/preview/", partner.preview, name="partner-preview"),
    path("partner/edits/<uuid:pk>/undo/", editing.undo, name="partner-undo"),
]
