"""Small groups in sentences: suggestions, a group at the desk, and what its volunteer reads before and after the yes."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from directory.accounts.models import User
from matching.befriending.holding import place_seen
from matching.befriending.leading import members_of, minutes_of
from matching.befriending.suggesting import Suggestion
from matching.befriending.wishes import asks_of
from matching.desk_states import GroupState
from matching.models import Ask, Group, GroupMember
from matching.offering.words import moment_words
from matching.people import keep_looks
from matching.rules.activities import rules
from matching.states import VisitState
from matching.suggesting.company import listed, part_of_week
from matching.visiting.lists import meetings_of
from matching.volunteer_states import VOLUNTEER_KNOWS
from matching.windows import DAY

STATES = {
    GroupState.FORMING: "Being formed: nobody has been asked yet",
    GroupState.OFFERED: "A volunteer has been asked",
    GroupState.RUNNING: "It meets",
    GroupState.ENDED: "It has ended",
    GroupState.DROPPED: "It did not come about",
}
MEETINGS = 12


def times_words(windows: Iterable[Sequence[int]]) -> str:
    """ "Tuesday afternoon and Friday morning"."""
    told = list(dict.fromkeys(part_of_week(day * DAY + start, day * DAY + end) for day, start, end in windows))
    return listed(told[:4]) if len(told) <= 4 else f"{', '.join(told[:4])} and other times"


def what_words(activity: str, interest: str) -> str:
    """What they share: "like chess", or the activity where that is enough."""
    label = rules()[activity].label if activity in rules() else activity
    return f"like {interest}" if interest else f"asked for this: {label[:1].lower()}{label[1:]}"


def suggestion_cards(suggestions: Sequence[Suggestion]) -> list[dict[str, Any]]:
    """ "5 people near Marsden like chess, free Tuesday afternoon." Requests by their numbers, nobody by name."""
    rows = asks_of(wish.id for each in suggestions for wish in each.members)
    return [_suggestion_card(each, rows) for each in suggestions]


def _suggestion_card(each: Suggestion, rows: Sequence[Ask]) -> dict[str, Any]:
    ids = {wish.id for wish in each.members}
    asks = [ask for ask in rows if str(ask.pk) in ids]
    near = "by phone or online" if each.remote else f"near {_where(asks)}"
    return {
        "title": f"{len(asks)} people {near} {what_words(each.activity, each.interest)}",
        "times": f"All free {times_words(each.windows)}, for {each.minutes} minutes.",
        "languages": f"All speak {listed(sorted(word.capitalize() for word in each.languages))}.",
        "label": rules()[each.activity].label,
        "interest": each.interest,
        "remote": each.remote,
        "asks": asks,
    }


def _where(asks: Sequence[Ask]) -> str:
    areas = Counter(ask.area_name for ask in asks if ask.area_name)
    return max(areas, key=lambda name: (areas[name], name)) if areas else "the valley"


def group_line(group: Group) -> dict[str, Any]:
    """One line of the list of groups, in the shape of the work_list component."""
    places = [place for place in group.members.all() if place.left_at is None]
    yes = sum(1 for place in places if place.said_yes_at)
    running = f"{yes} of {len(places)} have said yes" if group.state == GroupState.RUNNING else f"{len(places)} people"
    return {
        "title": f"{group}: {len(places)} people who {what_words(group.activity, group.interest)}",
        "url": f"/desk/groups/{group.pk}/",
        "meta": ", ".join(part for part in (group.meets_at, group.area_name, times_words(group.windows)) if part),
        "due": f"{STATES[GroupState(group.state)].lower()}, {running}",
    }


def member_cards(places: Sequence[GroupMember], *, by: User) -> list[dict[str, Any]]:
    """The members with names, for a coordinator; each look is kept."""
    keep_looks((place.ask.person for place in places), by=by, where="desk-group")
    return [{"place": place, "seen": place_seen(place), "ask": place.ask, "person": place.ask.person} for place in places]


def meeting_lines(group: Group) -> list[dict[str, Any]]:
    """The last meetings, and those to come; of one that was, how many came."""
    return [
        {
            "id": visit.pk,
            "when": moment_words(visit.starts_at),
            "state": visit.get_state_display(),
            "came": len(visit.came.all()) if visit.state == VisitState.DONE else None,
        }
        for visit in meetings_of(group)[:MEETINGS]
    ]


def offer_cards(user: User) -> list[dict[str, Any]]:
    """The groups that a volunteer who is with us is asked to lead, or leads; before their yes nobody is named, and after it only who has said yes."""
    here = Group.objects.filter(volunteer__user=user, volunteer__status__in=VOLUNTEER_KNOWS)
    rows = here.filter(state__in=[GroupState.OFFERED, GroupState.RUNNING]).select_related("volunteer")
    return [_offer_card(group, user) for group in rows.order_by("number")]


def _offer_card(group: Group, user: User) -> dict[str, Any]:
    asks, running = members_of(group), group.state == GroupState.RUNNING
    return {
        "group": group,
        "running": running,
        "title": f"A small group: {len(asks)} people who {what_words(group.activity, group.interest)}",
        "where": "by phone or online" if group.by_phone_or_online else ", ".join(filter(None, (group.meets_at, group.area_name))),
        "times": f"{times_words(group.windows)}, for {minutes_of(asks)} minutes",
        "reason": f"You like {group.interest} too." if group.volunteer and group.interest in group.volunteer.interests else "",
        "people": _companions(group, user) if running else [],
        "waiting": group.members.filter(left_at=None, said_yes_at=None).count() if running else 0,
    }


def _companions(group: Group, user: User) -> list[Any]:
    """Who has said yes: name and how to reach them, no address, for it meets elsewhere. Each look is kept."""
    places = group.members.filter(left_at=None, said_yes_at__isnull=False, ask__person__isnull=False).select_related("ask__person")
    people = [place.ask.person for place in places.order_by("ask__number") if place.ask.person and not place.ask.person.do_not_contact]
    keep_looks(people, by=user, where="small-group")
    return people
