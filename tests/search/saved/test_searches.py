"""Saved searches: nothing before the yes, once a week and only what is new, never twice, gone at one press."""

import smtplib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, transaction

from directory import clock
from directory.journal.following import follow
from directory.journal.models import Event
from directory.listings import withdraw
from directory.models import Need, Service
from search import indexing, known
from search.models import SavedSearch
from search.query import Query
from search.saved import searches, telling, tokens
from search.saved.questions import TooWide, fitting, kept_params

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 23, 12, tzinfo=UTC)
ADA = "ada.canarybird@nest.example"
WORDS = "shopping for marmalade"
ASKED = Query(q=WORDS, place_text="HD7 5AA")


@pytest.fixture(autouse=True)
def _uncounted() -> None:
    cache.clear()


@pytest.fixture
def index() -> Callable[[], None]:
    def write() -> None:
        indexing.rebuild()
        known.forget()

    return write


@pytest.fixture
def shop(listing: Any, index: Any) -> Service:
    """One listing that fits from the beginning."""
    made = listing("Old Errands", needs=["shopping"], area="HD7")
    index()
    return made


def post() -> list[Any]:
    """What went out since the last time, after the followers did their work."""
    follow("search_mails")
    sent, mail.outbox[:] = list(mail.outbox), []
    return sent


def asked(query: Query = ASKED, email: str = ADA) -> SavedSearch:
    """A search with its yes."""
    searches.ask_for(query, email)
    search = SavedSearch.objects.latest("asked_at")
    post()
    searches.confirm(search.pk)
    return search


def days(count: float) -> Any:
    return clock.held_at(MONDAY + timedelta(days=count))


def daily() -> list[Any]:
    while not telling.tell_some():
        pass
    while not searches.erase_some():
        pass
    return post()


@pytest.fixture
def monday() -> Iterator[None]:
    with days(0):
        yield


def test_what_is_kept_asks_the_same_again(shop: Service) -> None:
    query = Query(
        q=WORDS, place_text="HD7 5AA", radius=2.5, mode=("home", "place"), access=("parking",), free=True, open="TU", language="urdu"
    )
    params = kept_params(query)
    assert params["free"] == ["1"]
    assert kept_params(Query(open="now", q="x")) == {"q": ["x"]}
    again = fitting(params)[0].query
    assert (again.q, again.place_text, again.radius, again.mode, again.access, again.free, again.open, again.language) == (
        *(WORDS, "HD7 5AA", 2.5, ("home", "place"), ("parking",), True, "TU", "urdu"),
    )


def test_nothing_is_sent_before_the_yes(shop: Service, listing: Any, index: Any) -> None:
    with days(0):
        searches.ask_for(ASKED, ADA)
        [asking] = post()
    assert asking.to == [ADA]
    assert "/saved/searches/yes/" in asking.body
    # What a stranger typed reaches nobody who did not ask for it.
    assert "marmalade" not in asking.body + asking.subject
    listing("New Errands", needs=["shopping"], area="HD7")
    index()
    with days(1):
        assert daily() == []
    search = SavedSearch.objects.get()
    with days(1):
        searches.confirm(search.pk)
        [news] = daily()
    assert "New Errands" in news.body
    assert "Old Errands" not in news.body
    assert ADA not in news.body + news.subject + str(news.extra_headers)


def test_without_a_yes_within_a_week_it_is_forgotten(shop: Service) -> None:
    with days(0):
        searches.ask_for(ASKED, ADA)
        path = tokens.yes_path(SavedSearch.objects.get().pk)
    with days(6.9):
        daily()
        assert SavedSearch.objects.count() == 1
    with days(7.1):
        daily()
    assert SavedSearch.objects.count() == 0
    token = path.rstrip("/").rpartition("/")[2]
    assert tokens.of_yes(token + "x") is None


def test_nothing_new_is_no_mail(shop: Service, monday: None) -> None:
    asked()
    assert daily() == []


def test_once_a_week_at_most_and_each_thing_once(shop: Service, listing: Any, index: Any) -> None:
    with days(0):
        asked()
    listing("First News", needs=["shopping"], area="HD7")
    index()
    with days(1):
        assert ["First News" in sent.body for sent in daily()] == [True]
    listing("Second News", needs=["shopping"], area="HD7")
    index()
    for later in (1.2, 2, 7.9):
        with days(later):
            assert daily() == []
    with days(9):
        [sent] = daily()
    assert "Second News" in sent.body
    assert "First News" not in sent.body
    with days(20):
        assert daily() == []


def test_what_newly_fits_is_new_too(shop: Service, listing: Any, index: Any, editor: Any) -> None:
    from directory.listings import set_fields

    other = listing("Gardeners", needs=["garden-maintenance"], area="HD7")
    index()
    with days(0):
        asked(Query(need=("shopping",), place_text="HD7 5AA"))
    set_fields(other, {"needs": ["garden-maintenance", "shopping"]}, by=editor)
    index()
    with days(1):
        [sent] = daily()
    assert "Gardeners" in sent.body


