"""Which addresses may be connected to.

A fetched URL comes from outside, so it must not lead into the network that the worker stands in. What counts is the
address that a connection goes to, however it was written or looked up: it is looked up once, checked, and connected to
as it was checked. OWASP's Server-Side Request Forgery Prevention Cheat Sheet lists the ways around weaker checks.
"""

from __future__ import annotations

import ipaddress
import os
import socket
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from dataclasses import dataclass
from functools import lru_cache, partial
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import httpx

from tasks.web.faults import Refused, Unavailable
from tasks.web.urls import LIMIT
from worker.settings import Settings

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

PORTS = {"http": 80, "https": 443}

NOT_PUBLIC = tuple(
    ip_network(network)
    for network in (
        # IANA's registries of special-purpose addresses, as of RFC 6890 and what updates it
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20",
        # Azure's and Oracle's services for their own machines have addresses that look public
        "168.63.129.16/32", "192.0.0.192/32",
    )
)  # fmt: skip
PUBLIC_6 = ip_network("2000::/3")
"""All that IANA has given out as global unicast; the rest is local, multicast, or another address in disguise."""
NAT64 = ip_network("64:ff9b::/96")
"""An IPv4 address as a network without IPv4 sees it: in its last 32 bits (RFC 6052)."""
MAPPED = ip_network("::ffff:0:0/96")

_LOOKUPS = 32
"""Names looked up at a time. The resolver of the C library can't be stopped, so a slow one is waited for elsewhere."""


@dataclass(frozen=True)
class Allowed:
    """What may be visited beyond public addresses at the usual ports."""

    ports: frozenset[int]
    networks: tuple[Network, ...]
    hosts: frozenset[str]

    def named(self, host: str) -> bool:
        """Whether the host itself is allowed, whatever its addresses."""
        return host.lower().rstrip(".") in self.hosts

    def holds(self, address: Address) -> bool:
        """Whether the address is in an allowed network."""
        plain = _plain(address)
        return any(plain in network for network in self.networks if network.version == plain.version)


def allowed(settings: Settings) -> Allowed:
    """The exceptions that the settings make."""
    return _allowed(settings.fetch_ports, settings.fetch_allow)


@lru_cache(maxsize=16)
def _allowed(ports: tuple[int, ...], entries: tuple[str, ...]) -> Allowed:
    networks, hosts = [], set()
    for entry in entries:
        try:
            networks.append(ip_network(entry, strict=False))
        except ValueError:
            hosts.add(entry.lower().rstrip("."))
    return Allowed(frozenset(ports), tuple(networks), frozenset(hosts))


def is_public(address: Address) -> bool:
    """Whether the address is of the public internet, and is no other address in disguise."""
    address = _plain(address)
    if isinstance(address, IPv6Address) and (address not in PUBLIC_6 or address.scope_id):
        return False
    return not any(address in network for network in NOT_PUBLIC if network.version == address.version)


def _plain(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for, where a connection to one goes to the other."""
    if isinstance(address, IPv6Address) and (address in MAPPED or address in NAT64):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def checked(url: str, settings: Settings) -> httpx.URL:
    """The URL, taken apart, if its form is one that may be fetched; nothing is looked up.

    Raises:
        Refused: code ``url``: no http or https URL, too long, with a user name, at a port that is not allowed, or
            with a host that is a number in disguise; ``private-address``: its host is a private address.
    """
    if len(url) > LIMIT:
        raise Refused("url", f"a URL of {len(url):,} characters is over the limit of {LIMIT:,}")
    try:
        parts = httpx.URL(url)
        host = parts.raw_host.decode("ascii")
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise Refused("url", f"{url[:200]!r} is no URL: {error}") from None
    if parts.scheme not in PORTS or not host:
        raise Refused("url", f"{url[:200]!r} is not an http or https URL")
    if parts.userinfo:
        raise Refused("url", f"the URL of {host} has a user name in it: give the URL without it")
    permitted = allowed(settings)
    port = parts.port or PORTS[parts.scheme]
    address = _literal(host)
    if address is None and _numeric(host):
        raise Refused("url", f"the host {host!r} is a number: write an address as four decimal numbers")
    if address is not None and not (is_public(address) or permitted.holds(address) or permitted.named(host)):
        raise _private(host)
    if port not in permitted.ports and not (permitted.named(host) or (address and permitted.holds(address))):
        raise Refused("url", f"port {port} of {host} is not fetched from: name the host in CHANCERY_FETCH_ALLOW")
    return parts.copy_with(fragment=None)


def look_up(host: str, port: int, permitted: Allowed, seconds: float) -> list[str]:
    """The addresses of a host, all of which may be connected to.

    Raises:
        Refused: code ``private-address``: one of them may not.
        Unavailable: code ``dns``: there are none, or they were not told within ``seconds``.
    """
    literal = _literal(host)
    found = [literal] if literal else _found(host, port, seconds)
    if not permitted.named(host):
        for address in found:
            if not (is_public(address) or permitted.holds(address)):
                raise _private(host)
    return [str(address) for address in found]


def _private(host: str) -> Refused:
    return Refused(
        "private-address",
        f"{host} is an address of a private network, which is not fetched from: name it in CHANCERY_FETCH_ALLOW",
    )


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        return None


def _numeric(host: str) -> bool:
    """Whether a resolver could take the host for an address: its last label is a number (WHATWG URL, host parsing)."""
    last = host.rstrip(".").rpartition(".")[2]
    return last.isdecimal() or last.lower().startswith("0x")


_resolvers: dict[int, ThreadPoolExecutor] = {}


def _found(host: str, port: int, seconds: float) -> list[Address]:
    pid = os.getpid()
    if pid not in _resolvers:
        _resolvers[pid] = ThreadPoolExecutor(_LOOKUPS, thread_name_prefix="look-up")
    answer = _resolvers[pid].submit(partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM))
    try:
        entries = answer.result(max(0.0, seconds))
    except Late:
        answer.cancel()
        raise Unavailable("dns", f"the address of {host} was not found within {seconds:.0f} s") from None
    except (OSError, UnicodeError) as error:
        raise Unavailable("dns", f"no address for {host}: {error}") from None
    texts = dict.fromkeys(str(entry[4][0]) for entry in entries)
    return [ipaddress.ip_address(text) for text in texts]
