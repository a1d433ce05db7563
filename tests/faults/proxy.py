"""A TCP proxy before the broker that can cut connections in the middle of a message, or swallow them."""

from __future__ import annotations

import contextlib
import random
import selectors
import socket
import struct
import threading

_RESET = struct.pack("ii", 1, 0)


class Proxy:
    """Forwards a loopback port to another, in a thread of its own."""

    def __init__(self, to: int, seed: int = 0) -> None:
        self._to = to
        self._random = random.Random(seed)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self._pairs: dict[socket.socket, socket.socket] = {}
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listening, selectors.EVENT_READ)
        self._silent = threading.Event()
        self._cuts = 0
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)
        self._thread.start()

    def cut(self, count: int) -> None:
        """Each of the next `count` chunks that pass is cut short, and its connection reset."""
        self._cuts += count

    def silence(self) -> None:
        """Pass nothing on, and keep the connections open."""
        self._silent.set()

    def speak(self) -> None:
        """Go on passing what comes, and what came meanwhile."""
        self._silent.clear()

    def stop(self) -> None:
        self._stopped = True
        self._thread.join(5)
        for end in list(self._pairs):
            end.close()
        self._listening.close()
        self._selector.close()

    def _run(self) -> None:
        while not self._stopped:
            if self._silent.wait(0.0):
                threading.Event().wait(0.05)
                continue
            for key, _ in self._selector.select(0.1):
                if key.fileobj is self._listening:
                    self._accept()
                elif key.fileobj in self._pairs:
                    self._pass(key.fileobj)

    def _accept(self) -> None:
        near, _ = self._listening.accept()
        try:
            far = socket.create_connection(("127.0.0.1", self._to), timeout=5)
        except OSError:
            near.close()
            return
        for one, other in ((near, far), (far, near)):
            one.settimeout(10)
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._pairs[one] = other
            self._selector.register(one, selectors.EVENT_READ)

    def _pass(self, end: socket.socket) -> None:
        other = self._pairs[end]
        try:
            data = end.recv(65536)
            if self._cuts and len(data) > 1:
                self._cuts -= 1
                other.sendall(data[: self._random.randrange(1, len(data))])
                for one in (end, other):
                    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                data = b""
            if data:
                other.sendall(data)
                return
        except OSError:
            pass
        for one in (end, other):
            self._pairs.pop(one, None)
            with contextlib.suppress(KeyError, ValueError):
                self._selector.unregister(one)
            one.close()
