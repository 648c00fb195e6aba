"""Is the process alive, and is it fit to serve?"""

from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django_tasks_db.models import DBTaskResult

from carestore import worker
from directory import clock
from directory.accounts.doors import PUBLIC, door
from directory.journal.following import lag
from directory.journal.triggers import triggers_ok
from directory.openreferral import licences
from search import engines

WORKER_SILENT = timedelta(seconds=60)


@door(PUBLIC)
def live(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"alive": True})


@door(PUBLIC)
def ready(request: HttpRequest) -> HttpResponse:
    """200 when database, journal triggers and worker are well; 503 otherwise. Always says how far index and tasks are behind."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        triggers, behind = triggers_ok(), lag()
        tasks = DBTaskResult.objects.filter(status="READY").count()
        database = True
    except DatabaseError:
        database, triggers, behind, tasks = False, False, {}, None
    seen = worker.last_seen()
    working = seen is not None and clock.now() - seen < WORKER_SILENT
    answer = {
        "database": database,
        "journal_triggers": triggers,
        "worker": working,
        "behind": behind,
        "tasks_waiting": tasks,
        "open_data_licence": settings.OPEN_DATA_LICENCE or licences.NONE_CHOSEN,
        **_search(),
    }
    return JsonResponse(answer, status=200 if database and triggers and working else 503)


def _search() -> dict[str, dict[str, str]]:
    """Who answers the finder, where a search node stands in front of the index. Without it the finder goes on, so it is no reason for 503."""
    both = engines.pair()
    return {"search": both.status()} if both else {}
