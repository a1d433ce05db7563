-- The ledger of jobs: every transition of a job is one call of this script, and so one atomic step.
--
-- KEYS[1] is the prefix P of every key below, ARGV[1] the command. The policy is written into the script as a table by
-- worker/ledger.py, since reading it anew at every call would cost more than most commands do.
--
--   P job:<id>             hash    state, task, queue, class, source, version, submitted, deadline, attempts, losses,
--                                  worker, token, stage, started, cancel, code, message, ended; expires when terminal
--   P body:<id>            string  the job as compressed JSON; deleted with the outcome, kept in quarantine
--   P celery-task-meta-<id> string the outcome in the envelope of Celery's result backend; expires
--   P open:<queue>         zset    id -> when it was accepted: every job that has no outcome yet
--   P wait:<queue>:<class>[:<source>]  list  ids that wait for their turn, first come first served; bulk by source
--   P turn:<queue>         list    sources with waiting bulk jobs, in the order of their turns
--   P turns:<queue>        int     turns taken, so that every n-th goes to bulk
--   P sent:<queue>         zset    id -> when its message was put into Celery's queue; waiting there or running
--   P running              zset    id -> when its lease ends unless the worker renews it
--   P later                zset    id -> when it becomes due again (retries, versions no worker here knows)
--   P deadlines            zset    id -> deadline
--   P ended                zset    id -> when it ended
--   P quarantine           zset    id -> when it was set aside
--   P workers              zset    worker -> until when its heartbeat is good
--   P slots                hash    <queue> <worker> -> jobs it can run at a time
--   P windows              hash    <queue> -> jobs that Celery is handed ahead, from the slots at the last sweep
--   P rate:<source>        hash    tokens, at: the bucket of a source's rate limit
--   P swept                float   when the sweep last ran
--   P counts               hash    accepted, retries, waits, losses, resends, and one a terminal state
--   P stages               hash    <stage> and <stage>:n: seconds spent in a stage, and how often
--   P canary:<queue>       float   when a canary last came through the queue; P canaries hash: when one was last sent
--   P outcomes             stream  one event a terminal outcome: id, state, code, document
--   P <queue>:0            stream  Celery's own queue (worker/streams.py)

local P, command = KEYS[1], ARGV[1]
local policy = --[[policy]] {}
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1e6
local terminal = {succeeded = true, rejected = true, quarantined = true, cancelled = true}

local function job(id) return P .. 'job:' .. id end
local function get(id, ...) return redis.call('HMGET', job(id), ...) end
local function count(what, n) redis.call('HINCRBY', P .. 'counts', what, n or 1) end

-- 2026-01-31T12:00:00.000Z from seconds since 1970: Hinnant's civil_from_days.
local function iso(t)
  local days, s = math.floor(t / 86400), t % 86400
  local z = days + 719468
  local era = math.floor(z / 146097)
  local doe = z - era * 146097
  local yoe = math.floor((doe - math.floor(doe / 1460) + math.floor(doe / 36524) - math.floor(doe / 146096)) / 365)
  local doy = doe - (365 * yoe + math.floor(yoe / 4) - math.floor(yoe / 100))
  local mp = math.floor((5 * doy + 2) / 153)
  local d = doy - math.floor((153 * mp + 2) / 5) + 1
  local m = mp < 10 and mp + 3 or mp - 9
  local y = yoe + era * 400 + (m <= 2 and 1 or 0)
  return string.format('%04d-%02d-%02dT%02d:%02d:%06.3fZ', y, m, d, math.floor(s / 3600), math.floor(s % 3600 / 60),
    math.floor(s % 60 * 1000) / 1000)
end

-- Waiting, turns, and what goes on to Celery ------------------------------------------------------------------------

local function wait(id, queue, class, source, front)
  local list = P .. 'wait:' .. queue .. ':' .. class
  if class == 'bulk' then list = list .. ':' .. source end
  local length = redis.call(front and 'LPUSH' or 'RPUSH', list, id)
  if class == 'bulk' and length == 1 then redis.call('RPUSH', P .. 'turn:' .. queue, source) end
end

local function enqueue(id, front)
  local f = get(id, 'queue', 'class', 'source')
  redis.call('HSET', job(id), 'state', 'queued')
  wait(id, f[1], f[2], f[3], front)
