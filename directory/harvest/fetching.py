"""Asking other directories over HTTP, guarded: only named hosts, only public addresses, bounded in size and in time, and gently.

A name is resolved once, and the connection goes to the address that was looked at: a name that changes its mind between the two gains nothing.
Every redirect goes through the same gate.
"""

import http.client
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

from django.conf import settings

from directory import clock
from directory.harvest.addresses import Refused, Resolver, ask_names, public_addresses

AGENT = "CommunityCareStore-harvest/1"
MOST_REDIRECTS = 5
MOST_TRIES = 4
FIRST_WAIT = 2.0
LONGEST_WAIT = 120.0
AGAIN_LATER = frozenset({408, 425, 429, 500, 502, 503, 504})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
CHUNK = 64 * 1024


@dataclass(frozen=True)
class Limits:
    """Bounds of one request: seconds for each wait on the line and for all of it, bytes on the line and unpacked."""

    wait: float = 20
    whole: float = 90
    packed: int = 20_000_000
    unpacked: int = 60_000_000


@dataclass(frozen=True)
class Answer:
    """What came back at last: `body` unpacked; empty for 304."""

    status: int
    body: bytes
    headers: Mapping[str, str]


class CannotFetch(Exception):
    """No answer that can be used came; the text says why, without the address's parameters."""


