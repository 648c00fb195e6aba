"""Real feeds, and those that the national standard's validator is tried with, come in."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from directory.harvest.models import Feed, Run
from directory.harvest.run_states import RunState
from directory.listing_fields import FIELDS, read_values
from directory.models import Organisation, Service
from tests.harvest.serving import NOT_FOUND, as_json, serving

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("needs")]
SAMPLES = Path(__file__).parents[3] / "shared" / "standards" / "samples"
# (list, its single services, how many listings come of it)
FEEDS = [
    ("bristol_v1_services_page1.json", None, 50),
    ("bristol_v3_services_page1.json", "bristol_v3_service_full.json", 3),
    ("bucks_outpost_services.json", None, 20),
    ("validator_mock_default/service_list.json", "validator_mock_default/service_full.json", 1),
    ("validator_mock_warn/service_list.json", "validator_mock_warn/service_full.json", 1),
    ("validator_mock_test_128_service_variants.json", None, 1),
    ("hsds31_examples/service_list.json", "hsds31_examples/service_full.json", 1),
]


def load(name: str) -> Any:
    return json.loads((SAMPLES / name).read_text(encoding="utf-8"), strict=False)


def site_of(listed: str, single: str | None) -> Callable[..., Any]:
    def answer(path: str, parameters: dict[str, str], headers: dict[str, str]) -> Any:
        if path == "/api/services":
            return as_json(load(listed)) if parameters["page"] == "1" else NOT_FOUND
        detail = load(single) if single else {}
        return as_json(detail) if detail and path.endswith(str(detail["id"])) else NOT_FOUND

    return answer


@pytest.mark.parametrize(("listed", "single", "count"), FEEDS, ids=[feed[0] for feed in FEEDS])
def test_a_sample_comes_in(listed: str, single: str | None, count: int, feed_at: Callable[..., Feed], run: Callable[..., Run]) -> None:
    with serving(site_of(listed, single)) as site:
        feed = feed_at(site.url)
        done = run(feed)
        assert Service.objects.count() == count
        assert done.state != RunState.FAILED
        again = run(feed)
        assert (again.made, again.changed, again.conflicts) == (0, 0, 0)
    for found in Service.objects.with_everything():
        values = read_values(found)
        assert values["name"]
        assert values["summary"]
        assert {name: FIELDS[name].clean(value) for name, value in values.items()} == values
        assert "<p>" not in values["description"]
        assert "Â" not in values["description"]
    assert not Organisation.objects.filter(name="").exists()


def test_the_mock_that_is_meant_to_fail_leaves_nothing_behind(feed_at: Callable[..., Feed], run: Callable[..., Run]) -> None:
    with serving(site_of("validator_mock_fail/service_list.json", None)) as site:
        done = run(feed_at(site.url))
    assert done.rejected + done.repeated == done.read > 0
    assert Service.objects.count() == 0


def test_what_only_the_single_service_tells_is_there(feed_at: Callable[..., Feed], run: Callable[..., Run]) -> None:
    with serving(site_of("bristol_v3_services_page1.json", "bristol_v3_service_full.json")) as site:
        run(feed_at(site.url))
    values = read_values(Service.objects.with_everything().get(name="1625 Independent People"))
    assert (values["phone"], values["url"]) == ("0800 035 4213", "http://1625ip.co.uk")
    assert (values["min_age"], values["max_age"]) == (None, None)
    assert values["description"].startswith("## About Us\n\n1625 Independent People works")
