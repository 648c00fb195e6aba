"""Ids that were merged lead on, and everything says under which licence it is given away."""

import csv
import io
from typing import Any

import pytest
from django.test import Client

from carestore import env
from directory import listings
from directory.accounts.models import User
from directory.accounts.roles import Role
from directory.merging import merges, organisation_merges
from directory.models import Service
from directory.openreferral import licences
from tests import factories
from tests.directory.openreferral.conftest import faults

pytestmark = pytest.mark.django_db
OGL = "Open Government Licence 3.0"


@pytest.fixture
def editor(db: None) -> User:
    return factories.user(Role.EDITOR)


@pytest.fixture
def two(editor: User) -> tuple[Service, Service]:
    """Listings of two groups."""
    groups = [listings.create_organisation(by=editor, name=name) for name in ("Age Well", "Agewell Ltd")]
    one, other = (listings.create_service(group, by=editor, name="Lunch", summary="A hot lunch.") for group in groups)
    return one, other


def test_a_merged_organisation_leads_on(client: Client, two: tuple[Service, Service], editor: User) -> None:
    kept, dropped = (service.organisation for service in two)
    done = organisation_merges.merge(kept, dropped, {}, by=editor)
    answer = client.get(f"/oruk/organizations/{dropped.pk}")
    assert (answer.status_code, answer["Location"]) == (301, f"/oruk/organizations/{kept.pk}/")
    assert "no-store" in answer["Cache-Control"]
    assert answer["Access-Control-Allow-Origin"] == "*"
    record = client.get(answer["Location"]).json()
    assert record["ccs_replaces"] == [str(dropped.pk)]
    assert faults(record, "organization") == []
    assert {each["id"] for each in record["services"]} == {str(service.pk) for service in two}
    listed = client.get("/oruk/organizations").json()["contents"]
    assert [each["id"] for each in listed] == [str(kept.pk)]
    of_old = client.get("/oruk/services", {"organization_id": str(dropped.pk)}).json()
    assert of_old["total_items"] == 2
    assert {each["organization_id"] for each in of_old["contents"]} == {str(kept.pk)}
    organisation_merges.part(done, by=editor)
    assert client.get(f"/oruk/organizations/{dropped.pk}").status_code == 200
    assert "ccs_replaces" not in client.get(f"/oruk/organizations/{kept.pk}").json()


def test_who_asks_for_what_changed_hears_of_the_merge(client: Client, two: tuple[Service, Service], editor: User) -> None:
    from directory import clock

    before = clock.now().isoformat()
    kept, dropped = (service.organisation for service in two)
    organisation_merges.merge(kept, dropped, {}, by=editor)
    told = client.get("/oruk/services", {"modified_after": before}).json()
    assert str(two[1].pk) in {each["id"] for each in told["contents"]}


def test_a_merged_listing_leads_on_while_the_other_is_shown(client: Client, two: tuple[Service, Service], editor: User) -> None:
    keep, drop = two
    merges.merge(keep, drop, {}, by=editor)
    answer = client.get(f"/oruk/services/{drop.pk}")
    assert (answer.status_code, answer["Location"]) == (301, f"/oruk/services/{keep.pk}/")
    listings.withdraw(keep, by=editor)
    assert client.get(f"/oruk/services/{drop.pk}").status_code == 404


def of_table(client: Client) -> dict[str, str]:
    body = b"".join(client.get("/open-data/listings.csv").streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return {row["name"]: row["licence"] for row in csv.DictReader(io.StringIO(body))}


def test_while_none_is_chosen_it_says_so(client: Client, two: tuple[Service, Service], editor: User) -> None:
    assert "not chosen a licence" in client.get("/open-data/").content.decode()
    assert "not chosen a licence" in client.get("/open-data/developers/").content.decode()
    assert not client.get("/oruk/").has_header("Link")
    assert "ccs_licence" not in client.get(f"/oruk/services/{two[0].pk}").json()
    assert of_table(client) == {"Lunch": ""}
    client.force_login(editor)
    assert "OPEN_DATA_LICENCE" in client.get("/admin/").content.decode()


def test_the_chosen_one_is_everywhere_but_over_others(client: Client, two: tuple[Service, Service], editor: User, settings: Any) -> None:
    settings.OPEN_DATA_LICENCE = "OGL-3.0"
    group = two[0].organisation
    for name, told in (("Tea", {"licence": "CC BY-SA 4.0"}), ("Chess", {}), ("Choir", {"source": "suggested"})):
        listings.create_service(group, by=editor, name=name, summary="Weekly.", **{"source": "County", "source_id": name, **told})
    assert of_table(client) == {"Lunch": OGL, "Tea": "CC BY-SA 4.0", "Chess": "", "Choir": OGL}
    told = client.get("/oruk/services", {"full": "true"}).json()["contents"]
    assert {each["name"]: each.get("ccs_licence", "") for each in told} == of_table(client)
    url = licences.KNOWN["OGL-3.0"].url
    for path in ("/oruk/", "/oruk/services", "/oruk/services?format=ndjson", "/open-data/listings.csv"):
        assert f'<{url}>; rel="license"' in client.get(path)["Link"]
    assert 'rel="first"' in client.get("/oruk/services")["Link"]
    for path in ("/open-data/", "/open-data/developers/"):
        assert f'<a href="{url}" rel="license">{OGL}</a>' in client.get(path).content.decode()
    client.force_login(editor)
    assert "OPEN_DATA_LICENCE" not in client.get("/admin/").content.decode()


def test_what_can_be_chosen(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(licences.KNOWN) == set(settings.OPEN_DATA_LICENCES)
    monkeypatch.setenv("X", " OGL-3.0 ")
    assert env.choice("X", ("OGL-3.0",)) == "OGL-3.0"
    monkeypatch.setenv("X", "")
    assert env.choice("X", ("OGL-3.0",)) == ""
    monkeypatch.setenv("X", "mine")
    with pytest.raises(Exception, match="X is 'mine'; known are OGL-3.0"):
        env.choice("X", ("OGL-3.0",))
