-- Gives back what the caller has in flight, in order and without counting it, and the ownership.
-- KEYS: owner, instance of the caller, batches, queue
-- ARGV: id, prefix
-- Returns the number of envelopes given back.
local envelopes = 0
for _, batch in ipairs(sorted_batches(ARGV[2], KEYS[3], function(id) return id == ARGV[1] end)) do
  envelopes = envelopes +
    return_batch(ARGV[2], KEYS[4], KEYS[3], batch.name, batch.id, batch.origin, nil)
end
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
redis.call('DEL', KEYS[2])
return envelopes
