"""Signing in and out: one door for everybody, which slams after ten wrong tries and sends nobody elsewhere."""

import re
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.core import mail
from django.test import Client, RequestFactory
from hypothesis import example, given
from hypothesis import strategies as st

from carestore import account, passwords
from cms.seeding import make_pages
from directory import throttle
from directory.accounts.roles import Role
from tests import factories

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
EMAIL = "amina@test.example"
WRONG = "We do not know this e-mail address with this password."


@pytest.fixture
def amina() -> Any:
    return factories.user(Role.COORDINATOR, email=EMAIL, name="Amina", password=PASSWORD)


def sign_in(client: Client, email: str = EMAIL, password: str = PASSWORD, **more: Any):
    return client.post("/account/login/", {"login": email, "password": password, **more})


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def test_somebody_signs_in_and_out(client: Client, amina: Any) -> None:
    assert client.get("/account/").status_code == 302
    answer = sign_in(client)
    assert (answer.status_code, answer["Location"]) == (302, "/account/")
    assert "Hello, Amina" in client.get("/account/").content.decode()
    assert client.get("/account/login/").status_code == 302
    opened = client.get("/account/logout/")
    assert (opened.status_code, opened["Allow"]) == (405, "POST")
    assert "Go back to the page before, and press the button there." in opened.content.decode()
    assert is_in(client)
    assert client.post("/account/logout/")["Location"] == "/"
    assert not is_in(client)


def test_the_address_may_be_written_in_any_case(client: Client, amina: Any) -> None:
    sign_in(client, email="  Amina@TEST.example ")
    assert is_in(client)


def test_a_new_session_begins_with_the_log_in(client: Client, amina: Any) -> None:
    session = client.session
    session["before"] = True
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before
    sign_in(client)
    assert client.session.session_key != before


@pytest.mark.parametrize(("email", "password"), [(EMAIL, "wrong"), ("nobody@test.example", PASSWORD), (EMAIL, PASSWORD + " ")])
def test_a_wrong_password_and_an_unknown_address_are_answered_alike(client: Client, amina: Any, email: str, password: str) -> None:
    answer = sign_in(client, email, password)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert WRONG in page
    assert password not in page
    assert not is_in(client)


def test_faults_of_the_form_are_told_beside_their_fields(client: Client) -> None:
    answer = sign_in(client, "no address", "")
    assert answer.status_code == 400
    assert "aria-invalid" in answer.content.decode()


def test_an_account_without_a_password_or_closed_cannot_sign_in(client: Client) -> None:
    factories.user(Role.PARTNER, email="empty@test.example")
    factories.user(Role.PARTNER, email="left@test.example", password=PASSWORD, is_active=False)
    for email in ("empty@test.example", "left@test.example"):
        for password in ("", PASSWORD, "None"):
            assert sign_in(client, email, password).status_code == 400
    assert not is_in(client)


def test_a_session_ends_with_the_account(client: Client, amina: Any) -> None:
    sign_in(client)
    amina.is_active = False
    amina.save()
    assert not is_in(client)
    assert client.get("/desk/").status_code == 302


def test_ten_wrong_tries_then_a_pause(client: Client, amina: Any) -> None:
    for _ in range(account.TRIES):
        assert sign_in(client, password="wrong").status_code == 400
    answer = sign_in(client)
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) == account.SECONDS
    assert "Wait" in answer.content.decode()
    assert not is_in(client)
    # From another place, and for another address, the door is open.
    assert sign_in(Client(REMOTE_ADDR="192.0.2.7")).status_code == 302
    factories.user(email="other@test.example", password=PASSWORD)
    assert sign_in(client, "other@test.example").status_code == 302


def test_one_place_tries_few_passwords_whosever_they_may_be(client: Client, amina: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """One password that many people have, tried at one address after the other."""
    monkeypatch.setattr(account, "TRIES_FROM_ONE_PLACE", 4)
    assert [sign_in(client, f"nobody{number}@test.example").status_code for number in range(4)] == [400] * 4
    answer = sign_in(client)
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) == account.SECONDS
    # Nor does it fill the counts with addresses, until others fall out of them.
    assert throttle.tries("sign-in", f"{EMAIL} 127.0.0.1") == 0
    assert sign_in(Client(REMOTE_ADDR="192.0.2.7")).status_code == 302


