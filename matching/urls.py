"""Addresses of casework, volunteers, council and figures, each room by itself: the roof opens those that are on."""

from django.urls import path

from matching.api import Moves, OneReferral, Referrals
from matching.statistics.api import Statistics, StatisticsTable
from matching.views import figures
from matching.views.asking import call_backs, following
from matching.views.asking import pages as asking
from matching.views.desk import enquiries, sheets, tasks
from matching.views.desk import pages as desk
from matching.views.groups import pages as groups
from matching.views.persons import agreeing, family, forgetting, merging, own_requests
from matching.views.persons import record as persons
from matching.views.referrals import council, mistakes
from matching.views.referrals import partner as partner_referrals
from matching.views.requests import match
from matching.views.requests import record as requests
from matching.views.requests import volunteers as asking_volunteers
from matching.views.rounds import pages as rounds
from matching.views.unmet import pages as unmet
from matching.views.visits import pages as visits
from matching.views.visits import pairs, planning
from matching.views.volunteers import activities, courses, photos
from matching.views.volunteers import answers as volunteer_answers
from matching.views.volunteers import desk as volunteers_desk
from matching.views.volunteers import join as volunteer_join
from matching.views.volunteers import own as volunteer_own
from matching.views.volunteers import page as volunteer

ROOMS = {
    "casework": [
        path("desk/", desk.desk, name="desk"),
        path("desk/search/", desk.search, name="desk-search"),
        path("desk/people/new/", persons.new_person, name="desk-person-new"),
        path("account/requests/", own_requests.own_requests, name="account-requests"),
        path("account/manage/entered-in-error/", mistakes.entered_in_error, name="entered-in-error"),
        path("desk/people/doubles/", merging.doubles, name="desk-doubles"),
        path("desk/people/<uuid:person_id>/", persons.person, name="desk-person"),
        path("desk/people/<uuid:person_id>/edit/", persons.edit_person, name="desk-person-edit"),
        path("desk/people/<uuid:person_id>/looks/", persons.looks, name="desk-person-looks"),
        path("desk/people/<uuid:person_id>/under-18/", forgetting.under_18, name="desk-person-under-18"),
        path("desk/people/<uuid:person_id>/merge/", merging.merge, name="desk-person-merge"),
        path("desk/people/<uuid:person_id>/family/", family.new_family, name="desk-family-new"),
        path("desk/family/<uuid:link_id>/", family.family, name="desk-family"),
        path("desk/people/<uuid:person_id>/agreement/", agreeing.agree, name="desk-agree"),
        path("desk/people/<uuid:person_id>/ask/", requests.new_ask, name="desk-ask-new"),
        path("desk/agreements/<uuid:agreement_id>/withdraw/", agreeing.withdraw, name="desk-agreement-withdraw"),
        path("desk/requests/<uuid:ask_id>/withdraw/", requests.withdraw_ask, name="desk-ask-withdraw"),
        path("desk/requests/<uuid:ask_id>/edit/", requests.edit_ask, name="desk-ask-edit"),
        path("desk/requests/<uuid:ask_id>/", match.match, name="desk-match"),
        path("desk/requests/<uuid:ask_id>/refer/", match.refer, name="desk-refer"),
        path("desk/requests/<uuid:ask_id>/decide/", match.decide, name="desk-decide"),
        path("desk/matches/<uuid:match_id>/pair/", pairs.pair, name="desk-pair"),
        path("desk/matches/<uuid:match_id>/letter/", pairs.letter, name="desk-pair-letter"),
        path("desk/requests/<uuid:ask_id>/volunteers/", asking_volunteers.ask_volunteers, name="desk-ask-volunteers"),
        path("desk/tasks/new/", tasks.new_task, name="desk-task-new"),
        path("desk/tasks/<uuid:task_id>/", tasks.task, name="desk-task"),
        path("desk/week/", visits.week, name="desk-week"),
        path("desk/visits/new/", planning.new_care_visit, name="desk-care-visit-new"),
        path("desk/people/<uuid:person_id>/care/", planning.care, name="desk-person-care"),
        path("visits/<uuid:visit_id>/", visits.visit, name="visit"),
        path("visits/pairs/<uuid:match_id>/", planning.new_visit, name="visit-new"),
        path("visits/groups/<uuid:group_id>/", planning.new_meeting, name="visit-meeting-new"),
        path("desk/referrals/<uuid:referral_id>/", desk.referral, name="desk-referral"),
        path("desk/ring-back/<uuid:call_back_id>/", call_backs.call_back, name="desk-call-back"),
        path("desk/rounds/", rounds.rounds, name="desk-rounds"),
        path("desk/rounds/<uuid:round_id>/", rounds.one_round, name="desk-round"),
        path("desk/rounds/<uuid:round_id>/decide/", rounds.decide, name="desk-round-decide"),
        path("desk/groups/", groups.groups_page, name="desk-groups"),
        path("desk/groups/form/", groups.form, name="desk-group-form"),
        path("desk/groups/<uuid:group_id>/", groups.group, name="desk-group"),
        path("desk/groups/<uuid:group_id>/decide/", groups.decide, name="desk-group-decide"),
        path("desk/groups/people/<int:member_id>/", groups.member, name="desk-group-member"),
        path("desk/unmet/", unmet.unmet, name="desk-unmet"),
        path("desk/unmet/do/", unmet.do, name="desk-unmet-do"),
        path("desk/unmet/<uuid:ask_id>/reopen/", unmet.reopen, name="desk-unmet-reopen"),
        path("desk/enquiries/<uuid:enquiry_id>/", enquiries.enquiry, name="desk-enquiry"),
        path("desk/enquiries/<uuid:enquiry_id>/take-up/", enquiries.take_up, name="desk-enquiry-take-up"),
        path("ask/step/<slug:name>/", asking.step, name="ask-step"),
        path("ask/sent/", asking.sent, name="ask-sent"),
        path("ask/forget/", asking.forget, name="ask-forget"),
        path("ask/ended/", asking.ended, name="ask-ended"),
        path("ask/under-18/", asking.young, name="ask-young"),
        path("ask/follow/", following.follow, name="ask-follow"),
        path("ask/follow/code/", following.code, name="ask-follow-code"),
        path("ask/follow/yours/", following.yours, name="ask-follow-yours"),
        path("ask/follow/leave/", following.leave, name="ask-follow-leave"),
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
        path("account/manage/activities/", activities.activities, name="volunteer-activities"),
        path("volunteer/join/", volunteer_join.join, name="volunteer-join"),
        path("volunteer/join/thanks/", volunteer_join.thanks, name="volunteer-join-thanks"),
        path("volunteer/join/<slug:name>/", volunteer_join.step, name="volunteer-join-step"),
        path("volunteer/ring-me/", call_backs.ring_me, {"kind": "volunteer"}, name="ring-me-volunteer"),
        path("volunteer/groups/<uuid:group_id>/", volunteer_answers.answer_group, name="volunteer-group"),
        path("volunteer/<uuid:match_id>/", volunteer_answers.answer, name="volunteer-offer"),
        path("volunteer/times/", volunteer_own.times, name="volunteer-times"),
        path("volunteer/training/", volunteer_own.trainings, name="volunteer-trainings"),
        path("volunteer/photo/", photos.own_photo, name="volunteer-photo"),
        path("volunteer/photos/<uuid:volunteer_id>/", photos.photo_file, name="volunteer-photo-file"),
        path("volunteer/stop/", volunteer_own.stop, name="volunteer-stop"),
        path("desk/volunteers/", volunteers_desk.volunteers, name="desk-volunteers"),
        path("desk/volunteers/new/", volunteers_desk.new_volunteer, name="desk-volunteer-new"),
        path("desk/volunteers/<uuid:volunteer_id>/", volunteers_desk.volunteer, name="desk-volunteer"),
        path("desk/volunteers/<uuid:volunteer_id>/edit/", volunteers_desk.edit_volunteer, name="desk-volunteer-edit"),
        path("desk/volunteers/<uuid:volunteer_id>/photo/", photos.photo, name="desk-volunteer-photo"),
        path("desk/volunteers/letters/<uuid:reference_id>/", volunteers_desk.letter, name="desk-volunteer-letter"),
        path("desk/sheets/", sheets.sheets, name="desk-sheets"),
        path("desk/sheets/headings/", sheets.template, name="desk-sheet-template"),
        path("desk/sheets/<uuid:sheet_id>/", sheets.sheet, name="desk-sheet"),
        path("desk/sheets/<uuid:sheet_id>/decide/", sheets.decide, name="desk-sheet-decide"),
        path("desk/sheets/<uuid:sheet_id>/wrong/", sheets.wrong, name="desk-sheet-wrong"),
        path("desk/export/", sheets.exports, name="desk-exports"),
        path("desk/courses/", courses.courses, name="desk-courses"),
        path("desk/courses/<uuid:course_id>/", courses.course, name="desk-course"),
        path("desk/courses/dates/<uuid:date_id>/", courses.course_date, name="desk-course-date"),
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
