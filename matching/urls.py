"""Addresses of casework, volunteers, council and figures, each room by itself: the roof opens those that are on."""

from django.urls import path

from matching.api import Moves, OneReferral, Referrals
from matching.statistics.api import Statistics, StatisticsTable
from matching.views import call_backs, council, desk, figures, match, partner_referrals, unmet, volunteer, volunteer_join

ROOMS = {
    "casework": [
        path("desk/", desk.desk, name="desk"),
        path("desk/search/", desk.search, name="desk-search"),
        path("desk/people/new/", desk.new_person, name="desk-person-new"),
        path("desk/people/<uuid:person_id>/", desk.person, name="desk-person"),
        path("desk/people/<uuid:person_id>/edit/", desk.edit_person, name="desk-person-edit"),
        path("desk/people/<uuid:person_id>/agreement/", desk.agree, name="desk-agree"),
        path("desk/people/<uuid:person_id>/ask/", desk.new_ask, name="desk-ask-new"),
        path("desk/agreements/<uuid:agreement_id>/withdraw/", desk.withdraw, name="desk-agreement-withdraw"),
        path("desk/requests/<uuid:ask_id>/", match.match, name="desk-match"),
        path("desk/requests/<uuid:ask_id>/refer/", match.refer, name="desk-refer"),
        path("desk/requests/<uuid:ask_id>/decide/", match.decide, name="desk-decide"),
        path("desk/matches/<uuid:match_id>/", match.move_match, name="desk-match-move"),
        path("desk/referrals/<uuid:referral_id>/", desk.referral, name="desk-referral"),
        path("desk/unmet/", unmet.unmet, name="desk-unmet"),
        path("desk/unmet/do/", unmet.do, name="desk-unmet-do"),
        path("desk/unmet/<uuid:ask_id>/reopen/", unmet.reopen, name="desk-unmet-reopen"),
        path("desk/ring-back/<uuid:call_back_id>/", call_backs.call_back, name="desk-call-back"),
        path("ask/ring-me/", call_backs.ring_me, {"kind": "ask"}, name="ring-me-ask"),
        path("suggest/ring-me/", call_backs.ring_me, {"kind": "suggest"}, name="ring-me-suggest"),
        path("ask/ring-me/thanks/", call_backs.thanks, name="ring-me-thanks"),
        path("partner/referrals/", partner_referrals.referrals, name="partner-referrals"),
        path("partner/referrals/<uuid:referral_id>/", partner_referrals.referral, name="partner-referral"),
        path("api/v1/referrals/", Referrals.as_view(), name="api-referrals"),
        path("api/v1/referrals/<uuid:referral_id>/", OneReferral.as_view(), name="api-referral"),
        path("api/v1/referrals/<uuid:referral_id>/moves/", Moves.as_view(), name="api-referral-moves"),
    ],
    "volunteers": [
        path("volunteer/", volunteer.volunteer, name="volunteer"),
        path("volunteer/join/", volunteer_join.join, name="volunteer-join"),
        path("volunteer/join/thanks/", volunteer_join.thanks, name="volunteer-join-thanks"),
        path("volunteer/join/<slug:name>/", volunteer_join.step, name="volunteer-join-step"),
        path("volunteer/ring-me/", call_backs.ring_me, {"kind": "volunteer"}, name="ring-me-volunteer"),
        path("volunteer/<uuid:match_id>/", volunteer.answer, name="volunteer-offer"),
    ],
    "council": [
        path("council/", council.council, name="council"),
        path("council/refer/", council.refer, name="council-refer"),
        path("council/referrals/<uuid:referral_id>/", council.referral, name="council-referral"),
        path("council/figures/", figures.figures, name="figures"),
        path("api/v1/statistics/", Statistics.as_view(), name="api-statistics"),
        path("api/v1/statistics/table/", StatisticsTable.as_view(), name="api-statistics-table"),
    ],
}
