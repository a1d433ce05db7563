"""httpx's transport, over connections that go where they may and end when they must.

Addresses are checked where the connection is made, under the pool, so nothing that a URL, a redirect or a name server
says is looked at twice. The time and the bytes of an exchange are counted where they are read, so that what never
becomes a header or a body counts as well. The environment's proxies are not asked.
"""

from __future__ import annotations

import os
import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import httpcore
import httpx

from tasks.web import addresses
from tasks.web.addresses import Allowed
from tasks.web.faults import Refused
from worker.settings import Settings

CONNECT = 10.0
"""Seconds in which a connection is made, of all addresses of the host together."""
ADDRESSES = 4
"""Of a host, that are tried one after the other."""
KEPT, KEPT_SECONDS = 64, 15.0
"""Connections that are kept when idle, and for how long."""


@dataclass
class Exchange:
    """What an exchange may still take: until when (monotonic clock), and how many bytes."""

    end: float
    size: int


_exchange: ContextVar[Exchange] = ContextVar("exchange")


@contextmanager
def bounded(seconds: float, size: int) -> Iterator[Exchange]:
    """Bounds what this thread exchanges through `transport`, connections and redirects included.

    What goes over ``seconds`` raises httpx's timeouts; what goes over ``size`` bytes raises Refused, ``too-large``.
    """
    token = _exchange.set(Exchange(time.monotonic() + seconds, size))
    try:
        yield _exchange.get()
    finally:
        _exchange.reset(token)


def _left(timeout: float | None, late: type[Exception]) -> float | None:
    exchange = _exchange.get(None)
    if exchange is None:
        return timeout
    left = exchange.end - time.monotonic()
    if left <= 0:
        raise late("the time for the whole exchange is over")
    return left if timeout is None else min(left, timeout)


class Stream(httpcore.NetworkStream):
    """A connection whose every wait and byte is counted."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._inner.read(max_bytes, _left(timeout, httpcore.ReadTimeout))
        exchange = _exchange.get(None)
        if exchange is not None:
            exchange.size -= len(data)
            if exchange.size < 0:
                raise Refused("too-large", "the answer has more bytes than are read")
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return Stream(self._inner.start_tls(ssl_context, server_hostname, _left(timeout, httpcore.ConnectTimeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class Backend(httpcore.NetworkBackend):
    """Connects to addresses that may be connected to."""

    def __init__(self, permitted: Allowed) -> None:
        self._permitted = permitted
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:  # fmt: skip
        end = time.monotonic() + (_left(timeout, httpcore.ConnectTimeout) or CONNECT)
        found = addresses.look_up(host, port, self._permitted, end - time.monotonic())[:ADDRESSES]
        for i, address in enumerate(found):
            left = max(0.01, end - time.monotonic()) / (len(found) - i)
            try:
                return Stream(self._inner.connect_tcp(address, port, left, local_address, socket_options))
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if i == len(found) - 1:
                    raise
        raise AssertionError("a host that was found has an address")


class Transport(httpx.HTTPTransport):
    """httpx's transport over `Backend`."""

    def __init__(self, permitted: Allowed, context: ssl.SSLContext) -> None:
        super().__init__(verify=context, trust_env=False)
        self._pool = httpcore.ConnectionPool(
            ssl_context=context, max_connections=None, max_keepalive_connections=KEPT, keepalive_expiry=KEPT_SECONDS,
            network_backend=Backend(permitted),
        )  # fmt: skip


_transports: dict[tuple[object, ...], Transport] = {}
_lock = threading.Lock()


def transport(settings: Settings) -> Transport:
    """This process's transport for these settings: its connections and TLS context are shared by all threads."""
    permitted = addresses.allowed(settings)
    key = (os.getpid(), permitted, settings.fetch_ca_file)
    with _lock:
        if key not in _transports:
            _transports[key] = Transport(permitted, _trust(settings.fetch_ca_file))
        return _transports[key]


@lru_cache(maxsize=4)
def _trust(more: Path | None) -> ssl.SSLContext:
    """The certificate authorities that are trusted: certifi's, and those of a file."""
    context = httpx.create_ssl_context(trust_env=False)
    if more is not None:
        context.load_verify_locations(cafile=more)
    return context
