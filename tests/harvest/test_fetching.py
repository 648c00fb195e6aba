"""Only named hosts and public addresses are asked, whatever names and redirects say; no answer is too large, too slow or too often."""

import gzip
import ipaddress
import itertools
import socket
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory import clock
from directory.harvest.addresses import Refused, is_public, public_addresses
from directory.harvest.fetching import Answer, CannotFetch, ComeBackLater, Fetcher, Limits
from tests.harvest.serving import Site, as_json, serving

PRIVATE = [
    *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "192.0.2.1"),
    *("198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00::8", "ff02::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:a00:1::", "2001:db8::1"),
    "2001:0:0:0:0:0:80ff:fffe",
]


def fetcher(site: Site | None = None, **more: Any) -> Fetcher:
    port = int(site.url.split(":")[2].split("/")[0]) if site else 80
    settings: dict[str, Any] = {"hosts": frozenset({"127.0.0.1"}), "ports": frozenset({80, 443, port}), "pause": 0, "loopback": True}
    return Fetcher(**{**settings, "sleep": lambda seconds: None, **more})


@contextmanager
def raw(pieces: Iterable[bytes], between: float = 0.0) -> Iterator[str]:
    """A server that sends these pieces whatever it is asked, and hangs up; each time anew."""
    listening = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            try:
                line, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=send, args=[line], daemon=True).start()

    def send(line: socket.socket) -> None:
        with line:
            try:
                line.recv(65536)
                for piece in pieces:
                    line.sendall(piece)
                    if between and over.wait(between):
                        return
            except OSError:
                return

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
    finally:
        over.set()
        listening.close()


def at(url: str, **more: Any) -> Fetcher:
    return fetcher(ports=frozenset({int(url.rsplit(":", 1)[1].split("/")[0])}), **more)


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    with pytest.raises(Refused):
        public_addresses("feed.example.org", 443, resolve=lambda host, port: [address])


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:93.184.216.34"])
def test_a_public_address_is_asked(address: str) -> None:
    assert public_addresses("feed.example.org", 443, resolve=lambda host, port: [address]) == [address]


@given(st.ip_addresses(v=4).filter(lambda address: not address.is_global))
def test_no_private_address_gets_through_in_another_dress(address: Any) -> None:
    number = int(address)
    dressed = [f"::ffff:{address}", f"64:ff9b::{number >> 16:x}:{number & 65535:x}", f"2002:{number >> 16:x}:{number & 65535:x}::1"]
    assert not any(is_public(ipaddress.ip_address(each)) for each in dressed)


def test_one_private_address_among_public_ones_refuses_all() -> None:
    with pytest.raises(Refused):
        public_addresses("feed.example.org", 443, resolve=lambda host, port: ["93.184.216.34", "10.0.0.1"])


def test_loopback_is_for_tests_alone(settings: Any) -> None:
    settings.HARVEST_FROM_LOOPBACK = False
    with serving(lambda *asked: as_json([])) as site:
        with pytest.raises(Refused):
            fetcher(site, loopback=Fetcher(frozenset()).loopback).get(site.url)
        assert site.asked == []


@pytest.mark.parametrize(
    "url", ["ftp://127.0.0.1/", "file:///etc/passwd", "http://user:word@127.0.0.1/", "http://127.0.0.1:22/", "http://[::1/"]
)
def test_only_plain_web_addresses_are_asked(url: str) -> None:
    with pytest.raises(Refused):
        fetcher().get(url)


def test_a_host_that_is_not_named_is_refused_before_anybody_is_asked() -> None:
    asked: list[str] = []
    with pytest.raises(Refused):
        fetcher(resolve=lambda host, port: asked.append(host) or ["127.0.0.1"]).get("http://elsewhere.example/")
    assert asked == []


@pytest.mark.parametrize(
    "onward",
    ["http://elsewhere.example/", "http://169.254.169.254/latest/", "file:///etc/passwd", "//evil.example/", "gopher://127.0.0.1/"],
)
def test_a_redirect_goes_through_the_same_gate(onward: str) -> None:
    with serving(lambda *asked: (302, {"Location": onward}, b"")) as site, pytest.raises(Refused):
        fetcher(site).get(site.url)


def test_a_redirect_to_a_named_host_that_leads_inside_is_refused() -> None:
    def resolve(host: str, port: int) -> list[str]:
        return {"127.0.0.1": ["127.0.0.1"], "inside.example": ["10.0.0.1"]}[host]

    with serving(lambda *asked: (302, {"Location": "http://inside.example/"}, b"")) as site, pytest.raises(Refused):
        fetcher(site, hosts=frozenset({"127.0.0.1", "inside.example"}), resolve=resolve).get(site.url)