class ComeBackLater(CannotFetch):
    """The other side asks to be left alone for longer than we wait; `seconds` is how long."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"the other side asks to come back in {seconds / 60:.0f} minutes")
        self.seconds = seconds


class _Fault(Exception):
    """This try failed; another may not."""

    def __init__(self, text: str, after: float | None = None) -> None:
        super().__init__(text)
        self.after = after


@dataclass
class Fetcher:
    """Fetches addresses of a few hosts. `resolve` and `sleep` are there for tests; `loopback` is the setting HARVEST_FROM_LOOPBACK."""

    hosts: frozenset[str]
    ports: frozenset[int] = frozenset({80, 443})
    limits: Limits = field(default_factory=Limits)
    pause: float = 0.2
    tries: int = MOST_TRIES
    resolve: Resolver = ask_names
    sleep: Callable[[float], None] = time.sleep
    loopback: bool = field(default_factory=lambda: bool(getattr(settings, "HARVEST_FROM_LOOPBACK", False)))
    _asked: bool = False

    def get(self, url: str, headers: Mapping[str, str] | None = None, *, check: Callable[[Answer], object] | None = None) -> Answer:
        """The answer to one request, after redirects, tried again where that may help, with growing waits.

        `check` looks at a body that came whole; a ValueError from it counts as a fault of the line, and is tried once more.
        Raises CannotFetch, Refused.
        """
        wait, faults = FIRST_WAIT, 0
        while True:
            try:
                answer = self._follow(url, headers or {})
                if answer.status == 200 and check:
                    check(answer)
                return answer
            except (_Fault, ValueError) as fault:
                faults += 1
                if faults >= (self.tries if isinstance(fault, _Fault) else 2):
                    raise CannotFetch(str(fault)) from fault
                after = fault.after if isinstance(fault, _Fault) else None
            if after is not None and after > LONGEST_WAIT:
                raise ComeBackLater(after)
            self.sleep(max(wait, after or 0))
            wait = min(wait * 2, LONGEST_WAIT)

    def _follow(self, url: str, headers: Mapping[str, str]) -> Answer:
        for _ in range(MOST_REDIRECTS + 1):
            answer = self._once(url, headers)
            if answer.status in AGAIN_LATER:
                raise _Fault(f"the other side answers with {answer.status}", _retry_after(answer.headers.get("retry-after", "")))
            if answer.status not in REDIRECTS:
                return answer
            onward = urljoin(url, answer.headers.get("location", ""))
            if urlsplit(url).scheme == "https" and urlsplit(onward).scheme != "https":
                raise Refused("a redirect leads away from https")
            url = onward
        raise CannotFetch(f"there are more than {MOST_REDIRECTS} redirects")

    def _once(self, url: str, headers: Mapping[str, str]) -> Answer:
        host, port, secure, path = self._checked(url)
        if self._asked and self.pause:
            self.sleep(self.pause)
        self._asked = True
        try:
            addresses = public_addresses(host, port, resolve=self.resolve, loopback=self.loopback)
            line = _connect(addresses, port, self.limits.wait)
        except OSError as error:
            raise _Fault(f"{host} cannot be reached ({type(error).__name__})") from error
        # However slowly the other side drips, it is over then. TLS takes the line's own handle over, so the other thread gets a second one.
        handle = line.dup()
        hung_up = threading.Event()
        over = threading.Timer(self.limits.whole, _hang_up, [handle, hung_up])
        over.daemon = True
        over.start()
        try:
            answer = self._ask(line, host, port, secure, path, headers)
            # Without a length, an answer that we ended ourselves looks as whole as any.
            if hung_up.is_set():
                raise _Fault(f"{host} took longer than {self.limits.whole:g} seconds")
            return answer
        except (OSError, http.client.HTTPException, zlib.error) as error:
            raise _Fault(f"the answer of {host} broke off ({type(error).__name__})") from error
        finally:
            over.cancel()
            handle.close()
            line.close()

    def _checked(self, url: str) -> tuple[str, int, bool, str]:
        """Host, port, https or not, and path with parameters. Raises Refused."""
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").lower().rstrip("."), parts.port
        except ValueError as error:
            raise Refused("that is no web address") from error
        if parts.scheme not in ("http", "https") or not host or parts.username is not None or parts.password is not None:
            raise Refused("only plain http and https addresses are asked")
        if host not in self.hosts:
            raise Refused(f"{host} is not among the hosts of this feed")
        secure = parts.scheme == "https"
        port = port or (443 if secure else 80)
        if port not in self.ports:
            raise Refused(f"port {port} is not one of this feed's")
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if any(ord(letter) <= 32 or ord(letter) > 126 for letter in path):
            raise Refused("that is no web address")
        return host, port, secure, path

    def _ask(self, line: socket.socket, host: str, port: int, secure: bool, path: str, headers: Mapping[str, str]) -> Answer:
        connection = http.client.HTTPConnection(host, port)
        connection.sock = ssl.create_default_context().wrap_socket(line, server_hostname=host) if secure else line
        try:
            asked = {"User-Agent": AGENT, "Accept": "application/json", "Accept-Encoding": "gzip", "Connection": "close", **headers}
            connection.request("GET", path, headers=asked)
            response = connection.getresponse()
            told = {name.lower(): value for name, value in response.getheaders()}
            body = self._body(response, told) if response.status == 200 else b""
            return Answer(response.status, body, told)
        finally:
            connection.close()

    def _body(self, response: http.client.HTTPResponse, headers: Mapping[str, str]) -> bytes:
        packing = headers.get("content-encoding", "identity").lower()
        if packing not in ("identity", "gzip", "x-gzip", "deflate", ""):
            raise CannotFetch("the answer is packed in a way we do not know")
        unpacker = zlib.decompressobj(wbits=47) if packing not in ("identity", "") else None
        expected = headers.get("content-length", "")
        parts: list[bytes] = []
        packed = unpacked = 0
        while chunk := response.read1(CHUNK):
            packed += len(chunk)
            for part in _unpack(unpacker, chunk, self.limits.unpacked - unpacked + 1) if unpacker else (chunk,):
                unpacked += len(part)
                parts.append(part)
                if unpacked > self.limits.unpacked:
                    raise CannotFetch(f"the answer is larger than {self.limits.unpacked // 1_000_000} million bytes unpacked")
            if packed > self.limits.packed:
                raise CannotFetch(f"the answer is larger than {self.limits.packed // 1_000_000} million bytes")
        if (unpacker and packed and not unpacker.eof) or (expected.isdecimal() and packed < int(expected)):
            raise http.client.IncompleteRead(b"")
        return b"".join(parts)


def _connect(addresses: Iterable[str], port: int, wait: float) -> socket.socket:
    """A line to the first of these addresses that answers; they are numbers, so that no name is asked again. Raises OSError."""
    fault: OSError = OSError("no address")
    for address in addresses:
        try:
            return socket.create_connection((address, port), timeout=wait)
        except OSError as error:
            fault = error
    raise fault


def _unpack(unpacker: "zlib._Decompress", chunk: bytes, most: int) -> Iterable[bytes]:
    """Pieces of what a chunk holds, one at a time: a bomb is seen before it has gone off."""
    while chunk and most > 0:
        part = unpacker.decompress(chunk, min(most, 1_000_000))
        chunk = unpacker.unconsumed_tail
        most -= len(part)
        if part:
            yield part
        elif not chunk:
            return


def _hang_up(line: socket.socket, hung_up: threading.Event) -> None:
    hung_up.set()
    try:
        line.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


def _retry_after(told: str) -> float | None:
    """Seconds to wait, out of a number or a date."""
    if told.strip().isdecimal():
        return float(told.strip()[:9])
    try:
        moment = parsedate_to_datetime(told)
    except (TypeError, ValueError):
        return None
    return max(0.0, (moment - clock.now()).total_seconds()) if moment.tzinfo else None
