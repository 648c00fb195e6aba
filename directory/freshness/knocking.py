"""One polite request to a web address of somebody else: only public addresses, a few seconds, no more than the head of the answer.

A name is resolved once, and the connection goes to the address that was looked at.
"""

import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from django.conf import settings

from directory.harvest.addresses import Refused, public_addresses

NAME = "CareStoreLinks"
WAIT_SECONDS = 8.0
WHOLE_SECONDS = 15.0


@dataclass(frozen=True)
class Reply:
    """What came back: `headers` with names in small letters, `body` as far as it was asked for."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""


class NoReply(Exception):
    """Nobody answers there; the text says why in plain words."""


def agent() -> str:
    """Who we say we are, and where more about us stands."""
    return f"{NAME}/1 (+{settings.BASE_URL}/)"


def knock(url: str, method: str = "HEAD", *, most: int = 0) -> Reply:
    """One request, without following it anywhere, and at most so many bytes of its body.

    Raises NoReply; Refused for what is no public web address.
    """
    host, port, secure, path = taken_apart(url)
    try:
        with _line(host, port) as line:
            return _ask(line, host, port, secure, path, method, most)
    except socket.gaierror as error:
        raise NoReply("there is no site of this name") from error
    except ssl.SSLError as error:
        raise NoReply("its certificate is not in order") from error
    except TimeoutError as error:
        raise NoReply("it does not answer in time") from error
    except (OSError, http.client.HTTPException) as error:
        raise NoReply("it does not answer") from error


def taken_apart(url: str) -> tuple[str, int, bool, str]:
    """Host, port, https or not, and path with parameters. Raises Refused."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip(".").encode("idna").decode().lower(), parts.port
    except (ValueError, UnicodeError) as error:
        raise Refused("that is no web address") from error
    if parts.scheme not in ("http", "https") or not host or parts.username is not None or parts.password is not None:
        raise Refused("that is no plain web address")
    secure = parts.scheme == "https"
    # What is written with a blank or an accent is asked for as a browser would.
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._") + (
        f"?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?')}" if parts.query else ""
    )
    return host, port or (443 if secure else 80), secure, path


@contextlib.contextmanager
def _line(host: str, port: int) -> Iterator[socket.socket]:
    """A connection that is over after WHOLE_SECONDS, however slowly the other side drips. Raises OSError, Refused."""
    addresses = public_addresses(host, port, loopback=bool(getattr(settings, "HARVEST_FROM_LOOPBACK", False)))
    line = socket.create_connection((addresses[0], port), timeout=WAIT_SECONDS)
    over = threading.Timer(WHOLE_SECONDS, _hang_up, [line])
    over.daemon = True
    over.start()
    try:
        yield line
    finally:
        over.cancel()
        line.close()


def _ask(line: socket.socket, host: str, port: int, secure: bool, path: str, method: str, most: int) -> Reply:
    connection = http.client.HTTPConnection(host, port)
    connection.sock = ssl.create_default_context().wrap_socket(line, server_hostname=host) if secure else line
    try:
        connection.request(method, path, headers={"User-Agent": agent(), "Accept": "*/*", "Connection": "close"})
        response = connection.getresponse()
        told = {name.lower(): value for name, value in response.getheaders()}
        return Reply(response.status, told, response.read(most) if most else b"")
    finally:
        connection.close()


def _hang_up(line: socket.socket) -> None:
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
