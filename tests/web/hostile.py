"""A server on loopback that sends exactly the bytes, pauses and resets that it is told to."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Act = Callable[[socket.socket, bytes], None]
"""What a server does on a connection, once the head of a request is there (the bytes)."""


class Server:
    """Listens on a loopback address; by path, it acts as it was told. Unknown paths answer 404."""

    def __init__(self, address: str = "127.0.0.1", port: int = 0) -> None:
        self.acts: dict[str, Act] = {}
        self.seen: list[bytes] = []
        self._socket = socket.create_server((address, port), backlog=256)
        self.port = self._socket.getsockname()[1]
        self.url = f"http://{address}:{self.port}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._act, args=(connection,), daemon=True).start()

    def _act(self, connection: socket.socket) -> None:
        with connection:
            try:
                connection.settimeout(20)
                head = b""
                while b"\r\n\r\n" not in head:
                    part = connection.recv(65_536)
                    if not part:
                        return
                    head += part
                self.seen.append(head)
                path = head.split(b" ", 2)[1].decode().partition("?")[0]
                self.acts.get(path, sends(404))(connection, head)
                connection.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # the visitor has gone

    def close(self) -> None:
        # What waits in accept is woken by a shutdown, not by a close.
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


@contextmanager
def serving(address: str = "127.0.0.1", port: int = 0) -> Iterator[Server]:
    """A running server."""
    server = Server(address, port)
    try:
        yield server
    finally:
        server.close()


def sends(status: int = 200, body: bytes = b"", *headers: str, length: int | None = -1) -> Act:
    """An answer as it should be; ``length`` is what Content-Length says (None: nothing)."""
    lines = [f"HTTP/1.1 {status} x", *headers]
    if length is not None:
        lines.append(f"Content-Length: {len(body) if length < 0 else length}")
    return raw("\r\n".join([*lines, "", ""]).encode("latin-1") + body)


def raw(*parts: bytes) -> Act:
    """These bytes, and no more."""

    def act(connection: socket.socket, _: bytes) -> None:
        for part in parts:
            connection.sendall(part)

    return act


def drips(data: bytes, then: bytes, seconds: float = 0.02) -> Act:
    """``data``, and then for ever ``then``, a byte at a time, with a pause before each."""

    def act(connection: socket.socket, _: bytes) -> None:
        connection.sendall(data)
        pause = threading.Event()
        while True:
            for i in range(len(then)):
                pause.wait(seconds)
                connection.sendall(then[i : i + 1])

    return act


def floods(data: bytes, then: bytes) -> Act:
    """``data``, and then ``then`` for ever, as fast as it is taken."""

    def act(connection: socket.socket, _: bytes) -> None:
        connection.sendall(data)
        block = then * (65_536 // len(then) + 1)
        while True:
            connection.sendall(block)

    return act


def resets(data: bytes = b"") -> Act:
    """``data``, and then a TCP reset."""

    def act(connection: socket.socket, _: bytes) -> None:
        if data:
            connection.sendall(data)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()

    return act


def hangs(data: bytes = b"") -> Act:
    """``data``, and then silence until the visitor goes."""

    def act(connection: socket.socket, _: bytes) -> None:
        connection.sendall(data)
        connection.recv(1)

    return act
