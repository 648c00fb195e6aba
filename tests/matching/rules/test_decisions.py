"""What is the co-op's own to decide about activities: decided once, by an administrator, and taken back as easily."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from directory import clock
from directory.accounts.roles import Role
from directory.journal.models import Event
from directory.journal.verifying import verify
from matching.models import ActivityDecision
from matching.rules.decisions import confirm_activity, in_force, open_limited, rules_in_force, withdraw_decision
from tests import factories
from tests.at_once import at_once

pytestmark = pytest.mark.django_db
WAITING, LIMITED = "deliver-parcel", "online-money-for-someone"
SAID = {"professional": "Dr A. Example, safeguarding adviser", "source": "Minutes of 3 March, item 4"}


def test_a_decision_holds_from_its_day_and_a_second_one_leaves_it_as_it_is():
    admin = factories.administrator()
    day = clock.today() - timedelta(days=9)
    made = confirm_activity(WAITING, by=admin, on=day, **SAID)
    assert (made.on, made.by) == (day, admin)
    assert rules_in_force()[WAITING].open_to_volunteers
    assert confirm_activity(WAITING, by=factories.administrator(), professional="Somebody else", source="Elsewhere") == made
    assert Event.objects.of_kind("activity.confirmed").count() == 1
    assert in_force(WAITING) == {"confirmed": made}


def test_it_is_taken_back_once_and_may_be_decided_anew():
    admin = factories.administrator()
    made = confirm_activity(WAITING, by=admin, **SAID)
    for _ in range(2):
        assert withdraw_decision(made, by=admin).withdrawn_on == clock.today()
    assert not rules_in_force()[WAITING].open_to_volunteers
    assert Event.objects.of_kind("activity.withdrawn").count() == 1
    again = confirm_activity(WAITING, by=admin, **SAID)
    withdraw_decision(made, by=admin)
    assert in_force(WAITING) == {"confirmed": again}
    assert verify() == []


@pytest.mark.parametrize(("field", "value"), [("professional", " "), ("source", ""), ("on", clock.today() + timedelta(days=1))])
def test_a_decision_without_who_or_where_or_of_tomorrow_is_refused(field, value):
    with pytest.raises(ValidationError) as caught:
        confirm_activity(WAITING, by=factories.administrator(), **{**SAID, field: value})
    assert list(caught.value.message_dict) == [field]
    assert not ActivityDecision.objects.exists()


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_only_administrators_decide(role):
    by, made = factories.user(role), confirm_activity(WAITING, by=factories.administrator(), **SAID)
    for doing in (lambda: confirm_activity("haircut", by=by, **SAID), lambda: open_limited(LIMITED, by=by, **SAID)):
        with pytest.raises(PermissionDenied):
            doing()
    with pytest.raises(PermissionDenied):
        withdraw_decision(made, by=by)
    assert in_force(WAITING) == {"confirmed": made}


def test_pressed_several_times_at_one_moment_it_is_decided_once(each_store):
    admin = factories.administrator()
    demo = confirm_activity(WAITING, by=admin, demo=True, **SAID)
    for slug in (WAITING, LIMITED):
        made = at_once([lambda slug=slug: confirm_activity(slug, by=admin, **SAID) for _ in range(4)])
        assert set(made) == {ActivityDecision.objects.get(activity=slug, withdrawn_on=None)}
    taken = at_once([lambda: withdraw_decision(made[0], by=admin) for _ in range(4)])
    assert {each.withdrawn_on for each in taken} == {clock.today()}
    demo.refresh_from_db()
    assert demo.withdrawn_on is not None
    kinds = list(Event.objects.filter(kind__startswith="activity.").values_list("kind", flat=True))
    assert (kinds.count("activity.confirmed"), kinds.count("activity.withdrawn")) == (3, 2)
