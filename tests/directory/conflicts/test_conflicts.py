"""What a source says otherwise of an organisation: put up once, decided with both words in sight, never written over anybody's."""

from datetime import UTC, datetime
from html import unescape
from itertools import product
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.contrib.auth.models import Permission as WagtailPermission
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory import clock, organisations
from directory.accounts.granting import ADMIN_GROUPS
from directory.accounts.models import User
from directory.accounts.roles import Relation, Role
from directory.accounts.system import system_user
from directory.conflicts import deciding
from directory.conflicts.models import Conflict
from directory.conflicts.states import CONFLICT, ConflictState
from directory.harvest.belonging import EDITED, Known, _follow
from directory.harvest.models import Feed, SaidOfOrganisation
from directory.harvest.parts import Notes
from directory.harvest.understanding import Told
from directory.journal.models import Event
from directory.models import Organisation
from directory.states import NEW, WrongState
from directory.waiting import hands
from directory.waiting.kinds import all_waiting, find
from tests import factories

pytestmark = pytest.mark.django_db

SOURCE = "https://feed.example.org"
ALLOWED = {
    ("", "waiting"): {"system"},
    ("waiting", "taken"): {"moderator"},
    ("waiting", "kept"): {"moderator"},
    ("waiting", "overtaken"): {"system"},
}


@pytest.mark.parametrize(("source", "to"), list(product([NEW, *ConflictState.values], ConflictState.values)))
def test_every_pair_for_every_relation(source: str, to: str) -> None:
    for relation in Relation.values:
        if (source, to) not in ALLOWED:
            with pytest.raises(WrongState):
                CONFLICT.check(source, to, [relation])
        elif relation not in ALLOWED[source, to]:
            with pytest.raises(PermissionDenied):
                CONFLICT.check(source, to, [relation])
        else:
            assert CONFLICT.check(source, to, [relation]).to == to


@pytest.fixture
def admin(client: Client, editor: User) -> Client:
    group, _ = Group.objects.get_or_create(name=ADMIN_GROUPS[Role.EDITOR])
    group.permissions.add(WagtailPermission.objects.get(codename="access_admin"))
    client.force_login(editor)
    return client


def put_up(group: Organisation, column: str = "description", theirs: str = "Theirs.", source: str = SOURCE) -> Conflict | None:
    return deciding.put_up(group, column, theirs, source=source, by=system_user())


def one(group: Organisation, column: str = "description", theirs: str = "Theirs.") -> Conflict:
    row = put_up(group, column, theirs)
    assert row is not None
    return row


def page_of(group: Organisation) -> str:
    return reverse("moderation-organisation", args=[group.pk])


def text_of(answer: Any) -> str:
    return unescape(answer.content.decode())


def test_the_same_word_is_put_up_once_and_a_new_one_takes_its_place(organisation: Organisation, editor: User) -> None:
    first = one(organisation)
    assert put_up(organisation) is None
    second = one(organisation, theirs="Theirs, newer.")
    first.refresh_from_db()
    assert (first.state, second.state) == ("overtaken", "waiting")
    deciding.keep(second, by=editor)
    assert put_up(organisation, theirs="Theirs, newer.") is None
    assert put_up(organisation, source="https://another.example.org", theirs="Theirs, newer.") is not None
    # What was overtaken before anybody decided may come again.
    assert put_up(organisation) is not None


def test_taking_the_sources_word_writes_it_and_keeping_writes_nothing(organisation: Organisation, editor: User) -> None:
    phone, words = one(organisation, "phone", "01484 111222"), one(organisation)
    deciding.take(phone, by=editor, seen="")
    deciding.keep(words, by=editor)
    organisation.refresh_from_db()
    assert (organisation.phone, organisation.description) == ("01484 111222", "")
    assert (phone.state, phone.decided_by, words.state) == ("taken", editor, "kept")
    told = [event for event in Event.objects.all() if event.kind == "conflict.moved"]
    assert not [event for event in told if "111222" in str(event.codes) or "Theirs" in str(event.codes)]


def test_what_was_changed_again_meanwhile_is_looked_at_again(organisation: Organisation, editor: User) -> None:
    row = one(organisation)
    organisations.set_organisation(organisation, {"description": "Our newer\nwords."}, by=editor)
    with pytest.raises(WrongState):
        deciding.take(row, by=editor, seen="")
    deciding.take(row, by=editor, seen="Our newer\r\nwords.")
    organisation.refresh_from_db()
    assert organisation.description == "Theirs."


def test_a_word_that_cannot_stand_here_is_refused_and_waits_on(organisation: Organisation, editor: User) -> None:
    row = one(organisation, "email", "nobody at home")
    with pytest.raises(ValidationError):
        deciding.take(row, by=editor, seen="")
    row.refresh_from_db()
    assert row.state == "waiting"


def test_only_moderators_decide_and_only_the_installation_puts_up(
    organisation: Organisation, editor: User, partner: User, stranger: User, client: Client
) -> None:
    row = one(organisation)
    for by in (partner, stranger):
        with pytest.raises(PermissionDenied):
            deciding.take(row, by=by, seen="")
        with pytest.raises(PermissionDenied):
            deciding.keep(row, by=by)
        with pytest.raises(PermissionDenied):
            deciding.overtake(organisation, {"description": "x"}, source=SOURCE, by=by)
        client.force_login(by)
        for answer in (client.get(page_of(organisation)), client.post(page_of(organisation), {"do": "take", "conflict": row.pk})):
            assert answer.status_code in (302, 403)
    for user in (editor, partner):
        with pytest.raises(PermissionDenied):
            deciding.put_up(organisation, "phone", "1", source=SOURCE, by=user)
    row.refresh_from_db()
    assert row.state == "waiting"