def test_a_name_is_asked_once_for_each_request_and_not_again_to_connect(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rebinding: what the name says after it was looked at plays no part."""
    answers = iter([["127.0.0.1"]])
    monkeypatch.setattr(socket, "getaddrinfo", _numbers_only(socket.getaddrinfo))
    with serving(lambda *asked: as_json({"said": "here"})) as site:
        url = site.url.replace("127.0.0.1", "rebinding.example")
        answer = fetcher(site, hosts=frozenset({"rebinding.example"}), resolve=lambda host, port: next(answers)).get(url)
    assert answer.body == b'{"said": "here"}'


def _numbers_only(real: Callable[..., Any]) -> Callable[..., Any]:
    def ask(host: str, *args: Any, **more: Any) -> Any:
        assert host == "127.0.0.1", f"{host} was asked for by name"
        return real(host, *args, **more)

    return ask


def test_redirects_end() -> None:
    with serving(lambda *asked: (302, {"Location": "/again"}, b"")) as site, pytest.raises(CannotFetch):
        fetcher(site).get(site.url)
    assert len(site.asked) == 6


def test_what_fails_for_a_while_is_asked_again_with_growing_waits() -> None:
    waits: list[float] = []
    with serving(lambda *asked: as_json({}) if len(waits) == 3 else (503, {}, b"")) as site:
        assert fetcher(site, sleep=waits.append).get(site.url).status == 200
    assert waits == [2, 4, 8]


def test_what_fails_for_good_is_given_up() -> None:
    with serving(lambda *asked: (500, {}, b"")) as site, pytest.raises(CannotFetch):
        fetcher(site).get(site.url)
    assert len(site.asked) == 4


def test_the_other_side_says_how_long_to_wait() -> None:
    waits: list[float] = []
    with serving(lambda *asked: as_json({}) if waits else (429, {"Retry-After": "17"}, b"")) as site:
        fetcher(site, sleep=waits.append).get(site.url)
    assert waits == [17]


def test_who_asks_for_an_hour_is_left_alone() -> None:
    later = format_datetime(clock.now() + timedelta(hours=1), usegmt=False)
    for told in ("3600", later):
        with serving(lambda *asked, told=told: (503, {"Retry-After": told}, b"")) as site, pytest.raises(ComeBackLater) as raised:
            fetcher(site).get(site.url)
        assert 3500 < raised.value.seconds <= 3600
        assert len(site.asked) == 1


def test_a_body_that_cannot_be_used_is_asked_for_once_more() -> None:
    def check(answer: Answer) -> None:
        if answer.body != b"whole":
            raise ValueError("it is cut off")

    bodies = iter([b"who", b"whole"])
    with serving(lambda *asked: (200, {}, next(bodies))) as site:
        assert fetcher(site).get(site.url, check=check).body == b"whole"
    with serving(lambda *asked: (200, {}, b"who")) as site, pytest.raises(CannotFetch, match="cut off"):
        fetcher(site).get(site.url, check=check)
    assert len(site.asked) == 2


def test_packed_answers_are_unpacked() -> None:
    for packing, pack in (("gzip", gzip.compress), ("deflate", zlib.compress)):
        with serving(lambda *asked, packing=packing, pack=pack: (200, {"Content-Encoding": packing}, pack(b"[1, 2]"))) as site:
            assert fetcher(site).get(site.url).body == b"[1, 2]"


def test_a_bomb_does_not_go_off() -> None:
    bomb = gzip.compress(bytes(50_000_000))
    limits = Limits(unpacked=1_000_000)
    with serving(lambda *asked: (200, {"Content-Encoding": "gzip"}, bomb)) as site, pytest.raises(CannotFetch, match="larger"):
        fetcher(site, limits=limits).get(site.url)


def test_a_packed_body_that_is_cut_off_is_a_fault() -> None:
    whole = gzip.compress(bytes(range(256)) * 40)
    with serving(lambda *asked: (200, {"Content-Encoding": "gzip"}, whole[:-20])) as site, pytest.raises(CannotFetch, match="broke off"):
        fetcher(site).get(site.url)


def test_an_answer_that_is_too_large_is_refused() -> None:
    with serving(lambda *asked: (200, {}, bytes(200_000))) as site, pytest.raises(CannotFetch, match="larger"):
        fetcher(site, limits=Limits(packed=100_000)).get(site.url)


def test_an_answer_without_an_end_is_refused() -> None:
    endless = b"HTTP/1.1 200 OK\r\n\r\n" + bytes(500_000)
    with raw([endless]) as url, pytest.raises(CannotFetch, match="larger"):
        at(url, limits=Limits(packed=100_000)).get(url)


def test_a_body_shorter_than_it_says_is_a_fault() -> None:
    with raw([b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"]) as url, pytest.raises(CannotFetch, match="broke off"):
        at(url).get(url)


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: "])
def test_who_drips_is_hung_up_on(start: bytes) -> None:
    """Each letter comes in time; the last of them never would."""
    with raw(itertools.chain([start], itertools.repeat(b"a")), between=0.02) as url, pytest.raises(CannotFetch):
        at(url, limits=Limits(wait=30, whole=0.3), tries=1).get(url)


def test_what_is_no_http_is_a_fault() -> None:
    with raw([b"220 mail.example ESMTP\r\n"]) as url, pytest.raises(CannotFetch):
        at(url).get(url)


def test_nobody_there_is_a_fault() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(CannotFetch, match="cannot be reached"):
        fetcher(ports=frozenset({port})).get(f"http://127.0.0.1:{port}/")


def test_there_is_a_pause_between_two_requests() -> None:
    waits: list[float] = []
    with serving(lambda *asked: as_json({})) as site:
        patient = fetcher(site, pause=0.5, sleep=waits.append)
        for _ in range(3):
            patient.get(site.url)
    assert waits == [0.5, 0.5]
