-- Moves requests, oldest first, from a list into a batch; a batch that exists already is read back
-- instead (its claim's answer was lost). The batch is registered also where nothing came: a
-- blocking pop may follow into the same name.
-- KEYS: owner, source, batch, batches, deliveries, dead
-- ARGV: id, requests at most (0: only read back), bytes at most (a larger one alone), 1 where nothing is in flight,
--       dead letters at most, suspects at most that have been lost once and may run together
-- Returns {'ok', deliveries lost of the suspects that came, {envelope …}},
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
if redis.call('LLEN', KEYS[6]) >= tonumber(ARGV[5]) then return {'full'} end

local count_max, bytes_max = tonumber(ARGV[2]), tonumber(ARGV[3])
local envelopes, bytes, lost = {}, 0, 0
while #envelopes < count_max do
  if has_suspects then
    -- One that was lost once has most likely done nothing: a few of them run together. One that was
    -- lost with these few as well runs alone.
    local next_one = redis.call('LINDEX', KEYS[2], -1)
    local its_lost = next_one and lost_deliveries(next_one) or 0
    if #envelopes > 0 and its_lost ~= lost then break end
    if its_lost > 0 and #envelopes == 0 then
      if ARGV[4] ~= '1' then return {'suspect'} end
      count_max = its_lost == 1 and math.min(count_max, tonumber(ARGV[6])) or 1
    end
    lost = its_lost
  end
  local envelope = redis.call('LMOVE', KEYS[2], KEYS[3], 'RIGHT', 'RIGHT')
  if not envelope then break end
  bytes = bytes + #envelope
  if #envelopes > 0 and bytes > bytes_max then
    redis.call('LMOVE', KEYS[3], KEYS[2], 'RIGHT', 'RIGHT')
    break
  end
  if envelope == ARGV[1] then
    envelope = envelope .. ' '  -- as it stands it would look settled
    redis.call('LSET', KEYS[3], -1, envelope)
  end
  envelopes[#envelopes + 1] = envelope
end
if tonumber(ARGV[2]) > 0 then redis.call('SADD', KEYS[4], KEYS[3]) end
return {'ok', lost, envelopes}
