"""People whom the co-op knows: those who need help and those who care for them. A carer is a person too.

What says who somebody is, is encrypted; look-up goes through keyed tokens. Nothing here is ever a snippet or has revisions.
"""

import uuid

from django.conf import settings
from django.db import models

from directory import clock
from directory.personal.fields import EncryptedDateField, EncryptedJSONField, EncryptedTextField


class LawfulBasis(models.TextChoices):
    """Why the co-op may keep and pass on a person's data (UK GDPR Art. 6 and 9, Data Protection Act 2018 sch. 1)."""

    SOCIAL_CARE = "social_care", "Social care (Art. 9(2)(h), DPA 2018 sch. 1 para. 2)"
    SAFEGUARDING = "safeguarding", "Safeguarding of adults at risk (DPA 2018 sch. 1 para. 18)"


class Known(models.Model):
    """Who somebody is, and where they live and are reached: read by nobody who does not hold the key."""

    name = EncryptedTextField()
    phone = EncryptedTextField(default="", blank=True)
    email = EncryptedTextField(default="", blank=True)
    address = EncryptedTextField(default="", blank=True)
    postcode = EncryptedTextField(default="", blank=True)
    date_of_birth = EncryptedDateField(null=True, blank=True)

    class Meta:
        abstract = True


class Person(Known):
    """Somebody who is helped, or who cares for somebody, or both."""

    class Part(models.TextChoices):
        CARED_FOR = "cared_for", "Needs help"
        CARER = "carer", "Cares for someone"
        BOTH = "both", "Needs help and cares for someone"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="person")
    part = models.CharField(max_length=10, choices=Part.choices, default=Part.CARED_FOR)
    position = EncryptedJSONField(null=True, blank=True, help_text="{lat, lon} of the postcode.")
    facts = EncryptedJSONField(
        default=dict,
        blank=True,
        help_text="receives_care, needs_help_because (true, false or left out: not known), gender, languages, household, animals, smoker.",
    )
    communication_needs = EncryptedTextField(default="", blank=True)
    contact = EncryptedJSONField(
        default=dict,
        blank=True,
        help_text="codes (Accessible Information Standard), by (call, text, letter, email), voicemail (true, false or left out), may_answer.",
    )
    can_give = EncryptedTextField("what the person can give", default="", blank=True)
    safe_contact = EncryptedTextField(default="", blank=True, help_text="Who may answer, whether to leave a message.")
    do_not_contact = models.BooleanField(default=False)
    notes = EncryptedTextField(default="", blank=True)
    lawful_basis = models.CharField(max_length=20, choices=LawfulBasis.choices, default=LawfulBasis.SOCIAL_CARE)
    brought_in_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    external_id = models.CharField("number in the co-op's other systems", max_length=40, null=True, blank=True, unique=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="merged_from")
    demo = models.BooleanField("invented for the demonstration", default=False)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-created_at", "id"]

    def __str__(self) -> str:
        return f"Person {self.pk}"


class NotTheSame(models.Model):
    """Two records that look like one person and are two: a coordinator has asked. The smaller id comes first."""

    one = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["one", "other"], name="not_the_same_once")]

    def __str__(self) -> str:
        return "Two people"


