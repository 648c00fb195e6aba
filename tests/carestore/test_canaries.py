"""Two people whom nobody could mistake go through the whole line; then nothing but their own pages may know who they are.

One is written down by a coordinator and helped by a group, the other comes through the API, is offered a volunteer and stays without help.
"""

import json
import logging
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as project_settings
from django.core import mail, serializers
from django.core.cache import cache
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import resolve
from wagtail.models import RevisionMixin
from wagtail.snippets.models import get_snippet_models

from carestore import errors
from cms.seeding import make_pages
from directory import clock, listings
from directory.accounts.models import User
from directory.accounts.roles import Role
from directory.journal.following import follow
from directory.journal.models import Event
from directory.journal.verifying import verify
from directory.personal.rotation import models_with_secrets
from matching import asks, matches, referrals
from matching.asking import codes
from matching.models import Ask, CallBack, Enquiry, Person, Referral, ReferralNote, Release
from matching.reasons import Outcome
from matching.rules import decisions
from matching.statistics.releases import publish
from search import indexing
from tests import factories
from tests.carestore.world import ERRAND, key_of

pytestmark = pytest.mark.django_db

MAY = datetime(2026, 5, 12, 9, tzinfo=UTC)
JULY = datetime(2026, 7, 20, 9, tzinfo=UTC)
QUARTER = "2026-Q2"

ZEBEDEE = {
    "name": "Zebedee Canarybird",
    "phone": "01632 960871",
    "email": "zebedee.canarybird@nest.example",
    "address": "17 Canarybird Ginnel",
    "postcode": "HD7 9ZQ",
    "date_of_birth": date(1931, 2, 17),
    "communication_needs": "Reads lips beside the xylophone",
    "safe_contact": "Never ring before the cuckooclock",
    "notes": "The spare key hangs behind the marmaladepot",
}
QUILLA = {"name": "Quillabelle Parakeet", "phone": "01632 960872", "postcode": "HD7 9ZX", "safe_contact": "Leave word with the budgerigar"}
HELPER = {
    "name": "Osbertine Goldfinch",
    "phone": "01632 960873",
    "email": "osbertine.goldfinch@nest.example",
    "address": "3 Goldfinch Fold",
    "notes": "Allergic to peacocks",
}
WORDS = {
    "wish": "somebody who hums like a nightingale",
    "choice": "she would rather have the kingfisher",
    "seen": "power of attorney seen by the woodpecker",
    "note": "walks with a stick carved as a kestrel",
    "reference": "KIRKLEES-FLAMINGO-7",
    "reply": "we come on Tuesday with the turtledove",
    "message": "she asked twice about the hummingbird",
}
# What the settings close on purpose stays closed; every other logger is opened wide.
KEPT_QUIET = {name for name in project_settings.LOGGING["loggers"] if name.startswith("django")}
# Each is one word, number or day that stands nowhere else in the product or the tests' own data.
CANARIES = [
    *(
        "zebedee",
        "canarybird",
        "quillabelle",
        "parakeet",
        "osbertine",
        "goldfinch",
        "xylophone",
        "cuckooclock",
        "marmaladepot",
        "budgerigar",
        "peacock",
    ),
    *("nightingale", "kingfisher", "woodpecker", "kestrel", "flamingo", "turtledove", "hummingbird"),
    *("960871", "960872", "960873", "hd7 9zq", "hd79zq", "hd7 9zx", "hd79zx", "1931-02-17"),
]
PAGES = ["/", "/find/", "/find/?q=shopping&place=HD7", "/needs/", "/needs/shopping/", "/ask/", "/suggest/", "/worried/", "/volunteer/"]
PAGES += ["/council/figures/", "/health/ready", "/api/v1/schema/", "/api/v1/map/", "/api/v1/statistics/", "/styleguide/"]
PAGES += ["/api/v1/search/?q=shopping&place=HD7", "/api/v1/search/?q=lonely"]


