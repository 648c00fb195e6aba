"""A directory that publishes a feed, on this machine: what it answers is a function of the path, the parameters and the headers."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

# (status, headers, body)
Answer = tuple[int, dict[str, str], bytes]
JSON = {"Content-Type": "application/json"}


class Site:
    """One server. `answer(path, parameters, headers)` makes each answer; `asked` holds what was asked for."""

    def __init__(self, answer: Callable[[str, dict[str, str], dict[str, str]], Answer]) -> None:
        self.answer = answer
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.url = ""


def as_json(told: Any, status: int = 200, **headers: str) -> Answer:
    return status, {**JSON, **headers}, json.dumps(told).encode()


NOT_FOUND = as_json({"detail": "Not found."}, 404)


@contextmanager
def serving(answer: Callable[[str, dict[str, str], dict[str, str]], Answer]) -> Iterator[Site]:
    site = Site(answer)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            parameters = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            site.asked.append((unquote(parts.path), parameters))
            status, headers, body = site.answer(unquote(parts.path), parameters, {k.lower(): v for k, v in self.headers.items()})
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                if value != "-":
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    site.url = f"http://127.0.0.1:{server.server_address[1]}/api"
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()


def pages(items: list[dict[str, Any]], size: int = 10) -> Callable[[str, dict[str, str], dict[str, str]], Answer]:
    """A well-behaved feed of version 3: lists by page, and no single services."""

    def answer(path: str, parameters: dict[str, str], headers: dict[str, str]) -> Answer:
        if path != "/api/services":
            return NOT_FOUND
        return as_json(page_of(items, int(parameters["page"]), size))

    return answer


def page_of(items: list[dict[str, Any]], number: int, size: int) -> dict[str, Any]:
    count = -(-len(items) // size)
    rows = items[(number - 1) * size : number * size]
    return {
        "total_items": len(items),
        "total_pages": count,
        "page_number": number,
        "size": len(rows),
        "first_page": number == 1,
        "last_page": number >= count,
        "empty": not rows,
        "contents": rows,
    }


def service(number: int, **more: Any) -> dict[str, Any]:
    """An invented record with something in most places."""
    return {
        "id": f"00000000-0000-4000-8000-{number:012d}",
        "name": f"Tea afternoon {number}",
        "description": f"Tea and talk for everybody, number {number}. Come as you are.",
        "status": "active",
        "url": f"https://tea.example.org/{number}",
        "minimum_age": 50,
        "last_modified": "2026-05-01T09:00:00.000Z",
        "organization": {
            "id": f"org-{number % 5}",
            "name": f"Tea Friends {number % 5}",
            "description": "A charity.",
            "website": "https://tea.example.org/",
        },
        "contacts": [{"id": "c", "phones": [{"number": f"01632 960{number % 1000:03d}"}]}],
        "schedules": [{"freq": "WEEKLY", "byday": "TU", "opens_at": "14:00", "closes_at": "16:00"}],
        "service_at_locations": [
            {
                "id": f"at-{number}",
                "location": {
                    "id": f"place-{number}",
                    "location_type": "physical",
                    "name": f"Hall {number}",
                    "latitude": 53.6 + number % 100 / 1000,
                    "longitude": -1.9 + number // 100 / 1000,
                    "addresses": [{"address_1": f"{number} High Street", "city": "Slaithwaite", "postal_code": "HD7 5AF"}],
                },
            }
        ],
        **more,
    }
