"""/account/requests/: a person's own requests, agreement and answers; for family what the person or the law lets them see."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from directory import clock
from directory.accounts.doors import door, user_of
from directory.accounts.models import User
from directory.accounts.policy import roles_of
from directory.accounts.roles import Permission, Role
from directory.states import WrongState
from matching import matches
from matching.agreements import record_agreement, valid_agreement, withdraw_agreement
from matching.befriending import members
from matching.casework.answering import ends_with, mark_of, say_yes, withdraw_own
from matching.casework.drafts import prepared_by, say_no_to_draft, say_yes_to_draft
from matching.casework.own import family_links, own_asks, own_person, own_places, visits_ahead, waits_for_a_yes
from matching.models import Agreement, FamilyLink, GroupMember, Look, Match, Person, Referral
from matching.people import keep_look
from matching.referrals import Moved
from matching.states import ReferralState
from matching.views.groups.words import times_words, what_words
from matching.views.typed import key_or_404

WHERE = "account-requests"


@door((Permission.SEE_PERSON, Permission.PREPARE_REFERRAL))
@never_cache
@require_http_methods(["GET", "POST"])
def own_requests(request: HttpRequest) -> HttpResponse:
    """What became of one's own requests, and the answers that are one's own to give."""
    user = user_of(request)
    if not roles_of(user) & {Role.PERSON, Role.FAMILY}:
        raise PermissionDenied("This page is for the people whom we help, and for their family.")
    person = own_person(user)
    if request.method == "POST":
        return _answer(request, person, user)
    if person is not None and "stop" in request.GET:
        return _before_it_stops(request, person, user)
    families = [_family(link, user) for link in family_links(user)]
    own = _own(person, user) if person is not None else None
    return render(request, "matching/own_requests.html", {"own": own, "families": families})


def _before_it_stops(request: HttpRequest, person: Person, user: User) -> HttpResponse:
    """What ends with a request that the person does not need any more, to be read before it does."""
    keep_look(person, by=user, where=WHERE)
    ask = get_object_or_404(person.asks.select_related("need"), pk=key_or_404(request.GET["stop"]))
    lines = ends_with(ask)
    if not lines:
        return redirect("account-requests")
    _keep_names([each for each in own_asks(person) if each.ask == ask], [], user)
    return render(request, "matching/own_stop.html", {"ask": ask, "lines": lines, "mark": mark_of(ask, lines)})


def _own(person: Person, user: User) -> dict[str, Any]:
    keep_look(person, by=user, where=WHERE)
    asks, places = own_asks(person), own_places(person)
    _keep_names(asks, places, user)
    told = {"asks": asks, "groups": [_group(place) for place in places], "visits": visits_ahead(person)}
    over = sum(each.is_over for each in asks)
    told |= {"over": over, "now": len(asks) - over}
    return {"person": person, **told, "agreement": valid_agreement(person, None)}


def _family(link: FamilyLink, user: User) -> dict[str, Any]:
    keep_look(link.person, by=user, where=WHERE)
    may_read, may_know_when = link.shows(FamilyLink.Sees.REQUESTS), link.shows(FamilyLink.Sees.VISITS)
    asks = own_asks(link.person, for_family=True) if may_read else []
    _keep_names(asks, [], user)
    visits = visits_ahead(link.person) if may_know_when else []
    # What they have prepared themselves is theirs to follow until it is sent.
    prepared = [] if may_read else [(row, waits_for_a_yes(row)) for row in prepared_by(link.person, user)]
    return {
        "prepared": prepared,
        "link": link,
        "person": link.person,
        "asks": asks,
        "over": sum(row.is_over for row in asks),
        "visits": visits,
        "may_read": may_read,
        "nothing": not may_know_when,
    }


def _group(place: GroupMember) -> dict[str, Any]:
    """A small group in plain sentences: what, when and where, and who leads it."""
    group = place.group
    where = "by phone or online" if group.by_phone_or_online else f"at {group.meets_at}"
    who = group.volunteer.name.split()[0] if group.volunteer is not None and group.volunteer.name else "a volunteer"
    others = group.members.filter(left_at=None).count() - 1
    people = "one other person" if others == 1 else f"{others} other people"
    line = f"A small group, you and {people} who {what_words(group.activity, group.interest)}: {times_words(group.windows)}, {where}."
    return {"place": place, "line": line, "who": who, "said_yes": place.said_yes_at is not None}


def _keep_names(asks: list[Any], places: list[GroupMember], user: User) -> None:
    """That somebody read what a volunteer is called is kept like every look."""
    role = Role.PERSON if Role.PERSON in roles_of(user) else Role.FAMILY
    shown = {(each.wait_for or each.helped_by).volunteer_id for each in asks if each.who}
    shown |= {place.group.volunteer_id for place in places if place.group.volunteer_id}
    Look.objects.bulk_create(Look(by_id=user.pk, by_role=role, person_id=key, where=WHERE) for key in shown)


def _answer(request: HttpRequest, person: Person | None, user: User) -> HttpResponse:
    """One answer of the person's own. What is not theirs is not there."""
    if person is None:
        raise PermissionDenied("Only the person can answer this.")
    do = request.POST.get("do", "")
    doing = _ask_them(request.POST.get("mark", "")) if do == "ask_them" else _ANSWERS.get(do)
    if doing is None:
        raise Http404
    key = request.POST.get("id", "")
    if doing is _withdraw and _is_more_than_told(request, person, key):
        return redirect(f"{reverse('account-requests')}?{urlencode({'stop': key})}")
    try:
        messages.success(request, doing(person, key, user))
    except WrongState:
        messages.info(request, "This has changed meanwhile. Here is how it stands now.")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("account-requests")


