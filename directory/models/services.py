"""Services: what is offered, to whom, how to get it."""

import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import slugify
from wagtail.models import LockableMixin, PreviewableMixin, RevisionMixin

from directory import clock, previews, rhythm
from directory.models.needs import Need
from directory.models.organisations import Organisation

# A count of free places says nothing for longer than this.
SPACES_HOLD = timedelta(days=60)


class ServiceQuerySet(models.QuerySet["Service"]):
    """Named sets of services."""

    def public(self) -> "ServiceQuerySet":
        """Those that visitors see today."""
        today = clock.today()
        return self.filter(
            models.Q(visible_from=None) | models.Q(visible_from__lte=today),
            models.Q(visible_to=None) | models.Q(visible_to__gte=today),
            status__in=[Service.Status.ACTIVE, Service.Status.PAUSED],
        )

    def for_member(self, user: Any) -> "ServiceQuerySet":
        """Those of the organisations whose listings this user keeps."""
        return self.filter(organisation__memberships__user=user)

    def with_everything(self) -> "ServiceQuerySet":
        """With all that a page or an index document shows, in a constant number of queries."""
        return self.select_related("organisation").prefetch_related(
            "needs",
            "contacts",
            "costs",
            "closures__at_location",
            "schedules__at_location__location",
            "areas__area",
            "areas__at_location",
            "at_locations__location",
            "at_locations__schedules",
        )


