"""The everyday words and their test bench inside /admin/: who may open them, what a save does, and that nothing of anybody is lost."""

from html import unescape

import pytest
from django.contrib.auth.models import Group
from django.contrib.auth.models import Permission as WagtailPermission
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from directory import clock
from directory.accounts.granting import ADMIN_GROUPS
from directory.accounts.models import User
from directory.accounts.roles import Role
from directory.journal.models import Event
from directory.models import Need
from directory.seeding import set_need
from directory.states import WrongState
from search import indexing
from search.everyday_words import phrases_of, set_words, version_of
from search.find import find
from search.models import SearchWithoutAnswer
from search.phrase_rules import Voice
from search.points import points_of, sees_points
from search.query import Query
from search.unanswered import last_months
from tests import factories

pytestmark = pytest.mark.django_db

PAGES = (("words", ()), ("words-bench", ()), ("words-need", ("shopping",)))


def enter(client: Client, role: Role) -> Client:
    if role in ADMIN_GROUPS:
        group, _ = Group.objects.get_or_create(name=ADMIN_GROUPS[role])
        group.permissions.add(WagtailPermission.objects.get(codename="access_admin"))
    client.force_login(factories.user(role))
    return client


@pytest.fixture
def admin(ground: None, client: Client) -> Client:
    """An editor's browser, with the needs as they ship."""
    indexing.catch_up()
    return enter(client, Role.EDITOR)


def text_of(response: object) -> str:
    return unescape(response.content.decode())


def draft(client: Client, do: str, **values: str) -> object:
    return client.post(
        reverse("words-bench"), {"need": "shopping", "voice": "resident", "add": "", "take": "", "q": "", "do": do, **values}, follow=True
    )


def tried(response: object) -> dict[str, object]:
    return response.context["tried"]


@pytest.mark.parametrize("role", list(Role))
def test_only_editors_and_administrators_open_them(ground: None, client: Client, role: Role) -> None:
    enter(client, role)
    for name, given in PAGES:
        wanted = {200} if role in (Role.EDITOR, Role.ADMINISTRATOR) else {302, 403}
        assert client.get(reverse(name, args=given)).status_code in wanted
    answer = client.post(
        reverse("words-need", args=["shopping"]), {"seen": version_of(Need.objects.get(pk="shopping")), "resident": "milk round"}
    )
    assert (phrases_of(Need.objects.get(pk="shopping"), Voice.RESIDENT) == ("milk round",)) == (role in (Role.EDITOR, Role.ADMINISTRATOR))
    assert answer.status_code in (302, 403)


def test_visitors_are_sent_to_the_log_in(ground: None, client: Client) -> None:
    for name, given in PAGES:
        assert client.get(reverse(name, args=given)).status_code == 302


def test_the_menu_leads_there(admin: Client) -> None:
    assert reverse("words") in admin.get(reverse("wagtailadmin_home")).content.decode()


def test_the_needs_stand_by_element_with_their_numbers(admin: Client) -> None:
    page = admin.get(reverse("words"))
    rows = [row for element in page.context["elements"] for row in element["rows"]]
    shopping = next(row for row in rows if row["need"].slug == "shopping")
    need = Need.objects.get(pk="shopping")
    assert len(rows) == 25
    assert shopping["counts"] == [len(need.resident_words.splitlines()), len(need.professional_words.splitlines())]
    assert shopping["shipped"] > 100
    assert "In the last twelve months every search found something." in text_of(page)


def test_searches_without_an_answer_stand_by_need_and_month(admin: Client) -> None:
    months, _ = last_months()
    assert (len(months), months[-1]) == (12, clock.today().replace(day=1))
    for need, area, month, count in (
        ("shopping", "T1", months[-1], 3),
        ("shopping", "T2", months[-1], 4),
        ("shopping", "T1", months[0], 1),
        ("", "", months[5], 9),
        ("cooking", "", months[0].replace(year=months[0].year - 1), 5),
    ):
        SearchWithoutAnswer.objects.create(need=need, area_code=area, month=month, count=count)
    _, counts = last_months()
    assert counts == {"shopping": (1, *[0] * 10, 7), "": (*[0] * 5, 9, *[0] * 6)}
    page = admin.get(reverse("words"))
    assert [(row["name"], row["total"]) for row in page.context["unanswered"]] == [("Not understood", 9), ("Shopping", 8)]


