"""Drawn facts that more than one test of eligibility needs: rules of an activity, and what may be known or not."""

from hypothesis import strategies as st

from matching.eligibility import ActivityRule, ByVolunteers, Level, PersonalCare, Regulated

yes_no = st.booleans()
unknown_too = st.one_of(st.none(), yes_no)
home = st.sampled_from([None, "", "one", "two"])
rules = st.builds(
    ActivityRule,
    slug=st.just("befriend"),
    volunteer=st.sampled_from(ByVolunteers),
    cqc_personal_care=st.sampled_from(PersonalCare),
    needs_car=yes_no,
    at_home=yes_no,
    distance_matters=yes_no,
    private=yes_no,
    regulated_activity=st.sampled_from(Regulated),
    coop_policy=st.sampled_from([None, Level.NONE, Level.BASIC]),
    enhanced_if_regular_care_recipient=yes_no,
    professional_review=yes_no,
    confirmed=yes_no,
    opened=yes_no,
    dbs=st.sampled_from([None, *Level]),
    dbs_if_regular=st.sampled_from([None, *Level]),
)
