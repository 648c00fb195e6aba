"""Addresses of casework, volunteers, council and figures."""

from django.urls import path

from matching.api import Moves, OneReferral, Referrals
from matching.statistics.api import Statistics, StatisticsTable
from matching.views import figures

urlpatterns = [
    path("council/figures/", figures.figures, name="figures"),
    path("api/v1/referrals/", Referrals.as_view(), name="api-referrals"),
    path("api/v1/referrals/<uuid:referral_id>/", OneReferral.as_view(), name="api-referral"),
    path("api/v1/referrals/<uuid:referral_id>/moves/", Moves.as_view(), name="api-referral-moves"),
    path("api/v1/statistics/", Statistics.as_view(), name="api-statistics"),
    path("api/v1/statistics/table/", StatisticsTable.as_view(), name="api-statistics-table"),
]
