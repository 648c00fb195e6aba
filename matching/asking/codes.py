"""The code that opens what became of an enquiry: sent by mail, or made at the desk and read out on the phone.

Whether number and postcode fit makes no difference to what is written and queued here, up to the mail itself.
"""

import secrets
from datetime import timedelta
from functools import partial
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Q, Sum
from django.utils.crypto import constant_time_compare, salted_hmac
from django_tasks import task

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import require, role_used
from directory.accounts.roles import Permission
from directory.journal.recording import record
from directory.mails import post
from directory.personal.lookup import postcode_token
from directory.signing_in import DIGITS, WrongCode
from directory.states import WrongState
from matching.asking.steps import CONTACT
from matching.desk_states import EnquiryState
from matching.models import Enquiry, EnquiryCode

BY_MAIL = timedelta(minutes=15)
READ_OUT = timedelta(days=1)
TRIES = 5
# For one enquiry, as for one address in directory/signing_in.py.
AN_HOUR, A_DAY = 5, 10
# With all its codes by mail together. Who guesses for a year on end has one chance in a hundred.
TRIES_A_DAY = 25
# One by mail in each browser, and one that was read out.
AT_ONCE = 2
KEPT = timedelta(days=2)
PIECE = 500


def digits_of(number: str) -> str:
    """What counts of a number as it is typed: "Q-101", "q101" and "101" are the same. At most nine digits; empty for anything else."""
    digits = number.strip().upper().removeprefix("Q").lstrip(" -–").lstrip("0")
    return digits if digits.isascii() and digits.isdigit() and len(digits) <= 9 else ""


def place_of(postcode: str) -> str:
    """The keyed digest of a whole postcode; empty for anything else."""
    return postcode_token(postcode) or ""


def enquiry_with(number: str, place: str) -> Enquiry | None:
    """What was sent under this number for somebody with the postcode of this digest; None for anything else.

    Known to the product only: no page may show that there is one.
    """
    digits = digits_of(number)
    if not place or not digits:
        return None
    return Enquiry.objects.defer("answers").filter(number=int(digits), place=place).exclude(state=EnquiryState.BEGUN).first()


def ask_code(number: str, postcode: str) -> EnquiryCode:
    """Ask for a code by mail; the worker makes and sends it, if there is an enquiry, a mail address, and not too many were asked for.

    It opens in the browser that asked for it: one that is asked for elsewhere leaves it as it is.
    """
    now = clock.now()
    enquiry = enquiry_with(number, place_of(postcode))
    with transaction.atomic():
        row = EnquiryCode.objects.create(enquiry=enquiry, how=EnquiryCode.How.MAIL, asked_at=now, ends_at=now + BY_MAIL)
        transaction.on_commit(partial(_send.enqueue, str(row.pk)))
    return row


@task()
def _send(code_id: str) -> int:
    return mail_code(code_id)


def mail_code(code_id: str) -> int:
    """Make the code and send it; how many went out. Sent again, it is another code: only its digest is known."""
    row = EnquiryCode.objects.filter(pk=UUID(code_id), used_at=None, ends_at__gt=clock.now()).select_related("enquiry").first()
    if row is None or row.enquiry is None or _too_often(row.enquiry):
        return 0
    email = row.enquiry.answers.get(CONTACT, {}).get("email", "")
    if not email:
        return 0
    code = _new(row)
    until = clock.local(row.ends_at)
    body = (
        f"Your code is {code}\n\nType it on the page where you asked for it. It works once, until {until:%H:%M}.\n\n"
        "Tell it to nobody: we never ask for it, on the telephone or in a mail. If you did not ask for a code, you need do nothing.\n\n"
        f"Rather talk? Ring {settings.SITE_PHONE} ({settings.SITE_PHONE_HOURS}).\n"
    )
    return post(email, "Your code", body, f"enquiry-code-{row.pk}-{secrets.token_hex(4)}")


@transaction.atomic
def say_code(enquiry: Enquiry, *, by: User) -> str:
    """A code for a coordinator to read out to who asked, valid for a day; the one that was read out before ends.

    Raises PermissionDenied; WrongState for a form that was not sent.
    """
    require(by, Permission.KEEP_RECORDS)
    now = clock.now()
    row = Enquiry.objects.select_for_update().get(pk=enquiry.pk)
    if row.state == EnquiryState.BEGUN:
        raise WrongState("This was not sent yet.")
    row.codes.filter(how=EnquiryCode.How.SAID, ends_at__gt=now).update(ends_at=now)
    made = EnquiryCode.objects.create(enquiry=row, how=EnquiryCode.How.SAID, asked_at=now, ends_at=now + READ_OUT)
    code = _new(made)
    record("enquiry.code_read_out", row, by=by, role=role_used(by, Permission.KEEP_RECORDS))
    return code


