-- Gives back a batch of the caller that has not been begun, or only in part: to the head of where it
-- came from, in order and without counting it.
-- KEYS: owner, batches, queue, batch
-- ARGV: id, prefix
-- Returns the number of envelopes given back.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
local id, _, origin = parse_batch(ARGV[2], KEYS[4])
if id ~= ARGV[1] then return 0 end
return return_batch(ARGV[2], KEYS[3], KEYS[2], KEYS[4], id, origin, nil)
