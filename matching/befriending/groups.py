"""A small group: formed from several requests, offered to a volunteer, said yes to by each person, running, ended. Nobody owes a reason."""

from collections.abc import Iterable
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import require
from directory.accounts.roles import Permission, Relation
from directory.geodata.locating import normalise_postcode
from directory.journal.codes import Code, Codes
from directory.journal.recording import record
from directory.states import NEW, WrongState
from matching.agreements import valid_agreement
from matching.befriending.holding import locked_asks, locked_group
from matching.befriending.leading import codes_against_group
from matching.befriending.suggesting import suggestion_of
from matching.befriending.wishes import wish_of
from matching.desk_states import GROUP, GROUP_OPEN, GroupState
from matching.matches import NotEligible
from matching.models import Ask, Group, GroupMember, Task, Volunteer
from matching.numbering import next_number
from matching.offering.rest import require_rested
from matching.states import MATCH_OPEN, REFERRAL_OPEN, AskState
from matching.stopping.groups import leave_groups
from matching.tasks import open_task
from matching.visits.stopping import cancel_visits
from matching.volunteer_states import VOLUNTEER_GONE

ANSWER_WITHIN = timedelta(days=5)
PIECE, PLACE_LETTERS = 50, 200
_LEAST = 2  # one person with a volunteer is a pair, and no group
TAKEN = "One of these people is in a group already: somebody else was quicker."


@transaction.atomic
def form_group(asks: Iterable[Ask], *, by: User, interest: str = "", meets_at: str = "") -> Group:
    """Bring the people of these requests together, three to eight of them; nobody is told of it yet.

    interest: what they share; empty for an activity that is enough by itself. meets_at: the public place, in words; may come later.
    Raises PermissionDenied; ValidationError where they cannot be one group or the place is somebody's home; WrongState where a request is
    closed, with somebody, or in a group already.
    """
    require(by, Permission.MATCH)
    members = locked_asks(ask.pk for ask in asks)
    for ask in members:
        _require_free(ask)
    shared = suggestion_of([wish_of(ask) for ask in members], interest)
    if shared is None:
        raise ValidationError(
            {"asks": ["These cannot be one group: three to eight people who share it, a time, a language and the valley."]}
        )
    first = members[0]
    GROUP.check(NEW, GroupState.FORMING, [Relation.COORD])
    group = Group(
        number=next_number("group"),
        activity=shared.activity,
        interest=interest,
        windows=[list(window) for window in shared.windows],
        by_phone_or_online=shared.remote,
        meets_at=_public_place(meets_at, members),
        area_set=first.area_set,
        area_code=first.area_code,
        area_name=first.area_name,
        made_by=by,
    )
    group.save(force_insert=True)
    try:
        with transaction.atomic():
            GroupMember.objects.bulk_create(GroupMember(group=group, ask=ask) for ask in members)
    except IntegrityError:
        raise WrongState(TAKEN) from None
    codes: Codes = {"to": group.state, "activity": group.activity, "asks": [ask.pk for ask in members]}
    record("group.formed", group, by=by, role=Relation.COORD, codes=codes)
    return group


@transaction.atomic
def say_where(group: Group, meets_at: str, *, by: User, was: str | None = None) -> Group:
    """Say where it meets: a public place, never a home. was: what stood there when the form was opened.

    Raises PermissionDenied, ValidationError; WrongState for a group that is over, and where somebody else has said another place since.
    """
    require(by, Permission.MATCH)
    group, members, _ = locked_group(group, by)
    if group.state not in GROUP_OPEN:
        raise WrongState("This group is over.")
    place = _public_place(meets_at, members)
    if was is not None and group.meets_at not in (was, place):
        raise WrongState(f"Meanwhile somebody wrote “{group.meets_at}”, and you wrote “{place}”. Look at both, and note the place again.")
    group.meets_at = place
    group.save(update_fields=["meets_at"])
    record("group.place_said", group, by=by, role=Relation.COORD)
    return group


@transaction.atomic
def offer_group(group: Group, volunteer: Volunteer, *, by: User) -> Group:
    """Ask a volunteer to lead it: one whom nothing keeps from any of its members. They see no name.

    Raises PermissionDenied; ValidationError without a place; NotEligible (with all codes); AskedEnough; WrongState.
    """
    require(by, Permission.MATCH)
    group, members, held = locked_group(group, by, volunteer=volunteer.pk)
    GROUP.check(group.state, GroupState.OFFERED, held).require({"volunteer": volunteer}, held)
    _require_enough(members)
    if not group.by_phone_or_online and not group.meets_at:
        raise ValidationError({"meets_at": ["Say first where it meets: a public place."]})
    if codes := codes_against_group(group, members, volunteer):
        raise NotEligible(codes, f"{volunteer} cannot lead this group as things are. Nobody was asked.")
    require_rested(volunteer)
    group.volunteer, group.offered_at = volunteer, clock.now()
    return _move(group, GroupState.OFFERED, Relation.COORD, by=by)


@transaction.atomic
def say_yes(group: Group, *, by: User) -> Group:
    """The volunteer leads it. From here on each person is asked for their own yes; only who has said it is named to the volunteer.

    Raises PermissionDenied; WrongState, also where too few are left; NotEligible where facts have changed since.
    """
    group, members, held = locked_group(group, by)
    GROUP.check(group.state, GroupState.RUNNING, held)
    _require_enough(members)
    if group.volunteer is None or (codes := codes_against_group(group, members, group.volunteer)):
        raise NotEligible(codes if group.volunteer else ())
    group.began_at = clock.now()
    return _move(group, GroupState.RUNNING, Relation.VOLUNTEER, by=by)


