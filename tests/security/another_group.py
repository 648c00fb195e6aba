"""Another group with everything that is its own and nobody else's, for the walk of a wrong partner."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

from django.apps import apps
from django.db import models

from directory import clock, contacts, listings, moderation
from directory.accounts.models import User
from directory.accounts.roles import Role
from directory.claims.models import Arrival, Claim
from directory.claims.states import ClaimState
from directory.conflicts.models import Conflict
from directory.drafts import keeping as drafts
from directory.freshness import ringing
from directory.freshness.models import CheckToken, Letter, Reminder, Ringing
from directory.harvest.models import DuplicatePair, Feed, Record, Run, SaidOfOrganisation
from directory.harvest.run_states import RunState
from directory.looks.models import WeekOfLooks
from directory.members import handing_over, invitations
from directory.merging.models import Merge, OrganisationMerge, OrganisationPair
from directory.models import (
    Closure,
    CostOption,
    Location,
    Membership,
    Organisation,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
)
from directory.suggestions import telling
from matching.models import Referral, Signpost, Task
from matching.tasks.flow import open_task
from tests import factories
from tests.carestore import world

# Stands in all that only the group itself, or staff, may read.
SECRET = "Quernstone"
# Rows of everybody, or of nobody: which need there is, where a postcode lies, what a task remembers.
OF_ALL = {
    "accounts.RoleGrant",
    "accounts.ServiceKey",
    "directory.Element",
    "directory.Need",
    "directory.Term",
    "geodata.Area",
    "geodata.AreaSet",
    "geodata.Place",
    "geodata.Postcode",
    "geodata.PostcodeArea",
    "journal.Bookmark",
    "journal.Event",
    "cms.FinderPage",
    "cms.HomePage",
    "cms.StandardPage",
}


@dataclass(frozen=True)
class Another:
    """The group, its listing, who keeps it, and a referral that reached it."""

    group: Organisation
    service: Service
    partner: User
    referral: Referral


def make() -> Another:
    """The group of `world.make`, and beside it what waits, what was left out of its page, what others said of it, and a secret place."""
    small = world.make()
    service, partner, editor = small.service, small.people["partner"], small.people["editor"]
    group = service.organisation
    told = {"summary": f"{SECRET} waits for a moderator.", "internal_note": f"{SECRET} of staff"}
    listings.set_fields(service, {"internal_note": told.pop("internal_note")}, by=editor)
    moderation.propose(service, told, by=partner, note=f"{SECRET} to the moderator")
    contacts.add_contact(service, by=editor, name=SECRET, phone="01632 960870", email="quernstone@group.example", where=[])
    place = Location.objects.create(name=f"{SECRET} House", address=f"1 {SECRET} Lane", lat=53.6, lon=-1.8, found_by="map", masked=True)
    ServiceAtLocation.objects.create(service=service, location=place)
    telling.report(service, part="times", words=f"{SECRET} is shut", email="quernstone@reader.example")
    reminder = Reminder.objects.create(user=partner, to_member=True, email_token="x" * 64)
    CheckToken.objects.create(reminder=reminder, service=service, ends_on=clock.today() + timedelta(days=1))
    Letter.objects.create(service=service, by=editor)
    ringing.rang(service, Ringing.Outcome.CHANGE, by=editor)
    Signpost.objects.create(ask=small.ask, service=service, by=editor)
    open_task(Task.Kind.WIDEN, by=None, service=service, words=f"{SECRET} could come here too")
    Conflict.objects.create(organisation=group, column="phone", theirs=SECRET, source=SECRET, state="waiting")
    _harvested(service)
    _kept(group, service, partner)
    return Another(group=group, service=service, partner=partner, referral=small.referral)


def _harvested(service: Service) -> None:
    feed = Feed.objects.create(slug="another", name=SECRET, url="https://quernstone.example/services")
    run = Run.objects.create(feed=feed, state=RunState.RUNNING)
    Record.objects.create(feed=feed, service=service, last_run=run, source_id=SECRET, outcome=Record.Outcome.values[0])
    SaidOfOrganisation.objects.create(feed=feed, organisation=service.organisation, source_id=SECRET)
    first, second = sorted([service, factories.service(name="Its double")], key=lambda each: each.pk)
    DuplicatePair.objects.create(first=first, second=second, score=90)


def _kept(group: Organisation, service: Service, partner: User) -> None:
    """Who keeps it, who would like to, what they have begun to write, and how often it was looked at."""
    Schedule.objects.create(service=service, weekday=1, opens=time(10), closes=time(12))
    ServiceArea.objects.create(service=service, district="HD7")
    CostOption.objects.create(service=service, amount=2)
    Closure.objects.create(service=service, first=clock.today(), last=clock.today(), reason="Holiday")
    drafts.keep(service, "what", by=partner, answers={"summary": [f"{SECRET} begun"]}, seen={})
    WeekOfLooks.objects.create(service=service, week=clock.today(), count=41)
    Membership.objects.filter(user=partner).update(part=Membership.Part.LEAD)
    other = factories.partner(group)
    invitations.invite(group, "quernstone@invited.example", by=partner)
    handing_over.offer_lead(Membership.objects.get(user=other), by=partner)
    later, name = clock.now() + timedelta(days=1), {"name": SECRET, "part": SECRET, "words": SECRET}
    claimant = factories.user(name=SECRET)
    Claim.objects.create(user=claimant, organisation=group, service=service, state=ClaimState.WAITING, put_at=clock.now(), **name)
    Arrival.objects.create(service=service, email="quernstone@claim.example", ends_at=later)
    editor = factories.user(Role.EDITOR)
    Merge.objects.create(kept=service, dropped=factories.service(name="Merged", status="closed"), merged_by=editor)
    OrganisationMerge.objects.create(kept=group, dropped=factories.organisation(name=SECRET, replaced_by=group), merged_by=editor)
    first, second = sorted([group, factories.organisation(name="Its double")], key=lambda each: each.pk)
    OrganisationPair.objects.create(first=first, second=second, score=90)


def kinds() -> Iterator[type[models.Model]]:
    """Each kind of row of the project that may be somebody's own."""
    for model in apps.get_models():
        if model.__module__.split(".")[0] in ("directory", "matching", "search", "cms") and model._meta.label not in OF_ALL:
            yield model


def rows() -> dict[tuple[str, Any], dict[str, Any]]:
    """Every such row as it stands in the database."""
    return {(kind._meta.label, row["pk"]): row for kind in kinds() for row in kind._default_manager.values("pk", *_columns(kind))}


def _columns(kind: type[models.Model]) -> list[str]:
    return [field.attname for field in kind._meta.concrete_fields if field.attname != "last_login"]


def wrong_partner() -> tuple[User, Service]:
    """Somebody who keeps another group's listing, and that listing."""
    group = factories.organisation(vetted=True)
    listing = listings.create_service(group, by=factories.user(Role.EDITOR), name="Our Own Club", summary="We meet.", needs=["shopping"])
    return factories.partner(group), listing
