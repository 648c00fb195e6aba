"""How much was checked in time: counts, the list behind them, and the spreadsheet."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from directory import clock
from directory.accounts.roles import Role
from directory.accounts.system import system_user
from directory.freshness import figures
from directory.freshness.kept import kept, now
from directory.listings import mark_checked, withdraw
from directory.models import Service, ServiceArea
from directory.spreadsheets import csv_lines
from tests import factories

pytestmark = pytest.mark.django_db
PAGE = "/admin/listings/freshness/"


@pytest.fixture
def editor() -> Client:
    client = Client()
    client.force_login(factories.user(Role.EDITOR))
    return client


@pytest.fixture
def three(listing, monday: None) -> None:
    """One in time, one overdue, one never checked; and one that visitors do not see."""
    group = factories.organisation(name="Marsden Friends")
    made = factories.area()
    factories.postcode()
    fresh = listing("In time", organisation_=group, checked_at=clock.today(), source="")
    late = listing("Late", organisation_=group, source="Old list", checked_at=clock.today() - timedelta(days=200))
    listing("Never", checked_at=None, checked_how="", source="=Old list")
    listing("Closed", organisation_=group, status="closed")
    late.needs.set([factories.need("shopping"), factories.need("cooking")])
    place = fresh.at_locations.get().location
    place.postcode = "hd7 5aa"
    place.save()
    ServiceArea.objects.create(service=late, area=made)


def as_dict(lines: list[figures.Line]) -> dict[str, tuple[int, int, int]]:
    return {line.name: (line.in_time, line.overdue, line.never) for line in lines}


def test_every_listing_counts_once_in_the_whole(three: None) -> None:
    whole = figures.whole()
    assert (whole.in_time, whole.overdue, whole.never, whole.percent, whole.total) == (1, 1, 1, 33, 3)


def test_counts_are_kept_until_anything_happens(three: None) -> None:
    one, system = Service.objects.get(name="Late"), system_user()
    mark_checked(one, by=system, how="phone")
    before = kept(now(), "whole", figures.whole)
    with CaptureQueriesContext(connection) as asked:
        assert kept(now(), "whole", figures.whole) == before
    assert len(asked) == 1
    withdraw(one, by=system)
    assert kept(now(), "whole", figures.whole).total == before.total - 1
    assert kept("", "whole", figures.whole).total == before.total - 1


def test_the_tables(three: None) -> None:
    assert as_dict(figures.by_organisation())["Marsden Friends"] == (1, 1, 0)
    assert as_dict(figures.by_source()) == {"No source: written here": (1, 0, 0), "Old list": (0, 1, 0), "=Old list": (0, 0, 1)}
    assert as_dict(figures.by_area()) == {"Colne Valley": (1, 1, 0), "No area known": (0, 0, 1)}
    assert sum(line.overdue for line in figures.by_element()) == len(
        {need.element_id for need in Service.objects.get(name="Late").needs.all()}
    )


@pytest.mark.parametrize("by", list(figures.TABLES))
def test_the_list_behind_each_line_is_as_long_as_the_line_says(three: None, by: str) -> None:
    for line in figures.TABLES[by][1]():
        assert figures.narrowed(**{by: line.key}).count() == line.total
        assert figures.narrowed(**{by: line.key}, state="never").count() == line.never


def test_what_is_unknown_narrows_to_nothing(three: None) -> None:
    for name in ("state", "element", "area", "organisation", "source", "q"):
        assert figures.narrowed(**{name: "x-unknown"}).count() == 0


def test_the_most_overdue_come_first(three: None) -> None:
    assert [row.name for row in figures.narrowed()] == ["Never", "Late", "In time"]
    assert [row.name for row in figures.narrowed(q="marsden la")] == ["Late"]


@pytest.mark.parametrize("by", [*figures.TABLES, "nonsense"])
def test_the_page_and_its_links(three: None, editor: Client, by: str) -> None:
    page = editor.get(PAGE, {"by": by}).content.decode()
    assert "Late" in page
    assert "Overdue by 18 days" in page
    assert editor.get(PAGE, {"by": by, "q": "\0late", "page": "x", "area": "x"}).status_code == 200


def test_the_spreadsheet_carries_nothing_out(three: None, editor: Client) -> None:
    text = b"".join(editor.get(reverse("freshness-csv"), {"state": "never"})).decode()  # type: ignore[arg-type]
    head, row, rest = text.split("\r\n")
    assert head.startswith("\ufeffname,organisation")
    assert ",'=Old list," in row
    assert rest == ""


def test_every_beginning_of_a_formula_is_taken_out() -> None:
    lines = list(csv_lines([["=1+1", "+44", "-1", "@x", "\tx", "fine", -1, None]]))
    assert lines[1] == "'=1+1,'+44,'-1,'@x,'\tx,fine,-1,\r\n"


@pytest.mark.parametrize("by", list(figures.TABLES))
def test_many_rows_take_a_constant_number_of_queries(three: None, editor: Client, by: str, django_assert_max_num_queries) -> None:
    editor.get(PAGE, {"by": by})
    group = factories.organisation()
    Service.objects.bulk_create(Service(organisation=group, name=f"Row {n}", summary="x") for n in range(300))
    with django_assert_max_num_queries(16):
        assert editor.get(PAGE, {"by": by}).status_code == 200


def test_the_dashboard_is_for_editors(three: None) -> None:
    for role in (Role.PARTNER, Role.COORDINATOR):
        client = Client()
        client.force_login(factories.user(role))
        assert client.get(PAGE).status_code in (302, 403)
        assert client.get(reverse("freshness-csv")).status_code in (302, 403)