def canaries_in(text: str | bytes) -> list[str]:
    """Those that stand there, plainly or as JSON, HTML and addresses spell them."""
    plain = (text.decode("utf-8", "replace") if isinstance(text, bytes) else text).lower()
    spelled = plain.replace("%20", " ").replace("+", " ")
    return [canary for canary in CANARIES if canary in plain or canary in spelled]


class Everything(logging.Handler):
    """Every record of every logger, whatever its own level and handlers are."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(" ".join([record.name, self.format(record), repr(record.args), repr(record.exc_info), repr(record.__dict__)]))


@pytest.fixture
def log() -> Iterator[Everything]:
    handler = Everything()
    names = [None, *(name for name in logging.root.manager.loggerDict if not name.startswith(("faker", "hypothesis", "factory")))]
    loggers = [logging.getLogger(name) for name in names]
    before = [(logger, logger.level, logger.disabled) for logger in loggers]
    for logger in loggers:
        if logger.name not in KEPT_QUIET:
            logger.setLevel(logging.DEBUG)
        logger.disabled = False
        if logger.name == "root" or not logger.propagate:
            logger.addHandler(handler)
    yield handler
    for logger, level, disabled in before:
        logger.removeHandler(handler)
        logger.setLevel(level)
        logger.disabled = disabled


@pytest.fixture
def line(log: Everything, django_capture_on_commit_callbacks: Any) -> dict[str, Any]:
    """The whole line, once: in May through verbs, API and pages; the quarter's figures in July."""
    make_pages()
    with django_capture_on_commit_callbacks(execute=True), clock.held_at(MAY):
        told = _tell()
    with clock.held_at(JULY):
        publish(QUARTER, by=factories.administrator())
    indexing.rebuild()
    return told


def _tell() -> dict[str, Any]:
    coordinator, editor, council = factories.coordinator(), factories.user(Role.EDITOR), factories.council_referrer()
    for code in (ZEBEDEE["postcode"], QUILLA["postcode"], factories.HOME_POSTCODE):
        factories.postcode(str(code))
    group = factories.organisation(vetted=True)
    partner = factories.partner(group)
    needs = [factories.need().slug]
    service = listings.create_service(group, by=editor, name="Shopping Friends", summary="We go shopping together.", needs=needs)
    desk = Client()
    desk.force_login(coordinator)
    _rung_back(desk)
    _asked_on_the_website(desk)
    person = _write_down(desk)
    ask = asks.open_ask(person, by=coordinator, need="shopping", activity=ERRAND, wishes=WORDS["wish"])
    asks.note_choice(ask, WORDS["choice"], by=coordinator)
    factories.agreement(person, by=coordinator, given_by="attorney", seen=WORDS["seen"])
    referral = _through_the_group(ask, service, coordinator, partner)
    asks.meet(ask, by=coordinator)
    other = _by_the_council(service, council)
    match = _with_a_volunteer(other, coordinator)
    return {"desk": desk, "person": person, "referral": referral, "partner": partner, "other": other, "match": match, "service": service}


def _rung_back(desk: Client) -> None:
    """Asked for a call on the page, with a fault first; seen at the desk, not reached, and closed."""
    form = {"name": ZEBEDEE["name"], "phone": ZEBEDEE["phone"], "when": "any", "voicemail": "no", "about": WORDS["wish"], "once": "mark"}
    visitor = Client()
    assert visitor.post("/ask/ring-me/", {**form, "when": "before the cuckooclock"}).status_code == 400
    assert visitor.post("/ask/ring-me/", form).status_code == 302
    call = CallBack.objects.get()
    assert not canaries_in(desk.get("/desk/").content)
    assert "Zebedee Canarybird" in desk.get(f"/desk/ring-back/{call.pk}/").content.decode()
    for step in ("tried", "close"):
        assert desk.post(f"/desk/ring-back/{call.pk}/", {"do": step}).status_code == 302