class Service(PreviewableMixin, LockableMixin, RevisionMixin, models.Model):
    """Something that people can go to, ring, or have come to them.

    Freshness (`checked_at`, `checked_by`, `checked_how`) is not the date of the last edit (`changed_at`).
    """

    class Kind(models.TextChoices):
        SERVICE = "service", "Service"
        ACTIVITY = "activity", "Activity"
        GROUP = "group", "Group"
        HELPLINE = "helpline", "Helpline"
        INFORMATION = "information", "Information"

    class Status(models.TextChoices):
        ACTIVE = "active", "Running"
        PAUSED = "paused", "Paused"
        CLOSED = "closed", "Closed"

    class ReferralRoute(models.TextChoices):
        NONE = "none", "No referral needed, just turn up or ring"
        SELF = "self", "You ask for yourself"
        PROFESSIONAL = "professional", "A professional asks for you"

    class CheckedHow(models.TextChoices):
        OWNER = "owner", "the group's own word"
        PHONE = "phone", "a phone call"
        LINK = "link", "a one-click link"
        IMPORT = "import", "the source it came from"
        REFERRAL = "referral", "a referral that worked"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="services")
    name = models.CharField(max_length=200)
    other_names = models.CharField(max_length=300, blank=True, help_text="Separated by semicolons.")
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.SERVICE)
    summary = models.CharField("one plain sentence", max_length=300)
    description = models.TextField(blank=True, help_text="Markdown.")
    needs: models.ManyToManyField = models.ManyToManyField(Need, related_name="services", blank=True)

    min_age = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    max_age = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    what_you_get = models.TextField(blank=True, help_text="One thing in a line.")
    who_for = models.CharField(max_length=300, blank=True)
    not_for = models.CharField("who it is not for", max_length=300, blank=True)
    how_to_access = models.TextField(blank=True)
    next_step = models.CharField("what happens then", max_length=300, blank=True)
    wait_time = models.CharField("how long people wait", max_length=100, blank=True)
    what_to_bring = models.CharField(max_length=300, blank=True)
    referral_route = models.CharField(max_length=20, choices=ReferralRoute.choices, default=ReferralRoute.NONE)
    takes_referrals = models.BooleanField("takes referrals through the store", default=False)
    url = models.URLField("web page", max_length=500, blank=True, help_text="Of this service; the organisation has its own.")
    is_free = models.BooleanField("free", null=True, blank=True)
    cost = models.CharField(max_length=300, blank=True)
    own_money = models.BooleanField("people pay themselves", default=False)
    direct_payment = models.BooleanField("by direct payment", default=False)
    council_funded = models.BooleanField("paid by the council", default=False)

    at_place = models.BooleanField("at a place", default=False)
    at_home = models.BooleanField("at home", default=False)
    online = models.BooleanField(default=False)
    by_phone = models.BooleanField(default=False)
    outreach = models.BooleanField(default=False)

    spaces = models.PositiveSmallIntegerField("places left", null=True, blank=True)
    spaces_on = models.DateField("counted on", null=True, blank=True)
    notice = models.CharField(max_length=300, blank=True)
    notice_until = models.DateField(null=True, blank=True)
    cqc_location = models.CharField("CQC location id", max_length=30, blank=True)
    languages = models.CharField(max_length=200, blank=True, help_text="Separated by semicolons.")
    interpretation = models.CharField(max_length=200, blank=True, help_text="For example: British Sign Language if you ask a week before.")
    group_size = models.PositiveSmallIntegerField("people in the group", null=True, blank=True)
    faith = models.CharField("faith or community it is rooted in", max_length=100, blank=True)

    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)
    visible_from = models.DateField(null=True, blank=True)
    visible_to = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=300, blank=True)
    source_id = models.CharField(max_length=300, blank=True)
    source_date = models.CharField(max_length=20, blank=True)
    licence = models.CharField(max_length=200, blank=True)
    internal_note = models.TextField(blank=True)
    replaced_by = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="replaces", editable=False)
    rhythm_days = models.PositiveSmallIntegerField(
        "check it after so many days", null=True, blank=True, validators=[MinValueValidator(14), MaxValueValidator(730)]
    )
    imported = models.JSONField("what the source said last, field by field", default=dict, blank=True, editable=False)

    created_at = models.DateTimeField(default=clock.now, editable=False)
    changed_at = models.DateTimeField(default=clock.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    checked_at = models.DateField(null=True, blank=True)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    checked_how = models.CharField(max_length=10, choices=CheckedHow.choices, blank=True)
    due_on = models.GeneratedField(expression=rhythm.stored(), output_field=models.DateField(null=True), db_persist=True)

    objects = ServiceQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        indexes = [
            # The order and the condition of every page of open data.
            models.Index(fields=["created_at", "id", "status", "visible_from", "visible_to"], name="service_as_listed"),
            models.Index(fields=["changed_at"], name="service_changed"),
            models.Index(fields=["name", "id"], name="service_by_name"),
            models.Index(fields=["checked_at"], name="service_checked"),
            # The order of the lists of what is to be checked, and all that their counts ask.
            models.Index(fields=["due_on", "name", "id", "status", "visible_from", "visible_to"], name="service_due"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["source", "source_id"], condition=~models.Q(source_id=""), name="service_source_once"),
            models.CheckConstraint(condition=~models.Q(name=""), name="service_has_name"),
            models.CheckConstraint(
                condition=models.Q(replaced_by=None) | (~models.Q(replaced_by=models.F("id")) & models.Q(status="closed")),
                name="service_replaced_is_closed",
            ),
            models.CheckConstraint(condition=models.Q(rhythm_days=None) | models.Q(rhythm_days__range=(14, 730)), name="service_rhythm"),
            models.CheckConstraint(
                condition=models.Q(min_age=None) | models.Q(max_age=None) | models.Q(min_age__lte=models.F("max_age")),
                name="service_ages_in_order",
            ),
            models.CheckConstraint(
                condition=models.Q(visible_from=None) | models.Q(visible_to=None) | models.Q(visible_from__lte=models.F("visible_to")),
                name="service_visible_in_order",
            ),
            models.CheckConstraint(condition=models.Q(spaces=None) | models.Q(spaces_on__isnull=False), name="service_spaces_dated"),
            models.CheckConstraint(condition=models.Q(notice="") | models.Q(notice_until__isnull=False), name="service_notice_ends"),
            models.CheckConstraint(condition=models.Q(checked_at=None) | ~models.Q(checked_how=""), name="service_checked_how"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("service", args=[self.pk, self.slug])

    @property
    def preview_modes(self) -> list[tuple[str, str]]:
        """A page that nobody has yet is not drawn: it is about rows of its own."""
        return [] if self._state.adding else PreviewableMixin.DEFAULT_PREVIEW_MODES

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """Its page as visitors read it."""
        return previews.page_of(request, self.pk, {})

    @property
    def slug(self) -> str:
        """The readable end of the address; it may change, the id before it never does."""
        return slugify(self.name)[:60] or "service"

    @property
    def current_notice(self) -> str:
        """The notice, while it holds."""
        return self.notice if self.notice_until and self.notice_until >= clock.today() else ""

    @property
    def current_spaces(self) -> int | None:
        """How many places are free, while the count says something; None where nobody counted lately."""
        return self.spaces if self.spaces_on and self.spaces_on >= clock.today() - SPACES_HOLD else None

    @property
    def is_public(self) -> bool:
        """Do visitors see it today? The same rule as `ServiceQuerySet.public`."""
        today = clock.today()
        return (
            self.status in (self.Status.ACTIVE, self.Status.PAUSED)
            and (self.visible_from is None or self.visible_from <= today)
            and (self.visible_to is None or self.visible_to >= today)
        )


class CostOption(models.Model):
    """One price: what it is for, and how much. A price that is not known has no amount."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="costs")
    option = models.CharField("what it is for", max_length=100, blank=True, help_text="For example: a session; with a carer; first visit.")
    amount = models.DecimalField("pounds", max_digits=8, decimal_places=2, null=True, blank=True)
    concession = models.BooleanField("for those who have little money", default=False)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount=None) | models.Q(amount__gte=0), name="cost_not_below_nothing"),
            models.CheckConstraint(condition=models.Q(amount__isnull=False) | ~models.Q(option=""), name="cost_says_something"),
        ]

    def __str__(self) -> str:
        return self.option or str(self.amount)


class Contact(models.Model):
    """A way to reach a service, or one of its places. A person's own contact is shown only where that person agreed, until they withdraw."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(max_length=100, blank=True)
    role = models.CharField(max_length=100, blank=True)
    phone = models.CharField(max_length=60, blank=True)
    email = models.EmailField(blank=True)
    is_personal = models.BooleanField("a person's own", default=False)
    show_on_site = models.BooleanField(default=True)
    show_in_print = models.BooleanField(default=True)
    show_in_open_data = models.BooleanField(default=False)
    agreed_on = models.DateField(null=True, blank=True)
    withdrawn_on = models.DateField(null=True, blank=True)
    at_location = models.ForeignKey("ServiceAtLocation", null=True, blank=True, on_delete=models.CASCADE, related_name="contacts")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_personal=False)
                | models.Q(agreed_on__isnull=False)
                | models.Q(show_on_site=False, show_in_print=False, show_in_open_data=False),
                name="contact_shown_by_agreement",
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_on=None) | models.Q(show_on_site=False, show_in_print=False, show_in_open_data=False),
                name="contact_withdrawn_is_hidden",
            ),
        ]

    def __str__(self) -> str:
        return self.role or "Contact"
