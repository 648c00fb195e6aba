"""Somebody would like to help: what the form at /volunteer/join/ tells, written down; and the account they get when a coordinator lets them in."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Unpack
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet

from directory import clock, throttle
from directory.accounts.granting import grant
from directory.accounts.models import User
from directory.accounts.policy import require
from directory.accounts.roles import Permission, Relation, Role
from directory.geodata.locating import normalise_postcode
from directory.journal.recording import record
from directory.personal.lookup import email_token, name_words, phone_token
from directory.states import NEW, WrongState
from matching.asking.promises import promised_day
from matching.models import Task, Volunteer, VolunteerActivity
from matching.numbering import hold_numbers, next_number
from matching.rules.decisions import rules_in_force
from matching.suggesting.facts import age_on
from matching.tasks import open_task
from matching.volunteer_states import VOLUNTEER_GONE, VOLUNTEERING, VolunteerStatus
from matching.volunteering.details import VolunteerDetails, write_details
from matching.volunteering.mails import send_after_commit
from matching.volunteering.records import locked, role_of
from matching.volunteering.references import new_reference, record_named_by_public

YOUNGEST = 16
REFEREES = 2
AGAIN = 60


@transaction.atomic
def apply(
    mark: UUID,
    *,
    name: str,
    activities: Iterable[str] = (),
    referees: Iterable[Mapping[str, str]] = (),
    says_adult: bool = False,
    **details: Unpack[VolunteerDetails],
) -> Volunteer:
    """Somebody who is no user of ours would like to volunteer; anybody may say so.

    mark: the form's own, by which a form that is sent twice makes one volunteer: it becomes their key. activities: only those that are open
    to volunteers. referees: {name, reached_at, relation}, without a name left out. says_adult: they said that they are 18 or over. A task asks
    a coordinator to ring, and tells of a record of somebody like them who was removed; the one who applies learns nothing of whom we know.
    Raises ValidationError ({field: [text]}).
    """
    # Two who send one form at the same moment go one after the other from here.
    hold_numbers("volunteer")
    known = Volunteer.objects.filter(pk=mark).first()
    if known is not None:
        return known
    VOLUNTEERING.check(NEW, VolunteerStatus.APPLIED, [Relation.RAISER])
    volunteer = Volunteer(pk=mark, status=VolunteerStatus.APPLIED)
    write_details(volunteer, name=name, **{**details, "facts": {**details.get("facts", {}), "says_adult": says_adult or None}})
    if errors := _faults(volunteer):
        raise ValidationError(errors)
    volunteer.number = next_number("volunteer")
    volunteer.save(force_insert=True)
    open_ones = {slug for slug, rule in rules_in_force().items() if rule.open_to_volunteers}
    chosen = sorted(set(activities) & open_ones)
    VolunteerActivity.objects.bulk_create(VolunteerActivity(volunteer=volunteer, activity=slug) for slug in chosen)
    named = [each for each in referees if each.get("name", "").strip()][:REFEREES]
    rows = [new_reference(volunteer, frozenset({Relation.RAISER}), **_referee(each)) for each in named]
    record("public.volunteer_applied", volunteer, by=None, codes={"to": volunteer.status, "activities": chosen, "referees": len(rows)})
    for row in rows:
        record_named_by_public(row)
    _ask_to_ring(volunteer)
    return volunteer


def _ask_to_ring(volunteer: Volunteer) -> None:
    words = f"{volunteer} would like to volunteer. Ring them, and talk about what they enjoy, references and a check."
    removed = [str(other) for other in alike(volunteer, Volunteer.objects.filter(status=VolunteerStatus.REMOVED))]
    if removed:
        words = f"{volunteer} would like to volunteer, and may be {' or '.join(removed)}, who was removed. Look at both records before you ring."
    open_task(
        Task.Kind.RING,
        by=None,
        due_on=promised_day(settings.SITE_PHONE_HOURS) or clock.today() + timedelta(days=7),
        once=f"applied-{volunteer.pk}",
        words=words,
        volunteer=volunteer,
    )


@transaction.atomic
def let_in(volunteer: Volunteer, *, by: User) -> Volunteer:
    """Give the volunteer an account for their e-mail address, or link the one that it has; a mail tells how to sign in.

    Pressed twice, one mail goes out. Raises PermissionDenied, WrongState for who is gone, ValidationError without an address, or where
    the account belongs to another volunteer or is no person's.
    """
    require(by, Permission.KEEP_RECORDS)
    volunteer = locked(volunteer)
    if volunteer.status in VOLUNTEER_GONE:
        raise WrongState("They do not volunteer with us any more.")
    if volunteer.user_id is None:
        volunteer.user = _account(volunteer, by)
        volunteer.save(update_fields=["user"])
        record("volunteer.let_in", volunteer, by=by, role=role_of(by), codes={"user": volunteer.user.pk})
        send_after_commit("tell_let_in", volunteer.pk)
    return volunteer


@transaction.atomic
def tell_again(volunteer: Volunteer, *, by: User) -> None:
    """The mail to somebody who was let in once more, at most once in AGAIN seconds. Raises PermissionDenied, WrongState."""
    require(by, Permission.KEEP_RECORDS)
    volunteer = locked(volunteer)
    if volunteer.status in VOLUNTEER_GONE or volunteer.user_id is None:
        raise WrongState("They have no account of ours.")
    if throttle.take("let-in-again", str(volunteer.pk), most=1, seconds=AGAIN):
        send_after_commit("tell_let_in", volunteer.pk)


def alike(volunteer: Volunteer, among: QuerySet[Volunteer] | None = None) -> list[Volunteer]:
    """Others with the same phone or e-mail address, or the same name and birthday or postcode: perhaps the same person twice.

    among: everybody where left out. Decrypts all of them, so for one page at a time.
    """
    rows = Volunteer.objects.all() if among is None else among
    tokens = _tokens(volunteer)
    return [other for other in rows.exclude(pk=volunteer.pk) if tokens & _tokens(other)]


def is_too_young(volunteer: Volunteer) -> bool:
    """Is the date of birth known, and under the age from which somebody may volunteer with us?"""
    return volunteer.date_of_birth is not None and age_on(volunteer.date_of_birth, clock.today()) < YOUNGEST


def _tokens(volunteer: Volunteer) -> set[str]:
    reached = {token for token in (phone_token(volunteer.phone), email_token(volunteer.email)) if token}
    name, told = " ".join(sorted(name_words(volunteer.name))), (volunteer.date_of_birth, normalise_postcode(volunteer.postcode))
    return reached | {f"{name}|{each}" for each in told if each and name}


def _faults(volunteer: Volunteer) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if not volunteer.phone and not volunteer.email:
        errors["phone"] = ["Give us a telephone number or an e-mail address, so that we can reach you."]
    if volunteer.phone and phone_token(volunteer.phone) is None:
        errors["phone"] = ["This does not look like a telephone number. Write it like 01484 496000."]
    if volunteer.date_of_birth is not None and volunteer.date_of_birth > clock.today():
        errors["date_of_birth"] = ["This day is still to come."]
    elif is_too_young(volunteer):
        errors["date_of_birth"] = [f"You can volunteer with us from {YOUNGEST} on."]
    return errors


def _referee(given: Mapping[str, str]) -> dict[str, str]:
    return {name: given.get(name, "") for name in ("name", "reached_at", "relation")}


def _account(volunteer: Volunteer, by: User) -> User:
    address = volunteer.email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise ValidationError({"email": ["Write down their e-mail address first: the account is for it."]}) from error
    user = User.objects.filter(email=address).first()
    if user is None:
        user = User.objects.create_user(address, name=volunteer.name)
        record("account.opened", user, by=by, role=role_of(by), codes={"volunteer": volunteer.pk})
    if user.is_service or not user.is_active:
        raise ValidationError({"email": ["The account of this address is closed."]})
    if Volunteer.objects.filter(user=user).exists():
        raise ValidationError({"email": ["The account of this address belongs to another volunteer: perhaps they are the same person."]})
    if not user.grants.filter(role=Role.VOLUNTEER).exists():
        grant(user, Role.VOLUNTEER, by=None)
        record("account.role_given", user, by=by, role=role_of(by), codes={"role": Role.VOLUNTEER})
    return user