def test_tries_at_the_same_moment_count_each(client: Client, amina: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever sends many at once finds each of them counted before its password is looked at."""
    seen: list[int] = []

    def look(*args: Any, username: str, **kwargs: Any) -> None:
        seen.append(throttle.tries("sign-in", f"{username} 127.0.0.1"))

    monkeypatch.setattr(account, "authenticate", look)
    for _ in range(3):
        sign_in(client, password="wrong")
    assert seen == [1, 2, 3]


def test_one_place_has_few_links_sent(client: Client, amina: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "ASKS_FROM_ONE_PLACE", 3)
    ask = [client.post("/account/password/", {"email": f"nobody{number}@test.example"}).status_code for number in range(4)]
    assert ask == [302, 302, 302, 429]


def test_the_right_password_forgets_the_wrong_tries(client: Client, amina: Any) -> None:
    for _ in range(account.TRIES - 1):
        sign_in(client, password="wrong")
    assert sign_in(client).status_code == 302
    client.logout()
    assert sign_in(client, password="wrong").status_code == 400
    assert sign_in(client).status_code == 302


def test_who_tried_is_not_kept() -> None:
    assert throttle.count("sign-in", f"{EMAIL} 192.0.2.7", seconds=60) == 1
    assert throttle.tries("sign-in", f"{EMAIL} 192.0.2.7") == 1
    key = throttle._key("sign-in", f"{EMAIL} 192.0.2.7")
    assert EMAIL not in key
    assert "192.0.2.7" not in key


def test_next_leads_inside(client: Client, amina: Any) -> None:
    page = client.get("/desk/?day=today")
    assert page["Location"] == "/account/login/?next=/desk/%3Fday%3Dtoday"
    assert 'value="/desk/?day=today"' in client.get(page["Location"]).content.decode()
    assert sign_in(client, next="/desk/?day=today")["Location"] == "/desk/?day=today"


BEGINNINGS = ["", "/", "//", "\\", "http:", "https://", "/\t/", "data:", "javascript:"]


@example("//evil.example/")
@example("https:evil.example")
@example("\\\\evil.example")
@example("/\t/evil.example")
@example("http://testserver@evil.example/")
@example("///evil.example")
@example("evil")
@example("/\t/ ")
@given(st.builds(str.__add__, st.sampled_from(BEGINNINGS), st.text(max_size=20)))
def test_next_never_leads_elsewhere(target: str) -> None:
    """However it is spelled, it is an address of ours, or nothing."""
    kept = account.safe_next(RequestFactory().get("/account/login/", {"next": target}))
    assert kept in ("", target)
    # As a browser reads it: without tabs and line ends, and a backslash is a slash.
    read = re.sub(r"[\t\r\n]", "", kept).replace("\\", "/")
    assert urlsplit(urljoin("http://testserver/account/login/", read)).netloc == "testserver"
    assert not kept or kept.startswith("/")


@pytest.mark.parametrize("target", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "evil"])
def test_a_log_in_with_a_foreign_next_ends_at_home(client: Client, amina: Any, target: str) -> None:
    assert "evil" not in client.get("/account/login/", {"next": target}).content.decode()
    assert sign_in(client, next=target)["Location"] == "/account/"


def test_demo_log_ins_work_in_the_demonstration_only(client: Client, settings: Any) -> None:
    factories.user(Role.COORDINATOR, email="coordinator@demo.example", password="care-store-demo")
    settings.DEMO = False
    answer = sign_in(client, "coordinator@demo.example", "care-store-demo")
    assert answer.status_code == 400
    assert WRONG in answer.content.decode()
    assert sign_in(client, "Coordinator@DEMO.example", "care-store-demo").status_code == 400
    assert not is_in(client)
    settings.DEMO = True
    assert sign_in(client, "coordinator@demo.example", "care-store-demo").status_code == 302


def test_the_page_editor_has_no_log_in_of_its_own(client: Client, amina: Any) -> None:
    assert client.get("/admin/login/?next=/admin/pages/")["Location"] == "/account/login/?next=%2Fadmin%2Fpages%2F"
    for way in ("/admin/password_reset/", "/admin/password_reset/done/"):
        assert client.get(way).status_code in (302, 404)
    client.post("/admin/login/", {"username": EMAIL, "password": PASSWORD})
    assert not is_in(client)
    sign_in(client)
    assert client.get("/admin/login/")["Location"] == "/account/"
    assert "does not open the page editor" in client.get("/account/").content.decode()
    assert mail.outbox == []


@pytest.mark.parametrize("role", list(Role))
def test_each_role_is_led_to_rooms_that_open(role: Role) -> None:
    make_pages()
    client = Client()
    client.force_login(factories.user(role))
    page = client.get("/account/").content.decode()
    assert role.label in page
    rooms = [room.url for other, room in account.ROOMS_BY_ROLE.items() if other == role]
    assert rooms or role in (Role.PERSON, Role.FAMILY)
    for url in rooms:
        assert f'href="{url}"' in page
        assert client.get(url).status_code == 200
    if not rooms:
        assert "There is nothing to see here yet" in page


def test_several_roles_show_each_room_once(client: Client) -> None:
    client.force_login(factories.user(Role.COORDINATOR, Role.PARTNER, Role.ADMINISTRATOR))
    page = client.get("/account/").content.decode()
    assert page.count("<h3>") == len({'href="/desk/"', 'href="/partner/"', 'href="/council/figures/"'})
