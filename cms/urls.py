"""The addresses that visitors read. They answer from code; the tree of Wagtail pages comes last and has what is left over."""

from django.urls import path
from wagtail.views import serve

from cms.views import finder, home, needs, services, standing
from directory.accounts.doors import PUBLIC, door

# Pages of the editors that stand at no fixed address are for everybody; Wagtail's own view carries no rule.
door(PUBLIC)(serve)

urlpatterns = [
    path("", home.home, name="home"),
    path("find/", finder.find, name="find"),
    path("services/<uuid:pk>/", services.service, name="service-by-id"),
    path("services/<uuid:pk>/<slug:slug>/", services.service, name="service"),
    path("needs/", needs.needs, name="needs"),
    path("needs/<slug:slug>/", needs.need, name="need"),
    path("ask/", standing.ask, name="ask"),
    path("suggest/", standing.suggest, name="suggest"),
    path("worried/", standing.worried, name="worried"),
    path("accessibility/", standing.accessibility, name="accessibility"),
    path("privacy/", standing.privacy, name="privacy"),
]