def test_a_year_has_twelve_months() -> None:
    months, _ = last_months()
    assert len({(month.year, month.month) for month in months}) == 12
    assert list(months) == sorted(months)


def test_a_need_shows_its_rules_its_phrases_and_the_examples(admin: Client) -> None:
    need = Need.objects.get(pk="shopping")
    text = text_of(admin.get(reverse("words-need", args=["shopping"])))
    assert need.what_counts in text
    assert need.rather_elsewhere in text
    assert all(phrase in text for phrase in need.resident_words.splitlines()[:5])
    assert "Family and friends who care (" in text
    assert admin.get(reverse("words-need", args=["no-such-need"])).status_code == 404


def test_the_examples_are_looked_through(admin: Client) -> None:
    page = admin.get(reverse("words-need", args=["shopping"]), {"with": "Food BANK"})
    found = [phrase for voice in page.context["voices"] for phrase in voice["phrases"]]
    assert found
    assert all("food" in phrase.casefold() and "bank" in phrase.casefold() for phrase in found)
    assert f"{len(found)} examples with “Food BANK”." in text_of(page)


def test_saved_words_are_understood_at_the_next_question(admin: Client, django_capture_on_commit_callbacks: object) -> None:
    need = Need.objects.get(pk="friendships")
    assert "friendships" not in [guess.slug for guess in find(Query(q="oojamaflip whatsit")).query.needs[:1]]
    with django_capture_on_commit_callbacks(execute=True):
        answer = admin.post(
            reverse("words-need", args=["friendships"]),
            {
                "seen": version_of(need),
                "resident": need.resident_words + "\noojamaflip whatsit\n\nOojamaflip whatsit",
                "professional": need.professional_words,
            },
        )
    assert answer.status_code == 302
    assert phrases_of(Need.objects.get(pk="friendships"), Voice.RESIDENT)[-1] == "oojamaflip whatsit"
    assert find(Query(q="oojamaflip whatsit")).query.needs[0].slug == "friendships"
    event = Event.objects.latest("seq")
    assert (event.kind, event.by_role, event.codes) == ("need.changed", "editor", {"need": "friendships"})


def test_saving_what_stands_there_writes_nothing(admin: Client) -> None:
    need = Need.objects.get(pk="shopping")
    events = Event.objects.count()
    admin.post(
        reverse("words-need", args=["shopping"]),
        {"seen": version_of(need), "resident": need.resident_words, "professional": need.professional_words},
    )
    assert Event.objects.count() == events


def test_wrong_phrases_are_said_and_nothing_is_kept(admin: Client) -> None:
    need = Need.objects.get(pk="shopping")
    page = admin.post(
        reverse("words-need", args=["shopping"]),
        {"seen": version_of(need), "resident": "milk\nsomething for me", "professional": "ring 01484 000 000"},
    )
    assert page.status_code == 400
    assert "“something for me” holds only small words" in text_of(page)
    assert "holds a telephone number" in text_of(page)
    assert Need.objects.get(pk="shopping").resident_words == need.resident_words


def test_a_phrase_of_another_need_is_allowed_and_said(admin: Client, editor: User) -> None:
    need, other = Need.objects.get(pk="shopping"), Need.objects.get(pk="cooking")
    set_words(other, {Voice.RESIDENT: (*phrases_of(other, Voice.RESIDENT), "meat and two veg")}, by=editor, seen=version_of(other))
    set_words(need, {Voice.RESIDENT: (*phrases_of(need, Voice.RESIDENT), "Meat and two veg")}, by=editor, seen=version_of(need))
    indexing.catch_up()
    text = text_of(admin.get(reverse("words-need", args=["shopping"])))
    assert "“Meat and two veg”: also under Cooking, so each counts less" in text


