"""How programs prove who they are: `Authorization: Api-Key …` of a service account, or a person's own session."""

from typing import Any

from rest_framework import authentication, exceptions
from rest_framework.request import Request

from directory.accounts.entering import may_enter
from directory.accounts.models import ServiceKey


class ApiKeyAuthentication(authentication.BaseAuthentication):
    """A key names its service account. A key that is unknown, revoked, expired or of an inactive account is a 401."""

    keyword = "Api-Key"

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        header = authentication.get_authorization_header(request)
        if not header.lower().startswith(self.keyword.lower().encode()):
            return None
        try:
            key = ServiceKey.objects.get_from_key(header[len(self.keyword) :].strip().decode("ascii"))
        except (ServiceKey.DoesNotExist, UnicodeDecodeError, ValueError):
            key = None
        if key is None or key.revoked or key.has_expired or not may_enter(key.user):
            raise exceptions.AuthenticationFailed("This API key is not known, or no longer valid.")
        return key.user, key

    def authenticate_header(self, request: Request) -> str:
        return self.keyword


class SessionAuthentication(authentication.SessionAuthentication):
    """A session of the site; a change also needs the page's CSRF token."""

    def authenticate_header(self, request: Request) -> str:
        return ApiKeyAuthentication.keyword
