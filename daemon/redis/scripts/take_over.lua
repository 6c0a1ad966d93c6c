-- Becomes the owner of a queue that has none, and gives back what dead owners had in flight. What
-- they had not settled counts as a lost delivery.
-- KEYS: owner, instance of the caller, batches, deliveries, queue
-- ARGV: id, lease ms, prefix, instance expiry ms, then field, value of the instance hash …
-- Returns {'owner'|'standby', seconds, microseconds, batches returned, envelopes returned,
--          {ids of the dead owners}, sequence of the oldest batch returned, or ''}
local now = redis.call('TIME')
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return {'standby', now[1], now[2], 0, 0, {}, ''} end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('PERSIST', KEYS[5])  -- an answer may have gone there before it was a queue
redis.call('HSET', KEYS[2], unpack(ARGV, 5))
redis.call('PEXPIRE', KEYS[2], ARGV[4])
local found = sorted_batches(ARGV[3], KEYS[3], function(id) return id ~= ARGV[1] end)
local envelopes, counted, dead, seen, oldest = 0, {}, {}, {}, ''
for _, batch in ipairs(found) do
  envelopes = envelopes +
    return_batch(ARGV[3], KEYS[5], KEYS[3], batch.name, batch.id, batch.origin, KEYS[4],
                 counted)
  redis.call('DEL', ARGV[3] .. 'instance:' .. batch.id)
  if not seen[batch.id] then dead[#dead + 1] = batch.id end
  seen[batch.id] = true
  oldest = batch.sequence
end
return {'owner', now[1], now[2], #found, envelopes, dead, oldest}
