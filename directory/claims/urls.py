"""Addresses of claims. What moderators do with them is inside /admin/ (wagtail_hooks.py)."""

from django.urls import path

from directory.claims.views import arriving, claiming

urlpatterns = [
    path("partner/claim/<uuid:pk>/", claiming.claim, name="claim"),
    path("partner/claim/<uuid:pk>/link/", arriving.ask, name="claim-ask-link"),
    path("partner/claim/sent/", arriving.sent, name="claim-link-sent"),
    path("partner/claim/begin/<str:token>/", arriving.arrive, name="claim-arrive"),
    path("partner/claims/", claiming.mine, name="claims"),
    path("partner/claims/<uuid:pk>/", claiming.one, name="claim-shown"),
]
