"""Every (state, state, relation) of every table: what the tables allow stands here a second time, in other words; all else is refused."""

from itertools import product

import pytest
from django.core.exceptions import PermissionDenied

from directory.accounts.roles import Relation
from directory.states import NEW, WrongState
from matching.desk_states import ENQUIRY, GROUP, ROUND, SHEET, TASK
from matching.states import (
    ASK,
    ASK_CLOSED,
    CALL_BACK,
    CALL_BACK_ENDED,
    CALL_BACK_OPEN,
    CONCERN,
    CONCERN_OPEN,
    MATCH,
    MATCH_ENDED,
    MATCH_OPEN,
    MATCH_TAKEN,
    REFERRAL,
    REFERRAL_ENDED,
    REFERRAL_OPEN,
    REFERRAL_TAKEN_ON,
    RELEASE,
    VISIT,
    VISIT_ENDED,
    VISIT_OPEN,
    AskState,
    ConcernState,
    MatchState,
    ReferralState,
    VisitState,
)
from matching.volunteer_states import ATTENDANCE, REFERENCE, REFERRED_TO_DBS, VOLUNTEERING, RemovedFor

ALLOWED = {
    ASK: """
        - open: staff self family preparer coord
        open met: coord
        open withdrawn: coord self
        open unmet: coord
        unmet open: coord
    """,
    MATCH: """
        - offered: coord
        offered accepted: volunteer
        offered declined: volunteer coord
        offered lapsed: system
        accepted introduced: coord
        accepted declined: volunteer coord
        introduced active: self coord
        introduced declined: self volunteer coord
        active ended: self volunteer coord
    """,
    VISIT: """
        - planned: volunteer care_worker coord system
        planned done: volunteer care_worker coord
        planned missed: volunteer care_worker coord
        planned cancelled: volunteer care_worker coord system
        planned replaced: volunteer care_worker coord
    """,
    REFERRAL: """
        - draft: staff self family preparer
        draft declined_by_person: staff self
        draft requested: staff self
        requested accepted: prov coord
        requested rejected: prov coord
        requested cancelled: staff self
        accepted in_progress: prov coord
        accepted on_hold: prov coord
        in_progress on_hold: prov coord
        on_hold in_progress: prov coord
        accepted completed: prov coord
        in_progress completed: prov coord
        on_hold completed: prov coord
        accepted failed: prov coord
        in_progress failed: prov coord
        on_hold failed: prov coord
        accepted cancelled: staff self prov coord
        in_progress cancelled: staff self prov coord
        on_hold cancelled: staff self prov coord
        draft entered_in_error: staff admin
        declined_by_person entered_in_error: staff admin
        requested entered_in_error: staff admin
        accepted entered_in_error: staff admin
        rejected entered_in_error: staff admin
        in_progress entered_in_error: staff admin
        on_hold entered_in_error: staff admin
        completed entered_in_error: staff admin
        failed entered_in_error: staff admin
        cancelled entered_in_error: staff admin
    """,
    RELEASE: """
        - prepared: admin system
        prepared refused: admin system
        prepared published: admin system
        published public: admin
    """,
    CONCERN: """
        - raised: raiser
        raised looked_into: lead
        raised passed_on: lead
        looked_into passed_on: lead
        raised closed: lead
        looked_into closed: lead
        passed_on closed: lead
    """,
    CALL_BACK: """
        - waiting: raiser
        waiting tried: coord
        tried tried: coord
        waiting done: coord
        tried done: coord
        waiting closed: coord system
        tried closed: coord system
    """,
    ENQUIRY: """
        - begun: raiser
        begun waiting: raiser
        waiting tried: coord
        tried tried: coord
        waiting taken_up: coord
        tried taken_up: coord
        waiting closed: raiser coord system
        tried closed: raiser coord system
    """,
    TASK: """
        - open: coord lead system
        open done: coord lead
        open dropped: coord lead system
        done open: coord lead
        dropped open: coord lead
    """,
    ROUND: """
        - proposed: coord
        proposed confirmed: coord
        proposed dropped: coord
    """,
    GROUP: """
        - forming: coord
        forming offered: coord
        offered forming: volunteer coord system
        offered running: volunteer
        running ended: volunteer coord
        forming dropped: coord
        offered dropped: coord
    """,
    SHEET: """
        - read: coord
        read brought_in: coord
        read dropped: coord system
    """,
    VOLUNTEERING: """
        - applied: raiser coord
        - checking: coord
        - active: coord
        - paused: coord
        applied checking: coord
        active checking: coord
        paused checking: coord
        applied active: coord
        checking active: coord
        paused active: volunteer coord system
        active paused: volunteer coord
        applied left: volunteer coord
        checking left: volunteer coord
        active left: volunteer coord
        paused left: volunteer coord
        applied removed: coord
        checking removed: coord
        active removed: coord
        paused removed: coord
        left removed: coord
        left applied: coord
        removed applied: coord
    """,
    REFERENCE: """
        - named: raiser volunteer coord
        named asked: coord
        no_answer asked: coord
        named given: coord
        asked given: coord
        named doubts: coord
        asked doubts: coord
        asked no_answer: coord
    """,
    ATTENDANCE: """
        - booked: volunteer coord
        booked attended: coord
        booked missed: coord
        booked cancelled: volunteer coord
    """,
}
TABLES = [pytest.param(table, id=table.name) for table in ALLOWED]