def test_who_was_slower_is_told_and_loses_nothing(admin: Client, editor: User) -> None:
    need = Need.objects.get(pk="shopping")
    seen = version_of(need)
    set_words(need, {Voice.RESIDENT: ("milk float",)}, by=editor, seen=seen)
    page = admin.post(
        reverse("words-need", args=["shopping"]), {"seen": seen, "resident": "bread van", "professional": need.professional_words}
    )
    assert page.status_code == 409
    text = text_of(page)
    assert "changed these words meanwhile" in text
    assert "<li>milk float</li>" in text
    assert "<li>bread van</li>" in text
    assert phrases_of(Need.objects.get(pk="shopping"), Voice.RESIDENT) == ("milk float",)
    again = page.context["form"].data
    assert admin.post(reverse("words-need", args=["shopping"]), again).status_code == 302
    assert phrases_of(Need.objects.get(pk="shopping"), Voice.RESIDENT) == ("bread van",)


def test_the_verb_asks_for_permission_first_then_for_the_version_then_for_the_phrases(ground: None, editor: User) -> None:
    need = Need.objects.get(pk="shopping")
    with pytest.raises(PermissionDenied):
        set_words(need, {Voice.RESIDENT: ("",)}, by=factories.coordinator(), seen="old")
    with pytest.raises(WrongState):
        set_words(need, {Voice.RESIDENT: ("for me",)}, by=editor, seen="old")
    with pytest.raises(ValidationError) as error:
        set_words(need, {Voice.PROFESSIONAL: ("for me",)}, by=editor, seen=version_of(need))
    assert list(error.value.message_dict) == ["professional"]
    assert Need.objects.get(pk="shopping") == need


def test_words_that_ship_can_be_kept_with_one_more(ground: None, editor: User) -> None:
    for need in Need.objects.all():
        words = {voice: (*phrases_of(need, voice), f"oojamaflip whatsit {need.slug}") for voice in Voice}
        changed = set_words(need, words, by=editor, seen=version_of(need))
        assert phrases_of(changed, Voice.RESIDENT) == words[Voice.RESIDENT]


def test_the_bench_says_what_is_understood_and_why(admin: Client, listing: object) -> None:
    listing("Marsden food bank", needs=["shopping"])
    indexing.catch_up()
    page = admin.get(reverse("words-bench"), {"q": "the food bank tonight in Slawit, urdu speakers"})
    text = text_of(page)
    read = page.context["read"]
    shopping = next(need for need in read["needs"] if need["name"] == "Shopping")
    assert "food bank" in shopping["phrases"]
    assert shopping["reasons"]
    facts = dict(read["facts"])
    assert facts["Place"] == "Slaithwaite (village)"
    assert "Language: urdu" in facts["Wishes, as filters"]
    assert "food" in facts["Words that are searched for"]
    assert read["nearest"]
    assert "Nearest examples" in text
    assert admin.get(reverse("words-bench"), {"q": "food bank"}).context["read"]["results"][0]["result"].name == "Marsden food bank"
    assert "Marsden food bank</a>" in text_of(admin.get(reverse("words-bench"), {"q": "food bank"}))


def test_the_bench_answers_whatever_is_typed(admin: Client) -> None:
    for q in ("", "\0", "😀", "x" * 500, "x" * 501, '"(*', "place:NEAR/2"):
        assert admin.get(reverse("words-bench"), {"q": q}).status_code == 200
        assert draft(admin, "try", q=q, add="milk float").status_code in (200, 400)


