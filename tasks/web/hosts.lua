-- Turns at a host, the same for all workers: every command is one atomic step on the broker's clock.
--
-- KEYS: 1 <prefix>host:<host>       hash  next (when the next visit may begin), rest (until when the host is left
--                                         alone), strikes (failures in a row)
--       2 <prefix>host:<host>:busy  zset  visitor -> when its turn ends by itself, should its worker have died
--       3 <prefix>host:<host>:line  zset  visitor that was sent away -> when it was told to come again
-- ARGV: command, visitor, then what the command says.

local host, busy, line = KEYS[1], KEYS[2], KEYS[3]
local command, visitor = ARGV[1], ARGV[2]
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1e6

local HORIZON = 900 -- seconds, the furthest that a visitor is sent away for
local GHOST = 300 -- seconds after which a visitor that did not come again has lost its place

local function keep(seconds)
  for _, key in ipairs(KEYS) do redis.call('EXPIRE', key, math.ceil(seconds) + HORIZON + GHOST) end
end

local commands = {}

-- delay (seconds between visits), places (visitors at a time), lease (seconds), patience (seconds that the visitor
-- would wait where it stands): {1, seconds to wait before going in} or {0, seconds after which to come again, rest?}.
function commands.enter(delay, places, lease, patience)
  delay, places, lease, patience = tonumber(delay), tonumber(places), tonumber(lease), tonumber(patience)
  redis.call('ZREMRANGEBYSCORE', busy, '-inf', now)
  redis.call('ZREMRANGEBYSCORE', line, '-inf', now - GHOST)
  if redis.call('ZSCORE', busy, visitor) then return {'1', '0'} end

  local f = redis.call('HMGET', host, 'next', 'rest')
  local rest = tonumber(f[2]) or 0
  local free = math.max(now, tonumber(f[1]) or 0, rest)
  local full = redis.call('ZCARD', busy) >= places
  if full then free = math.max(free, now + math.max(delay, 0.5)) end

  -- Who was told a time has its turn before those who come after, and none before its time.
  local mine = tonumber(redis.call('ZSCORE', line, visitor) or nil)
  local slot = free
  if mine then
    if mine > now + patience then slot = math.max(free, mine) end
  else
    local last = redis.call('ZREVRANGE', line, 0, 0, 'WITHSCORES')
    if last[2] then slot = math.max(free, tonumber(last[2]) + delay) end
  end

  if not full and slot - now <= patience then
    redis.call('HSET', host, 'next', slot + delay)
    redis.call('ZADD', busy, slot + lease, visitor)
    redis.call('ZREM', line, visitor)
    keep(lease)
    return {'1', tostring(slot - now)}
  end
  slot = math.min(slot, math.max(now, rest) + HORIZON)
  redis.call('ZADD', line, slot, visitor)
  keep(slot - now)
  return {'0', tostring(slot - now), rest > now and 'rest' or 'busy'}
end

-- well (1: the host answered as it should): the visit is over.
function commands.leave(well)
  redis.call('ZREM', busy, visitor)
  if well == '1' then redis.call('HDEL', host, 'strikes') end
end

-- rest (seconds, 0 where the host asked for none), at_once (1: it said that it has enough), base, cap: the visit
-- failed. The first time it rests as long as it asked for; failures in a row put it to rest for twice as long each time.
function commands.fail(rest, at_once, base, cap)
  rest, base, cap = tonumber(rest), tonumber(base), tonumber(cap)
  if redis.call('ZREM', busy, visitor) == 0 then return end
  local strikes = redis.call('HINCRBY', host, 'strikes', 1)
  local grace = at_once == '1' and 0 or 2
  if strikes > grace and (strikes > 1 or rest == 0) then
    rest = math.max(rest, math.min(cap, base * 2 ^ math.min(strikes - grace - 1, 20)))
  end
  local f = redis.call('HMGET', host, 'rest')
  if rest > 0 then redis.call('HSET', host, 'rest', math.max(tonumber(f[1]) or 0, now + rest)) end
  keep(math.max(rest, cap))
end

return commands[command](unpack(ARGV, 3))
