-- Turns at a host, the same for all workers: every command is one atomic step on the broker's clock.
--
-- KEYS: 1 <prefix>host:<host>       hash  next (when the next visit may begin), rest (until when the host is left
--                                         alone), strikes (failures in a row), took (seconds of a visit, smoothed)
--       2 <prefix>host:<host>:busy  zset  visitor -> when its turn ends by itself, should its worker have died
--       3 <prefix>host:<host>:line  zset  visitor that was sent away -> when it was told to come again
-- ARGV: command, visitor, lease (seconds of a turn at most), then what the command says.

local host, busy, line = KEYS[1], KEYS[2], KEYS[3]
local command, visitor, lease = ARGV[1], ARGV[2], tonumber(ARGV[3])
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1e6

local HORIZON = 3600 -- seconds, the furthest that a visitor is sent away for
local GHOST = 300 -- seconds after which a visitor that did not come again has lost its place
local DUE = 20 -- visitors whose time has come that are put in order

local function keep(seconds)
  for _, key in ipairs(KEYS) do redis.call('EXPIRE', key, math.ceil(seconds + HORIZON + GHOST)) end
end

local commands = {}

-- delay (seconds between visits), places (visitors at a time), patience (seconds that the visitor would wait where it
-- stands): {1, seconds to wait before going in} or {0, seconds after which to come again, 'rest' or 'busy'}.
function commands.enter(delay, places, patience)
  delay, places, patience = tonumber(delay), tonumber(places), tonumber(patience)
  redis.call('ZREMRANGEBYSCORE', busy, '-inf', now)
  redis.call('ZREMRANGEBYSCORE', line, '-inf', now - GHOST)
  if redis.call('ZSCORE', busy, visitor) then return {'1', '0'} end

  local f = redis.call('HMGET', host, 'next', 'rest', 'took')
  local rest = tonumber(f[2]) or 0
  local interval = math.max(delay, (tonumber(f[3]) or 0) / places)
  local full = redis.call('ZCARD', busy) >= places
  local free = math.max(now, tonumber(f[1]) or 0, rest, full and now + math.max(interval, 0.2) or 0)

  -- Who was told a time has its turn before those who come after, and none before its time.
  local place = redis.call('ZSCORE', line, visitor)
  local mine = place and tonumber(place)
  local last = redis.call('ZREVRANGE', line, 0, 0, 'WITHSCORES')
  local slot = free
  if mine and mine > now + patience then
    slot = math.max(free, mine)
  elseif not mine and last[2] then
    slot = math.max(free, tonumber(last[2]) + interval)
  end
  if not full and slot - now <= patience then
    redis.call('HSET', host, 'next', slot + delay)
    redis.call('ZADD', busy, slot + lease, visitor)
    redis.call('ZREM', line, visitor)
    keep(lease)
    return {'1', tostring(slot - now)}
  end

  if mine and mine <= now + patience then
    -- Its time has come and the host is behind: it keeps its place among those who are due as well.
    slot = math.max(free, tonumber(last[2]) + interval)
    for i, other in ipairs(redis.call('ZRANGEBYSCORE', line, '-inf', now + patience, 'LIMIT', 0, DUE)) do
      if other == visitor then slot = free + (i - 1) * interval end
    end
  elseif not mine then
    redis.call('ZADD', line, slot, visitor)
  end
  if slot > now + HORIZON then
    -- So far ahead nobody knows; they come back one by one and ask again.
    slot = math.max(rest, now + HORIZON * (0.5 + 0.5 * (slot % 1)))
    redis.call('ZADD', line, slot, visitor)
  end
  keep(slot - now)
  return {'0', tostring(slot - now), rest > now and 'rest' or 'busy'}
end

-- The visit is over; how long it took tells how long those in line will have to wait.
local function out()
  local ends = redis.call('ZSCORE', busy, visitor)
  if not ends then return false end
  redis.call('ZREM', busy, visitor)
  local took = math.max(0, now - (tonumber(ends) - lease))
  local before = tonumber(redis.call('HGET', host, 'took') or took)
  redis.call('HSET', host, 'took', 0.7 * before + 0.3 * took)
  return true
end

-- The visit went well.
function commands.leave()
  if out() then redis.call('HDEL', host, 'strikes') end
end

-- rest (seconds, 0 where the host asked for none), at_once (1: it said that it has enough), base, cap: the visit
-- failed. The first time it rests as long as it asked for; failures in a row put it to rest for twice as long each time.
function commands.fail(rest, at_once, base, cap)
  rest, base, cap = tonumber(rest), tonumber(base), tonumber(cap)
  if not out() then return end
  local strikes = redis.call('HINCRBY', host, 'strikes', 1)
  local grace = at_once == '1' and 0 or 2
  if strikes > grace and (strikes > 1 or rest == 0) then
    rest = math.max(rest, math.min(cap, base * 2 ^ math.min(strikes - grace - 1, 20)))
  end
  if rest > 0 then
    redis.call('HSET', host, 'rest', math.max(tonumber(redis.call('HGET', host, 'rest') or 0), now + rest))
  end
  keep(math.max(rest, cap))
end

return commands[command](unpack(ARGV, 4))
