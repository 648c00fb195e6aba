"""Groups and organisations, and the people who keep their listings."""

import uuid
from datetime import date

from django.conf import settings
from django.db import models
from wagtail.models import LockableMixin, RevisionMixin

from directory import clock

VETTING_FACTS = ("named_contact", "data_sharing_agreement", "safeguarding_policy", "insurance")


def _seen_by() -> models.ForeignKey:
    return models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+")


class Organisation(LockableMixin, RevisionMixin, models.Model):
    """A group or body that offers services. Only a vetted one receives personal data; people are signposted to the others."""

    class Kind(models.TextChoices):
        VOLUNTARY = "voluntary", "Voluntary or charity"
        FAITH = "faith", "Faith group"
        COOP = "co-op", "Co-operative"
        COMMUNITY = "community", "Community group"
        SOCIAL_ENTERPRISE = "social-enterprise", "Social enterprise"
        STATUTORY = "statutory", "Council or NHS"
        PRIVATE = "private", "Private"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200)
    other_names = models.CharField(max_length=300, blank=True, help_text="Separated by semicolons.")
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.VOLUNTARY)
    description = models.TextField(blank=True)
    url = models.URLField(max_length=500, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=60, blank=True)
    charity_number = models.CharField(max_length=20, blank=True)
    company_number = models.CharField(max_length=20, blank=True)
    coop_number = models.CharField("co-operative or society number", max_length=20, blank=True)
    cqc_provider = models.CharField("CQC provider id", max_length=30, blank=True)
    social = models.TextField("on social media", blank=True, help_text="Web addresses, one in a line.")
    networks = models.CharField("networks it belongs to", max_length=300, blank=True, help_text="Separated by semicolons.")
    logo = models.ForeignKey("wagtailimages.Image", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    logo_alt = models.CharField("what the logo shows, in words", max_length=150, blank=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="branches", verbose_name="part of")
    replaced_by = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="replaces")
    ours = models.BooleanField("the co-op's own", default=False)
    demo = models.BooleanField("invented for the demonstration", default=False)
    members: models.ManyToManyField = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="directory.Membership", through_fields=("organisation", "user"), related_name="organisations"
    )

    # Each fact of VETTING_FACTS: when somebody saw it, who, and when to look again.
    named_contact_seen_on = models.DateField(null=True, blank=True)
    named_contact_seen_by = _seen_by()
    named_contact_review_on = models.DateField(null=True, blank=True)
    data_sharing_agreement_seen_on = models.DateField(null=True, blank=True)
    data_sharing_agreement_seen_by = _seen_by()
    data_sharing_agreement_review_on = models.DateField(null=True, blank=True)
    safeguarding_policy_seen_on = models.DateField(null=True, blank=True)
    safeguarding_policy_seen_by = _seen_by()
    safeguarding_policy_review_on = models.DateField(null=True, blank=True)
    insurance_seen_on = models.DateField(null=True, blank=True)
    insurance_seen_by = _seen_by()
    insurance_review_on = models.DateField(null=True, blank=True)

    source = models.CharField(max_length=300, blank=True)
    source_id = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    changed_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["name", "id"], name="organisation_by_name")]
        constraints = [
            models.UniqueConstraint(fields=["source", "source_id"], condition=~models.Q(source_id=""), name="organisation_source_once"),
            models.CheckConstraint(condition=~models.Q(name=""), name="organisation_has_name"),
            models.CheckConstraint(condition=models.Q(logo=None) | ~models.Q(logo_alt=""), name="organisation_logo_in_words"),
            models.CheckConstraint(
                condition=~models.Q(replaced_by=models.F("id")) & ~models.Q(parent=models.F("id")), name="organisation_not_its_own"
            ),
            *(
                models.CheckConstraint(
                    condition=models.Q(**{f"{fact}_review_on": None}) | models.Q(**{f"{fact}_seen_on__isnull": False}),
                    name=f"organisation_{fact}_seen",
                )
                for fact in VETTING_FACTS
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def missing_vetting(self, on: date | None = None) -> list[str]:
        """The facts of vetting that nobody has seen, and `review` when it is overdue on that day (today where left out)."""
        missing = [fact for fact in VETTING_FACTS if getattr(self, f"{fact}_seen_on") is None]
        if self.vetting_review_on is None or self.vetting_review_on < (on or clock.today()):
            missing.append("review")
        return missing

    @property
    def vetting_review_on(self) -> date | None:
        """The first day on which a fact is to be looked at again; None while one of them has no such day."""
        days = [getattr(self, f"{fact}_review_on") for fact in VETTING_FACTS]
        return None if None in days else min(days)

    @property
    def is_vetted(self) -> bool:
        """May this organisation receive personal data today?"""
        return not self.missing_vetting()


class Membership(models.Model):
    """A partner user who keeps an organisation's listings; one of them leads."""

    class Part(models.TextChoices):
        LEAD = "lead", "Lead"
        DEPUTY = "deputy", "Deputy"
        MEMBER = "member", "Member"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    part = models.CharField(max_length=10, choices=Part.choices, default=Part.MEMBER)
    since = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "user"], name="member_once"),
            models.UniqueConstraint(fields=["organisation"], condition=models.Q(part="lead"), name="one_lead"),
            models.UniqueConstraint(fields=["organisation"], condition=models.Q(part="deputy"), name="one_deputy"),
        ]

    def __str__(self) -> str:
        return f"{self.part} of {self.organisation_id}"
