"""Feeds: set up and changed."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from directory.accounts.models import User
from directory.accounts.policy import require, role_used
from directory.accounts.roles import Permission
from directory.harvest.models import Feed
from directory.journal.recording import record

COLUMNS = frozenset({"slug", "name", "url", "hosts", "parameters", "per_page", "details", "licence", "every_days", "active"})


@transaction.atomic
def set_feed(feed: Feed, values: Mapping[str, Any], *, by: User) -> Feed:
    """Make a feed, or change it. Its address is the source of all that came from it, and stays once something came.

    Raises PermissionDenied, ValidationError.
    """
    require(by, Permission.MODERATE)
    if unknown := values.keys() - COLUMNS:
        raise ValidationError({name: ["There is no such field."] for name in sorted(unknown)})
    url = values.get("url", feed.url)
    if not feed._state.adding and url != feed.url and feed.records.exists():
        raise ValidationError({"url": ["Services came from the old address. Set up another feed for the new one."]})
    for name, value in values.items():
        setattr(feed, name, value.strip() if isinstance(value, str) else value)
    feed.url = feed.url.rstrip("/").removesuffix("/services")
    if not feed.url.startswith(("https://", "http://")):
        raise ValidationError({"url": ["The address begins with https:// or http://."]})
    feed.full_clean()
    feed.save()
    record("feed.set", feed, by=by, role=role_used(by, Permission.MODERATE), codes={"fields": sorted(values)})
    return feed