def _is_more_than_told(request: HttpRequest, person: Person, key: str) -> bool:
    """Would more end than the person has read of? Then they read it first."""
    ask = get_object_or_404(person.asks, pk=key_or_404(key))
    lines = ends_with(ask)
    return bool(lines) and request.POST.get("mark") != mark_of(ask, lines)


def _withdraw(person: Person, key: str, user: User) -> str:
    withdraw_own(get_object_or_404(person.asks, pk=key_or_404(key)), by=user)
    return "That is fine. We stop it, with all that was asked for it."


def _yes(person: Person, key: str, user: User) -> str:
    if say_yes(_match(person, key), by=user):
        return "Good. We tell them, and plan the first visit with both of you."
    return "Thank you. Something has changed since we asked you, so nothing begins yet. We ring you."


def _match(person: Person, key: str) -> Match:
    return get_object_or_404(Match.objects.select_related("ask", "volunteer"), pk=key_or_404(key), ask__person=person)


def _move(verb: Callable[..., Match], words: str) -> Callable[[Person, str, User], str]:
    def move(person: Person, key: str, user: User) -> str:
        verb(_match(person, key), by=user)
        return words

    return move


def _place(verb: Callable[..., GroupMember], words: str) -> Callable[[Person, str, User], str]:
    def answer(person: Person, key: str, user: User) -> str:
        number = int(key) if key.isascii() and key.isdigit() and len(key) < 10 else 0
        verb(get_object_or_404(GroupMember.objects.select_related("ask", "group"), pk=number, ask__person=person), by=user)
        return words

    return answer


def _draft(person: Person, key: str) -> Referral:
    return get_object_or_404(person.referrals.select_related("ask", "service__organisation"), pk=key_or_404(key), ask__person=person)


def _ask_them(mark: str) -> Callable[[Person, str, User], str]:
    """Yes to what was prepared, as the page that they read told it (mark)."""

    def answer(person: Person, key: str, user: User) -> str:
        try:
            sent = say_yes_to_draft(_draft(person, key), by=user, mark=mark)
        except Moved as error:
            if error.referral.state != ReferralState.REQUESTED:
                raise
            # Pressed twice, or somebody at the desk was quicker.
            sent = True
        return "Good. We have asked them." if sent else "Thank you. We cannot ask them just now. We ring you."

    return answer


def _do_not_ask(person: Person, key: str, user: User) -> str:
    try:
        say_no_to_draft(_draft(person, key), by=user)
    except Moved as error:
        if error.referral.state != ReferralState.DECLINED_BY_PERSON:
            raise
    return "That is fine. We do not ask them. Nobody has to say why. We look further."


def _take_back(person: Person, key: str, user: User) -> str:
    withdraw_agreement(get_object_or_404(person.agreements.filter(withdrawn_at=None), pk=key_or_404(key)), by=user)
    return "Taken back. We pass nothing on any more. Whom you know already may go on, if you like."


def _agree(person: Person, key: str, user: User) -> str:
    if valid_agreement(person, None) is None:
        record_agreement(person, by=user, given_by=Agreement.GivenBy.PERSON, how=Agreement.How.ONLINE, at=clock.now())
    return "Thank you. We may now ask local groups and volunteers for you."


_ANSWERS: dict[str, Callable[[Person, str, User], str]] = {
    "withdraw": _withdraw,
    "yes": _yes,
    "no": _move(matches.decline, "That is fine. Nobody has to say why. We look further."),
    "end": _move(matches.end, "That is fine. It has ended, and we tell them kindly."),
    "group_yes": _place(members.note_yes, "Good. You are in the group, and who leads it knows your name now."),
    "group_leave": _place(members.leave, "That is fine. You are not in the group any more. Nobody has to say why."),
    "do_not_ask": _do_not_ask,
    "take_back": _take_back,
    "agree": _agree,
}
