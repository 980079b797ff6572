"""Where the answers of a server that a person named may lead: it may be wrong, or hostile."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterable
from enum import IntEnum

from log_processor.errors import JobError, Outcome
from log_processor.fetch.allow import Address, parse

_NAT64 = bytes.fromhex("0064ff9b0000000000000000")
"""Begins addresses that a gateway takes for those of version 4 behind it (RFC 6052)."""


class Realm(IntEnum):
    """Who can reach an address; from one, nothing may lead to one that is greater."""

    PUBLIC = 0
    """Everybody. A name that is unknown here is taken for one: only a proxy could reach it, and that decides."""
    PRIVATE = 1
    """Machines of the same network."""
    OWN = 2
    """This machine: loopback, and link-local, where clouds serve a machine its credentials."""


def resolved(host: str) -> tuple[str, ...]:
    """Return the addresses of a host; none if its name is unknown here."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    return tuple(str(address[0]) for *_, address in found)


class Reach:
    """Says which URLs may be read, on behalf of one that a person named."""

    def __init__(self, home: str, resolve: Callable[[str], Iterable[str]] = resolved) -> None:
        """Ask nothing yet.

        Args:
            home: a URL that a person named.
            resolve: gives the addresses of a host.

        Raises:
            JobError: it is none that can be fetched.
        """
        self._resolve = resolve
        self._home = _web_address(home).host

    def admitted(self, url: str) -> Address:
        """Return the URL taken apart, if it may be read: over HTTP, and no deeper in than the home is.

        Raises:
            JobError: `REFUSED`.
        """
        address = _web_address(url)
        if address.host != self._home and self._realm(address.host) > self._realm(self._home):
            raise JobError(
                f"{self._home} leads to {address.origin}, which only machines closer to this one can reach; "
                "that is not followed",
                Outcome.REFUSED,
            )
        return address

    def _realm(self, host: str) -> Realm:
        name = host.partition("%")[0]  # behind it stands a zone, escaped or not: fe80::1%25eth0
        return max(map(_realm, self._resolve(name)), default=Realm.PUBLIC)


def _web_address(url: str) -> Address:
    try:
        address = parse(url)
    except ValueError as error:
        raise JobError(str(error), Outcome.REFUSED) from None
    if address.scheme == "file":
        raise JobError("a file of this machine is not read on behalf of a server", Outcome.REFUSED)
    return address


def _realm(text: str) -> Realm:
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        address = _inner(address) or address
    if address.is_loopback or address.is_link_local or address.is_unspecified:
        return Realm.OWN
    return Realm.PUBLIC if address.is_global else Realm.PRIVATE


def _inner(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the address of version 4 that one of version 6 stands for: mapped, or reached by a gateway."""
    if address.packed.startswith(_NAT64):
        return ipaddress.IPv4Address(address.packed[len(_NAT64) :])
    return address.ipv4_mapped or address.sixtofour