def test_it_is_decided_once(organisation: Organisation, editor: User) -> None:
    row = one(organisation)
    deciding.keep(row, by=editor)
    for again in (lambda: deciding.take(row, by=editor, seen=""), lambda: deciding.keep(row, by=editor)):
        with pytest.raises(WrongState):
            again()


def test_an_organisation_waits_in_the_list_once_with_all_its_fields(organisation: Organisation, editor: User, partner: User) -> None:
    one(organisation)
    row = one(organisation, "phone", "01484 111222")
    kind = find("organisation")
    assert kind is not None
    assert [each["of_key"] for each in all_waiting(kind="organisation")] == [organisation.pk]
    told = kind.words([organisation.pk])[organisation.pk]
    assert (told.what, told.signs, told.by) == ("Description, Phone", ("a group keeps it",), SOURCE)
    hands.take("organisation", organisation.pk, by=editor)
    assert all_waiting(moderator=editor).count() == 1
    deciding.keep(row, by=editor)
    assert all_waiting(kind="organisation").count() == 1
    deciding.keep(Conflict.objects.get(state="waiting"), by=editor)
    assert not all_waiting(kind="organisation").exists()


def test_a_moderator_decides_field_by_field_on_one_page(admin: Client, organisation: Organisation, editor: User) -> None:
    organisations.set_organisation(organisation, {"description": "Ours."}, by=editor)
    words, phone = one(organisation), one(organisation, "phone", "01484 111222")
    page = text_of(admin.get(page_of(organisation)))
    assert all(text in page for text in ("Ours.", "Theirs.", "01484 111222", SOURCE, "Nothing"))
    assert "It has been changed again" in text_of(
        admin.post(page_of(organisation), {"do": "take", "conflict": words.pk, "seen": "Old."}, follow=True)
    )
    admin.post(page_of(organisation), {"do": "take", "conflict": words.pk, "seen": "Ours."})
    answer = admin.post(page_of(organisation), {"do": "keep", "conflict": phone.pk})
    assert answer["Location"] == reverse("moderation")
    organisation.refresh_from_db()
    assert (organisation.description, organisation.phone) == ("Theirs.", "")
    assert "Nothing waits here" in text_of(admin.get(page_of(organisation)))


def test_how_long_it_waits_is_counted_in_days_of_this_country(admin: Client, organisation: Organisation) -> None:
    with clock.held_at(datetime(2026, 7, 1, 23, 30, tzinfo=UTC)):
        one(organisation)
        page = text_of(admin.get(page_of(organisation)))
    assert "today" in page
    assert "yesterday" not in page


def test_forged_decisions_do_nothing(admin: Client, organisation: Organisation, stranger: User) -> None:
    row = one(organisation)
    other = stranger.memberships.get().organisation
    assert admin.post(page_of(other), {"do": "take", "conflict": row.pk, "seen": ""}).status_code == 404
    assert admin.post(page_of(organisation), {"do": "take", "conflict": uuid4(), "seen": ""}).status_code == 404
    for values in ({"do": "take", "conflict": "x"}, {"do": "x", "conflict": row.pk}, {}):
        assert admin.post(page_of(organisation), values).status_code == 302
    assert admin.get(reverse("moderation-organisation", args=[uuid4()])).status_code == 404
    row.refresh_from_db()
    assert row.state == "waiting"


WORDS = st.sampled_from(["", "A", "B", "C"])
STEPS = st.lists(
    st.tuples(st.sampled_from(["feed", "feed", "edit", "claim", "take", "keep"]), WORDS),
    max_size=10,
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_a_feed_never_goes_over_an_edit_and_nothing_that_it_says_is_lost(steps: list[tuple[str, str]], db: None) -> None:
    system = system_user()
    feed = Feed.objects.create(slug=f"f{uuid4().hex[:8]}", name="Feed", url=f"https://{uuid4().hex}.example.org")
    group = organisations.create_organisation(by=system, name="Club", description="A")
    row = SaidOfOrganisation.objects.create(feed=feed, source_id="1", organisation=group, said={"description": "A"})
    claimed, edited = False, False
    for what, text in steps:
        before = Organisation.objects.get(pk=group.pk).description
        if what == "feed":
            notes = Notes()
            row = SaidOfOrganisation.objects.select_related("organisation").get(pk=row.pk)
            follows = not claimed and before == row.said["description"]
            _follow(row, Told("1", {"description": text}), notes, Known(feed, system))
            after = Organisation.objects.get(pk=group.pk).description
            assert after == (text if follows else before)
            rows = Conflict.objects.filter(organisation=group)
            if after != text and text != row.said["description"]:
                assert rows.filter(theirs=text, state__in=["waiting", "kept", "taken"]).exists()
            assert not rows.filter(state="waiting").exclude(theirs=text).exists()
            assert not (after == text and rows.filter(state="waiting").exists())
            assert not notes.counts or list(notes.counts) == [EDITED]
        elif what == "edit":
            organisations.set_organisation(group, {"description": text}, by=system)
            edited = True
        elif what == "claim" and not claimed:
            organisations.add_member(group, factories.user(), by=system)
            claimed = True
        elif waits := Conflict.objects.filter(organisation=group, state="waiting").first():
            deciding.take(waits, by=system, seen=before) if what == "take" else deciding.keep(waits, by=system)
    if not edited and not claimed:
        assert not Conflict.objects.filter(organisation=group).exists()
