"""Codes of six digits that are mailed to the address on a listing. They are kept as a keyed digest only."""

import re
import secrets
from datetime import timedelta

from django.utils.crypto import constant_time_compare, salted_hmac

from directory import clock
from directory.claims.claimable import published_email
from directory.claims.models import Claim
from directory.personal.lookup import email_token

HOURS = 24
TRIES = 5
MOST = 5  # codes for one claim
DIGITS = 6


def make(claim: Claim, email: str) -> str:
    """A new code for a claim, mailed to this address; one before it is worth nothing from now on. The caller saves and sends."""
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    claim.code_digest, claim.code_to = _digest(claim, code), email_token(email) or ""
    claim.code_until, claim.code_tries = clock.now() + timedelta(hours=HOURS), 0
    return code


def fault(claim: Claim, typed: str) -> str:
    """What is wrong with what was typed, in words for the claimant; empty where it is the code. Counts a try; the caller saves."""
    if not is_open(claim):
        return "No code is open for you. Ask for a new one."
    code = re.sub(r"[\s-]", "", typed)
    claim.code_tries += 1
    if constant_time_compare(_digest(claim, code), claim.code_digest):
        claim.code_digest = ""
        return ""
    left = TRIES - claim.code_tries
    if left <= 0:
        return "That was not the code, and it was the last try. Ask for a new one."
    return f"That is not the code in the mail. You have {left} {'try' if left == 1 else 'tries'} left."


def is_open(claim: Claim) -> bool:
    """Is there a code that could still be typed in? Not where another address stands on the listing by now."""
    in_time = claim.code_until is not None and claim.code_until > clock.now()
    there = bool(claim.code_to) and claim.code_to == email_token(published_email(claim.service))
    return bool(claim.code_digest) and in_time and there and claim.code_tries < TRIES


def _digest(claim: Claim, code: str) -> str:
    return salted_hmac("directory.claims.code", f"{claim.pk}:{code}", algorithm="sha256").hexdigest()
