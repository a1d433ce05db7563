"""Task queues as Redis streams: their keys, the scripts that touch them, and the lease on what a process holds.

Every key stands behind the transport's global key prefix:

=====================  ======  =========================================================================================
``{queue}:{step}``     stream  the queue's messages of one priority step: field ``h`` the envelope (JSON), ``b`` the
                               body as published. An entry is deleted when it is acknowledged, so what the stream holds
                               is what waits plus what is being worked on.
``{queue}:malformed``  stream  entries set aside, whole (``original:h``, …), with ``reason``, ``stream`` and ``id``; the
                               last 10,000 or so are kept
``{queue}``            list    one empty element a waiting message, for tools that ask ``LLEN`` (Flower). What others
                               push into it, as stock Celery does, is moved into the stream and handled like the rest.
=====================  ======  =========================================================================================

All workers read as one consumer group. ``XREADGROUP`` puts an entry into the pending list of its reader in the step
that delivers it, so a message is never outside a key. A pending entry's idle time is its lease: the reader renews it
while it holds the message, and when nobody has for ``idle`` seconds any other reader takes it over.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from redis import Redis
from redis.exceptions import RedisError

GROUP = "chancery"

#: KEYS streams in the order of reading; ARGV group, consumer, credit, how many entries of dead workers may be taken
#: over (-1: do not look), idle limit in ms. Answers at most `credit` rows: stream, id, deliveries, fields, whether
#: another had it first.
FETCH = """
local group, me, credit, suspects, idle = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5]
local rows = {}
if suspects >= 0 then
  for _, key in ipairs(KEYS) do
    for _, pending in ipairs(redis.call('XPENDING', key, group, 'IDLE', idle, '-', '+', 100)) do
      local id, deliveries = pending[1], pending[4]
      if credit > 0 and (deliveries == 0 or suspects > 0) then
        local entry = redis.call('XCLAIM', key, group, me, idle, id)[1]
        if entry then
          rows[#rows + 1] = {key, id, deliveries + 1, entry[2], 1}
          credit = credit - 1
          if deliveries > 0 then suspects = suspects - 1 end
        end
      end
    end
  end
end
for _, key in ipairs(KEYS) do
  if credit <= 0 then break end
  local reply = redis.call('XREADGROUP', 'GROUP', group, me, 'COUNT', credit, 'STREAMS', key, '>')
  for _, entry in ipairs(reply and reply[1][2] or {}) do
    rows[#rows + 1] = {key, entry[1], 1, entry[2], 0}
    credit = credit - 1
  end
end
return rows
"""

#: KEYS one stream an entry; ARGV group, consumer, then one id an entry. Acknowledges and deletes what is still ours.
SETTLE = """
for i, key in ipairs(KEYS) do
  local mine = redis.pcall('XPENDING', key, ARGV[1], ARGV[i + 2], ARGV[i + 2], 1, ARGV[2])
  if not mine.err and #mine > 0 then
    redis.call('XACK', key, ARGV[1], ARGV[i + 2])
    redis.call('XDEL', key, ARGV[i + 2])
  end
end
"""

#: KEYS one stream an entry; ARGV group, consumer, then one id an entry. Answers the indexes of entries lost to others.
RENEW = """
local lost = {}
for i, key in ipairs(KEYS) do
  local mine = redis.pcall('XPENDING', key, ARGV[1], ARGV[i + 2], ARGV[i + 2], 1, ARGV[2])
  if mine.err or #mine == 0 then
    lost[#lost + 1] = i
  else
    redis.call('XCLAIM', key, ARGV[1], ARGV[2], 0, ARGV[i + 2], 'JUSTID')
  end
end
return lost
"""

#: KEYS one stream an entry; ARGV group, consumer, idle ms, then id and delivery count of each entry. Hands back what is
#: still ours: the next reader that looks takes it, and the delivery count says what it said before we had it.
RELEASE = """
for i, key in ipairs(KEYS) do
  local id, deliveries = ARGV[2 * i + 2], ARGV[2 * i + 3]
  local mine = redis.pcall('XPENDING', key, ARGV[1], id, id, 1, ARGV[2])
  if not mine.err and #mine > 0 then
    redis.call('XCLAIM', key, ARGV[1], ARGV[2], 0, id, 'IDLE', ARGV[3], 'RETRYCOUNT', deliveries, 'JUSTID')
  end
end
"""

#: KEYS stream, where to; ARGV group, id, reason. The copy is made first: a full broker refuses it and loses nothing.
SET_ASIDE = """
local entry = redis.call('XRANGE', KEYS[1], ARGV[2], ARGV[2])[1]
if entry then
  local fields = {'reason', ARGV[3], 'stream', KEYS[1], 'id', ARGV[2]}
  if #entry[2] > 1000 then
    fields[7], fields[8] = 'original', cjson.encode(entry[2])
  else
    for i = 1, #entry[2], 2 do
      fields[#fields + 1] = 'original:' .. entry[2][i]
      fields[#fields + 1] = entry[2][i + 1]
    end
  end
  redis.call('XADD', KEYS[2], 'MAXLEN', '~', 10000, '*', unpack(fields))
end
redis.pcall('XACK', KEYS[1], ARGV[1], ARGV[2])
redis.call('XDEL', KEYS[1], ARGV[2])
"""

#: KEYS list, streams; ARGV group, step. Makes the list as long as the queue and adopts what others pushed into it.
MIRROR = """
local waiting, step = 0, tonumber(ARGV[2])
for i = 2, #KEYS do
  local pending = redis.pcall('XPENDING', KEYS[i], ARGV[1])
  waiting = waiting + redis.call('XLEN', KEYS[i]) - (pending.err and 0 or pending[1])
end
local surplus = math.min(redis.call('LLEN', KEYS[1]) - waiting, step)
if surplus > 0 then
  for _, raw in ipairs(redis.call('LRANGE', KEYS[1], -surplus, -1)) do
    if raw ~= '' then redis.call('XADD', KEYS[2], '*', 'raw', raw) end
  end
  redis.call('LTRIM', KEYS[1], 0, -surplus - 1)
else
  for _ = 1, math.min(-surplus, step) do redis.call('LPUSH', KEYS[1], '') end
end
"""

#: KEYS streams; ARGV group, idle ms, a consumer to delete whatever its idle time. Deletes consumers that hold nothing.
FORGET = """
for _, key in ipairs(KEYS) do
  local consumers = redis.pcall('XINFO', 'CONSUMERS', key, ARGV[1])
  for _, consumer in ipairs(consumers.err and {} or consumers) do
    local about = {}
    for i = 1, #consumer, 2 do about[consumer[i]] = consumer[i + 1] end
    if about.pending == 0 and (about.idle > tonumber(ARGV[2]) or about.name == ARGV[3]) then
      redis.call('XGROUP', 'DELCONSUMER', key, ARGV[1], about.name)
    end
  end
end
"""

#: KEYS stream; ARGV group, count. Deletes up to `count` entries that nobody has been given, and says how many.
PURGE = """
local last = '0-0'
local groups = redis.pcall('XINFO', 'GROUPS', KEYS[1])
for _, group in ipairs(groups.err and {} or groups) do
  local about = {}
  for i = 1, #group, 2 do about[group[i]] = group[i + 1] end
  if about.name == ARGV[1] then last = about['last-delivered-id'] end
end
local entries = redis.call('XRANGE', KEYS[1], '(' .. last, '+', 'COUNT', ARGV[2])
for _, entry in ipairs(entries) do redis.call('XDEL', KEYS[1], entry[1]) end
return #entries
"""


class Entry(NamedTuple):
    """One delivered stream entry."""

    stream: str
    id: str
    #: How often the entry was delivered, this time included; a clean handing-back does not count.
    deliveries: int
    fields: dict[bytes, bytes]
    #: Whether another process had it first.
    taken_over: bool = False

    @property
    def tag(self) -> str:
        """The delivery tag: it names the entry wherever the process meets it again."""
        return f"{self.stream}|{self.id}"


def entries(reply: Any) -> list[Entry]:
    """The entries in an answer of FETCH, or of a blocking XREADGROUP in either protocol version."""
    if isinstance(reply, dict):
        reply = list(reply.items())
    found = []
    for row in reply or ():
        if len(row) == 5:
            found.append(_entry(*row))
        else:
            found.extend(_entry(row[0], id_, 1, fields, 0) for id_, fields in row[1])
    return found


def _entry(stream: bytes, id_: bytes, deliveries: int, fields: Sequence[bytes], taken_over: int) -> Entry:
    named = dict(zip(fields[::2], fields[1::2], strict=True))
    return Entry(stream.decode(), id_.decode(), deliveries, named, bool(taken_over))


def create_groups(client: Redis, streams: Sequence[str]) -> None:
    """Create missing streams and groups; one that is there is left alone, and costs no write."""
    for stream in streams:
        try:
            if any(group["name"] in (GROUP, GROUP.encode()) for group in client.xinfo_groups(stream)):
                continue
        except RedisError as error:
            if "no such key" not in str(error):
                raise
        try:
            client.xgroup_create(stream, GROUP, id="0", mkstream=True)
        except RedisError as error:
            if "BUSYGROUP" not in str(error):
                raise
