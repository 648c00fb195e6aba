"""Releases: what is counted, what shows, who sees it."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from directory import clock
from directory.accounts.roles import Role
from directory.journal.verifying import verify
from matching import asks, referrals
from matching.models import Ask, Release
from matching.statistics.releases import make_public, publish, replay, table_of
from tests import factories

pytestmark = pytest.mark.django_db

IN_QUARTER = datetime(2026, 8, 12, 9, tzinfo=UTC)
AFTER = datetime(2026, 10, 20, 9, tzinfo=UTC)


def refer(count: int, *, need: str = "shopping", at: datetime = IN_QUARTER) -> list:
    made = []
    with clock.held_at(at):
        coordinator = factories.coordinator()
        service = factories.service(need, vetted=True)
        for _ in range(count):
            ask = factories.ask(need_=need)
            made.append(referrals.send(referrals.prepare(ask, by=coordinator, service=service), by=coordinator))
    return made


def release(period: str = "2026-Q3") -> Release:
    with clock.held_at(AFTER):
        return publish(period, by=factories.administrator())


def cell(found: Release, measure: str, **values: str) -> dict:
    table = table_of(found, measure, tuple(values))
    assert table is not None
    return next(row for row in table["rows"] if all(row[dim] == value for dim, value in values.items()))


def test_eight_referrals_of_one_need_in_one_area_read_ten():
    refer(8)
    found = release()
    assert cell(found, "referrals", need="shopping", area="T0001")["shown"] == "10"
    assert cell(found, "referrals", element="my-home")["count"] == 10
    assert cell(found, "referrals") == {"count": 10, "shown": "10"}


def test_seven_are_hidden_in_every_table():
    refer(7)
    found = release()
    shown = {row["shown"] for table in found.tables if table["measure"] == "referrals" for row in table["rows"]}
    assert shown == {"1 to 7"}
    assert [table["dims"] for table in found.tables if table["measure"] == "referrals"] == [[]]


def test_a_table_falls_back_where_most_of_its_cells_would_hide():
    refer(9, need="shopping")
    refer(1, need="cooking")
    refer(1, need="garden-maintenance")
    refer(1, need="friendships")
    found = release()
    dims = [tuple(table["dims"]) for table in found.tables if table["measure"] == "referrals"]
    assert ("element",) in dims
    assert ("need",) not in dims


def test_referrals_count_in_the_quarter_in_which_they_were_sent_in_london():
    refer(8, at=datetime(2026, 9, 30, 22, 59, tzinfo=UTC))
    refer(8, at=datetime(2026, 9, 30, 23, 1, tzinfo=UTC))
    assert cell(release(), "referrals")["count"] == 10


def test_drafts_and_what_was_entered_in_error_do_not_count():
    made = refer(9)
    with clock.held_at(IN_QUARTER):
        referrals.enter_in_error(made[0], by=factories.coordinator(), text="Made twice")
        referrals.prepare(factories.ask(), by=factories.coordinator(), to_volunteers=True)
    assert cell(release(), "referrals")["shown"] == "10"


def test_unmet_need_of_adults_and_carers_is_counted_apart():
    with clock.held_at(IN_QUARTER):
        coordinator = factories.coordinator()
        for _ in range(8):
            asks.record_unmet(factories.ask(need_="garden-maintenance"), by=coordinator, emptied_by="nobody")
        asks.record_unmet(factories.ask(need_="sitting-service", for_carer=True), by=coordinator, emptied_by="nobody")
    found = release()
    assert cell(found, "unmet_adults")["shown"] == "10"
    assert cell(found, "unmet_carers")["shown"] == "1 to 7"


def test_a_request_recorded_as_unmet_again_counts_once_in_each_period_where_it_was_last_put():
    """Eight requests, each recorded in July, again in July, and in September for the carer."""
    coordinator = factories.coordinator()
    made = []
    for at in (datetime(2026, 7, 3, 9, tzinfo=UTC), datetime(2026, 7, 31, 22, 59, tzinfo=UTC), datetime(2026, 9, 1, 9, tzinfo=UTC)):
        with clock.held_at(at):
            made = made or [factories.ask(need_="garden-maintenance") for _ in range(8)]
            for ask in made:
                if ask.closed_at is not None:
                    ask = asks.reopen(ask, by=coordinator)
                    Ask.objects.filter(pk=ask.pk).update(for_carer=at.month == 9)
                asks.record_unmet(ask, by=coordinator, emptied_by="nobody")
            made = list(Ask.objects.filter(pk__in=[ask.pk for ask in made]))
    assert [cell(release(period), "unmet_adults")["shown"] for period in ("2026-07", "2026-09", "2026-Q3")] == ["10", "0", "0"]
    assert [cell(found, "unmet_carers")["shown"] for found in Release.objects.order_by("period")] == ["0", "10", "10"]


def test_a_release_keeps_no_true_count():
    refer(8)
    stored = str(release().tables)
    assert "8" not in stored.replace("2026-Q3", "").replace("T0001", "")


def test_a_period_that_is_not_closed_and_one_that_is_released_are_refused():
    with clock.held_at(IN_QUARTER), pytest.raises(ValidationError, match="not closed yet"):
        publish("2026-Q3", by=factories.administrator())
    release()
    with pytest.raises(ValidationError, match="frozen"):
        release()
    with pytest.raises(PermissionDenied), clock.held_at(AFTER):
        publish("2026-Q2", by=factories.coordinator())


def test_later_changes_do_not_touch_a_release():
    made = refer(8)
    found = release()
    referrals.enter_in_error(made[0], by=factories.coordinator(), text="Made twice")
    assert cell(Release.objects.get(pk=found.pk), "referrals")["count"] == 10


def test_without_an_audit_a_release_stays_inside():
    found = release()
    with pytest.raises(ValidationError, match="audit"):
        make_public(found, by=factories.administrator())
    assert Release.objects.get(pk=found.pk).state == "published"


def test_a_release_that_was_changed_is_found():
    found = release()
    assert verify() == []
    Release.objects.filter(pk=found.pk).update(tables=[])
    assert [fault.code for fault in replay()] == ["release_changed"]


def test_the_command_publishes_for_the_installation_and_says_what_shows(capsys):
    refer(8)
    with clock.held_at(AFTER):
        call_command("publish_statistics", "2026-Q3")
        with pytest.raises(CommandError, match="frozen"):
            call_command("publish_statistics", "2026-Q3")
    assert "stays inside until it has been audited" in capsys.readouterr().out
    assert Release.objects.get().state == "published"


def client_for(*roles: Role) -> APIClient:
    client = APIClient()
    if roles:
        client.force_login(factories.user(*roles))
    return client


@pytest.mark.parametrize("role", [Role.ANALYST, Role.COORDINATOR, Role.ADMINISTRATOR])
def test_who_may_see_figures_gets_the_table(role):
    refer(8)
    release()
    query = {"measure": "referrals", "dims": "need,area", "period": "2026-Q3"}
    answer = client_for(role).get("/api/v1/statistics/table/", query)
    assert answer.status_code == 200
    found = [row for row in answer.json()["results"] if row["need"] == "shopping" and row["area"] == "T0001"]
    assert found == [{"need": "shopping", "area": "T0001", "count": 10, "shown": "10"}]


def test_nobody_else_sees_a_release_that_is_not_public():
    release()
    query = {"measure": "referrals", "period": "2026-Q3"}
    assert client_for().get("/api/v1/statistics/table/", query).status_code == 401
    assert client_for(Role.PARTNER).get("/api/v1/statistics/table/", query).status_code == 403
    assert client_for(Role.PARTNER).get("/api/v1/statistics/").json() == {"releases": [], "menu": []}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"measure": "people", "period": "2026-Q3"}, "measure"),
        ({"measure": "referrals", "dims": "need,element", "period": "2026-Q3"}, "dims"),
        ({"measure": "referrals", "dims": "need,need", "period": "2026-Q3"}, "dims"),
        ({"measure": "referrals", "period": "last week"}, "period"),
        ({"measure": "referrals", "period": "2026-Q3", "from": "2026-07-03"}, "from"),
        ({"measure": "referrals", "period": "2026-Q3", "format": "xml"}, "format"),
        ({"measure": ["referrals", "asks"], "period": "2026-Q3"}, "measure"),
    ],
)
def test_nothing_beyond_the_menu(query, field):
    answer = client_for(Role.ANALYST).get("/api/v1/statistics/table/", query)
    assert answer.status_code == 400
    assert field in answer.json()["errors"]


def test_csv_has_the_same_rows():
    refer(8)
    release()
    query = {"measure": "referrals", "dims": "element", "period": "2026-Q3", "format": "csv"}
    answer = client_for(Role.ANALYST).get("/api/v1/statistics/table/", query)
    assert answer["Content-Type"].startswith("text/csv")
    lines = answer.content.decode().split()
    assert lines[0] == "element,count,shown"
    assert "my-home,10,10" in lines
