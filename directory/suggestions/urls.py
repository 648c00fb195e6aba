"""Addresses of suggestions. What moderators do with them is inside /admin/ (wagtail_hooks.py)."""

from django.urls import path

from directory.suggestions.views import reports, telling

urlpatterns = [
    path("suggest/missing/", telling.missing, name="suggest-missing"),
    path("suggest/wrong/<uuid:pk>/", telling.wrong, name="suggest-wrong"),
    path("suggest/thanks/", telling.thanks, name="suggest-thanks"),
    path("partner/services/<uuid:pk>/reports/", reports.reports, name="partner-reports"),
]