def test_a_listing_that_closed_before_the_mail_is_not_told(shop: Service, listing: Any, index: Any, editor: Any) -> None:
    with days(0):
        asked()
    gone = listing("Soon Gone", needs=["shopping"], area="HD7")
    index()
    # The index does not know yet that it closed.
    withdraw(gone, by=editor)
    with days(1):
        assert daily() == []
    assert Service.objects.get(pk=gone.pk).status == Service.Status.CLOSED


def test_a_crash_after_the_mail_sends_it_no_second_time(shop: Service, listing: Any, index: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with days(0):
        asked()
    listing("First News", needs=["shopping"], area="HD7")
    index()

    class Killed(BaseException):
        pass

    def killed(self: Any, messages: Any) -> int:
        original(self, messages)
        raise Killed

    original = EmailBackend.send_messages
    monkeypatch.setattr(EmailBackend, "send_messages", killed)
    with days(1), pytest.raises(Killed):
        daily()
    monkeypatch.undo()
    assert len(post()) == 1
    for later in (1, 2, 9):
        with days(later):
            assert daily() == []


def test_a_mail_server_that_is_down_loses_nothing(shop: Service, listing: Any, index: Any, settings: Any) -> None:
    with days(0):
        asked()
    listing("First News", needs=["shopping"], area="HD7")
    index()
    settings.EMAIL_BACKEND = "tests.mail_down.Down"
    with days(1), pytest.raises(ConnectionRefusedError):
        telling.tell_some()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with days(1):
        assert len(daily()) == 1
        assert daily() == []


def test_an_address_that_no_server_takes_holds_nobody_up(shop: Service, monkeypatch: pytest.MonkeyPatch, monday: None) -> None:
    taken = EmailBackend.send_messages

    def refuses(self: Any, messages: Any) -> int:
        if messages[0].to == ["nobody@nowhere.example"]:
            raise smtplib.SMTPRecipientsRefused({"nobody@nowhere.example": (550, b"no such user")})
        return taken(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", refuses)
    searches.ask_for(ASKED, "nobody@nowhere.example")
    searches.ask_for(ASKED, ADA)
    assert [sent.to for sent in post()] == [[ADA]]


def test_a_server_that_is_busy_is_asked_again(shop: Service, monkeypatch: pytest.MonkeyPatch, monday: None) -> None:
    def busy(self: Any, messages: Any) -> int:
        raise smtplib.SMTPRecipientsRefused({ADA: (450, b"later")})

    searches.ask_for(ASKED, ADA)
    monkeypatch.setattr(EmailBackend, "send_messages", busy)
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        follow("search_mails")
    monkeypatch.undo()
    assert len(post()) == 1


def test_every_mail_has_its_way_out_and_one_press_is_enough(shop: Service, listing: Any, index: Any) -> None:
    with days(0):
        searches.ask_for(ASKED, ADA)
        sent = post()
        searches.confirm(SavedSearch.objects.get().pk)
        searches.ask_for(ASKED, ADA)
        sent += post()
    listing("First News", needs=["shopping"], area="HD7")
    index()
    with days(1):
        sent += daily()
    assert len(sent) == 3
    pk = SavedSearch.objects.get().pk
    for each in sent:
        address = each.extra_headers["List-Unsubscribe"]
        assert each.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert address.strip("<>") in each.body
        assert tokens.of_end(address.rstrip("/>").rpartition("/")[2]) == pk
    assert len({each.extra_headers["Message-ID"] for each in sent}) == 3
    assert searches.end(pk) is True
    assert searches.end(pk) is False
    assert SavedSearch.objects.count() == 0
    with days(30):
        assert daily() == []


def test_a_search_that_ended_before_its_mail_went_out_sends_none(shop: Service, monday: None) -> None:
    searches.ask_for(ASKED, ADA)
    searches.end(SavedSearch.objects.get().pk)
    assert post() == []


def test_the_same_question_twice_is_one_search(shop: Service, monday: None) -> None:
    search = asked()
    searches.ask_for(ASKED, ADA.upper())
    [sent] = post()
    assert "You had asked this before" in sent.subject
    assert SavedSearch.objects.get().pk == search.pk


def test_ten_searches_an_address(shop: Service) -> None:
    for number in range(searches.EACH_MOST):
        with days(number * 2):
            cache.clear()
            asked(Query(q=f"shopping {number}"))
    with days(30):
        searches.ask_for(Query(q="shopping eleven"), ADA)
        [sent] = post()
    assert "ten" in sent.subject
    assert SavedSearch.objects.count() == searches.EACH_MOST


def test_who_never_said_yes_gets_three_mails_in_any_week(shop: Service) -> None:
    sent = []
    for hour in range(0, 24 * 21, 9):
        with days(hour / 24):
            searches.ask_for(ASKED, ADA)
            sent += [hour] * len(post())
    assert len(sent) >= 9
    assert all(later - first >= 24 * 7 for first, later in zip(sent, sent[3:], strict=False))


def test_other_spellings_of_an_address_are_no_other_address(shop: Service, monday: None) -> None:
    spelled = ["ada@nest.example", "ADA@Nest.example", " ada+one@nest.example", "ada+two+three@nest.example", "Ada+@nest.example"]
    for number in range(4):
        for email in spelled:
            searches.ask_for(Query(q=f"shopping {number}"), email)
    assert len(post()) == 3
    # What nobody is asked about is not kept either.
    assert SavedSearch.objects.count() <= 3
    searches.ask_for(ASKED, "ada@other.example")
    assert len(post()) == 1


@pytest.mark.parametrize(
    ("email", "box"),
    [("Ada+x@Nest.Example", "ada@nest.example"), ("+x@nest.example", "+x@nest.example"), ('"a@b"+c@d.example', '"a@b"@d.example')],
)
def test_the_box_of_an_address(email: str, box: str) -> None:
    assert searches.box_of(email) == box


def test_the_yes_of_one_spelling_opens_no_door_for_another(shop: Service, monday: None) -> None:
    asked()
    for number in range(9):
        searches.ask_for(Query(q=f"shopping {number}"), ADA.replace("@", f"+{number}@"))
    assert len(post()) == 2


def test_who_has_said_yes_may_ask_for_more_at_once(shop: Service, monday: None) -> None:
    asked()
    for number in range(20):
        searches.ask_for(Query(q=f"shopping {number}"), ADA)
    told = [sent.subject for sent in post()]
    assert len([subject for subject in told if "Shall we write" in subject]) == searches.EACH_MOST - 1
    assert len([subject for subject in told if "ten searches" in subject]) == 1


@pytest.mark.parametrize("full", [False, True])
def test_what_is_said_already_is_said_once_a_day(shop: Service, full: bool) -> None:
    with days(0):
        asked()
        if full:
            for number in range(searches.EACH_MOST - 1):
                asked(Query(q=f"shopping {number}"))
    asks = Query(q="shopping eleven") if full else ASKED
    sent = []
    for hour in range(2, 50, 4):
        with days(hour / 24):
            searches.ask_for(asks, ADA)
            sent += post()
    assert len(sent) == 2
    assert {each.subject for each in sent} == {sent[0].subject}
    assert ("ten searches" if full else "asked this before") in sent[0].subject


def test_a_question_that_fits_everything_is_not_kept(shop: Service, monday: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searches, "FITS_MOST", 0)
    with pytest.raises(TooWide):
        searches.ask_for(ASKED, ADA)
    assert not SavedSearch.objects.exists()


def test_a_need_that_was_retired_ends_it_with_a_mail(shop: Service, index: Any) -> None:
    with days(0):
        asked(Query(need=("shopping",), place_text="HD7 5AA"))
    shop.needs.clear()
    Need.objects.filter(pk="shopping").delete()
    index()
    for later in (1, 2):
        with days(later):
            # A list that is being loaded anew is back soon.
            assert daily() == []
    with days(3.5):
        [sent] = daily()
        assert "ended" in sent.subject
        assert daily() == []
    assert SavedSearch.objects.count() == 0
    assert Event.objects.of_kind("system.search_retired").get().codes == {"why": "need"}


def test_a_need_that_comes_back_ends_nothing(shop: Service, index: Any) -> None:
    with days(0):
        search = asked(Query(need=("shopping",)))
    SavedSearch.objects.filter(pk=search.pk).update(unreadable_since=MONDAY.date())
    with days(5):
        assert daily() == []
    assert SavedSearch.objects.get().unreadable_since is None


def test_a_crash_at_the_last_mail_leaves_no_address_behind(shop: Service) -> None:
    with days(0):
        search = asked()
        SavedSearch.objects.filter(pk=search.pk).update(retired_at=clock.now(), unreadable_since=clock.today())
    with days(2):
        assert daily() == []
    assert SavedSearch.objects.count() == 0


def test_who_said_yes_and_what_they_typed_stands_nowhere_in_plain(shop: Service, listing: Any, index: Any, caplog: Any) -> None:
    with days(0):
        search = asked()
    listing("First News", needs=["shopping"], area="HD7")
    index()
    with days(1):
        daily()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM search_savedsearch")
        stored = str(cursor.fetchall())
    told = str(list(Event.objects.values())) + caplog.text
    for canary in (ADA, "canarybird", "marmalade", "HD7 5AA"):
        assert canary.lower() not in (stored + told).lower()
    assert str(search.pk) in told
    assert {"public.search_asked", "public.search_confirmed", "system.search_told"} <= set(Event.objects.values_list("kind", flat=True))


def test_two_workers_tell_once(shop: Service, listing: Any, index: Any) -> None:
    with days(0):
        search = asked()
    new = listing("First News", needs=["shopping"], area="HD7")
    with days(1):
        with transaction.atomic():
            assert telling._claim(search, [new]) is not None
        assert telling._claim(search, [new]) is None


def test_one_that_cannot_be_asked_holds_up_no_other(shop: Service, listing: Any, index: Any) -> None:
    with days(0):
        asked()
        broken = SavedSearch.objects.create(email=ADA, email_token="x", question={"q": 7}, confirmed_at=clock.now())
    listing("First News", needs=["shopping"], area="HD7")
    index()
    with days(1):
        assert len(daily()) == 1
        broken.refresh_from_db()
        assert broken.checked_on == clock.today()
