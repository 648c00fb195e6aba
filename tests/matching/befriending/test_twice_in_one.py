"""Somebody who was written down twice, and sits in one small group with both records."""

from matching.casework.merging import merge_people
from matching.desk_states import GroupState
from tests import factories


def test_who_is_in_a_group_with_both_records_is_told_when_they_become_one(group_in):
    group, by = group_in(GroupState.RUNNING), factories.coordinator()
    first, second, third = [place.ask.person for place in group.members.order_by("pk")]
    chosen = dict.fromkeys(("name", "phone", "email", "home", "date_of_birth", "facts.household"), "kept")
    told = " ".join(merge_people(first, second, by=by, chosen=chosen).told)
    assert f"They are in {group} twice." in told
    assert str(group) not in " ".join(merge_people(factories.person(), third, by=by, chosen=chosen).told)
