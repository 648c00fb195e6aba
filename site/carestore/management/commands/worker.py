import signal
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand

from carestore import worker


class Command(BaseCommand):
    help = "The background process: the index, mails and figures follow the journal, queued tasks are done."

    def handle(self, *args: Any, **options: Any) -> None:
        stopping = False

        def stop(number: int, frame: FrameType | None) -> None:
            nonlocal stopping
            stopping = True

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        worker.run(stop=lambda: stopping)
