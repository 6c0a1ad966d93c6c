-- Renews the ownership of a queue, or tells who has it.
-- KEYS: owner, instance of the caller, batches
-- ARGV: id, lease ms, prefix, run id of the server; where the instance hash is to be written, also its
--       expiry in ms, then field, value …
-- Returns {'owner'|'standby'|'free', seconds, microseconds, fingerprint of the owner,
--          {client ids of dead instances}}
local now = redis.call('TIME')
local owner = redis.call('GET', KEYS[1])
if owner == ARGV[1] then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  if ARGV[5] then
    redis.call('HSET', KEYS[2], unpack(ARGV, 6))
    redis.call('PEXPIRE', KEYS[2], ARGV[5])
  end
  return {'owner', now[1], now[2], '', {}}
end
if owner then
  local fingerprint = redis.call('HGET', ARGV[3] .. 'instance:' .. owner, 'fingerprint')
  return {'standby', now[1], now[2], fingerprint or '', {}}
end
local clients, seen = {}, {}
for _, batch in ipairs(sorted_batches(ARGV[3], KEYS[3], function(id) return id ~= ARGV[1] end)) do
  if not seen[batch.id] then
    seen[batch.id] = true
    local facts = redis.call('HMGET', ARGV[3] .. 'instance:' .. batch.id, 'clients', 'run_id')
    -- Client ids mean something only to the process that gave them.
    if facts[1] and facts[2] == ARGV[4] then
      for id in string.gmatch(facts[1], '%d+') do clients[#clients + 1] = id end
    end
  end
end
return {'free', now[1], now[2], '', clients}
