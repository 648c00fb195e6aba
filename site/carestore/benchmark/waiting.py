"""What hangs on a large directory: partners, changes, suggestions and claims that wait, reminders, calls, links, possible doubles, terms."""

from datetime import timedelta
from itertools import pairwise
from random import Random
from typing import Any

from django.db import transaction

from carestore.benchmark.making import Ground
from directory.accounts.granting import grant
from directory.accounts.models import RoleGrant, User
from directory.accounts.roles import Role
from directory.change_states import FieldState
from directory.claims.models import Claim
from directory.claims.states import ClaimState
from directory.freshness.models import CheckToken, LinkCheck, Reminder, Ringing
from directory.harvest.models import DuplicatePair, Feed, Run
from directory.harvest.run_states import RunState
from directory.models import Change, ChangeField, Membership, Need, Organisation, Service
from directory.models import Term as School
from directory.personal.lookup import email_token
from directory.suggestions.models import Suggestion
from directory.taxonomies.models import NeedMapping, Taxonomy, Term
from directory.waiting.models import InHand

EDITOR, ADMINISTRATOR, PARTNER = (f"{name}@benchmark.example" for name in ("editor", "administrator", "partner"))
# Of so many services one has a change, a suggestion, a double.
ONE_OF = 100


def editor() -> User:
    """The editor of the benchmark; made when first asked for."""
    found = User.objects.filter(email=EDITOR).first()
    if found is None:
        found = User.objects.create_user(EDITOR, name="An Editor")
        grant(found, Role.EDITOR, by=None)
    return found


def store(ground: Ground, groups: list[Organisation]) -> None:
    """Everything of this module."""
    choice = Random(ground.seed)
    administrator = User.objects.create_user(ADMINISTRATOR, name="An Administrator")
    grant(administrator, Role.ADMINISTRATOR, by=None)
    with transaction.atomic():
        partners = _partners(groups)
        services = list(Service.objects.order_by("created_at", "pk").only("pk", "name", "organisation_id", "url", "version"))
        _changes(choice, services, partners[0], ground)
        _suggestions(choice, services, ground)
        _claims(services, partners, ground)
        _freshness(choice, services, ground)
        _doubles(choice, services)
        _feeds(ground)
        _terms()
        School.objects.create(name="Autumn", first=ground.today - timedelta(days=40), last=ground.today + timedelta(days=20))


