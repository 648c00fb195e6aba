"""The OpenAPI document, for everybody: our own doors, and how programs prove who they are."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.views import SpectacularJSONAPIView

from directory.accounts.doors import PUBLIC, door


@door(PUBLIC)
class Schema(SpectacularJSONAPIView):
    """GET /api/v1/schema/ as JSON."""


class ApiKeyScheme(OpenApiAuthenticationExtension):
    """The header `Authorization: Api-Key …`."""

    target_class = "directory.accounts.keys.ApiKeyAuthentication"
    name = "ApiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": "Api-Key, a blank, and the key."}


class SessionScheme(OpenApiAuthenticationExtension):
    """The session of somebody who is signed in."""

    target_class = "directory.accounts.keys.SessionAuthentication"
    name = "Session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}


def may_be_too_often(result: dict[str, Any], **options: Any) -> dict[str, Any]:
    """Every door may answer 429, with the seconds to wait in Retry-After."""
    texts = {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}}
    shape = {"type": "object", "properties": {"errors": texts}, "required": ["errors"]}
    answer = {
        "description": "Too many requests in this minute.",
        "headers": {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait."}},
        "content": {"application/json": {"schema": shape}},
    }
    for path in result["paths"].values():
        for operation in path.values():
            operation["responses"].setdefault("429", answer)
    return result


def own_doors(endpoints: list[tuple[str, Any, str, Any]], **options: Any) -> list[tuple[str, Any, str, Any]]:
    """Only /api/v1/: the page editor's inner interface is not a door."""
    return [endpoint for endpoint in endpoints if endpoint[0].startswith("/api/v1/")]
