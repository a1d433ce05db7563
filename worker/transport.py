"""kombu's Redis transport with its task queues as streams, so that a message is never outside a key.

Stock kombu pops a message out of Redis before it writes it to ``unacked``; a worker killed in between loses it. Here
the queues of tasks are streams read by a consumer group (see `worker.streams`). Fanout, and with it events and remote
control, and the reply queues of remote control are kombu's own, untouched. `install` makes it what an app means by
``redis://``.

Transport options beside kombu's:

``priority_steps``   message priorities that have a stream each, most urgent first; (0, 9)
``idle_limit``       seconds after which what a silent worker held is taken over; 15
``max_deliveries``   deliveries that may end with the death of the worker; then the message is set aside in
                     ``{queue}:malformed``; 2
"""

from __future__ import annotations

from typing import Any

from celery import Celery
from kombu.connection import Connection as StockConnection
from kombu.transport import TRANSPORT_ALIASES
from kombu.transport import redis as stock

from worker import envelope
from worker.channel import Channel

DEFAULTS = {
    "socket_timeout": 10,
    "socket_connect_timeout": 5,
    "socket_keepalive": True,
    "health_check_interval": 5,
}


class Connection(StockConnection):
    """Looks every few seconds for a broker that is away, however long it has been; kombu's own looks get rarer."""

    def ensure_connection(self, *args: Any, **kwargs: Any) -> Any:
        return super().ensure_connection(*args, **{"interval_start": 1, "interval_step": 1, "interval_max": 4} | kwargs)


def install(app: Celery) -> None:
    """Let the app's ``redis://`` and ``rediss://`` mean this transport: a URL that Flower and others understand."""
    TRANSPORT_ALIASES["redis"] = TRANSPORT_ALIASES["rediss"] = f"{__name__}:Transport"
    envelope.register_json()
    app.amqp.Connection = Connection


class Poller(stock.MultiChannelPoller):
    """Reads what a channel was given even when its credit has gone meanwhile, so that it can hand it back at once."""

    def _pause_brpop(self, channel: Channel, fileno: int) -> None:
        if not channel.reads_streams:
            super()._pause_brpop(channel, fileno)

    def on_readable(self, fileno: int) -> Any:
        channel, kind = self._fd_to_chan.get(fileno, (None, None))
        if channel is not None and kind == "BRPOP" and channel.reads_streams and channel._in_poll:
            return channel.handlers[kind]()
        return super().on_readable(fileno)


class Transport(stock.Transport):
    """kombu's Redis transport with `Channel` for its channels, and time limits for its sockets."""

    Channel = Channel

    def __init__(self, client: Any, **kwargs: Any) -> None:
        client.transport_options = DEFAULTS | client.transport_options
        super().__init__(client, **kwargs)
        self.cycle = Poller()