def use_code(number: str, place: str, code: str, *, asked: UUID | None) -> Enquiry:
    """The enquiry that this code opens, once. place: see `place_of`. asked: the code that was asked for in this browser; a code read out
    opens in any.

    Every try counts, and is kept even if the caller's page fails. A number that there is not, a postcode that does not fit and a wrong code
    take the same way: the same questions to the database, as much hashing, one writing. Raises WrongCode, whatever it was that did not fit.
    """
    typed = "".join(code.split())
    with transaction.atomic():
        found = _opened(enquiry_with(number, place), typed, asked)
    if found is None:
        raise WrongCode
    return found


def forget_some() -> bool:
    """Delete some codes that ended long ago; the daily job. True when nothing is left to do."""
    keys = list(EnquiryCode.objects.filter(ends_at__lt=clock.now() - KEPT).values_list("pk", flat=True)[:PIECE])
    EnquiryCode.objects.filter(pk__in=keys).delete()
    return len(keys) < PIECE


def _opened(enquiry: Enquiry | None, typed: str, asked: UUID | None) -> Enquiry | None:
    now = clock.now()
    key = enquiry.pk if enquiry is not None else uuid4()
    # Two who try at the same moment wait for each other, so that each try is counted.
    row = Enquiry.objects.defer("answers").select_for_update().filter(pk=key).first()
    mailed = Q(enquiry_id=key, how=EnquiryCode.How.MAIL, asked_at__gt=now - timedelta(days=1) - BY_MAIL)
    tried = EnquiryCode.objects.filter(mailed).aggregate(tries=Sum("tries"))["tries"] or 0
    # What was asked for in this browser is there and counts its tries, even where number and postcode fitted nothing.
    own = Q(enquiry_id=key, how=EnquiryCode.How.SAID) | Q(pk=asked, how=EnquiryCode.How.MAIL)
    rows = list(EnquiryCode.objects.filter(own, used_at=None, ends_at__gt=now, tries__lt=TRIES).order_by("asked_at", "pk")[:AT_ONCE])
    right = [each for each in _filled(rows) if _is_right(each, typed, key, tried)]
    keys = [*(each.pk for each in rows), *(uuid4() for _ in range(AT_ONCE - len(rows)))]
    EnquiryCode.objects.filter(pk__in=keys).update(tries=F("tries") + 1)
    if row is None or not right:
        return None
    EnquiryCode.objects.filter(pk__in=[each.pk for each in right]).update(used_at=now)
    return row


def _filled(rows: list[EnquiryCode]) -> list[EnquiryCode]:
    """As many as there can be at once, so that each try takes as much hashing."""
    return [*rows, *(EnquiryCode() for _ in range(AT_ONCE - len(rows)))]


def _is_right(code: EnquiryCode, typed: str, key: UUID, tried: int) -> bool:
    """Does it open the enquiry of this key? A code that is read out stands outside of the day's tries: nobody can use them up for who rings us."""
    fits = constant_time_compare(code.code_hash, _hash(code.pk, typed))
    return fits and code.enquiry_id == key and (code.how == EnquiryCode.How.SAID or tried < TRIES_A_DAY)


def _too_often(enquiry: Enquiry) -> bool:
    """Counted in rows, which nobody can push out as they can a cache's. The one that is asked for now is among them."""
    now = clock.now()
    made = enquiry.codes.filter(how=EnquiryCode.How.MAIL, asked_at__gt=now - timedelta(days=1)).aggregate(
        day=Count("pk"), hour=Count("pk", filter=Q(asked_at__gt=now - timedelta(hours=1)))
    )
    return bool(made["day"] > A_DAY or made["hour"] > AN_HOUR)


def _new(row: EnquiryCode) -> str:
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    EnquiryCode.objects.filter(pk=row.pk).update(code_hash=_hash(row.pk, code))
    return code


def _hash(code_id: UUID, code: str) -> str:
    return salted_hmac("matching.asking.codes", f"{code_id.hex} {code}", algorithm="sha256").hexdigest()
