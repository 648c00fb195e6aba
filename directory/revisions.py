"""Revisions of listings and groups: what stands there after each change, and the line in the admin's history that tells of it.

Wagtail's own `save_revision` keeps the same three rows; it asks for what was just written up to six times more, which is a third of a harvest.
"""

from collections.abc import Mapping
from typing import Any

from django.contrib.contenttypes.models import ContentType
from wagtail.log_actions import get_active_log_context
from wagtail.models import ModelLogEntry, Revision

from directory import clock
from directory.accounts.models import User
from directory.models import Organisation, Service


def keep_revision(row: Organisation | Service, *, by: User, action: str, more: Mapping[str, Any] | None = None) -> Revision:
    """Keep a saved row as it is now, `more` beside its columns. `action`: what the history calls it, "wagtail.create" or "wagtail.edit".

    Inside of the transaction of the change.
    """
    kind, now, words = ContentType.objects.get_for_model(row), clock.now(), str(row)
    content = {**row.serializable_data(), **(more or {})}
    revision = Revision.objects.create(
        content_type=kind, base_content_type=kind, object_id=str(row.pk), created_at=now, user=by, object_str=words, content=content
    )
    row.latest_revision = revision
    type(row)._base_manager.filter(pk=row.pk).update(latest_revision=revision)
    told = {"content_type": kind, "object_id": str(row.pk), "label": words, "action": action, "timestamp": now}
    line = ModelLogEntry(**told, uuid=get_active_log_context().uuid, user=by, revision=revision, content_changed=True)
    # Its own save() looks whether the kind, the user and the revision exist.
    ModelLogEntry.objects.bulk_create([line])
    return revision
