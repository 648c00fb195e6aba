"""Which addresses of the network a feed may be fetched from: public ones only, whatever a name resolves to. Pure but for the asking of names."""

import ipaddress
import socket
from collections.abc import Callable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# Asks for the addresses of a host: (host, port) -> texts such as "93.184.216.34".
Resolver = Callable[[str, int], list[str]]
_WRAPPED_IPV4 = ipaddress.ip_network("64:ff9b::/96")
# Documentation, benchmarks and what only carriers use are no public addresses either; `is_global` knows them.


class Refused(Exception):
    """This address is not asked; the text says why."""


def ask_names(host: str, port: int) -> list[str]:
    """The addresses of a host, each once. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in found))


def public_addresses(host: str, port: int, *, resolve: Resolver = ask_names, loopback: bool = False) -> list[str]:
    """The addresses to connect to. One that is not public among them refuses all: a name that says both is up to something.

    `loopback`: this machine itself may be asked, which only tests allow. Raises Refused, OSError.
    """
    found = resolve(host, port)
    if not found:
        raise Refused(f"{host} has no address")
    for text in found:
        address = _address(text)
        if not (is_public(address) or (loopback and _unwrapped(address).is_loopback)):
            raise Refused(f"{host} leads to an address that is not public")
    return found


def is_public(address: Address) -> bool:
    """May it be asked? Not what is private, of this machine, of this link, shared, reserved or for many, also inside of an IPv6 address."""
    inner = _unwrapped(address)
    return inner.is_global and not (
        inner.is_multicast or inner.is_reserved or inner.is_loopback or inner.is_link_local or inner.is_unspecified
    )


def _unwrapped(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _WRAPPED_IPV4:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None) or address


def _address(text: str) -> Address:
    try:
        return ipaddress.ip_address(text.split("%")[0])
    except ValueError as error:
        raise Refused("a name leads to something that is no address") from error
