"""The addresses that visitors read. They answer from code; the tree of Wagtail pages comes last and has what is left over."""

from django.urls import path
from wagtail.views import serve

from cms.views import areas, embeds, finder, home, needs, previews, saved_searches, services, shortlist, standing
from directory.accounts.doors import PUBLIC, door

# Pages of the editors that stand at no fixed address are for everybody; Wagtail's own view carries no rule.
door(PUBLIC)(serve)

urlpatterns = [
    path("", home.home, name="home"),
    path("find/", finder.find, name="find"),
    path("services/<uuid:pk>/", services.service, name="service-by-id"),
    path("services/<uuid:pk>/<slug:slug>/", services.service, name="service"),
    path("partner/services/<uuid:pk>/preview/", previews.preview, name="partner-preview"),
    path("areas/served/<uuid:pk>/<str:digest>.geojson", areas.served, name="area-served"),
    path("areas/<slug:slug>/<str:digest>.geojson", areas.ground, name="area-ground"),
    path("needs/", needs.needs, name="needs"),
    path("needs/<slug:slug>/", needs.need, name="need"),
    path("saved/", shortlist.saved, name="saved"),
    path("saved/keep/", shortlist.keep, name="saved-keep"),
    path("saved/off/", shortlist.take_off, name="saved-off"),
    path("saved/empty/", shortlist.empty, name="saved-empty"),
    path("saved/take/", shortlist.take_over, name="saved-take"),
    path("saved/compare/", shortlist.compare, name="saved-compare"),
    path("saved/searches/new/", saved_searches.save, name="search-save"),
    path("saved/searches/sent/", saved_searches.sent, name="search-sent"),
    path("saved/searches/yes/<str:token>/", saved_searches.confirm, name="search-confirm"),
    path("saved/searches/end/<str:token>/", saved_searches.end, name="search-end"),
    # Its own words first: a signed list has a point in it, and none of them has.
    path("saved/<str:signed>/", shortlist.shared, name="saved-shared"),
    path("embed/list/", embeds.as_list, name="embed-list"),
    path("embed/map/", embeds.as_map, name="embed-map"),
    path("open-data/embed/", embeds.make, name="open-data-embed"),
    path("ask/", standing.ask, name="ask"),
    path("suggest/", standing.suggest, name="suggest"),
    path("worried/", standing.worried, name="worried"),
    path("accessibility/", standing.accessibility, name="accessibility"),
    path("privacy/", standing.privacy, name="privacy"),
]
