"""The OpenAPI document is true: every door is tried with what the document allows, and with what it does not."""

import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from carestore.wsgi import application
from directory.accounts.models import ServiceKey
from directory.accounts.roles import Role
from tests import factories

pytestmark = pytest.mark.django_db

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


def document() -> schemathesis.schemas.BaseSchema:
    return schemathesis.openapi.from_wsgi("/api/v1/schema/", application)


def test_it_has_our_doors_and_no_others():
    paths = Client().get("/api/v1/schema/").json()["paths"]
    assert {path.split("/")[3] for path in paths} == {"search", "map", "suggest", "referrals", "statistics"}


@pytest.mark.parametrize("role", [Role.COUNCIL_REFERRER, Role.ANALYST, None])
def test_every_door_answers_as_it_says(role):
    factories.postcode()
    factories.service("shopping", vetted=True)
    headers = {}
    if role is not None:
        key = ServiceKey.objects.create_key(name="test", user=factories.user(role, is_service=True))[1]
        headers["Authorization"] = f"Api-Key {key}"
    for found in document().get_all_operations():
        _try(found.ok(), headers)


def _try(operation, headers):
    @settings(max_examples=15, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def answers(case):
        case.headers.pop("Authorization", None)
        case.validate_response(case.call(headers=headers), checks=CHECKS)

    answers()
