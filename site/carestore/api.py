"""What every door of the API does alike: strict JSON in, errors of one shape out, never a stack trace for what a client sent."""

import json
import logging
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.parsers import JSONParser
from rest_framework.response import Response

from directory.states import WrongState

logger = logging.getLogger("carestore.api")

MAX_BODY_BYTES = 262_144
COLLISIONS = ("40001", "40P01")  # PostgreSQL: serialization failure, deadlock


class TooLarge(exceptions.APIException):
    """413: the body is larger than any honest request."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = "This is too large: at most 256 kB."
    default_code = "too_large"


class StrictJSONParser(JSONParser):
    """JSON in UTF-8 of at most 256 kB, without NaN and without endless nesting. Anything else is a 400 or 413."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        body = stream.read(MAX_BODY_BYTES + 1)
        if len(body) > MAX_BODY_BYTES:
            raise TooLarge
        try:
            data = json.loads(body.decode("utf-8"), parse_constant=_no_constant)
            json.dumps(data, ensure_ascii=False).encode("utf-8")
        except (UnicodeError, ValueError, RecursionError) as error:
            raise exceptions.ParseError("This is not valid JSON in UTF-8.") from error
        return data


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def errors(error: Exception, context: dict[str, Any]) -> Response | None:
    """One shape for every error: {"errors": {field: [text]}}."""
    if isinstance(error, Http404):
        return _answer(404, {"id": ["There is nothing at this address."]})
    if isinstance(error, PermissionDenied):
        return _answer(403, {"permission": [str(error) or "This is not open to you."]})
    if isinstance(error, WrongState):
        return _answer(409, {"state": [str(error)]})
    if isinstance(error, ValidationError):
        return _answer(400, error.message_dict if hasattr(error, "error_dict") else {"request": error.messages})
    if _is_collision(error):
        logger.warning("api.collision error=%s", type(error).__name__)
        return _answer(409, {"state": ["Somebody else changed this at the same moment. Look again, then try once more."]})
    if isinstance(error, RecursionError):
        return _answer(400, {"body": ["This is nested too deeply."]})
    if not isinstance(error, exceptions.APIException):
        return None
    response = _answer(error.status_code, _fields(error.detail))
    if header := getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = header
    if (wait := getattr(error, "wait", None)) is not None:
        response["Retry-After"] = str(int(wait) + 1)
    return response


def _is_collision(error: Exception) -> bool:
    """Did the database refuse what another transaction was quicker with, or end one of two that waited for each other?"""
    return isinstance(error, IntegrityError) or getattr(error.__cause__, "sqlstate", None) in COLLISIONS


def _answer(code: int, fields: dict[str, list[str]]) -> Response:
    return Response({"errors": fields}, status=code)


def _fields(detail: Any) -> dict[str, list[str]]:
    if isinstance(detail, dict):
        return {str(name): _texts(value) for name, value in detail.items()}
    return {"request": _texts(detail)}


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [f"{name}: {text}" for name, inner in value.items() for text in _texts(inner)]
    if isinstance(value, (list, tuple)):
        return [text for inner in value for text in _texts(inner)]
    return [str(value)]
