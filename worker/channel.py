"""kombu's Redis channel with its task queues in streams: publishing, consuming, acknowledging, queue by queue."""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from functools import cached_property, partial
from queue import Empty
from time import monotonic
from typing import Any

from kombu.exceptions import ChannelError
from kombu.log import get_logger
from kombu.transport import redis as stock
from kombu.transport import virtual
from redis import ConnectionPool, Redis
from redis.exceptions import ConnectionError as BrokerConnectionError
from redis.exceptions import OutOfMemoryError, ResponseError

from worker import envelope, streams
from worker.lease import Lease, lease_at

logger = get_logger(__name__)

#: Queues whose names end so are the reply queues of remote control, which stay lists.
REPLIES = ".pidbox"
#: One fetch in so many begins with the least urgent stream, so that it is never starved.
BULK_TURN = 5
#: Seconds between two looks for what dead workers held, and between two messages a worker takes over from them: when a
#: poison and a harmless message died together, running them apart tells which is which.
LOOK_EVERY, TAKE_OVER_EVERY = 2, 3
#: Messages asked for at a time where Celery sets no limit.
UNLIMITED = 100
#: Seconds that the lease's own connection waits for an answer.
LEASE_TIMEOUT = 4


class Message(virtual.Message):
    """A message that was decoded when it was checked."""

    def __init__(self, payload: dict[str, Any], channel: Any = None, **kwargs: Any) -> None:
        super().__init__(payload, channel=channel, **kwargs)
        self._decoded_cache = payload.get("decoded")


class QoS(virtual.QoS):
    """What a channel was given and has not settled; the lease keeps it ours at the broker."""

    def append(self, message: Message, delivery_tag: str) -> None:
        self.channel.lease.hold(message._raw["entry"], message)
        super().append(message, delivery_tag)

    def ack(self, delivery_tag: str) -> None:
        self.channel.lease.settle(delivery_tag)
        super().ack(delivery_tag)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        if requeue:
            self.channel.lease.release(delivery_tag)
        else:
            self.channel.set_aside(delivery_tag, "rejected by the worker: see its log for why")
        super().ack(delivery_tag)

    def restore_unacked(self) -> list[Any]:
        for delivery_tag in list(self._delivered):
            self.channel.lease.release(delivery_tag)
        self._delivered.clear()
        return []

    def restore_unacked_once(self, stderr: Any = None) -> None:  # noqa: ARG002
        """Forget the messages; those that a task still works on are renewed until it ends, the others handed back.

        kombu would put all of them back here, those being worked on too, and dies of it when the broker is away.
        """
        self._on_collect.cancel()
        self._flush()
        self._delivered.clear()
        if self.channel.reads_streams:
            self.channel.lease.look()


