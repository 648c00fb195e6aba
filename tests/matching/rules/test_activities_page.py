"""/account/manage/activities/: all 46 with what each needs; administrators decide there, coordinators read, and nobody else gets in."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from directory import clock
from directory.accounts.roles import Role
from matching import matches
from matching.models import ActivityDecision, Task
from matching.rules.activities import rules
from matching.rules.decisions import confirm_activity
from tests import factories

pytestmark = pytest.mark.django_db
HERE = "/account/manage/activities/"
WAITING, LIMITED, NEVER = "deliver-parcel", "online-money-for-someone", "washing-and-dressing"
SAID = {"professional": "Dr A. Example, adviser", "source": "Minutes of 3 March"}


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def sent(kind: str = "confirmed", **changed: Any) -> dict[str, Any]:
    values = {**SAID, "on": str(clock.today()), **changed}
    return {"do": kind, **{f"{kind}-{name}": value for name, value in values.items()}}


@pytest.fixture
def admin() -> Client:
    return client_of(factories.administrator())


def test_every_activity_stands_there_once_with_its_check(admin):
    page = admin.get(HERE).content.decode()
    assert [page.count(f'?of={slug}"') for slug in rules()] == [1] * 46
    waiting = sum(rule.professional_review for rule in rules().values())
    assert page.count("Not confirmed yet") == waiting
    assert "Waits for a professional" in page
    assert HERE in admin.get("/account/manage/").content.decode()


def test_each_one_tells_what_it_needs_and_by_which_rule(admin):
    for slug, rule in rules().items():
        page = admin.get(HERE, {"of": slug}).content.decode()
        assert rule.label.replace("'", "&#x27;") in page
    barred = admin.get(HERE, {"of": "shop-for-someone"}).content.decode()
    for words in ("Enhanced with the adults&#x27; barred list", "schedule 4, paragraph 7, d", "receipts and a limit"):
        assert words.lower() in barred.lower()
    assert "registered providers only" in admin.get(HERE, {"of": NEVER}).content.decode()
    assert admin.get(HERE, {"of": "skydiving"}).status_code == 404


def test_an_administrator_confirms_opens_and_takes_back(admin):
    for kind, words in (("confirmed", "Confirmed."), ("opened", "Opened for our volunteers.")):
        answer = admin.post(f"{HERE}?of={LIMITED}", sent(kind), follow=True)
        assert words in answer.content.decode()
    assert "Volunteers may do this" in answer.content.decode()
    assert "Dr A. Example, adviser" in answer.content.decode()
    row = ActivityDecision.objects.get(kind="opened")
    for _ in range(2):
        answer = admin.post(f"{HERE}?of={LIMITED}", {"do": "withdraw", "decision": str(row.pk)}, follow=True)
        assert "Taken back" in answer.content.decode()
    assert "Open only where we open it" in answer.content.decode()


def test_pressed_twice_it_is_decided_once_and_said_so_both_times(admin):
    for _ in range(2):
        assert "Confirmed." in admin.post(f"{HERE}?of={WAITING}", sent(), follow=True).content.decode()
    assert ActivityDecision.objects.count() == 1


def test_who_was_slower_sees_what_stands_and_what_they_wrote(admin):
    confirm_activity(WAITING, by=factories.administrator(), professional="Dr B. Quicker", source="A letter")
    answer = admin.post(f"{HERE}?of={WAITING}", sent())
    assert answer.status_code == 409
    for words in ("Somebody else decided this", "Dr B. Quicker", "Dr A. Example", "Minutes of 3 March"):
        assert words in answer.content.decode()
    assert ActivityDecision.objects.get().professional == "Dr B. Quicker"


def test_a_decision_for_the_demonstration_gives_way_to_a_real_one(admin):
    demo = confirm_activity(WAITING, by=factories.administrator(), demo=True, **SAID)
    assert "For the demonstration only" in admin.get(HERE, {"of": WAITING}).content.decode()
    admin.post(f"{HERE}?of={WAITING}", sent())
    assert not ActivityDecision.objects.get(withdrawn_on=None).demo
    # The button of the page as it was before takes back nothing that came later.
    admin.post(f"{HERE}?of={WAITING}", {"do": "withdraw", "decision": str(demo.pk)})
    assert ActivityDecision.objects.filter(withdrawn_on=None).count() == 1


@pytest.mark.parametrize("changed", [{"professional": ""}, {"source": " "}, {"on": "2099-01-01"}, {"on": "soon"}])
def test_what_is_not_right_is_told_and_kept_in_the_form(admin, changed):
    answer = admin.post(f"{HERE}?of={WAITING}", sent(**changed))
    assert answer.status_code == 400
    assert "Not right yet" in answer.content.decode()
    assert not ActivityDecision.objects.exists()


def test_what_is_not_there_cannot_be_decided(admin):
    other = confirm_activity("haircut", by=factories.administrator(), **SAID)
    for of, data in (
        ("skydiving", sent()),
        ("", sent()),
        (WAITING, {"do": "nonsense"}),
        (WAITING, {"do": "withdraw", "decision": "x"}),
        (WAITING, {"do": "withdraw", "decision": str(uuid4())}),
        (WAITING, {"do": "withdraw", "decision": str(other.pk)}),
    ):
        assert admin.post(f"{HERE}?of={of}", data).status_code == 404
    # Not limited: nothing is to be opened.
    assert admin.post(f"{HERE}?of={WAITING}", sent("opened")).status_code in (400, 404)
    assert ActivityDecision.objects.get(withdrawn_on=None) == other


def test_coordinators_read_without_buttons_from_the_page_of_a_request():
    coordinator, ask = factories.coordinator(), factories.ask(activity=WAITING)
    factories.volunteer(WAITING, level="none")
    client = client_of(coordinator)
    assert f'{HERE}?of={WAITING}"' in client.get(f"/desk/requests/{ask.pk}/").content.decode()
    confirm_activity(WAITING, by=factories.administrator(), **SAID)
    page = client.get(HERE, {"of": WAITING}).content.decode()
    assert "Dr A. Example" in page
    assert "<button" not in page.split("<main")[1].split("</main")[0]
    assert client.post(f"{HERE}?of={WAITING}", sent()).status_code == 403
    assert f"{HERE}?of=" not in client.get(f"/desk/requests/{ask.pk}/").content.decode()


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.ADMINISTRATOR, Role.COORDINATOR)])
def test_nobody_else_gets_in(role):
    assert client_of(factories.user(role)).get(HERE).status_code == 403


def test_who_takes_it_back_reads_first_what_goes_on_for_it(admin):
    made = confirm_activity(WAITING, by=factories.administrator(), **SAID)
    by, volunteer = factories.coordinator(), factories.volunteer(WAITING, level="none", capacity=5)
    page = admin.get(HERE, {"of": WAITING}).content.decode()
    assert "Nothing of it ends by itself" not in page
    for _ in range(2):
        matches.offer(factories.ask(activity=WAITING), volunteer, by=by)
    page = admin.get(HERE, {"of": WAITING}).content.decode()
    assert "2 offers and introductions under way.</b> Nothing of it ends by itself" in page
    admin.post(f"{HERE}?of={WAITING}", {"do": "withdraw", "decision": str(made.pk)})
    assert Task.objects.filter(activity=WAITING).count() == 2


def test_a_letter_of_the_law_in_a_condition_is_told_in_words(admin):
    for page in (admin.get(HERE), admin.get(HERE, {"of": "collect-prescription"})):
        text = page.content.decode()
        assert "with shopping or money it is regulated activity (d: cash, bills or shopping)" in text
        assert "it is d<" not in text