@transaction.atomic
def say_no(group: Group, *, by: User, mark: str = "") -> Group:
    """The volunteer does not lead it: it is there to be offered to somebody else. mark: as of `locked_group`. Raises as that, and WrongState."""
    group, _, held = locked_group(group, by, mark=mark)
    GROUP.check(group.state, GroupState.FORMING, held)
    return _back(group, next(iter(sorted(held))), by=by)


@transaction.atomic
def end_group(group: Group, *, by: User, mark: str = "") -> Group:
    """It does not meet any more. mark: as of `locked_group`. Raises PermissionDenied, WrongState."""
    return _over(group, GroupState.ENDED, by=by, mark=mark)


@transaction.atomic
def drop_group(group: Group, *, by: User, mark: str = "") -> Group:
    """It does not come about; the requests wait as before. mark: as of `locked_group`. Raises PermissionDenied, WrongState."""
    return _over(group, GroupState.DROPPED, by=by, mark=mark)


@transaction.atomic
def volunteer_gone(volunteer: Volunteer, *, by: User | None) -> int:
    """In consequence of another verb: a volunteer who is not active is asked nothing, so what was offered to them goes back. How many.

    The caller holds the volunteer. A group that runs stays theirs until somebody ends it; where they are gone, a coordinator is told at once.
    """
    if volunteer.status in VOLUNTEER_GONE:
        for group in Group.objects.filter(volunteer=volunteer, state=GroupState.RUNNING).order_by("pk"):
            open_task(
                Task.Kind.RING,
                by=by,
                volunteer=volunteer,
                once=f"group-without-leader-{group.pk}",
                words=f"{volunteer} led {group} and is gone. Tell everybody in it, and end it.",
            )
    return len([_back(group, Relation.SYSTEM, by=by) for group in hold_offered(volunteer)])


def hold_offered(volunteer: Volunteer) -> list[Group]:
    """The groups that wait for this volunteer's answer, held: before anything is recorded that takes them back."""
    return list(
        Group.objects.select_for_update(of=("self",), no_key=True).filter(volunteer=volunteer, state=GroupState.OFFERED).order_by("pk")
    )


def lapse_some() -> bool:
    """Offers that no volunteer has answered within ANSWER_WITHIN go back; the daily job. True when nothing is left to do."""
    late = Group.objects.filter(state=GroupState.OFFERED, offered_at__lt=clock.now() - ANSWER_WITHIN)
    keys = list(late.values_list("pk", flat=True)[:PIECE])
    for key in keys:
        with transaction.atomic():
            group = late.select_for_update(of=("self",), no_key=True).filter(pk=key).first()
            if group is not None:
                _back(group, Relation.SYSTEM, by=None)
    return len(keys) < PIECE


def _over(group: Group, to: GroupState, *, by: User, mark: str) -> Group:
    group, members, held = locked_group(group, by, mark=mark)
    move = GROUP.check(group.state, to, held)
    group.ended_at = clock.now()
    group = _move(group, to, next(iter(sorted(move.by & held))), by=by)
    for ask in members:
        leave_groups(by=by, ask=ask)
    cancel_visits(by=by, group=group)
    if to == GroupState.ENDED and Relation.COORD not in held:
        words = f"{group.volunteer} says that {group} has ended. Tell everybody who was in it, and ask what they would like now."
        open_task(Task.Kind.RING, by=by, volunteer=group.volunteer, once=f"group-ended-{group.pk}", words=words)
    return group


def _back(group: Group, role: str, *, by: User | None) -> Group:
    before = group.volunteer_id
    group.volunteer, group.offered_at = None, None
    return _move(group, GroupState.FORMING, role, by=by, codes={"volunteer": before})


def _move(group: Group, to: GroupState, role: str, *, by: User | None, codes: dict[str, Code] | None = None) -> Group:
    GROUP.check(group.state, to, [role])
    before, group.state = group.state, to
    group.save(update_fields=["state", "volunteer", "offered_at", "began_at", "ended_at"])
    told: Codes = {"from": before, "to": to, "volunteer": group.volunteer_id, **(codes or {})}
    record("group.moved" if by is not None else "system.group.moved", group, by=by, role=role, codes=told)
    return group


def _require_free(ask: Ask) -> None:
    if ask.state != AskState.OPEN or ask.person is None or ask.person.do_not_contact:
        raise WrongState(f"{ask} is closed, or the person does not want to hear from us.")
    if ask.matches.filter(state__in=MATCH_OPEN).exists() or ask.referrals.filter(state__in=REFERRAL_OPEN).exists():
        raise WrongState(f"A volunteer or a group has been asked for {ask} already.")
    if ask.group_places.filter(left_at=None).exists():
        raise WrongState(TAKEN)
    if valid_agreement(ask.person, ask) is None:
        raise WrongState(f"{ask}: the person has not agreed yet.")


def _require_enough(members: list[Ask]) -> None:
    if len(members) < _LEAST:
        raise WrongState("Too few people are left for a group.")


def _public_place(text: str, members: Iterable[Ask]) -> str:
    """The words for the place. Raises ValidationError for one of the members' own homes."""
    said = " ".join(text.replace("\0", " ").split())
    plain = said.lower()
    for person in (ask.person for ask in members if ask.person is not None):
        code, door = normalise_postcode(person.postcode), " ".join(person.address.lower().split())
        if (door and door in plain) or (code and code in plain.upper().replace(" ", "")):
            raise ValidationError({"meets_at": ["A group meets at a public place, never at somebody's home."]})
    if len(said) > PLACE_LETTERS:
        raise ValidationError({"meets_at": ["Say it in 200 letters at most."]})
    return said