def _partners(groups: list[Organisation]) -> list[User]:
    """One for each fifth group; the first keeps the one that has most listings."""
    first = User(email=PARTNER, name="A Partner")
    users = [first, *(User(email=f"partner{number}@benchmark.example", name=f"Partner {number}") for number in range(len(groups) // 5))]
    for user in users:
        user.password = "!"  # noqa: S105 - no password fits
    User.objects.bulk_create(users, batch_size=500)
    RoleGrant.objects.bulk_create([RoleGrant(user=user, role=Role.PARTNER) for user in users], batch_size=500)
    kept = zip(users, groups[::5], strict=False)
    Membership.objects.bulk_create([Membership(organisation=group, user=user, part="lead") for user, group in kept], batch_size=500)
    return users


def _changes(choice: Random, services: list[Service], partner: User, ground: Ground) -> None:
    """A third of them wait, of the others some fields went live at once."""
    changes, fields = [], []
    own = [service for service in services if service.organisation_id == partner.memberships.get().organisation_id]
    for service in [*own[:5], *choice.sample(services, len(services) // ONE_OF)]:
        change = Change(service=service, made_by=partner, made_at=ground.now - timedelta(hours=choice.randint(1, 800)))
        changes.append(change)
        waits = choice.random() < 0.34
        for name, old, new in (("summary", "What it was.", "What it shall be."), ("phone", "", "01134960123")):
            safe = name == "phone"
            state = FieldState.LIVE if safe else FieldState.WAITING if waits else FieldState.ACCEPTED
            fields.append(
                ChangeField(change=change, name=name, old_value=old, new_value=new, state=state, written_on_version=service.version)
            )
    Change.objects.bulk_create(changes, batch_size=500)
    ChangeField.objects.bulk_create(fields, batch_size=500)
    taken = [change.pk for change in changes[::7]]
    InHand.objects.bulk_create(InHand(kind="change", key=pk, moderator=editor()) for pk in taken)


def _suggestions(choice: Random, services: list[Service], ground: Ground) -> None:
    told = choice.sample(services, len(services) // ONE_OF)
    Suggestion.objects.bulk_create(
        [
            Suggestion(
                kind="problem", service=service, part="times", words="They meet on Fridays now.", told_at=ground.now - timedelta(hours=at)
            )
            for at, service in enumerate(told)
        ],
        batch_size=500,
    )
    Suggestion.objects.bulk_create(
        [Suggestion(kind="listing", name=f"A group {number}", words="They meet in the hall.") for number in range(len(told) // 4)]
    )


def _claims(services: list[Service], partners: list[User], ground: Ground) -> None:
    """Partners say that the group of another listing is theirs too; the first of them is the benchmark's own."""
    others = [service for service in services if service.organisation_id != partners[0].memberships.get().organisation_id]
    Claim.objects.bulk_create(
        [
            Claim(
                user=user, organisation_id=service.organisation_id, service=service, name="A Partner", state=ClaimState.WAITING,
                put_at=ground.now - timedelta(hours=at),
            )
            for at, (user, service) in enumerate(zip(partners, others[:: 2 * ONE_OF], strict=False))
        ],
        batch_size=500,
    )  # fmt: skip


def _freshness(choice: Random, services: list[Service], ground: Ground) -> None:
    """A tenth were asked about by mail, some were rung, every web address was looked at."""
    asked = choice.sample(services, len(services) // 10)
    reminders = [
        Reminder(
            to_member=False, email_token=email_token(f"reminded{number}@mail.example") or "", on=ground.today - timedelta(days=number % 300)
        )
        for number in range(len(asked))
    ]
    Reminder.objects.bulk_create(reminders, batch_size=500)
    tokens: list[Any] = [
        CheckToken(reminder=reminder, service=service, ends_on=reminder.on + timedelta(days=30))
        for reminder, service in zip(reminders, asked, strict=True)
    ]
    CheckToken.objects.bulk_create(tokens, batch_size=500)
    rung = choice.sample(services, len(services) // 50)
    Ringing.objects.bulk_create(
        [Ringing(service=service, by=editor(), outcome="nobody", again_on=ground.today + timedelta(days=2)) for service in rung[::5]]
    )
    Ringing.objects.bulk_create([Ringing(service=service, outcome="right", at=ground.now - timedelta(days=90)) for service in rung])
    links = [LinkCheck(url=service.url, host=f"{service.pk}.example", looked_at=ground.now) for service in services if service.url]
    for link in links[::30]:
        link.failures, link.failed_since, link.failed_on, link.why = 3, ground.today - timedelta(days=9), ground.today, "404"
    LinkCheck.objects.bulk_create(links, batch_size=500)


def _doubles(choice: Random, services: list[Service]) -> None:
    some = sorted(choice.sample(services, len(services) // ONE_OF), key=lambda service: service.pk)
    DuplicatePair.objects.bulk_create(
        [
            DuplicatePair(
                first=one,
                second=other,
                score=choice.randint(80, 100),
                reasons=["name 95%", "same place"],
                state="proposed" if number % 5 else "same",
            )
            for number, (one, other) in enumerate(pairwise(some))
        ],
        batch_size=500,
    )


def _feeds(ground: Ground) -> None:
    for name in ("one", "two"):
        feed = Feed.objects.create(slug=name, name=f"The feed of {name}", url=f"https://{name}.example/oruk")
        Run.objects.bulk_create(
            Run(feed=feed, state=RunState.GOOD, started_at=ground.now - timedelta(days=7 * week), ended_at=ground.now)
            for week in range(100)
        )


def _terms() -> None:
    """A vocabulary as long as the national list of services, and what some of its terms are to our needs."""
    taxonomy = Taxonomy.objects.create(uri="https://terms.example/", name="Terms")
    terms = [
        Term(taxonomy=taxonomy, uri=f"https://terms.example/{number}", code=str(number), name=f"Term {number}") for number in range(2_000)
    ]
    Term.objects.bulk_create(terms, batch_size=500)
    needs = list(Need.objects.all())
    NeedMapping.objects.bulk_create(
        NeedMapping(need=needs[number % len(needs)], term=term, kind="related") for number, term in enumerate(terms[:200])
    )