def _asked_on_the_website(desk: Client) -> None:
    """Step by step, with a fault at some; stopped half-way once; sent, looked up with a wrong and a right code, not reached, and closed."""
    steps: dict[str, dict[str, str]] = {
        "about": {"words": WORDS["wish"], "need": "shopping"},
        "where": {"place": ""},
        "answers": {},
        "whom": {"whom": "family"},
        "age": {"adult": "yes", "they_adult": "yes"},
        "them": {"their_name": QUILLA["name"], "relation": "kestrel", "their_phone": QUILLA["phone"], "knows": "no"},
        "often": {"often": "weekly", "urgency": "1"},
        "when": {},
        "you": {"name": ZEBEDEE["name"], "postcode": ZEBEDEE["postcode"]},
        "contact": {"phone": ZEBEDEE["phone"], "email": ZEBEDEE["email"]},
        "reach": {"ring": "any", "voicemail": "no", "may_answer": "person"},
        "understand": {"more": WORDS["choice"]},
        "give": {"give": WORDS["note"]},
    }
    assert Client().post("/ask/step/about/", {**steps["about"], "need": "before the cuckooclock"}).status_code == 400
    for until in ("often", ""):
        visitor = Client()
        for name in steps:
            if name == until:
                break
            assert visitor.post(f"/ask/step/{name}/", steps[name]).status_code == 302, name
    assert "Quillabelle Parakeet" in visitor.get("/ask/step/check/").content.decode()
    assert visitor.post("/ask/step/check/").status_code == 302
    assert not canaries_in(visitor.get("/ask/sent/").content)
    enquiry = Enquiry.objects.get(state="waiting")
    assert visitor.post("/ask/follow/", {"number": str(enquiry), "postcode": ZEBEDEE["postcode"]}).status_code == 302
    assert visitor.post("/ask/follow/code/", {"code": "cuckooclock"}).status_code == 400
    code = codes.say_code(enquiry, by=factories.coordinator())
    assert visitor.post("/ask/follow/code/", {"code": code}).status_code == 302
    assert not canaries_in(visitor.get("/ask/follow/yours/").content)
    assert not canaries_in(desk.get("/desk/").content)
    assert "Zebedee Canarybird" in desk.get(f"/desk/enquiries/{enquiry.pk}/").content.decode()
    assert "Quillabelle Parakeet" in desk.get(f"/desk/enquiries/{enquiry.pk}/take-up/").content.decode()
    for step in ({"do": "tried"}, {"do": "close", "why": "answered"}):
        assert desk.post(f"/desk/enquiries/{enquiry.pk}/", step).status_code == 302


def _write_down(desk: Client) -> Person:
    """On the page, with a fault first, and found again by name and phone."""
    posted = {**ZEBEDEE, "date_of_birth": "1931-02-17", "part": "cared_for", "languages": "BSL"}
    assert desk.post("/desk/people/new/", {**posted, "date_of_birth": "17th of February 1931"}).status_code == 400
    made = desk.post("/desk/people/new/", posted)
    assert made.status_code == 302
    for words in (ZEBEDEE["name"], ZEBEDEE["phone"]):
        assert "Zebedee Canarybird" in desk.post("/desk/search/", {"words": words}).content.decode()
    return Person.objects.get(pk=made["Location"].split("/")[-2])


def _through_the_group(ask: Ask, service: Any, coordinator: User, partner: User) -> Referral:
    sent = referrals.send(referrals.prepare(ask, by=coordinator, service=service, note=WORDS["note"]), by=coordinator)
    follow("referral_mails")
    page = Client()
    page.force_login(partner)
    assert "Zebedee Canarybird" in page.get(f"/partner/referrals/{sent.pk}/").content.decode()
    taken = referrals.start(referrals.accept(sent, by=partner, note=WORDS["reply"]), by=partner)
    done = referrals.complete(taken, by=partner, outcome=Outcome.values[0], note=WORDS["reply"])
    return referrals.tell_person(done, by=coordinator, how="phone")


