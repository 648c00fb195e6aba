"""What the referral doors take and give, for checking and for the OpenAPI document."""

from typing import Any
from uuid import UUID

from rest_framework import serializers

from directory.models import Need
from matching.models import Agreement, LawfulBasis, Person, Referral
from matching.persons.needs import communication_needs
from matching.reasons import Outcome, Reason
from matching.states import ReferralState


class Text(serializers.CharField):
    """Text without control characters that a database refuses."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"allow_blank": True, "required": False, "max_length": 300, **options})


class PersonIn(serializers.Serializer):
    """Who it is about; a name is the least."""

    name = Text(required=True, allow_blank=False, max_length=200)
    postcode = Text(max_length=10)
    phone = Text(max_length=40)
    email = serializers.EmailField(required=False, allow_blank=True)
    address = Text()
    date_of_birth = serializers.DateField(required=False, allow_null=True)
    part = serializers.ChoiceField(choices=Person.Part.choices, required=False)
    communication_codes = serializers.ListField(
        child=serializers.ChoiceField(choices=[(code, need.label) for code, need in communication_needs().items()]),
        required=False,
        max_length=len(communication_needs()),
        help_text="What helps to understand and be understood, in codes after the Accessible Information Standard (DCB1605).",
    )
    communication_needs = Text(max_length=1000, help_text="The same in words, where no code fits.")
    safe_contact = Text(max_length=1000)


class ConsentIn(serializers.Serializer):
    """The person's agreement to be referred: who said yes, how, when, for what."""

    given_by = serializers.ChoiceField(choices=Agreement.GivenBy.choices)
    how = serializers.ChoiceField(choices=Agreement.How.choices)
    at = serializers.DateTimeField()
    scope = serializers.ChoiceField(choices=Agreement.Scope.choices, required=False)
    seen = Text(
        max_length=1000, help_text="For attorney, deputy or best interests: the document seen, by whom and when; or who decided and why."
    )


class ReferralIn(serializers.Serializer):
    """A new referral."""

    person = PersonIn(required=False)
    person_id = serializers.UUIDField(required=False)
    need = serializers.SlugField()
    activity = serializers.SlugField(required=False, allow_blank=True)
    service_id = serializers.UUIDField(required=False)
    volunteers = serializers.BooleanField(required=False)
    note = Text(max_length=4000)
    consent = ConsentIn(required=False)
    lawful_basis = serializers.ChoiceField(choices=LawfulBasis.choices, required=False)
    council_case_ref = Text(max_length=100)

    def validate_need(self, slug: str) -> str:
        if not Need.objects.filter(pk=slug).exists():
            raise serializers.ValidationError("There is no such need.")
        return slug


class AttemptIn(serializers.Serializer):
    """One dated try to reach the person."""

    at = serializers.DateTimeField()
    how = serializers.ChoiceField(choices=Referral.Channel.choices)


class ToldIn(serializers.Serializer):
    """The person was told how it ended."""

    at = serializers.DateTimeField(required=False)
    how = serializers.ChoiceField(choices=Referral.Channel.choices)
    by = Text(help_text="Kept as the account that says so; a name given here is not stored.")


class MoveIn(serializers.Serializer):
    """One step of a referral."""

    to = serializers.ChoiceField(choices=ReferralState.choices)
    reason = serializers.ChoiceField(choices=Reason.choices, required=False)
    outcome = serializers.ChoiceField(choices=Outcome.choices, required=False)
    note = Text(max_length=4000)
    review_on = serializers.DateField(required=False)
    attempts = AttemptIn(many=True, required=False)
    first_contact_at = serializers.DateTimeField(required=False)
    on_behalf_of = serializers.BooleanField(required=False)
    channel = serializers.ChoiceField(choices=Referral.Channel.choices, required=False)
    person_told = ToldIn(required=False)


class ReferralMade(serializers.Serializer):
    """What a new referral answers with."""

    id = serializers.UUIDField()
    number = serializers.IntegerField()
    state = serializers.ChoiceField(choices=ReferralState.choices)
    due_at = serializers.DateTimeField(allow_null=True)
    url = serializers.CharField()


class ReferralOut(ReferralMade):
    """A referral as its referrer sees it."""

    need = serializers.CharField()
    service_id = serializers.UUIDField(allow_null=True)
    volunteers = serializers.BooleanField()
    person_id = serializers.UUIDField(allow_null=True)
    council_case_ref = serializers.CharField()
    created_at = serializers.DateTimeField()
    sent_at = serializers.DateTimeField(allow_null=True)
    responded_at = serializers.DateTimeField(allow_null=True)
    first_contact_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    review_on = serializers.DateField(allow_null=True)
    reason = serializers.CharField(allow_blank=True)
    outcome = serializers.CharField(allow_blank=True)
    person_told_at = serializers.DateTimeField(allow_null=True)


class ReferralList(serializers.Serializer):
    """A page of own referrals, the newest first."""

    total = serializers.IntegerField()
    page = serializers.IntegerField()
    page_size = serializers.IntegerField()
    results = ReferralOut(many=True)


def made(referral: Referral) -> dict[str, Any]:
    """The short answer to a new referral."""
    return {
        "id": str(referral.pk),
        "number": referral.number,
        "state": referral.state,
        "due_at": referral.due_at,
        "url": f"/api/v1/referrals/{referral.pk}/",
    }


def _known_as(referral: Referral) -> UUID | None:
    """The id under which the referrer brought the person in: that it became part of another record is nothing to learn here."""
    if referral.person is None or referral.person.brought_in_by_id == referral.referrer_id:
        return referral.person_id
    own = (row.pk for row in referral.person.merged_from.all() if row.brought_in_by_id == referral.referrer_id)
    return next(own, referral.person_id)


def shown(referral: Referral, *, sees_person: bool = True) -> dict[str, Any]:
    """The whole referral, without the person's name: who brought them in knows the id. Who may not see the person gets no reference either."""
    return {
        **made(referral),
        "need": referral.need_id,
        "service_id": str(referral.service_id) if referral.service_id else None,
        "volunteers": referral.to_volunteers,
        "person_id": str(_known_as(referral)) if referral.person_id and sees_person else None,
        "council_case_ref": referral.council_case_ref if sees_person else "",
        "created_at": referral.created_at,
        "sent_at": referral.sent_at,
        "responded_at": referral.responded_at,
        "first_contact_at": referral.first_contact_at,
        "ended_at": referral.ended_at,
        "review_on": referral.review_on,
        "reason": referral.reason,
        "outcome": referral.outcome,
        "person_told_at": referral.person_told_at,
    }
