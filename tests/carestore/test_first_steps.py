"""A new co-op's first steps, and the way out of the demonstration: nothing invented is carried over, nothing real is thrown away."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from carestore.demo import enquiries, loading
from directory.accounts.models import User
from directory.accounts.roles import Role
from directory.suggestions import telling
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo_log_in() -> User:
    return factories.user(Role.ADMINISTRATOR, email="admin@demo.example")


def test_setup_does_not_build_on_the_demonstration(demo_log_in: User) -> None:
    with pytest.raises(CommandError, match="leave_demo"):
        call_command("setup", email="first@test.example", name="First", areas="HD")
    assert not User.objects.filter(email="first@test.example").exists()


def test_setup_refuses_what_is_no_address_before_it_does_anything() -> None:
    with pytest.raises(CommandError, match="e-mail address"):
        call_command("setup", email="first", name="First", areas="HD")


def test_without_a_demonstration_there_is_nothing_to_leave() -> None:
    with pytest.raises(CommandError, match="no demonstration"):
        call_command("leave_demo", yes=True)


def test_what_was_tried_out_with_the_demos_own_log_ins_does_not_keep_it(demo_log_in: User) -> None:
    factories.person(by=factories.user(Role.COORDINATOR, email="coordinator@demo.example"), agreed=False)
    assert loading.holds_real_data() is False


def test_people_of_real_accounts_are_not_thrown_away(demo_log_in: User, settings: Any, tmp_path: Path) -> None:
    settings.CARESTORE_HOME = tmp_path
    factories.person()
    assert loading.holds_real_data() is True
    with pytest.raises(CommandError, match="nothing was cleared"):
        call_command("leave_demo", yes=True)


def test_what_somebody_asked_on_the_website_is_not_thrown_away(demo_log_in: User) -> None:
    factories.user(Role.EDITOR)
    enquiries.ask()
    assert loading.holds_real_data() is False
    factories.enquiry()
    assert loading.holds_real_data() is True


def test_what_somebody_told_us_is_not_thrown_away(demo_log_in: User) -> None:
    factories.user(Role.EDITOR)
    assert loading.holds_real_data() is False
    telling.suggest_listing(name="Knit and Natter", words="They knit.", where="Marsden", email="ada@example.org")
    assert loading.holds_real_data() is True