def _by_the_council(service: Any, council: User) -> Referral:
    """Through the API, twice with the same key, once with a fault; then a step."""
    body = {
        "person": QUILLA,
        "need": "shopping",
        "service_id": str(service.pk),
        "note": WORDS["message"],
        "consent": {"given_by": "deputy", "how": "phone", "at": clock.now().isoformat(), "scope": "referral", "seen": WORDS["seen"]},
        "council_case_ref": WORDS["reference"],
    }
    client = Client(headers={"Authorization": key_of(council), "Idempotency-Key": "kestrel-1"}, raise_request_exception=False)
    fault = client.post("/api/v1/referrals/", {**body, "consent": {"given_by": "parakeet"}}, content_type="application/json")
    assert fault.status_code == 400
    made = [client.post("/api/v1/referrals/", body, content_type="application/json") for _ in range(2)]
    assert [answer.status_code for answer in made] == [201, 200], made[0].content
    assert not canaries_in(made[0].content)
    return Referral.objects.get(pk=made[0].json()["id"])


def _with_a_volunteer(referral: Referral, coordinator: User) -> Any:
    """Cancelled at the group, offered to a volunteer who is introduced and ends it, and unmet in the end."""
    referrals.reject(referral, by=coordinator, reason="no_capacity", note=WORDS["reply"], on_behalf_of=True)
    ask = asks.say_activity(referral.ask, ERRAND, by=coordinator)
    general = {"given_by": "attorney", "seen": WORDS["seen"]}
    factories.agreement(ask.person, by=coordinator, **general)
    decisions.confirm_activity(ERRAND, by=factories.administrator(), professional="A. Professional", source="Section 1")
    helper = factories.volunteer(ERRAND, level="basic", by=coordinator, postcode=QUILLA["postcode"], **HELPER)
    match = matches.introduce(matches.say_yes(matches.offer(ask, helper, by=coordinator), by=helper.user), by=coordinator)
    phone = Client()
    phone.force_login(helper.user)
    assert "Quillabelle Parakeet" in phone.get("/volunteer/").content.decode()
    match = matches.end(matches.start(match, by=coordinator, how="phone"), by=helper.user)
    asks.record_unmet(ask, by=coordinator, emptied_by="nobody")
    return match


def test_those_who_help_them_read_who_they_are(line: dict[str, Any]) -> None:
    page = line["desk"].get(f"/desk/people/{line['person'].pk}/").content.decode()
    assert {"zebedee", "canarybird", "960871", "marmaladepot", "cuckooclock", "xylophone", "hd7 9zq"} <= set(canaries_in(page))
    story = line["desk"].get(f"/desk/referrals/{line['referral'].pk}/").content.decode()
    assert {"kestrel", "turtledove"} <= set(canaries_in(story))
    assert line["other"].council_case_ref == WORDS["reference"]
    notes = ReferralNote.objects.filter(referral=line["other"])
    assert WORDS["message"] in [note.text for note in notes]


def test_the_journal_knows_ids_and_codes_only(line: dict[str, Any]) -> None:
    rows = serializers.serialize("json", Event.objects.all())
    assert canaries_in(rows) == []
    assert str(line["person"].pk) in rows
    kinds = set(Event.objects.values_list("kind", flat=True))
    assert {"person.registered", "agreement.recorded", "ask.opened", "referral.moved", "match.introduced", "ask.unmet"} <= kinds
    assert {"public.call_back_asked", "call_back.moved"} <= kinds
    assert verify() == []


def test_the_search_index_knows_listings_only(line: dict[str, Any]) -> None:
    indexing.catch_up()
    files = [path for path in Path(project_settings.SEARCH_INDEX_DIR).rglob("*") if path.is_file()]
    held = b"".join(path.read_bytes() for path in files)
    assert b"Shopping Friends" in held
    assert canaries_in(held) == []
    assert str(line["person"].pk).encode() not in held


def test_no_log_has_a_name(line: dict[str, Any], log: Everything) -> None:
    written = "\n".join(log.lines)
    # Something was written, so that something could have been found.
    assert len(log.lines) > 10
    assert canaries_in(written) == []


def test_an_error_is_logged_without_its_words(log: Everything) -> None:
    try:
        date.fromisoformat("Zebedee Canarybird")
    except ValueError:
        answer = errors.broken(RequestFactory().get("/desk/", {"q": "Canarybird"}))
    assert answer.status_code == 500
    assert "page.broken path=/desk/ error=ValueError" in "".join(log.lines)
    assert canaries_in("".join(log.lines)) == []