class FamilyLink(models.Model):
    """A family member or main contact, with or without an account: what they are to the person, and what the person or the law lets them see."""

    class Sees(models.TextChoices):
        NOTHING = "nothing", "Nothing: we may ring them, and tell them no more"
        VISITS = "visits", "When somebody comes"
        REQUESTS = "requests", "The requests for help and what became of them"

    class Authority(models.TextChoices):
        NONE = "none", "None: they prepare, the person says yes"
        ATTORNEY = "attorney", "Attorney for health and welfare"
        DEPUTY = "deputy", "Deputy for health and welfare"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="family")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="family_of")
    name = EncryptedTextField(default="", blank=True)
    phone = EncryptedTextField(default="", blank=True)
    email = EncryptedTextField(default="", blank=True)
    relation = EncryptedTextField(default="", blank=True)
    is_main = models.BooleanField("main contact", default=False)
    sees = models.CharField(max_length=10, choices=Sees.choices, default=Sees.NOTHING)
    authority = models.CharField(max_length=10, choices=Authority.choices, default=Authority.NONE)
    authority_seen_on = models.DateField(null=True, blank=True)
    authority_seen_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    since = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "user"], name="family_once"),
            models.UniqueConstraint(fields=["person"], condition=models.Q(is_main=True), name="one_main_contact"),
            models.CheckConstraint(
                condition=models.Q(authority="none") | models.Q(authority_seen_on__isnull=False), name="authority_seen_when"
            ),
        ]

    def __str__(self) -> str:
        return f"Family of {self.person_id}"

    @property
    def lets_see(self) -> "FamilyLink.Sees":
        """What the person said; an attorney or deputy for health and welfare whose power is in force sees all."""
        return self.Sees.REQUESTS if self.authority != self.Authority.NONE else self.Sees(self.sees)

    def shows(self, what: "FamilyLink.Sees") -> bool:
        """May this one see it? Whoever sees the requests sees the visits."""
        order = list(self.Sees)
        return order.index(self.lets_see) >= order.index(what)


class LookupToken(models.Model):
    """One keyed token by which a person is found again: a name's part, a phone, an e-mail address."""

    class Field(models.TextChoices):
        NAME = "name", "Name"
        PHONE = "phone", "Phone"
        EMAIL = "email", "E-mail"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="tokens")
    field = models.CharField(max_length=10, choices=Field.choices)
    token = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "field", "person"], name="token_once")]

    def __str__(self) -> str:
        return f"{self.field} token"


class Agreement(models.Model):
    """The person's yes to being referred, who said it and how; beside the lawful basis, not instead of it."""

    class GivenBy(models.TextChoices):
        PERSON = "person", "The person"
        ATTORNEY = "attorney", "An attorney for health and welfare"
        DEPUTY = "deputy", "A deputy for health and welfare"
        BEST_INTERESTS = "best_interests", "A best-interests decision for this one step"

    class How(models.TextChoices):
        PHONE = "phone", "On the phone"
        IN_PERSON = "in_person", "In person"
        WRITING = "writing", "In writing"
        ONLINE = "online", "Online"

    class Scope(models.TextChoices):
        REFERRAL = "referral", "This request only"
        REFERRALS = "referrals", "Referrals to local groups and volunteers"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="agreements")
    ask = models.ForeignKey("matching.Ask", null=True, blank=True, on_delete=models.CASCADE, related_name="agreements")
    given_by = models.CharField(max_length=20, choices=GivenBy.choices)
    how = models.CharField(max_length=20, choices=How.choices)
    at = models.DateTimeField()
    scope = models.CharField(max_length=20, choices=Scope.choices, default=Scope.REFERRALS)
    seen = EncryptedTextField(default="", blank=True, help_text="Which document was seen by whom, or who decided and why.")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(scope="referral") | models.Q(ask__isnull=False), name="agreement_names_its_ask"),
            models.CheckConstraint(
                condition=~models.Q(given_by="best_interests") | models.Q(scope="referral"), name="best_interests_for_one_step"
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at=None) | models.Q(withdrawn_at__gte=models.F("at")), name="agreement_withdrawn_after"
            ),
        ]

    def __str__(self) -> str:
        return f"Agreement {self.pk}"


class Look(models.Model):
    """Somebody looked at a person's record. Kept apart from the journal, without keys to other tables."""

    at = models.DateTimeField(default=clock.now)
    by_id = models.UUIDField()
    by_role = models.CharField(max_length=32)
    person_id = models.UUIDField()
    where = models.SlugField()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["person_id", "at"], name="look_by_person")]

    def __str__(self) -> str:
        return f"{self.where} {self.at:%Y-%m-%d}"
