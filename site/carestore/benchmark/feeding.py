"""A made-up feed of another directory, and a server for it: `python -m carestore.benchmark.feeding SERVICES` prints its port."""

import json
import random
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

ON_PAGE = 50
# A group has two services; there are six halls for ten services.
OF_GROUP, HALLS = 2, 0.6
DOING = [
    "lunch",
    "craft",
    "walking",
    "singing",
    "chess",
    "yoga",
    "sewing",
    "repairs",
    "advice",
    "debt",
    "homework",
    "befriending",
    "bowls",
    "quilts",
    "choir",
    "books",
]
PLACES = [
    "Slaithwaite",
    "Marsden",
    "Golcar",
    "Linthwaite",
    "Meltham",
    "Holmfirth",
    "Honley",
    "Huddersfield",
    "Mirfield",
    "Batley",
    "Dewsbury",
    "Cleckheaton",
]
SORTS = ["club", "group", "café", "sessions", "drop-in", "circle", "project", "service"]


def record(number: int, services: int) -> dict[str, Any]:
    """One service as Open Referral UK 3.0 tells it: always the same for a number."""
    luck = random.Random(number)
    doing, town, hall = luck.choice(DOING), luck.choice(PLACES), luck.randrange(max(1, int(services * HALLS)))
    words = " ".join(luck.choices(DOING, k=luck.randint(20, 120))).capitalize()
    return {
        "id": f"00000000-0000-4000-8000-{number:012d}",
        "name": f"{town} {doing} and {luck.choice(DOING)} {luck.choice(SORTS)}",
        "description": f"<p>People of {town} meet for {doing}.</p><p>{words}.</p>",
        "status": "active",
        "url": f"https://s{number}.example.org/",
        "email": f"info@s{number}.example.org",
        "minimum_age": luck.choice([None, 18, 50]),
        "fees_description": luck.choice(["Free", "Pay what you can"]),
        "last_modified": "2026-05-01T09:00:00Z",
        "assured_date": "2026-04-30",
        "languages": [{"name": "English"}],
        "organization": {
            "id": f"group-{number // OF_GROUP}",
            "name": f"{town} {doing} trust {number // OF_GROUP}",
            "description": words[:200],
            "website": f"https://g{number // OF_GROUP}.example.org/",
        },
        "contacts": [{"id": f"c{number}", "name": "Office", "phones": [{"number": f"01632 {960000 + number % 40000}"}]}],
        "cost_options": [{"option": "A session", "amount": 3, "currency": "GBP"}],
        "attributes": [{"taxonomy_term": {"id": "t", "name": doing, "vocabulary": "esdServiceTypes", "code": "123"}}],
        "service_areas": [{"name": f"HD{number % 9 + 1}"}],
        "schedules": [{"freq": "WEEKLY", "byday": luck.choice(["MO", "TU", "WE,FR"]), "opens_at": "14:00", "closes_at": "16:00"}],
        "service_at_locations": [{"id": f"at{number}", "location": _hall(hall, town)}],
    }


def page(number: int, services: int) -> dict[str, Any]:
    """One page of the feed."""
    rows = [record(each, services) for each in range((number - 1) * ON_PAGE, min(services, number * ON_PAGE))]
    pages = -(-services // ON_PAGE)
    told = {"total_items": services, "total_pages": pages, "page_number": number, "size": len(rows)}
    return {**told, "first_page": number == 1, "last_page": number >= pages, "empty": not rows, "contents": rows}


def _hall(number: int, town: str) -> dict[str, Any]:
    address = {"address_1": f"{number} High Street", "city": town, "postal_code": f"HD{number % 9 + 1} {number % 9}AF"}
    where = {"latitude": round(53.55 + number % 200 / 800, 5), "longitude": round(-1.95 + number // 200 / 80, 5)}
    told = {"id": f"p{number}", "location_type": "physical", "name": f"Hall {number}", **where, "addresses": [address]}
    return {**told, "accessibility": [{"description": "Level access"}]}


def main(services: int) -> None:
    """Serve it until somebody ends this process."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            there = asked.path == "/services"
            body = json.dumps(page(int(parse_qs(asked.query)["page"][0]), services) if there else {}).encode()
            self.send_response(200 if there else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Nobody reads it."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)  # noqa: T201 - the way to the process that waits
    server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]))