def test_an_error_behind_a_link_of_a_mail_is_logged_without_the_link(log: Everything) -> None:
    """Whoever reads the log may not come in by it."""
    request = RequestFactory().get("/invitation/Canarybird/")
    request.resolver_match = resolve(request.path)
    try:
        raise KeyError
    except KeyError:
        errors.broken(request)
    written = "".join(log.lines)
    assert "page.broken path=/invitation/<str:token>/ error=KeyError" in written
    assert canaries_in(written) == []


def test_no_public_page_and_no_figure_has_a_name(line: dict[str, Any]) -> None:
    visitor, analyst = Client(), Client()
    analyst.force_login(factories.user(Role.ANALYST))
    for page in [*PAGES, line["service"].get_absolute_url()]:
        answer = visitor.get(page)
        assert answer.status_code in (200, 503), page
        assert canaries_in(answer.content) == [], page
    for page in ["/council/figures/", "/api/v1/statistics/", f"/api/v1/statistics/table/?measure=referrals&period={QUARTER}"]:
        answer = analyst.get(page)
        assert answer.status_code == 200, answer.content
        assert canaries_in(answer.content) == [], page
    release = Release.objects.get()
    assert canaries_in(serializers.serialize("json", [release])) == []
    ids = [str(line[name].pk) for name in ("person", "referral", "match")]
    assert not [name for name in ids if name in json.dumps(release.tables)]


def test_no_mail_says_who_it_is_about(line: dict[str, Any]) -> None:
    assert [sent.to for sent in mail.outbox if line["partner"].email in sent.to]
    for sent in mail.outbox:
        assert canaries_in(sent.message().as_string()) == []
        assert canaries_in(f"{sent.subject}{sent.body}") == []


def test_nothing_in_the_database_can_be_read_without_the_keys(line: dict[str, Any]) -> None:
    """Every table as text, the sessions and revisions too; and the bytes of the file as SQLite would write it."""
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            text = repr(cursor.fetchall())
            if table.startswith("geodata_"):
                # Every postcode of the country stands in its table, whoever lives there.
                text = re.sub(r"hd7 ?9z[qx]", "", text, flags=re.IGNORECASE)
            if canaries_in(text):
                found[table] = canaries_in(text)
    assert found == {}
    if connection.vendor == "sqlite":
        held = connection.connection.serialize()
        assert b"Shopping Friends" in held
        assert set(canaries_in(held)) <= {"hd79zq", "hd79zx", "hd7 9zq", "hd7 9zx"}


def test_nothing_is_left_in_the_cache(line: dict[str, Any]) -> None:
    assert canaries_in(repr(getattr(cache, "_cache", {}))) == []


def test_no_record_of_a_person_has_revisions_or_is_a_snippet() -> None:
    people = [model for model in models_with_secrets() if model._meta.app_label == "matching"]
    assert {"Person", "Volunteer", "Referral", "ReferralNote", "Ask", "Agreement"} <= {model.__name__ for model in people}
    for model in people:
        assert not issubclass(model, RevisionMixin)
        assert model not in get_snippet_models()
    assert not [model for model in get_snippet_models() if model._meta.app_label in ("matching", "accounts")]


def test_each_field_that_says_who_somebody_is_is_encrypted() -> None:
    says_who = {
        "name",
        "phone",
        "email",
        "address",
        "postcode",
        "date_of_birth",
        "notes",
        "note",
        "text",
        "wishes",
        "person_choice",
        "seen",
    }
    says_who |= {"safe_contact", "communication_needs", "facts", "position", "relation", "council_case_ref"}
    plain = {
        f"{model.__name__}.{field.name}"
        for model in apps.get_app_config("matching").get_models()
        for field in model._meta.local_concrete_fields
        if field.name in says_who and not type(field).__name__.startswith("Encrypted")
    }
    # The name of a training, and of nobody.
    assert plain == {"Course.name"}
    assert type(User._meta.get_field("name")).__name__ == "EncryptedTextField"
