"""What a coordinator can do where help is missing: look for volunteers, invite a service to come here too, start a group."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import require
from directory.accounts.roles import Permission
from directory.models import Need, Service
from matching.desk_states import TASK_ENDED
from matching.models import Task
from matching.rules.activities import rules
from matching.rules.decisions import rules_in_force
from matching.tasks import open_task

DAYS_TO_ACT = 7


@dataclass(frozen=True)
class Spot:
    """What is missing where: a need, perhaps an activity of it, and an area by code and name."""

    need: Need
    activity: str
    area_code: str
    area_name: str

    @property
    def label(self) -> str:
        """What is missing, in words as they stand within a sentence."""
        label = rules()[self.activity].label if self.activity in rules() else self.need.name
        return label[:1].lower() + label[1:]

    @property
    def volunteer_path(self) -> str:
        """Where somebody says that they would do this."""
        return f"/volunteer/?activity={self.activity}" if self.activity else "/volunteer/"


@transaction.atomic
def recruit(spot: Spot, *, by: User, words: str = "") -> Task:
    """Put it on the coordinators' list: look for volunteers for this here. One at a time for each spot and month.

    words: the notice as the coordinator wants it; ours where left out. Raises PermissionDenied, ValidationError for what volunteers may not do.
    """
    require(by, Permission.MATCH)
    if spot.activity and not is_for_volunteers(spot.activity):
        raise ValidationError({"activity": ["Volunteers may not do this: look for a service."]})
    return _task(Task.Kind.RECRUIT, spot, by=by, words=words.strip() or notice(spot))


@transaction.atomic
def widen(spot: Spot, service: Service, *, by: User, words: str = "") -> Task:
    """Put it on the list: invite this service to come here too. Raises PermissionDenied, ValidationError for a service that is not listed."""
    require(by, Permission.MATCH)
    if not service.is_public:
        raise ValidationError({"service": ["This service is not listed at present."]})
    return _task(Task.Kind.WIDEN, spot, by=by, words=words.strip() or letter(spot, service), service=service)


@transaction.atomic
def start_group(spot: Spot, *, by: User, words: str = "") -> Task:
    """Put it on the list: bring those who asked for this here together. Raises PermissionDenied."""
    require(by, Permission.MATCH)
    return _task(
        Task.Kind.START_GROUP, spot, by=by, words=words.strip() or f"Several people near {spot.area_name} asked for this: {spot.label}."
    )


def on_list(spot: Spot, words: str) -> str:
    """How these words stand on the list."""
    return f"{spot.area_name}. {words.strip()}"


def is_for_volunteers(activity: str) -> bool:
    """May volunteers do it here and now, some perhaps after training?"""
    rule = rules_in_force().get(activity)
    return rule is not None and rule.open_to_volunteers and not rule.for_registered_providers


def notice(spot: Spot) -> str:
    """Words for a notice board or a website. No number stands in it: how few people wait is nobody's business outside."""
    return (
        f"Could you help a neighbour in {spot.area_name}?\n\n"
        f"People near you are looking for somebody for this: {spot.label}. As much or as little time as you like. "
        f"We talk with you first, and arrange any check that is needed. Saying no to a single request costs nothing.\n\n"
        f"Tell us at {settings.BASE_URL}{spot.volunteer_path}\n"
        f"or ring {settings.SITE_PHONE} ({settings.SITE_PHONE_HOURS}).\n\n"
        f"{settings.SITE_NAME}"
    )


def letter(spot: Spot, service: Service) -> str:
    """A letter or mail to a service. It tells of the area and the need, and of nobody in particular."""
    return (
        f"Dear all at {service.organisation.name},\n\n"
        f"People in {spot.area_name} ask us for this: {spot.label}. At present we know of nobody who does it for them. "
        f"You do it nearby with {service.name}, as far as we know not as far as {spot.area_name}.\n\n"
        f"Could you imagine coming here too, or taking people from here? What would you need for it: a room, volunteers, a lift? "
        f"If you come here already, tell us, and we put the listing right.\n\n"
        f"Ring us on {settings.SITE_PHONE} ({settings.SITE_PHONE_HOURS}), or answer this letter.\n\n"
        f"{settings.SITE_NAME}\n{settings.SITE_ADDRESS}"
    )


def _task(kind: str, spot: Spot, *, by: User, words: str, service: Service | None = None) -> Task:
    today = clock.today()
    what = (str(kind), spot.activity or spot.need.pk, spot.area_code, str(service.pk) if service else "", f"{today:%Y-%m}")
    mark = ":".join(filter(None, what))
    ended = Task.objects.filter(Q(once=mark) | Q(once__startswith=f"{mark}:"), state__in=TASK_ENDED).count()
    return open_task(
        kind,
        by=by,
        due_on=today + timedelta(days=DAYS_TO_ACT),
        # Wanted again after it was done: that is another task.
        once=f"{mark}:{ended}" if ended else mark,
        words=on_list(spot, words),
        need=spot.need,
        activity=spot.activity,
        service=service,
    )