def told(table):
    """The second telling as {(from, to): relations}."""
    lines = (line.split(":") for line in ALLOWED[table].strip().splitlines())
    pairs = ((tuple("" if state == "-" else state for state in pair.split()), set(who.split())) for pair, who in lines)
    return dict(pairs)


@pytest.mark.parametrize("table", TABLES)
def test_every_state_state_relation(table):
    allowed = told(table)
    for source, to, relation in product([NEW, *table.states.values], [*table.states.values, NEW], Relation.values):
        if (source, to) not in allowed:
            with pytest.raises(WrongState):
                table.check(source, to, [relation])
        elif relation not in allowed[source, to]:
            with pytest.raises(PermissionDenied):
                table.check(source, to, [relation])
        else:
            move = table.check(source, to, [relation])
            assert (move.source, move.to) == (source, to)


@pytest.mark.parametrize("table", TABLES)
def test_who_stands_in_no_relation_may_do_nothing(table):
    for source, to in told(table):
        with pytest.raises(PermissionDenied):
            table.check(source, to, [])
    assert all(table.open_to(source, []) == () for source in [NEW, *table.states.values])


@pytest.mark.parametrize("table", TABLES)
def test_several_relations_may_do_what_each_of_them_may(table):
    allowed = told(table)
    for source in [NEW, *table.states.values]:
        expected = {to for (here, to), who in allowed.items() if here == source and who & {"staff", "coord", "lead", "volunteer"}}
        assert {move.to for move in table.open_to(source, ["staff", "coord", "lead", "volunteer"])} == expected


@pytest.mark.parametrize("table", TABLES)
def test_every_state_can_be_reached_from_the_start(table):
    reached, before = {NEW}, set()
    while reached != before:
        before = set(reached)
        reached |= {move.to for move in table.moves if move.source in reached}

    assert reached == {NEW, *table.states.values}


@pytest.mark.parametrize(
    ("table", "going_on", "ended"),
    [
        (ASK, {AskState.OPEN}, ASK_CLOSED),
        (MATCH, MATCH_OPEN, MATCH_ENDED),
        (VISIT, VISIT_OPEN, VISIT_ENDED),
        (REFERRAL, REFERRAL_OPEN, REFERRAL_ENDED),
        (CONCERN, CONCERN_OPEN, {ConcernState.CLOSED}),
        (CALL_BACK, CALL_BACK_OPEN, CALL_BACK_ENDED),
    ],
    ids=["request", "match", "visit", "referral", "concern", "call-back"],
)
def test_a_thing_goes_on_or_has_ended_and_what_has_ended_is_not_reopened(table, going_on, ended):
    """But for a request that was unmet, and for what was a mistake."""
    assert going_on | ended == set(table.states)
    assert not going_on & ended
    out = {(move.source, move.to) for move in table.moves if move.source in ended}
    assert all(pair == (AskState.UNMET, AskState.OPEN) or pair[1] == ReferralState.ENTERED_IN_ERROR for pair in out)
    assert all(any(move.source == state for move in table.moves) for state in going_on)


def test_named_sets_hold_each_other():
    assert MATCH_OPEN - {MatchState.OFFERED} == MATCH_TAKEN
    assert REFERRAL_OPEN - {ReferralState.DRAFT, ReferralState.REQUESTED} == REFERRAL_TAKEN_ON


def test_no_timer_moves_a_referral():
    assert all(Relation.SYSTEM not in move.by for move in REFERRAL.moves)


def test_whoever_prepares_never_sends():
    for relation in (Relation.FAMILY, Relation.PREPARER):
        assert [move.to for move in REFERRAL.moves if relation in move.by] == [ReferralState.DRAFT]


def test_a_visit_that_is_over_is_over():
    assert all(VISIT.open_to(state, Relation.values) == () for state in VisitState if state != VisitState.PLANNED)


def test_going_public_needs_the_audit():
    assert RELEASE.find("published", "public").needs == ("audit",)


def test_whoever_is_removed_was_removed_for_a_reason_and_harm_or_risk_goes_to_the_barring_service():
    removals = [move for move in VOLUNTEERING.moves if move.to == "removed"]
    assert removals
    assert all(move.needs == ("reason",) and move.reasons for move in removals)
    assert {RemovedFor.HARM, RemovedFor.RISK} == REFERRED_TO_DBS