end

local function allowed(source)
  local rate = policy.rates[source] or policy.rates['*']
  if not rate then return true end
  local key = P .. 'rate:' .. source
  local f = redis.call('HMGET', key, 'tokens', 'at')
  local burst = math.max(1, rate)
  local tokens = math.min(burst, (tonumber(f[1]) or burst) + (now - (tonumber(f[2]) or now)) * rate)
  local yes = tokens >= 1
  redis.call('HSET', key, 'tokens', yes and tokens - 1 or tokens, 'at', now)
  redis.call('EXPIRE', key, math.ceil(burst / rate) + 60)
  return yes
end

local function next_bulk(queue)
  local turn = P .. 'turn:' .. queue
  for _ = 1, math.min(redis.call('LLEN', turn), 200) do
    local source = redis.call('LPOP', turn)
    local list = P .. 'wait:' .. queue .. ':bulk:' .. source
    local id = redis.call('EXISTS', list) == 1 and allowed(source) and redis.call('LPOP', list) or nil
    if redis.call('EXISTS', list) == 1 then redis.call('RPUSH', turn, source) end
    if id then return id end
  end
end

local function next_waiting(queue)
  local interactive = P .. 'wait:' .. queue .. ':interactive'
  local turn = redis.call('INCR', P .. 'turns:' .. queue)
  if turn % (policy.bulk_share + 1) == 0 then
    return next_bulk(queue) or redis.call('LPOP', interactive)
  end
  return redis.call('LPOP', interactive) or next_bulk(queue)
end

