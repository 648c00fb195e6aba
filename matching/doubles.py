"""Is somebody else already helping this person with this? Told to the coordinator alone, never to the one who refers."""

from uuid import UUID

from matching.models import LookupToken, Person, Referral
from matching.states import REFERRAL_OPEN


def is_possible_double(referral: Referral) -> bool:
    """Is there an open referral for the same need, of the same person or of somebody with the same phone or the same whole name?"""
    if referral.person is None:
        return False
    people = {referral.person.pk, *_alike(referral.person)}
    others = Referral.objects.filter(person__in=people, need=referral.need, state__in=REFERRAL_OPEN)
    return others.exclude(pk=referral.pk).exists()


def _alike(person: Person) -> set[UUID]:
    tokens = list(person.tokens.values_list("field", "token"))
    phones = [token for field, token in tokens if field in (LookupToken.Field.PHONE, LookupToken.Field.EMAIL)]
    names = {token for field, token in tokens if field == LookupToken.Field.NAME}
    alike: set[UUID] = set(LookupToken.objects.filter(token__in=phones).exclude(person=person).values_list("person_id", flat=True))
    if len(names) > 1:
        shared: dict[UUID, set[str]] = {}
        rows = LookupToken.objects.filter(token__in=names, field=LookupToken.Field.NAME).exclude(person=person)
        for other, token in rows.values_list("person_id", "token"):
            shared.setdefault(other, set()).add(token)
        alike |= {other for other, found in shared.items() if found == names}
    return alike
