-- Moves requests, oldest first, from a list into a batch; a batch that exists already is read back
-- instead (its claim's answer was lost). The batch is registered also where nothing came: a
-- blocking pop may follow into the same name.
-- KEYS: owner, source, batch, batches, deliveries, dead, control
-- ARGV: id, requests at most (0: only read back), bytes at most (a larger one alone), 1 where nothing is in flight,
--       dead letters at most, suspects at most that have been lost once and may run together,
--       the database whose waiting list the source is, or ''
-- Returns {'ok', deliveries lost of the suspects that came, {envelope …}, control},
--         {'paused', 0, {}, control}: by an operator, the queue or that database;
--         {'lost'}: not the owner; {'full'}: too many dead letters;
--         {'suspect'}: the next one has been lost before and must run with nothing else: ask again
--         when idle
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {'lost'} end
local has_suspects = redis.call('EXISTS', KEYS[5]) == 1

local function lost_deliveries(envelope)
  if not has_suspects then return 0 end
  return tonumber(redis.call('HGET', KEYS[5], redis.sha1hex(envelope)) or 0)
end

local existing = redis.call('LRANGE', KEYS[3], 0, -1)
if #existing > 0 then
  redis.call('SADD', KEYS[4], KEYS[3])
  local lost = 0  -- suspects never share a batch with others
  for _, envelope in ipairs(existing) do lost = math.max(lost, lost_deliveries(envelope)) end
  return {'ok', lost, existing}
end
if tonumber(ARGV[2]) == 0 then return {'ok', 0, {}} end
local control = redis.pcall('HGETALL', KEYS[7])
if control.err then return redis.error_reply(KEYS[7] .. ': ' .. control.err) end
for i = 1, #control, 2 do
  local is_ours = control[i] == 'queue' or (ARGV[7] ~= '' and control[i] == 'database:' .. ARGV[7])
  if is_ours then return {'paused', 0, {}, control} end
end
if redis.call('LLEN', KEYS[6]) >= tonumber(ARGV[5]) then return {'full'} end

local count_max, bytes_max = tonumber(ARGV[2]), tonumber(ARGV[3])
local envelopes, bytes, lost = {}, 0, 0

-- Without suspects many go at once. A few are looked at first, to know how many fit.
local function move_many()
  local block = 4
  while #envelopes < count_max do
    local wanted = math.min(block, count_max - #envelopes)
    local seen = redis.call('LRANGE', KEYS[2], -wanted, -1)
    local first = #envelopes + 1
    for i = #seen, 1, -1 do
      bytes = bytes + #seen[i]
      if #envelopes > 0 and bytes > bytes_max then break end
      -- As it stands it would look settled.
      envelopes[#envelopes + 1] = seen[i] == ARGV[1] and seen[i] .. ' ' or seen[i]
    end
    local taken = #envelopes - first + 1
    if taken > 0 then
      redis.call('RPUSH', KEYS[3], unpack(envelopes, first))
      redis.call('LTRIM', KEYS[2], 0, -taken - 1)
    end
    if taken < #seen or #seen < wanted then break end
    block = math.floor(math.max(1, math.min(1000, (bytes_max - bytes) * #envelopes / bytes)))
  end
end

-- One that was lost once has most likely done nothing: a few of them run together. One that was lost
-- with these few as well runs alone. Returns false where one has to wait.
local function move_by_suspicion()
  while #envelopes < count_max do
    local next_one = redis.call('LINDEX', KEYS[2], -1)
    local its_lost = next_one and lost_deliveries(next_one) or 0
    if not next_one or (#envelopes > 0 and its_lost ~= lost) then break end
    if its_lost > 0 and #envelopes == 0 then
      if ARGV[4] ~= '1' then return false end
      count_max = its_lost == 1 and math.min(count_max, tonumber(ARGV[6])) or 1
    end
    lost = its_lost
    bytes = bytes + #next_one
    if #envelopes > 0 and bytes > bytes_max then break end
    redis.call('LMOVE', KEYS[2], KEYS[3], 'RIGHT', 'RIGHT')
    if next_one == ARGV[1] then
      next_one = next_one .. ' '  -- as it stands it would look settled
      redis.call('LSET', KEYS[3], -1, next_one)
    end
    envelopes[#envelopes + 1] = next_one
  end
  return true
end

if not has_suspects then
  move_many()
elseif not move_by_suspicion() then
  return {'suspect'}
end
if tonumber(ARGV[2]) > 0 then redis.call('SADD', KEYS[4], KEYS[3]) end
return {'ok', lost, envelopes, control}
