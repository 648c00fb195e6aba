"""Finding volunteers by name, phone, address or number, and keeping who looked at whom."""

from directory.accounts.models import User
from directory.accounts.policy import allowed, require, role_used, roles_of
from directory.accounts.roles import Permission, Role
from directory.personal.lookup import email_token, name_words, phone_token
from matching.models import Look, Task, Volunteer


def may_look(by: User, volunteer: Volunteer) -> bool:
    """A coordinator, and the safeguarding lead at somebody whom they may have to refer to the Disclosure and Barring Service."""
    if allowed(by, Permission.KEEP_RECORDS):
        return True
    lead = Task.objects.filter(volunteer=volunteer, kind=Task.Kind.DUTY_TO_REFER, whose=Task.For.SAFEGUARDING_LEAD)
    return Role.SAFEGUARDING_LEAD in roles_of(by) and lead.exists()


def keep_volunteer_look(volunteer: Volunteer, *, by: User, where: str) -> None:
    """Note that this user saw who the volunteer is; the caller has asked whether they may."""
    Look.objects.create(by_id=by.pk, by_role=_role(by), person_id=volunteer.pk, where=where)


def find_volunteers(text: str, *, by: User) -> list[Volunteer]:
    """Those whose number, phone or e-mail address this is, or whose name has all these parts. Each one found counts as looked at.

    Reads every name, since volunteers are few and have no index of tokens. Raises PermissionDenied.
    """
    require(by, Permission.KEEP_RECORDS)
    number = text.strip().upper().removeprefix("V-").removeprefix("V")
    if number.isascii() and number.isdigit() and len(number) < 9:
        found = list(Volunteer.objects.filter(number=int(number)))
    else:
        found = []
    if not found:
        words, exact = set(name_words(text)), {token for token in (phone_token(text), email_token(text)) if token}
        rows = Volunteer.objects.only("number", "status", "village", "demo", "name", "phone", "email")
        found = [row for row in rows if _means(row, words, exact)]
    role = _role(by)
    Look.objects.bulk_create(Look(by_id=by.pk, by_role=role, person_id=row.pk, where="found") for row in found)
    return found


def _means(row: Volunteer, words: set[str], exact: set[str]) -> bool:
    if exact & {phone_token(row.phone), email_token(row.email)}:
        return True
    return bool(words) and words <= set(name_words(row.name))


def _role(by: User) -> str:
    return role_used(by, Permission.KEEP_RECORDS) or role_used(by, Permission.USE_DESK)
