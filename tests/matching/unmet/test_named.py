"""What an address names is looked for in both kinds of database; a NUL, which one of them refuses, names nothing."""

import pytest
from django.test import Client

from matching import referrals
from tests import factories

ZERO = "\0"
ADDRESSES = [
    ("desk/unmet/", {"need": ZERO, "area": ZERO, "activity": ZERO, "months": ZERO, "who": ZERO}, 200),
    ("desk/unmet/do/", {"need": ZERO}, 404),
    ("desk/unmet/do/", {"need": "shopping", "area": ZERO}, 404),
    ("desk/unmet/do/", {"need": "shopping", "area": f"T0001{ZERO}"}, 404),
    ("desk/unmet/do/", {"need": "shopping", "activity": ZERO}, 404),
    ("desk/rounds/", {"page": ZERO}, 200),
    ("desk/sheets/headings/", {"kind": ZERO}, 404),
]


@pytest.mark.postgres
def test_a_nul_names_nothing(each_store: str) -> None:
    factories.need("shopping")
    desk = Client()
    desk.force_login(factories.coordinator())
    for address, sent, status in ADDRESSES:
        assert (address, desk.get(f"/{address}", sent).status_code) == (address, status)


@pytest.mark.postgres
def test_a_nul_in_a_form_is_refused_or_left_out(each_store: str) -> None:
    factories.need("shopping")
    by, ask, service = factories.coordinator(), factories.ask(), factories.service("shopping")
    factories.agreement(ask.person)
    referral = referrals.prepare(ask, by=by, service=service, note="")
    desk = Client()
    desk.force_login(by)
    posted = {
        "/desk/tasks/new/": {"words": f"Ring{ZERO}", "once": ZERO},
        "/desk/unmet/do/?need=shopping": {"what": "recruit", "words": f"Come{ZERO}"},
        "/desk/unmet/do/?need=shopping#widen": {"what": "widen", "service": ZERO},
        "/desk/rounds/": {"once": ZERO},
        "/desk/search/": {"text": ZERO, "q": ZERO},
        "/desk/sheets/": {"kind": ZERO},
        "/desk/export/": {"kind": ZERO},
        f"/desk/requests/{ask.pk}/decide/": {"decision": ZERO, "choice": ZERO, "note": ZERO, "seen": ZERO, "was": ZERO},
        f"/desk/referrals/{referral.pk}/": {"to": ZERO, "seen": ZERO, f"{ZERO}-note": ZERO},
    }
    for address, sent in posted.items():
        assert (address, desk.post(address, sent).status_code < 500) == (address, True)
