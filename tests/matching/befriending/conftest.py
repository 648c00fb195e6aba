"""What tests of small groups share: people who like chess on Tuesday afternoons, a volunteer who can lead them, groups in any state."""

from collections.abc import Callable

import pytest

from matching.befriending import groups
from matching.desk_states import GroupState
from matching.models import Ask, Group, Volunteer
from tests import factories

ACTIVITY = "befriend-at-home"
TUESDAY = [1, 14 * 60, 16 * 60]
LIBRARY = "Marsden Library"


def player(**fields: object) -> Ask:
    """A request for company by somebody who likes chess."""
    facts = {"interests": ["chess"], "smoker": False, "languages": ["english"], **fields.pop("facts", {})}
    person = factories.person(facts=facts, **fields.pop("person", {}))
    made = {"activity": ACTIVITY, "often": "weekly", "windows": [TUESDAY], **fields}
    return factories.ask(person, need_="friendships", **made)


def leader(**fields: object) -> Volunteer:
    """A volunteer who may visit any of them."""
    return factories.volunteer(ACTIVITY, level="enhanced", **{"interests": ["chess"], **fields})


@pytest.fixture
def confirmed(db) -> None:
    factories.confirmed(ACTIVITY)


@pytest.fixture
def group_in(confirmed) -> Callable[..., Group]:
    """A group of three, brought to this state by its verbs."""

    def make(state: GroupState = GroupState.FORMING, people: int = 3) -> Group:
        by = factories.coordinator()
        group = groups.form_group([player() for _ in range(people)], by=by, interest="chess", meets_at=LIBRARY)
        if state == GroupState.DROPPED:
            return groups.drop_group(group, by=by)
        if state != GroupState.FORMING:
            group = groups.offer_group(group, leader(), by=by)
        if state in (GroupState.RUNNING, GroupState.ENDED):
            group = groups.say_yes(group, by=group.volunteer.user)
        return groups.end_group(group, by=by) if state == GroupState.ENDED else group

    return make
