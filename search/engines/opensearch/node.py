"""The client of elasticsearch speaking to OpenSearch as well as to Elasticsearch: plain JSON out, the product's header in."""

import logging
from typing import Any
from urllib.parse import parse_qs, urlsplit, urlunsplit

from elastic_transport import HttpHeaders, Urllib3HttpNode
from elastic_transport.client_utils import DEFAULT, DefaultType
from elasticsearch import Elasticsearch
from urllib3 import Timeout

CONNECT_SECONDS = 1.0
READ_SECONDS = 2.0
WRITE_SECONDS = 60.0
# Making one segment of a whole index takes long; nobody waits for it but a rebuild.
MERGE_SECONDS = 1800.0
CONNECTIONS = 10
PREFIX = "carestore"
# The client tells of every single failure; ours says once that the node went, and once that it is back.
logging.getLogger("elastic_transport").setLevel(logging.ERROR)


class EitherNode(Urllib3HttpNode):
    """OpenSearch refuses the media type of Elasticsearch's client, and its answers lack the header that the client looks for."""

    def perform_request(
        self,
        method: str,
        target: str,
        body: bytes | None = None,
        headers: HttpHeaders | None = None,
        request_timeout: DefaultType | float | None = DEFAULT,
    ) -> Any:
        sent = HttpHeaders(headers or {})
        for name in ("accept", "content-type"):
            if "vnd.elasticsearch+" in (sent.get(name) or ""):
                sent[name] = "application/x-ndjson" if "ndjson" in sent[name] else "application/json"
        seconds = request_timeout if isinstance(request_timeout, float | int) else self.config.request_timeout
        limits: Any = Timeout(connect=CONNECT_SECONDS, read=seconds)
        answer = super().perform_request(method, target, body=body, headers=sent, request_timeout=limits)
        answer.meta.headers.setdefault("x-elastic-product", "Elasticsearch")
        return answer


def connect(url: str, *, seconds: float = READ_SECONDS) -> tuple[Elasticsearch, str]:
    """A client for an address, and the prefix of our indexes there: carestore, or the one that `?index=` names."""
    parts = urlsplit(url)
    named = parse_qs(parts.query).get("index", [PREFIX])[-1]
    address = urlunsplit((parts.scheme, _with_port(parts.netloc, parts.scheme), parts.path, "", ""))
    client = Elasticsearch(
        address,
        node_class=EitherNode,
        request_timeout=seconds,
        max_retries=0,
        retry_on_timeout=False,
        connections_per_node=CONNECTIONS,
    )
    return client, named


def _with_port(netloc: str, scheme: str) -> str:
    """The client wants the port to be said."""
    host = netloc.rpartition("@")[2]
    return netloc if ":" in host.rpartition("]")[2] else f"{netloc}:{443 if scheme == 'https' else 80}"
