"""Two records of one person become one, decided by a coordinator in one step; or it is written down that they are two people."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count

from directory.accounts.models import User
from directory.accounts.policy import require, role_used
from directory.accounts.roles import Permission
from directory.journal.recording import record
from directory.states import WrongState
from matching.agreements import let_the_last_word_count
from matching.casework.joining import joined
from matching.models import Agreement, Ask, Enquiry, FamilyLink, Group, NotTheSame, PairRule, Person, Referral, Task, Visit
from matching.people import version_of_person
from matching.persons.doubles import pair_of
from matching.persons.lookup import write_tokens
from matching.persons.versions import ChangedMeanwhile, version_of_rows
from matching.states import MATCH_TAKEN, REFERRAL_OPEN
from matching.stopping.groups import places
from matching.stopping.waiting import lock_waiting, stop_waiting
from matching.tasks import open_task


@dataclass(frozen=True)
class Merged:
    """The record that stays, and what a coordinator must look at now, in words."""

    person: Person
    told: tuple[str, ...]


@transaction.atomic
def merge_people(kept: Person, other: Person, *, by: User, chosen: Mapping[str, str] | None = None, version: str = "") -> Merged:
    """Make one record of two; the other one's address leads to it from then on, and nothing is left in the other.

    Requests, agreements, referrals, family, pair rules, visits, tasks and enquiries move; empty fields are filled. chosen: for each part of
    the record in which they differ (`joining.differences`), "kept" or "other". version: `version_of_two` when both were looked at.
    A yes that was taken back in one record later than it was given in the other no longer holds. The journal keeps ids.
    Raises PermissionDenied, ValidationError (nothing was chosen for a difference, both have an account), WrongState; ChangedMeanwhile where one of
    the two says something else by now.
    """
    require(by, Permission.KEEP_RECORDS, kept)
    require(by, Permission.KEEP_RECORDS, other)
    if kept.pk == other.pk:
        raise ValidationError("These are one record already.")
    lock_waiting(kept, other)
    kept, other = _people(kept, other)
    if version and version != version_of_two(kept, other):
        raise ChangedMeanwhile(())
    if kept.user_id and other.user_id:
        raise ValidationError(
            "Both have an account of their own to sign in with. Have one of the accounts closed first: no account is lost by a merge."
        )
    silent = kept.do_not_contact or other.do_not_contact
    fields = joined(kept, other, chosen or {})
    account, numbers = other.user_id, {each.external_id for each in (kept, other) if each.external_id}
    see_less = _who_will_see_less(kept, other)
    moved = _move(kept, other)
    _empty(other, into=kept)
    for name, value in fields.items():
        setattr(kept, name, value)
    kept.user_id = kept.user_id or account
    kept.save()
    _leave_number(other, numbers - {kept.external_id or ""})
    write_tokens(other)
    write_tokens(kept)
    codes = {"other": other.pk, "user": account, **moved}
    record("person.merged", kept, by=by, role=role_used(by, Permission.KEEP_RECORDS), codes=codes)
    let_the_last_word_count(kept, by=by)
    if silent:
        stop_waiting(kept, by=by)
    return Merged(kept, (*_to_look_at(kept), *(_have_them_told(kept, name, by=by) for name in see_less)))


def version_of_two(kept: Person, other: Person) -> str:
    """A mark of what both records say, for the one who chooses between them."""
    return version_of_rows(kept, [[version_of_person(kept), version_of_person(other)]])


@transaction.atomic
def tell_apart(one: Person, other: Person, *, by: User) -> NotTheSame:
    """Somebody has asked: these are two people. They are not proposed again. Raises PermissionDenied, ValidationError, WrongState."""
    require(by, Permission.KEEP_RECORDS, one)
    if one.pk == other.pk:
        raise ValidationError("These are one record already.")
    one, other = _people(one, other)
    first, second = pair_of(one.pk, other.pk)
    row, is_new = NotTheSame.objects.get_or_create(one_id=first, other_id=second, defaults={"by": by})
    if is_new:
        record("person.told_apart", one, by=by, role=role_used(by, Permission.KEEP_RECORDS), codes={"other": other.pk})
    return row


def _people(one: Person, other: Person) -> tuple[Person, Person]:
    rows = {row.pk: row for row in Person.objects.select_for_update(no_key=True).filter(pk__in=[one.pk, other.pk]).order_by("pk")}
    if len(rows) < 2 or any(row.merged_into_id for row in rows.values()):
        raise WrongState("One of these records has become part of another one meanwhile.")
    return rows[one.pk], rows[other.pk]


def _move(kept: Person, other: Person) -> dict[str, int]:
    """All that belongs to the other record belongs to the kept one; how many of each."""
    plain = {"asks": Ask, "agreements": Agreement, "referrals": Referral, "visits": Visit, "tasks": Task, "enquiries": Enquiry}
    moved = {name: model._default_manager.filter(person=other).update(person=kept) for name, model in plain.items()}
    Person.objects.filter(merged_into=other).update(merged_into=kept)
    moved["family"] = _move_family(kept, other)
    moved["pair_rules"] = _move_pair_rules(kept, other)
    _move_told_apart(kept, other)
    return moved


def _move_family(kept: Person, other: Person) -> int:
    """Nobody sees more than in either record before, and nobody is family of themselves."""
    FamilyLink.objects.filter(person__in=[kept, other], user__in=[key for key in (kept.user_id, other.user_id) if key]).delete()
    own = {link.user_id: link for link in kept.family.exclude(user=None)}
    has_main, count = kept.family.filter(is_main=True).exists(), 0
    for link in FamilyLink.objects.filter(person=other):
        if (same := own.get(link.user_id)) is not None:
            _narrow(same, link)
            link.delete()
            continue
        link.person, link.is_main = kept, link.is_main and not has_main
        link.save()
        count += 1
    return count


def _who_will_see_less(kept: Person, other: Person) -> list[FamilyLink]:
    """Those who are family in both records, and see more of one of them than of the other."""
    own = {kept.user_id, other.user_id}
    mine = {link.user_id: link.lets_see for link in kept.family.exclude(user=None) if link.user_id not in own}
    theirs = FamilyLink.objects.filter(person=other, user__in=mine).select_related("user").order_by("since", "pk")
    return [link for link in theirs if link.lets_see != mine[link.user_id]]


def _have_them_told(kept: Person, link: FamilyLink, *, by: User) -> str:
    """Nobody learns by an empty page that they may see less: telling them stands on the list."""
    name = link.name or (link.user.name if link.user is not None else "")
    whom = f"the {link.relation}" if link.relation else name
    words = f"Tell {whom}: two records became one, and they see of it only what both let them see, which is less than before."
    open_task(Task.Kind.OTHER, by=by, person=kept, words=f"{words} Ask the person whether it is to stay so.")
    return f"{name} sees less than before. That they are to be told stands on the list."


def _narrow(link: FamilyLink, other: FamilyLink) -> None:
    """Of one account that is family in both records: it sees what both let it see."""
    if not other.shows(link.lets_see):
        for name in ("sees", "authority", "authority_seen_on", "authority_seen_by"):
            setattr(link, name, getattr(other, name))
        link.save(update_fields=["sees", "authority", "authority_seen_on", "authority_seen_by"])


def _move_pair_rules(kept: Person, other: Person) -> int:
    known, count = set(kept.pair_rules.values_list("volunteer_id", "kind")), 0
    for rule in PairRule.objects.filter(person=other):
        if (rule.volunteer_id, rule.kind) in known:
            rule.delete()
            continue
        rule.person = kept
        rule.save(update_fields=["person"])
        count += 1
    return count


def _move_told_apart(kept: Person, other: Person) -> None:
    """Whoever was told apart from the other record is told apart from the kept one; the two of them are one now."""
    for row in [*NotTheSame.objects.filter(one=other), *NotTheSame.objects.filter(other=other)]:
        third: UUID = row.other_id if row.one_id == other.pk else row.one_id
        row.delete()
        if third != kept.pk:
            first, second = pair_of(kept.pk, third)
            NotTheSame.objects.get_or_create(one_id=first, other_id=second, defaults={"by": row.by, "at": row.at})


def _empty(other: Person, *, into: Person) -> None:
    """The other record keeps its id, whose journal stays, and whom it became; nothing about the person (but see `_leave_number`)."""
    blank: dict[str, Any] = dict.fromkeys(
        ("name", "phone", "email", "address", "postcode", "communication_needs", "can_give", "safe_contact", "notes"), ""
    )
    blank |= {"date_of_birth": None, "position": None, "facts": {}, "contact": {}, "external_id": None, "user": None}
    for name, value in blank.items():
        setattr(other, name, value)
    other.merged_into = into
    other.save()


def _leave_number(other: Person, left: set[str]) -> None:
    """Their second number in the other systems stays with the other record and leads on: by it a list makes nobody anew, and forgets them too."""
    if left:
        other.external_id = left.pop()
        other.save(update_fields=["external_id"])


def _to_look_at(kept: Person) -> list[str]:
    """What stands side by side now and should not."""
    told = []
    open_rows = Referral.objects.filter(person=kept, state__in=REFERRAL_OPEN)
    twice = open_rows.order_by().values("need", "service").annotate(many=Count("pk")).filter(many__gt=1)
    for pair in twice:
        same = open_rows.filter(need=pair["need"], service=pair["service"]).order_by("number")
        same.update(possible_double=True)
        told.append(f"The same help is asked for twice: {', '.join(str(row) for row in same)}. Look which one is to stay.")
    for rule in kept.pair_rules.select_related("volunteer"):
        if rule.volunteer.matches.filter(ask__person=kept, state__in=MATCH_TAKEN).exists():
            told.append(f"{rule.volunteer} helps them, and stands as “{rule.get_kind_display().lower()}”. Look at it today.")
    needs = Ask.objects.open().filter(person=kept).order_by().values("need__name").annotate(many=Count("pk")).filter(many__gt=1)
    told += [f"There are {row['many']} open requests for {row['need__name'].lower()}." for row in needs]
    groups = Group.objects.filter(members__in=places(ask__person=kept)).annotate(many=Count("members")).filter(many__gt=1)
    told += [f"They are in {row} twice. Take one of the two places back on its page." for row in groups.order_by("number")]
    return told
