"""Somebody would like to help: written down once, as applied, without telling them or anybody else whom we know."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from directory import clock
from directory.accounts.models import User
from directory.accounts.policy import roles_of
from directory.accounts.roles import Role
from directory.journal.models import Event
from directory.journal.verifying import verify
from directory.states import WrongState
from matching.models import Reference, Task, Volunteer
from matching.volunteering.mails import tell_let_in
from matching.volunteering.signing_up import YOUNGEST, alike, apply, let_in
from matching.volunteering.standing import set_status
from tests import factories
from tests.at_once import at_once

pytestmark = pytest.mark.django_db
VERA = {"name": "Vera Canary", "phone": "01484 496000", "email": "vera.canary@example.org"}
RITA = {"name": "Rita Canaryref", "reached_at": "01484 496001", "relation": "neighbour"}


def test_one_form_makes_one_volunteer_a_task_and_names_of_referees():
    mark = uuid4()
    for _ in range(2):
        made = apply(mark, **VERA, activities=["shop-together", "washing-and-dressing", "flying"], referees=[RITA, {"name": " "}])
    assert Volunteer.objects.get() == made
    assert (made.status, made.user, made.pk) == ("applied", None, mark)
    assert list(made.activities.values_list("activity", flat=True)) == ["shop-together"]
    assert Reference.objects.get().state == "named"
    task = Task.objects.get()
    assert (task.kind, task.volunteer) == ("ring", made)
    assert task.due_on > clock.today()
    told = str(list(Event.objects.values_list("kind", "codes", "by_id")))
    assert "Canary" not in told
    assert "496" not in told
    assert set(Event.objects.values_list("by_id", flat=True)) == {None}
    assert verify() == []


def test_nothing_of_who_they_are_is_readable_in_the_database():
    apply(uuid4(), **VERA, likes="Canarysongs", referees=[RITA])
    with connection.cursor() as cursor:
        for table in ("matching_volunteer", "matching_reference", "matching_task", "journal_event"):
            cursor.execute(f"SELECT * FROM {table}")
            stored = str(cursor.fetchall())
            for word in ("Canary", "canary", "496000", "496001"):
                assert word not in stored


def test_the_same_form_sent_several_times_at_one_moment(each_store):
    mark = uuid4()
    made = at_once([lambda: apply(mark, **VERA, referees=[RITA]) for _ in range(5)])
    assert made == [Volunteer.objects.get()] * 5
    assert (Task.objects.count(), Reference.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"name": ""}, "name"),
        ({"phone": "", "email": ""}, "phone"),
        ({"phone": "twelve"}, "phone"),
        ({"postcode": "here"}, "postcode"),
        ({"ways": ["pigeon"]}, "ways"),
    ],
)
def test_what_is_not_right_yet_is_told_by_its_question_and_nothing_is_kept(fields, named):
    with pytest.raises(ValidationError) as caught:
        apply(uuid4(), **{**VERA, **fields})
    assert list(caught.value.message_dict) == [named]
    assert not Volunteer.objects.exists()


@pytest.mark.parametrize(("years", "may"), [(YOUNGEST - 1, False), (YOUNGEST, True), (90, True)])
def test_who_is_too_young_is_not_written_down(years, may):
    today = clock.today()
    born = today.replace(year=today.year - years, day=min(today.day, 28)) - timedelta(days=1)
    if may:
        assert apply(uuid4(), **VERA, date_of_birth=born).date_of_birth == born
    else:
        with pytest.raises(ValidationError):
            apply(uuid4(), **VERA, date_of_birth=born)
        assert (Volunteer.objects.count(), Event.objects.count()) == (0, 0)


def test_the_same_number_or_address_is_a_mark_for_the_coordinator_and_nothing_to_the_public():
    known = factories.volunteer(phone="+44 1484 496000", email="other@example.org")
    also = factories.volunteer(email="VERA.Canary@example.org")
    factories.volunteer(phone="01484 496777")
    assert alike(apply(uuid4(), **VERA)) == [known, also]


def test_who_is_let_in_has_an_account_and_a_mail_and_signs_in_without_a_password(django_capture_on_commit_callbacks):
    by, volunteer = factories.coordinator(), apply(uuid4(), **VERA)
    with django_capture_on_commit_callbacks(execute=True):
        volunteer = let_in(volunteer, by=by)
    assert volunteer.user.email == VERA["email"]
    assert roles_of(volunteer.user) == {Role.VOLUNTEER}
    assert not volunteer.user.has_usable_password()
    mail.outbox.clear()
    assert tell_let_in(volunteer.pk) == 1
    (sent,) = mail.outbox
    assert sent.to == [VERA["email"]]
    assert "/account/login/?next=/volunteer/" in sent.body
    assert "Canary" not in sent.subject + sent.body
    let_in(volunteer, by=by)
    assert Event.objects.of_kind("volunteer.let_in").count() == 1
    assert User.objects.filter(email=VERA["email"]).count() == 1


def test_an_account_of_the_address_is_linked_and_never_that_of_another_volunteer_or_of_a_machine():
    by, known = factories.coordinator(), factories.user(Role.PERSON, email=VERA["email"])
    assert let_in(apply(uuid4(), **VERA), by=by).user == known
    second = apply(uuid4(), **VERA)
    third = apply(uuid4(), **{**VERA, "email": ""})
    factories.user(email="machine@example.org", is_service=True)
    fourth = apply(uuid4(), **{**VERA, "email": "machine@example.org"})
    for volunteer in (second, third, fourth):
        with pytest.raises(ValidationError):
            let_in(volunteer, by=by)


def test_only_coordinators_let_somebody_in_and_nobody_who_is_gone():
    volunteer = apply(uuid4(), **VERA)
    for role in Role:
        if role != Role.COORDINATOR:
            with pytest.raises(PermissionDenied):
                let_in(volunteer, by=factories.user(role))
    by = factories.coordinator()
    set_status(volunteer, "left", by=by)
    with pytest.raises(WrongState):
        let_in(volunteer, by=by)
