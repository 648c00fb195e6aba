"""Addresses of the links in reminders, and of a group's sheet. What staff see of freshness is inside /admin/ (wagtail_hooks.py)."""

from django.urls import path

from directory.freshness.views import one_click, paper, week_links

urlpatterns = [
    path("partner/services/<uuid:pk>/print/", paper.own_sheet, name="partner-print"),
    path("this-week/<str:token>/", week_links.week, name="week-link"),
    path("still-right/stop/<str:token>/", one_click.stop, name="still-right-stop"),
    path("still-right/<str:token>/", one_click.right, name="still-right"),
]