local function slots_of(queue)
  local slots = 0
  local workers = redis.call('HGETALL', P .. 'slots')
  for i = 1, #workers, 2 do
    if workers[i]:sub(1, #queue + 1) == queue .. ' ' then slots = slots + tonumber(workers[i + 1]) end
  end
  redis.call('HSET', P .. 'windows', queue, math.max(policy.window, slots * 4))
  return slots
end

local function send(id, queue)
  local head = policy.messages[queue]:gsub('@JOB@', id)
  redis.call('ZADD', P .. 'sent:' .. queue, now, id)
  redis.call('XADD', P .. queue .. ':0', '*', 'h', head, 'b', '[["' .. id .. '"],{},{}]')
end

-- Celery's queue holds a short window of jobs and the waiting lists the rest: so turns are taken when a worker is
-- nearly ready for a job and not when the job came.
local function pump(queue)
  local room = tonumber(redis.call('HGET', P .. 'windows', queue) or policy.window) - redis.call('ZCARD', P .. 'sent:' .. queue)
  for _ = 1, 1000 do
    if room <= 0 then return end
    local id = next_waiting(queue)
    if not id then return end
    if get(id, 'state')[1] == 'queued' then
      send(id, queue)
      room = room - 1
    end
  end
end

-- Ends ------------------------------------------------------------------------------------------------------------

local function leave_queue(id, queue)
  redis.call('ZREM', P .. 'running', id)
  redis.call('ZREM', P .. 'sent:' .. queue, id)
  redis.call('ZREM', P .. 'later', id)
end

local function settle(id, state, code, message, outcome, document)
  local f = get(id, 'queue', 'attempts', 'submitted', 'started', 'worker')
  leave_queue(id, f[1])
  redis.call('ZREM', P .. 'open:' .. f[1], id)
  redis.call('ZREM', P .. 'deadlines', id)
  redis.call('ZADD', P .. 'ended', now, id)
  local ended = iso(now)
  redis.call('HSET', job(id), 'state', state, 'code', code, 'message', message, 'ended', ended)
  if not outcome then
    outcome = cjson.encode({
      job = id, state = state, code = code, message = message, attempts = tonumber(f[2]), submitted = f[3],
      started = f[4] or cjson.null, ended = ended, worker = f[5] or cjson.null,
    })
  end
  local meta = '{"status":"SUCCESS","result":' .. outcome .. ',"traceback":null,"children":[],"date_done":"' .. ended ..
    '","task_id":"' .. id .. '"}'
  redis.call('SET', P .. 'celery-task-meta-' .. id, meta, 'EX', policy.keep_outcome)
  redis.call('PUBLISH', P .. 'celery-task-meta-' .. id, meta)
  redis.call('XADD', P .. 'outcomes', 'MAXLEN', '~', policy.outcomes, '*', 'job', id, 'state', state, 'code', code,
    'document', document or '')
  count(state)
  if state == 'quarantined' then
    redis.call('ZADD', P .. 'quarantine', now, id)
  else
    redis.call('DEL', P .. 'body:' .. id)
    redis.call('EXPIRE', job(id), policy.keep_record)
  end
  return f[1]
end

-- A worker died with this job in its hands. Twice is enough: the job is set aside before it kills a third.
local function lost(id)
  local f = get(id, 'queue', 'worker')
  count('losses')
  leave_queue(id, f[1])
  if redis.call('HINCRBY', job(id), 'losses', 1) >= policy.losses then
    settle(id, 'quarantined', 'worker-lost', 'its worker died ' .. policy.losses .. ' times while it ran; last on ' .. (f[2] or '?'))
  elseif get(id, 'cancel')[1] then
    settle(id, 'cancelled', 'cancelled', 'cancelled while it ran')
  else
    enqueue(id, true)
  end
  return f[1]
end

-- Jobs that died together run again apart, or one that kills would take its neighbours with it every time.
local function beside_another_suspect(worker)
  for _, id in ipairs(redis.call('ZRANGE', P .. 'running', 0, -1)) do
    local f = get(id, 'worker', 'losses')
    if f[1] == worker and f[2] ~= '0' then return true end
  end
end

local function holds(id, attempt)
  local f = get(id, 'state', 'attempts', 'queue', 'cancel')
  return f[1] == 'running' and f[2] == attempt, f[3], f[4], f
end

-- Commands --------------------------------------------------------------------------------------------------------

local commands = {}

-- queue, then for each job: id class source version task submitted deadline|'' body. By job: 1 accepted, 0 known
-- already, -1 the queue is full.
function commands.accept(queue, ...)
  local a, answers, accepted = {...}, {}, 0
  local open = redis.call('ZCARD', P .. 'open:' .. queue)
  for i = 1, #a, 8 do
    local id, class, deadline = a[i], a[i + 1], a[i + 6]
    if redis.call('EXISTS', job(id)) == 1 then
      answers[#answers + 1] = 0
    elseif open >= policy.caps[class] then
      answers[#answers + 1] = -1
    else
      redis.call('HSET', job(id), 'state', 'queued', 'queue', queue, 'class', class, 'source', a[i + 2], 'version', a[i + 3],
        'task', a[i + 4], 'submitted', a[i + 5], 'deadline', deadline, 'attempts', 0, 'losses', 0)
      redis.call('SET', P .. 'body:' .. id, a[i + 7])
      redis.call('ZADD', P .. 'open:' .. queue, now, id)
      if deadline ~= '' then redis.call('ZADD', P .. 'deadlines', deadline, id) end
      wait(id, queue, class, a[i + 2])
      open = open + 1
      accepted = accepted + 1
      answers[#answers + 1] = 1
    end
  end
  if accepted > 0 then count('accepted', accepted) end
  pump(queue)
  return answers
end

-- id worker lease version token: {'run', attempt, attempts since it was accepted or replayed, body}, or why there is nothing to do.
function commands.begin(id, worker, lease, version, token)
  local f = get(id, 'state', 'queue', 'version', 'token', 'attempts', 'since', 'losses')
  if not f[1] then return {'unknown'} end
  if f[1] == 'running' and f[4] == token then
    -- asked again, since the first answer was lost on the way
    return {'run', tonumber(f[5]), tonumber(f[5]) - (tonumber(f[6]) or 0), redis.call('GET', P .. 'body:' .. id)}
  end
  if f[1] ~= 'queued' then return {'stale', f[1]} end
  if tonumber(f[3]) > tonumber(version) then
    leave_queue(id, f[2])
    redis.call('HSET', job(id), 'state', 'retrying')
    redis.call('ZADD', P .. 'later', now + policy.newer, id)
    pump(f[2])
    return {'newer', f[3]}
  end
  if f[7] ~= '0' and beside_another_suspect(worker) then
    leave_queue(id, f[2])
    redis.call('HSET', job(id), 'state', 'retrying')
    redis.call('ZADD', P .. 'later', now + 3, id)
    pump(f[2])
    return {'apart'}
  end
  local body = redis.call('GET', P .. 'body:' .. id)
  if not body then
    settle(id, 'quarantined', 'no-body', 'the ledger has lost what was to be read')
    return {'unknown'}
  end
  local attempt = redis.call('HINCRBY', job(id), 'attempts', 1)
  redis.call('HSET', job(id), 'state', 'running', 'worker', worker, 'token', token, 'started', iso(now))
  redis.call('ZADD', P .. 'running', now + tonumber(lease), id)
  redis.call('ZADD', P .. 'sent:' .. f[2], now, id)
  return {'run', attempt, attempt - (tonumber(f[6]) or 0), body}
end

-- id attempt state code message outcome document seconds(JSON, by stage): 'done', 'cancelled', or 'late' where another attempt took over.
function commands.finish(id, attempt, state, code, message, outcome, document, seconds)
  local mine, queue, cancelled, f = holds(id, attempt)
  if not mine then
    -- the same attempt again: its first answer was lost on the way
    if f[1] and terminal[f[1]] and f[2] == attempt then return 'done' end
    return 'late'
  end
  if cancelled then
    settle(id, 'cancelled', 'cancelled', 'cancelled while it ran')
  else
    settle(id, state, code, message, outcome, document)
    for stage, n in pairs(cjson.decode(seconds)) do
      redis.call('HINCRBYFLOAT', P .. 'stages', stage, n)
      redis.call('HINCRBY', P .. 'stages', stage .. ':n', 1)
    end
  end
  pump(queue)
  return cancelled and 'cancelled' or 'done'
end

-- id attempt delay code message free: runs again after the delay; a free attempt, in which nothing was tried, is not
-- counted among its tries.
function commands.retry(id, attempt, delay, code, message, free)
  local mine, queue = holds(id, attempt)
  if not mine then return 'late' end
  leave_queue(id, queue)
  redis.call('HSET', job(id), 'state', 'retrying', 'code', code, 'message', message)
  redis.call('ZADD', P .. 'later', now + tonumber(delay), id)
  if free == '1' then
    redis.call('HINCRBY', job(id), 'since', 1)
    count('waits')
  else
    count('retries')
  end
  pump(queue)
  return 'done'
end

-- id attempt queue body: the job goes on in another queue, with another body.
function commands.forward(id, attempt, queue, body)
  local mine, from = holds(id, attempt)
  if not mine then return 'late' end
  leave_queue(id, from)
  redis.call('ZREM', P .. 'open:' .. from, id)
  redis.call('ZADD', P .. 'open:' .. queue, now, id)
  redis.call('HSET', job(id), 'queue', queue)
  redis.call('SET', P .. 'body:' .. id, body)
  enqueue(id, true)
  pump(from)
  pump(queue)
  return 'done'
end

function commands.stage(id, attempt, stage)
  if holds(id, attempt) then redis.call('HSET', job(id), 'stage', stage) end
end

-- id worker: the process that had this job is gone, says its parent. One that had not begun it yet is not held
-- against the job, whose message went with it.
function commands.lost(id, worker)
  local f = get(id, 'state', 'worker', 'queue')
  if f[1] == 'running' and f[2] == worker then
    pump(lost(id))
  elseif f[1] == 'queued' and redis.call('ZSCORE', P .. 'sent:' .. f[3], id) then
    count('resends')
    send(id, f[3])
  else
    return 0
  end
  return 1
end

-- worker ids…: it could not tell what became of these jobs while the broker was away, and does them no more. That does
-- not count as its death.
function commands.give_up(worker, ...)
  for _, id in ipairs({...}) do
    local f = get(id, 'state', 'worker', 'queue')
    if f[1] == 'running' and f[2] == worker then
      leave_queue(id, f[3])
      enqueue(id, true)
      pump(f[3])
    end
  end
end

-- worker: it stops in good order and hands back what it could not finish.
function commands.leave(worker)
  redis.call('ZREM', P .. 'workers', worker)
  for _, queue in ipairs(policy.queues) do redis.call('HDEL', P .. 'slots', queue .. ' ' .. worker) end
  local n = 0
  for _, id in ipairs(redis.call('ZRANGE', P .. 'running', 0, -1)) do
    local f = get(id, 'worker', 'queue')
    if f[1] == worker then
      leave_queue(id, f[2])
      enqueue(id, true)
      pump(f[2])
      n = n + 1
    end
  end
  return n
end

-- worker lease slots(JSON, by queue) ids…: renews the worker and what it runs; answers with the jobs to stop.
function commands.renew(worker, lease, slots, ...)
  redis.call('ZADD', P .. 'workers', now + tonumber(lease), worker)
  for queue, n in pairs(cjson.decode(slots)) do redis.call('HSET', P .. 'slots', queue .. ' ' .. worker, n) end
  local stop = {}
  for _, id in ipairs({...}) do
    local f = get(id, 'state', 'worker', 'cancel')
    if f[1] == 'running' and f[2] == worker then
      if f[3] then
        pump(settle(id, 'cancelled', 'cancelled', 'cancelled while it ran'))
        stop[#stop + 1] = id
      else
        redis.call('ZADD', P .. 'running', now + tonumber(lease), id)
      end
    end
  end
  return stop
end

function commands.cancel(...)
  local answers = {}
  for i, id in ipairs({...}) do
    local f = get(id, 'state', 'queue')
    if not f[1] then
      answers[i] = 'unknown'
    elseif terminal[f[1]] then
      answers[i] = f[1]
    elseif f[1] == 'running' then
      redis.call('HSET', job(id), 'cancel', 1)
      answers[i] = 'running'
    else
      pump(settle(id, 'cancelled', 'cancelled', 'cancelled before it ran'))
      answers[i] = 'cancelled'
    end
  end
  return answers
end

-- id source version code message: an outcome for what never became a job.
function commands.refuse(id, source, version, code, message)
  if redis.call('EXISTS', job(id)) == 1 then return 0 end
  redis.call('HSET', job(id), 'queue', 'read', 'class', 'bulk', 'source', source, 'version', version, 'task', 'tasks.read',
    'submitted', iso(now), 'deadline', '', 'attempts', 0, 'losses', 0)
  count('accepted')
  settle(id, 'rejected', code, message)
  return 1
end

-- id: out of quarantine and into its queue again, under the same id.
function commands.replay(id)
  local f = get(id, 'state', 'queue')
  if f[1] ~= 'quarantined' or redis.call('EXISTS', P .. 'body:' .. id) == 0 then return 0 end
  redis.call('ZREM', P .. 'quarantine', id)
  redis.call('ZREM', P .. 'ended', id)
  redis.call('DEL', P .. 'celery-task-meta-' .. id)
  redis.call('HDEL', job(id), 'code', 'message', 'ended', 'cancel')
  redis.call('HSET', job(id), 'losses', 0, 'replayed', now, 'since', get(id, 'attempts')[1])
  redis.call('HINCRBY', P .. 'counts', 'quarantined', -1)
  redis.call('ZADD', P .. 'open:' .. f[2], now, id)
  enqueue(id)
  pump(f[2])
  return 1
end

-- id: out of quarantine for good; its outcome stays.
function commands.drop(id)
  if redis.call('ZREM', P .. 'quarantine', id) == 0 then return 0 end
  redis.call('DEL', P .. 'body:' .. id)
  redis.call('EXPIRE', job(id), policy.keep_record)
  return 1
end

-- A message that any worker of the queue answers, to see that consuming really works.
local function send_canary(queue)
  local sent = tonumber(redis.call('HGET', P .. 'canaries', queue) or 0)
  if now - sent < policy.canary then return end
  redis.call('HSET', P .. 'canaries', queue, now)
  redis.call('XADD', P .. queue .. ':0', '*', 'h', (policy.canary_message:gsub('@JOB@', 'canary-' .. now)), 'b',
    '[["' .. queue .. '"],{},{}]')
end

function commands.sing(queue) redis.call('SET', P .. 'canary:' .. queue, now) end

-- By queue, as JSON: how many are open, wait and run, the age of the oldest that waits, slots of its workers, and the
-- age of its canary.
function commands.measure()
  local found = {}
  for _, queue in ipairs(policy.queues) do
    local heads = {redis.call('LINDEX', P .. 'wait:' .. queue .. ':interactive', 0) or nil}
    local waiting = redis.call('LLEN', P .. 'wait:' .. queue .. ':interactive')
    for _, source in ipairs(redis.call('LRANGE', P .. 'turn:' .. queue, 0, 999)) do
      local list = P .. 'wait:' .. queue .. ':bulk:' .. source
      waiting = waiting + redis.call('LLEN', list)
      heads[#heads + 1] = redis.call('LINDEX', list, 0) or nil
    end
    local running = 0
    for _, id in ipairs(redis.call('ZRANGE', P .. 'sent:' .. queue, 0, 999)) do
      if get(id, 'state')[1] == 'running' then
        running = running + 1
      else
        waiting = waiting + 1
        heads[#heads + 1] = id
      end
    end
    local oldest = 0
    for _, id in ipairs(heads) do
      oldest = math.max(oldest, now - tonumber(redis.call('ZSCORE', P .. 'open:' .. queue, id) or now))
    end
    local sung = redis.call('GET', P .. 'canary:' .. queue)
    found[queue] = {
      open = redis.call('ZCARD', P .. 'open:' .. queue), waiting = waiting, running = running, oldest = oldest,
      slots = slots_of(queue), canary = sung and now - tonumber(sung) or cjson.null,
    }
  end
  return cjson.encode(found)
end

-- lease overdue grace: takes up what dead workers held, what became due, what got lost on the way; ends what is past its
-- deadline. Any number of sweepers may run.
function commands.sweep(lease, overdue, grace)
  lease, overdue, grace = tonumber(lease), tonumber(overdue), tonumber(grace)
  local before = tonumber(redis.call('GET', P .. 'swept') or now)
  redis.call('SET', P .. 'swept', now)
  local restarted = 0

  if now - before > lease then
    -- Nobody swept for a whole lease: the broker was away, or all workers. Those alive get time to renew first.
    for _, id in ipairs(redis.call('ZRANGEBYSCORE', P .. 'running', '-inf', now)) do
      redis.call('ZADD', P .. 'running', now + grace, id)
    end
    for _, worker in ipairs(redis.call('ZRANGEBYSCORE', P .. 'workers', '-inf', now)) do
      redis.call('ZADD', P .. 'workers', now + grace, worker)
    end
  end
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', P .. 'running', '-inf', now, 'LIMIT', 0, 200)) do
    lost(id)
    restarted = restarted + 1
  end
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', P .. 'later', '-inf', now, 'LIMIT', 0, 500)) do
    redis.call('ZREM', P .. 'later', id)
    enqueue(id, true)
  end
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', P .. 'deadlines', '-inf', now, 'LIMIT', 0, 500)) do
    local state = get(id, 'state')[1]
    if state == 'running' then
      redis.call('ZREM', P .. 'deadlines', id)
    else
      settle(id, 'cancelled', 'deadline', 'its deadline passed before it ran')
    end
  end
  -- What a dead worker had fetched and not begun is in no lease, so its death makes the messages of its time suspect.
  local dead = redis.call('ZRANGEBYSCORE', P .. 'workers', '-inf', now)
  for _, worker in ipairs(dead) do
    redis.call('ZREM', P .. 'workers', worker)
    for _, queue in ipairs(policy.queues) do redis.call('HDEL', P .. 'slots', queue .. ' ' .. worker) end
  end
  for _, queue in ipairs(policy.queues) do
    local sent = P .. 'sent:' .. queue
    for _, id in ipairs(redis.call('ZRANGEBYSCORE', sent, '-inf', now - (#dead > 0 and lease or overdue), 'LIMIT', 0, 200)) do
      if get(id, 'state')[1] == 'queued' then
        count('resends')
        send(id, queue)
        restarted = restarted + 1
      end
    end
    if slots_of(queue) > 0 then send_canary(queue) end
    pump(queue)
  end
  redis.call('ZREMRANGEBYSCORE', P .. 'ended', '-inf', now - policy.keep_record)
  return restarted
end

return commands[command](unpack(ARGV, 2))
