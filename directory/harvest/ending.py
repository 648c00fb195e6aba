"""What comes after the last page: services that are not in the feed any more, possible duplicates, and telling staff."""

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import QuerySet
from django_tasks import task

from directory import listings
from directory.accounts.models import User
from directory.accounts.roles import Role
from directory.harvest import duplicates
from directory.harvest.models import Record, Run
from directory.harvest.recording import KEPT, note
from directory.imports.following import follow, plan, remember
from directory.models import Service

Outcome = Record.Outcome


def vanished(run: Run) -> "QuerySet[Record]":
    """The records that were listings and did not come in this run."""
    return Record.objects.filter(feed=run.feed, outcome__in=KEPT).exclude(last_run=run).order_by("source_id")


def known_before(run: Run) -> int:
    """How many records were listings before this run: those that came again, those that did not, those it has hidden already."""
    new = run.made
    return max(0, Record.objects.filter(feed=run.feed, outcome__in=KEPT).count() + run.hidden - new)


def hide(run: Run, rows: "QuerySet[Record]", *, by: User) -> None:
    """Close the listings of records that ended, one by one. One that was edited here, or that a group keeps, is put up instead."""
    for row in list(rows):
        with transaction.atomic():
            service = Service.objects.filter(pk=row.service_id).first() if row.service_id else None
            if service is not None:
                _close(service, run, row, by=by)
            row.outcome = Outcome.ENDED
            row.save(update_fields=["outcome"])
            run.hidden += 1
            run.save()


def _close(service: Service, run: Run, row: Record, *, by: User) -> None:
    closed = {"status": str(Service.Status.CLOSED)}
    made = plan(service, closed)
    if made.to_set and service.replaces.exists():
        # Another source, or somebody here, knows what it took in: one that does not any more closes nothing.
        made.to_put_up["status"] = (str(service.status), made.to_set.pop("status"))
    if made.to_set:
        listings.withdraw(service, by=by)
        remember(service, made.told, {})
    else:
        if follow(service, closed, {}, by=by, made=made).conflicts:
            run.conflicts += 1
            note(run, "it is not in the feed any more, and was edited here: put up for a moderator", row.source_id)


def propose_duplicates(run: Run) -> None:
    """Pairs of what is new or changed in this run with anything that is shown."""
    new = Service.objects.filter(source=run.feed.url, changed_at__gte=run.started_at)
    run.pairs = duplicates.propose(new.values_list("pk", flat=True))
    run.save(update_fields=["pairs"])


def tell_staff_after_commit(run: Run) -> None:
    """A mail to the editors that a feed did not come as it should; a background task sends it."""
    transaction.on_commit(lambda: _tell.enqueue(str(run.pk)))


@task()
def _tell(run_id: str) -> int:
    return tell_staff(run_id)


def tell_staff(run_id: str) -> int:
    """Say to every editor what is wrong with a feed. Returns how many mails went out."""
    run = Run.objects.select_related("feed").filter(pk=run_id).exclude(error="").first()
    if run is None:
        return 0
    body = f"The feed “{run.feed.name}” did not come as it should.\n\n{run.error}\n\nWhat was there before is still there.\n"
    editors = User.objects.filter(grants__role=Role.EDITOR, is_active=True, is_service=False).distinct()
    return sum(send_mail("A feed needs a look", body, settings.DEFAULT_FROM_EMAIL, [user.email]) for user in editors)