class Channel(stock.Channel):
    """A channel that keeps task queues in streams."""

    QoS = QoS
    Message = Message
    body_encoding = None
    priority_steps = (0, 9)
    idle_limit = 15
    max_deliveries = 2
    from_transport_options = (*stock.Channel.from_transport_options, "idle_limit", "max_deliveries")

    #: Streams this channel consumes.
    consumed: tuple[str, ...] = ()
    #: Whether the command that waits for its answer reads streams.
    reads_streams = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._fetches = 0
        self._nothing_waits = False
        self._looked_at = self._took_over_at = 0.0
        self._took_over = False
        super().__init__(*args, **kwargs)

    # Names

    def stream(self, queue: str, priority: int) -> str:
        return f"{self.global_keyprefix}{queue}:{self.priority(priority)}"

    def _streams_of(self, queue: str) -> tuple[str, ...]:
        return tuple(self.stream(queue, step) for step in self.priority_steps)

    # The lease

    @cached_property
    def lease(self) -> Lease:
        params = self._connparams()
        where = "|".join(str(params.get(name)) for name in ("host", "port", "path", "db"))
        params |= {"socket_timeout": LEASE_TIMEOUT, "socket_connect_timeout": LEASE_TIMEOUT, "max_connections": None}
        connect = partial(Redis, connection_pool=ConnectionPool(**params))
        return lease_at(f"{where}|{self.global_keyprefix}", connect, self.idle_limit)

    def set_aside(self, delivery_tag: str, reason: str) -> None:
        if entry := self.lease.entry(delivery_tag):
            self._aside(entry, reason)

    def _queue_of(self, stream: str) -> str:
        return stream.removeprefix(self.global_keyprefix).rpartition(":")[0]

    @property
    def plain(self) -> Redis:
        """A client that adds no prefix: stream keys have theirs."""
        return Redis(connection_pool=self.pool)

    # Publishing

    def _put(self, queue: str, message: dict[str, Any], **kwargs: Any) -> None:
        if queue.endswith(REPLIES):
            return super()._put(queue, message, **kwargs)
        key = self.stream(queue, self._get_message_priority(message))
        fields = envelope.pack(message)
        if batch := kwargs.get("_publish_batch"):
            batch.add("xadd", key, fields)
            batch.add("lpush", queue, b"")
            return None
        with self.conn_or_acquire() as client, client.pipeline(transaction=False) as pipe:
            added, _ = pipe.xadd(key, fields).lpush(queue, b"").execute(raise_on_error=False)
        if isinstance(added, Exception):
            raise added
        return None

    # Queues

    def _new_queue(self, queue: str, auto_delete: bool = False, **kwargs: Any) -> None:
        super()._new_queue(queue, auto_delete=auto_delete, **kwargs)
        if not queue.endswith(REPLIES) and not auto_delete:
            self._create_groups(self._streams_of(queue))

    def _create_groups(self, keys: tuple[str, ...]) -> None:
        try:
            streams.create_groups(self.plain, keys)
        except OutOfMemoryError as error:
            raise BrokerConnectionError(f"the broker has no room for the queues {keys}: {error}") from error

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        try:
            super()._queue_bind(exchange, routing_key, pattern, queue)
        except OutOfMemoryError as error:
            # A full broker refuses to write down even what it knows; consuming is what empties it. Fanout goes by
            # subscription, and needs nothing written; a worker that needs more waits for room as for a lost broker.
            if self.typeof(exchange).type != "fanout" and queue not in [row[2] for row in self.get_table(exchange)]:
                raise BrokerConnectionError(f"the broker has no room to bind queue {queue}: {error}") from error

    def _size(self, queue: str) -> int:
        if queue.endswith(REPLIES):
            return super()._size(queue)
        with self.plain.pipeline(transaction=False) as pipe:
            for key in self._streams_of(queue):
                pipe.xlen(key)
                pipe.xpending(key, streams.GROUP)
            counts = pipe.execute(raise_on_error=False)
        pending = sum(summary["pending"] for summary in counts[1::2] if not isinstance(summary, Exception))
        return sum(counts[::2]) - pending

    def _has_queue(self, queue: str, **kwargs: Any) -> bool:
        if queue.endswith(REPLIES):
            return super()._has_queue(queue, **kwargs)
        return bool(self.plain.exists(*self._streams_of(queue)))

    def _purge(self, queue: str) -> int:
        if queue.endswith(REPLIES):
            return super()._purge(queue)
        purged = 0
        for key in self._streams_of(queue):
            while count := self.plain.eval(streams.PURGE, 1, key, streams.GROUP, 500):
                purged += count
        self.plain.delete(self.global_keyprefix + queue)
        return purged

    def _delete(self, queue: str, *args: Any, **kwargs: Any) -> None:
        super()._delete(queue, *args, **kwargs)
        if not queue.endswith(REPLIES):
            self.plain.delete(*self._streams_of(queue))

    # Consuming

    def basic_consume(self, queue: str, *args: Any, **kwargs: Any) -> Any:
        consuming = super().basic_consume(queue, *args, **kwargs)
        self._list_streams()
        return consuming

    def _basic_cancel(self, consumer_tag: str) -> Any:
        cancelled = super()._basic_cancel(consumer_tag)
        self._list_streams()
        if not self.consumed and self.reads_streams and self._in_poll:
            # What the last read brings would wait, unseen, for the connection to be closed.
            with suppress(Empty, *self.connection_errors):
                self._brpop_read()
        return cancelled

    def _list_streams(self) -> None:
        tasks = [queue for queue in self.active_queues if not queue.endswith(REPLIES)]
        if tasks and len(tasks) < len(self.active_queues):
            raise ChannelError("one channel consumes task queues or the replies of remote control, not both")
        self.consumed = tuple(key for queue in tasks for key in self._streams_of(queue))
        for queue in tasks:
            self.lease.consumes(self.global_keyprefix + queue, self._streams_of(queue))

    def _credit(self) -> int:
        credit = self.qos.can_consume_max_estimate()
        return UNLIMITED if credit is None else min(credit, UNLIMITED)

    def _reading_order(self) -> list[str]:
        """Urgent streams first, queues in turn; now and then the other way round."""
        self._fetches += 1
        queues = self._queue_cycle.consume(len(self.active_queues))
        self._queue_cycle.rotate(queues[0])
        steps = self.priority_steps[::-1] if self._fetches % BULK_TURN == 0 else self.priority_steps
        return [self.stream(queue, step) for step in steps for queue in queues]

    def _take_overs(self) -> int:
        """How many messages of dead workers this fetch may take; -1: do not look for any."""
        now = monotonic()
        suspects = self.lease.suspects()
        if now - self._looked_at < LOOK_EVERY and (suspects or not self._took_over):
            return -1
        if not self.lease.may_take_over():
            return -1
        self._looked_at, self._took_over = now, False
        return int(not suspects or now - self._took_over_at >= TAKE_OVER_EVERY)

    def _fetch(self, keys: list[str], credit: int, take_overs: int) -> list[Any]:
        idle = int(self.idle_limit * 1000)
        return ["EVAL", streams.FETCH, len(keys), *keys, streams.GROUP, self.lease.consumer, credit, take_overs, idle]

    def _brpop_start(self, timeout: float | None = None) -> None:
        self.reads_streams = bool(self.consumed)
        if not self.reads_streams:
            return super()._brpop_start(timeout)
        keys = self._reading_order()
        take_overs = self._take_overs()
        if self._nothing_waits and take_overs < 0:
            # Only with nothing waiting anywhere: a blocking read takes from every stream at once.
            block = int((timeout or self.brpop_timeout) * 1000)
            reader = ["XREADGROUP", "GROUP", streams.GROUP, self.lease.consumer, "COUNT", 1, "BLOCK", block]
            command = [*reader, "STREAMS", *keys, *(">" for _ in keys)]
        else:
            command = self._fetch(keys, self._credit(), take_overs)
        connection = self._in_poll = self.client.connection
        self._brpop_sent_at = monotonic()
        connection.send_command(*command)
        return None

    def _brpop_read(self, **options: Any) -> Any:
        if not self.reads_streams:
            return super()._brpop_read(**options)
        connection = self.client.connection
        try:
            entries = streams.entries(connection.read_response())
        except ResponseError as error:
            self._on_error_reply(error)
            raise Empty from None
        except self.connection_errors:
            connection.disconnect()
            raise
        finally:
            self._in_poll = None
            self._flush_brpop_reauth()
        self._nothing_waits = not entries
        if not entries:
            raise Empty
        return self._deliver_all(entries, self._credit())

    def _on_error_reply(self, error: ResponseError) -> None:
        if "NOGROUP" in str(error) or "UNBLOCKED" in str(error):
            logger.warning("The broker has lost its queues, creating them again: %s", error)
            self._create_groups(self.consumed)
            return
        self.client.connection.disconnect()
        raise BrokerConnectionError(f"the broker refuses to be read: {error}") from error

    def _deliver_all(self, entries: list[streams.Entry], credit: int) -> bool:
        waiting = deque(entries)
        try:
            while waiting and credit > 0 and waiting[0].stream in self.consumed:
                credit -= self._deliver(waiting.popleft())
        finally:
            for entry in waiting:
                self.lease.hand_back(entry)
        return True

    def _deliver(self, entry: streams.Entry) -> bool:
        """Give one message to its consumer; false where there was none to give."""
        message = self._open(entry)
        if message is None:
            return False
        queue = self._queue_of(entry.stream)
        try:
            self.connection._deliver(message, queue)
        except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as error:
            # Celery stumbles over headers of the wrong kind long before a task sees them.
            logger.exception("Message %s of queue %s cannot be made a task", entry.id, queue)
            self._aside(entry, f"cannot be made a task: {type(error).__name__}: {error}")
            self.qos._quick_ack(entry.tag)
            return False
        return True

    def _open(self, entry: streams.Entry) -> dict[str, Any] | None:
        """The message in an entry; none where it was set aside instead."""
        if entry.taken_over:
            self._took_over = True
        if entry.deliveries > 1:
            self._took_over_at = monotonic()
        try:
            message = envelope.unpack(entry.fields, entry.tag, redelivered=entry.deliveries > 1)
        except envelope.MalformedError as error:
            self._aside(entry, str(error))
            return None
        message["entry"] = entry._replace(fields={})
        if entry.deliveries > self.max_deliveries:
            self._aside(entry, f"{entry.deliveries - 1} workers died while they held it")
            return None
        return message

    def _aside(self, entry: streams.Entry, reason: str) -> None:
        try:
            self.lease.set_aside(entry, reason)
        except ResponseError as error:
            # A full broker: it stays pending, and is tried again when its idle time has run out.
            logger.error("Message %s of %s cannot be set aside yet: %s", entry.id, entry.stream, error)

    def _get(self, queue: str) -> dict[str, Any]:  # type: ignore[override]
        if queue.endswith(REPLIES):
            return super()._get(queue)
        keys = list(self._streams_of(queue))
        while found := streams.entries(self.plain.execute_command(*self._fetch(keys, 1, -1))):
            if message := self._open(found[0]):
                return message
        raise Empty
