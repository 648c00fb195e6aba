"""Who keeps two organisations that become one: everybody of both, with one lead and one deputy; and how they go apart again."""

from datetime import datetime
from typing import Any
from uuid import UUID

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import role_used
from directory.accounts.roles import Permission
from directory.accounts.system import system_user
from directory.conflicts.deciding import overtake
from directory.conflicts.models import Conflict
from directory.conflicts.states import ConflictState
from directory.journal.codes import Codes
from directory.journal.recording import record
from directory.members import mails as member_mails
from directory.members.models import Invitation, LeadOffer, State
from directory.models import Membership, Organisation

Part = Membership.Part
Joined = list[dict[str, Any]]


def join(dropped: Organisation, kept: Organisation, *, by: User) -> Joined:
    """Let everybody who keeps the dropped one keep the other. Its lead leads only where nobody does, else is the deputy where there is none.

    Returns who came, and with which part, for `part`. Both rows are locked.
    """
    there = {row.user_id: row for row in kept.memberships.all()}
    parts = {row.part for row in there.values()}
    told: Joined = []
    for row in sorted(dropped.memberships.all(), key=lambda row: (list(Part).index(Part(row.part)), row.since)):
        known = {"membership": str(row.pk), "user": str(row.user_id), "part": str(row.part), "since": row.since.isoformat()}
        twice = row.user_id in there
        if twice:
            row.delete()
        else:
            row.part = _part_there(Part(row.part), parts)
            parts.add(row.part)
            _carry(row, dropped, kept, by)
        told.append({**known, "twice": twice})
    return told


def end_what_cannot_stand(dropped: Organisation) -> None:
    """Offers to lead the dropped one, and what of its invitations and conflicts the kept one has already."""
    now = clock.now()
    LeadOffer.objects.filter(organisation=dropped, state=State.OPEN).update(state=State.WITHDRAWN, ended_at=now)
    Invitation.objects.filter(organisation=dropped, state=State.OPEN).update(state=State.WITHDRAWN, ended_at=now, email="")
    for row in Conflict.objects.filter(organisation=dropped, state=ConflictState.WAITING):
        overtake(dropped, {row.column: str(getattr(dropped, row.column))}, source=row.source, by=system_user())


def part(joined: Joined, dropped: Organisation, kept: Organisation, *, by: User) -> None:
    """Who came with the dropped one keeps that one again, as before, and the kept one no more; who left or was removed stays away.

    Whoever kept both keeps both. Invitations and offers that were taken back are not made anew.
    """
    for told in joined:
        held = Membership.objects.filter(organisation=kept, user=UUID(told["user"])).first()
        if held is None:
            continue
        free = not Membership.objects.filter(organisation=dropped, part=told["part"]).exists()
        back = told["part"] if free else Part.MEMBER
        if told["twice"]:
            as_before = {"id": UUID(told["membership"]), "part": back, "since": datetime.fromisoformat(told["since"])}
            Membership.objects.get_or_create(organisation=dropped, user=held.user, defaults=as_before)
        elif str(held.pk) == told["membership"]:
            held.part = back
            _carry(held, kept, dropped, by)
    _end_offers_of_others(kept)
    if kept.memberships.exists() and not kept.memberships.filter(part=Part.LEAD).exists():
        member_mails.send_after_commit(member_mails.tell_moderators, kept.pk)


def strangers(one: Organisation, other: Organisation) -> bool:
    """Does anybody keep the first who does not keep the other?"""
    return one.memberships.exclude(user__in=other.memberships.values("user")).exists()


def keepers(organisation: Organisation) -> list[User]:
    """Who keeps it and can still be written to."""
    return list(User.objects.filter(memberships__organisation=organisation, is_active=True, is_service=False).order_by("email"))


def _carry(row: Membership, one: Organisation, other: Organisation, by: User) -> None:
    """From one organisation to the other, with its part there; both histories tell."""
    row.organisation = other
    row.save(update_fields=["organisation", "part"])
    role = role_used(by, Permission.MODERATE)
    codes: Codes = {"user": row.user_id, "part": str(row.part)}
    record("organisation.member_left", one, by=by, role=role, codes=codes)
    record("organisation.member_added", other, by=by, role=role, codes=codes)


def _part_there(part: Part, taken: set[str]) -> Part:
    if part == Part.LEAD and Part.LEAD not in taken:
        return Part.LEAD
    return Part.DEPUTY if part in (Part.LEAD, Part.DEPUTY) and Part.DEPUTY not in taken else Part.MEMBER


def _end_offers_of_others(organisation: Organisation) -> None:
    members = organisation.memberships.values("user")
    gone = LeadOffer.objects.filter(organisation=organisation, state=State.OPEN)
    gone = gone.exclude(to__in=members) | gone.exclude(made_by__in=members)
    gone.update(state=State.WITHDRAWN, ended_at=clock.now())
