"""Sixteen writers at once, in four processes of four threads, on each database: gapless, chained, none lost, none refused."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

from directory.journal.models import Event
from directory.journal.verifying import verify

PROCESSES, THREADS, EACH = 4, 4, 12
ROOT = Path(__file__).resolve().parents[2]

WRITER = """
import json, sys, threading, uuid
import django
from django.conf import settings
django.setup()
from django.db import connection, connections, transaction
from directory.accounts.models import User
from directory.journal.recording import record
from tests.databases import configuration

url, threads, each = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
connections.settings["default"] = configuration(url)
failures, users, start = [], [User(email="a@example.org") for _ in range(threads)], threading.Barrier(threads)

def write(user):
    start.wait()
    for n in range(each):
        try:
            with transaction.atomic():
                record("thing.done", user, by=user, codes={"n": n})
        except Exception as error:
            failures.append(repr(error))
    connection.close()

writers = [threading.Thread(target=write, args=[user]) for user in users]
[writer.start() for writer in writers]
[writer.join() for writer in writers]
print(json.dumps({"failures": failures, "users": [str(user.pk) for user in users]}))
"""


def test_sixteen_writers_lose_nothing(journal):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "site"), *sys.path])}
    command = [sys.executable, "-W", "ignore", "-c", WRITER, journal, str(THREADS), str(EACH)]
    running = [subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(PROCESSES)]
    answers = [json.loads(process.communicate(timeout=120)[0]) for process in running]

    assert [failure for answer in answers for failure in answer["failures"]] == []
    users = [user for answer in answers for user in answer["users"]]
    assert len(set(users)) == PROCESSES * THREADS
    events = list(Event.objects.order_by("seq"))
    assert [event.seq for event in events] == list(range(1, PROCESSES * THREADS * EACH + 1))
    assert Counter(str(event.by_id) for event in events) == dict.fromkeys(users, EACH)
    # Each writer's own order is kept.
    for user in users:
        assert [event.codes["n"] for event in events if str(event.by_id) == user] == list(range(EACH))
    assert verify() == []
