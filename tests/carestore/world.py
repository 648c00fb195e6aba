"""One small world for the tests of doors: every kind of object once, each with somebody to whom it belongs."""

from dataclasses import dataclass
from datetime import timedelta

from directory import clock, listings, moderation
from directory.accounts.models import ServiceKey, User
from directory.accounts.roles import Role
from directory.claims import claiming
from directory.claims.models import Claim
from directory.models import ChangeField, Contact, Membership, Organisation, Service
from matching import matches, referrals
from matching.asking import call_backs
from matching.casework.family import add_family
from matching.desk_states import GroupState
from matching.models import (
    Agreement,
    Ask,
    CallBack,
    Course,
    CourseDate,
    Enquiry,
    FamilyLink,
    Group,
    GroupMember,
    Match,
    Person,
    Reference,
    Referral,
    Round,
    Sheet,
    Task,
    Visit,
    Volunteer,
)
from matching.rounds.proposals import propose_round
from matching.sheets.flow import try_sheet
from matching.tasks import open_task
from matching.visiting.planning import plan
from matching.volunteering.photos import set_photo
from matching.volunteering.references import name_reference
from matching.volunteering.training import set_date, write_course
from tests import factories

ERRAND = "shop-together"


@dataclass
class World:
    """The objects, and their people by the name of their role."""

    person: Person
    family: FamilyLink
    agreement: Agreement
    ask: Ask
    match: Match
    proposed_round: Round
    small_group: Group
    place: GroupMember
    accepted: Match
    pair: Match
    visit: Visit
    task: Task
    referral: Referral
    draft: Referral
    group: Organisation
    membership: Membership
    service: Service
    undoable: ChangeField
    contact: Contact
    account: User
    call: CallBack
    enquiry: Enquiry
    volunteer: Volunteer
    reference: Reference
    course: Course
    course_date: CourseDate
    sheet: Sheet
    claim: Claim
    people: dict[str, User]

    def strangers(self) -> dict[Role, User]:
        """A new user for each role, to whom nothing here belongs; the partner has an organisation of its own."""
        found = {role: factories.user(role) for role in Role if role != Role.PARTNER}
        return {**found, Role.PARTNER: factories.partner(factories.organisation())}


def make() -> World:
    """A person with agreement and request, a volunteer asked, a referral sent to a group by the council, a draft of a care worker."""
    editor, coordinator = factories.user(Role.EDITOR), factories.coordinator()
    council, careworker = factories.council_referrer(), factories.user(Role.CARE_WORKER)
    group = factories.organisation(vetted=True)
    partner = factories.partner(group)
    Membership.objects.update(part=Membership.Part.LEAD)
    needs = [factories.need().slug]
    service = listings.create_service(group, by=editor, name="Shopping Friends", summary="We go shopping together.", needs=needs)
    moderation.propose(service, {"phone": "01484 496000"}, by=partner)
    person = factories.person(by=council, agreed=False)
    ask = factories.ask(person, by=council, activity=ERRAND)
    agreement = factories.agreement(person, by=council, scope="referral", ask=ask)
    volunteer = factories.volunteer(ERRAND, level="basic", capacity=3)
    set_photo(volunteer, factories.photo(), by=coordinator)
    match = matches.offer(ask, volunteer, by=coordinator)
    pair = matches.start(matches.introduce(_accepted(volunteer, coordinator), by=coordinator), by=coordinator, how="phone")
    referral = referrals.send(referrals.prepare(ask, by=council, service=service), by=council)
    unkept = listings.create_service(factories.organisation(), by=editor, name="Nobody's Choir", summary="We sing.", needs=needs)
    claimant = factories.user()
    own = factories.person(by=careworker, agreed=False)
    draft = referrals.prepare(factories.ask(own, by=careworker), by=careworker, service=service)
    offered = {"state": GroupState.OFFERED, "volunteer": volunteer}
    small_group = Group.objects.create(number=101, activity="befriend-at-home", interest="chess", meets_at="The library", **offered)
    place = GroupMember.objects.create(group=small_group, ask=draft.ask)
    course = write_course(by=coordinator, name="Walking safely", activities=[])
    return World(
        person=person,
        family=add_family(person, by=coordinator, name="Bea Example"),
        agreement=agreement,
        ask=ask,
        match=match,
        proposed_round=propose_round(by=coordinator),
        small_group=place.group,
        place=place,
        accepted=_accepted(volunteer, coordinator),
        pair=pair,
        visit=plan(pair, clock.now() + timedelta(days=1), by=coordinator),
        task=open_task(Task.Kind.RING, by=coordinator, match=pair),
        referral=referral,
        draft=draft,
        group=group,
        membership=Membership.objects.get(user=partner),
        service=service,
        undoable=ChangeField.objects.get(change__service=service, name="phone"),
        contact=Contact.objects.get(service=service),
        account=coordinator,
        call=call_backs.ask_for(kind="ask", name="Ada Example", phone="01484 496000", when="any", voicemail=True),
        enquiry=factories.enquiry(),
        volunteer=volunteer,
        reference=name_reference(volunteer, by=coordinator, name="Rita Example"),
        course=course,
        course_date=set_date(course, by=coordinator, starts_at=clock.now()),
        sheet=try_sheet("people", [{"row": "2", "fault": "", "external_id": "P1", "name": "Ada"}], by=coordinator),
        claim=claiming.claim(unkept, by=claimant, name="Ada Example", part="Secretary", words="My name is on the poster."),
        people={
            "administrator": factories.administrator(),
            "editor": editor,
            "coordinator": coordinator,
            "council": council,
            "careworker": careworker,
            "partner": partner,
            "volunteer": volunteer.user,
            "claimant": claimant,
        },
    )


def _accepted(volunteer: Volunteer, by: User) -> Match:
    """A request of somebody else, to which the volunteer said yes."""
    return matches.say_yes(matches.offer(factories.ask(activity=ERRAND), volunteer, by=by), by=volunteer.user)


def key_of(user: User) -> str:
    """The Authorization header of a new key for this account."""
    return f"Api-Key {ServiceKey.objects.create_key(name='test', user=user)[1]}"