def test_a_draft_is_compared_and_nothing_is_kept(admin: Client) -> None:
    need = Need.objects.get(pk="shopping")
    page = draft(admin, "try", add="oojamaflip whatsit", q="the oojamaflip whatsit")
    found = tried(page)
    assert found["after"][0]["name"] == "Shopping"
    assert [bar["name"] for bar in found["before"]][:1] != ["Shopping"]
    assert found["seen"] == version_of(need)
    assert [name for name, _, _ in found["figures"]] == ["Main need first", "Main need among three", "Any right need among three"]
    assert found["changes"] == []
    assert Need.objects.get(pk="shopping").resident_words == need.resident_words


def test_golden_queries_that_break_stand_first(admin: Client) -> None:
    page = draft(admin, "try", need="garden-maintenance", add="damp in bedroom")
    found = tried(page)
    assert found["broken"] > 0
    assert [row["verdict"] for row in found["changes"]][: found["broken"]] == ["broken"] * found["broken"]
    assert "was right, would be wrong" in text_of(page)


def test_exactly_the_draft_is_published(admin: Client) -> None:
    need = Need.objects.get(pk="shopping")
    gone = phrases_of(need, Voice.PROFESSIONAL)[0]
    found = tried(draft(admin, "try", voice="professional", add="milk float\nbread van", take=gone.upper()))
    page = draft(admin, "publish", voice="professional", add=found["add"], take=found["take"], seen=found["seen"])
    assert "Published: 2 added, 1 taken away." in text_of(page)
    now = Need.objects.get(pk="shopping")
    assert phrases_of(now, Voice.PROFESSIONAL) == (*phrases_of(need, Voice.PROFESSIONAL)[1:], "milk float", "bread van")
    assert now.resident_words == need.resident_words


def test_a_stale_draft_is_told_and_tried_again(admin: Client, editor: User) -> None:
    found = tried(draft(admin, "try", add="bread van"))
    set_need(Need.objects.get(pk="shopping"), {"resident_words": "milk float"}, by=editor)
    page = draft(admin, "publish", add=found["add"], seen=found["seen"])
    assert page.status_code == 409
    assert "Somebody else changed the words of Shopping meanwhile" in text_of(page)
    assert tried(page)["add"] == "bread van"
    assert phrases_of(Need.objects.get(pk="shopping"), Voice.RESIDENT) == ("milk float",)
    draft(admin, "publish", add=found["add"], seen=tried(page)["seen"])
    assert phrases_of(Need.objects.get(pk="shopping"), Voice.RESIDENT) == ("milk float", "bread van")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "Write at least one phrase to add or to take away."),
        ({"add": "something for me"}, "holds only small words"),
        ({"take": "never heard of it"}, "“never heard of it” is not among the residents’ phrases of Shopping."),
        ({"add": "FOOD BANK"}, "“FOOD BANK” is among the residents’ phrases of Shopping already."),
        ({"add": "milk", "need": "no-such-need"}, "Select a valid choice"),
        ({"add": "milk", "voice": "nobody"}, "Select a valid choice"),
        ({"add": "x " * 200_000}, "too much text"),
    ],
)
def test_a_draft_that_cannot_be_tried_says_why(admin: Client, values: dict[str, str], said: str) -> None:
    for do in ("try", "publish"):
        page = draft(admin, do, seen=version_of(Need.objects.get(pk="shopping")), **values)
        assert page.status_code == 400
        assert said in text_of(page)
        assert "tried" not in page.context
        # The form sends to this place, which may be far down the page: what is wrong stands there.
        assert 'action="#tried"' in page.content.decode()
        assert '<section class="words-said clay" role="alert" id="tried"><h3>Not right yet</h3>' in page.content.decode()


def test_editors_see_the_points_of_a_result(listing: object) -> None:
    listing("Marsden food bank", needs=["shopping"])
    indexing.catch_up()
    result = find(Query(q="food bank")).results[0]
    points = points_of(result)
    assert points.total == result.score == sum(number for _, number, _ in points.cells)
    assert points.cells[0][0] == "Need"
    assert [role for role in Role if sees_points(factories.user(role))] == [Role.EDITOR, Role.ADMINISTRATOR]
