"""Finding a person again by name, phone or e-mail address, through keyed tokens: the database never holds what was looked for."""

from functools import reduce
from operator import or_

from django.db.models import Q

from directory.personal import lookup
from matching.models import Ask, LookupToken, Person, Referral

NUMBER_MOST = 9


def write_tokens(person: Person) -> None:
    """Make the tokens of a saved person fit what their record says now. Called in the transaction of the change."""
    wanted = _tokens_of(person.name, person.phone, person.email)
    held = {(row.field, row.token): row for row in person.tokens.all()}
    LookupToken.objects.filter(pk__in=[row.pk for key, row in held.items() if key not in wanted]).delete()
    LookupToken.objects.bulk_create(LookupToken(person=person, field=field, token=token) for field, token in sorted(wanted - held.keys()))


def people_called(text: str) -> set[Person]:
    """The people whom a text may mean: their phone or e-mail address is exactly this, or every part of the name is theirs."""
    found: set[Person] = set()
    if exact := _phone_or_email(text):
        found.update(Person.objects.filter(tokens__in=LookupToken.objects.filter(exact)))
    if names := lookup.name_tokens(text):
        people = Person.objects.all()
        for token in names:
            people = people.filter(tokens__field=LookupToken.Field.NAME, tokens__token=token)
        found.update(people)
    return found


def people_numbered(text: str) -> set[Person]:
    """The people whose number in the co-op's other systems this is, or whose request (A-101) or referral (R-101) has it."""
    said = text.strip()
    kind, _, number = said.upper().replace(" ", "").partition("-")
    numbered = Person.objects.filter(external_id=said).select_related("merged_into") if said else Person.objects.none()
    found = {row.merged_into or row for row in numbered}
    about: dict[str, type[Ask] | type[Referral]] = {"A": Ask, "R": Referral}
    if kind in about and number.isascii() and number.isdigit() and len(number) <= NUMBER_MOST:
        row = about[kind]._default_manager.filter(number=int(number)).select_related("person").first()
        found |= {row.person} if row is not None and row.person is not None else set()
    return found


def _tokens_of(name: str, phone: str, email: str) -> set[tuple[str, str]]:
    tokens = {(str(LookupToken.Field.NAME), token) for token in lookup.name_tokens(name)}
    if token := lookup.phone_token(phone):
        tokens.add((str(LookupToken.Field.PHONE), token))
    if token := lookup.email_token(email):
        tokens.add((str(LookupToken.Field.EMAIL), token))
    return tokens


def _phone_or_email(text: str) -> Q | None:
    phone, email = lookup.phone_token(text), lookup.email_token(text)
    wanted = [Q(field=LookupToken.Field.PHONE, token=phone)] if phone else []
    wanted += [Q(field=LookupToken.Field.EMAIL, token=email)] if email else []
    return reduce(or_, wanted) if wanted else None
