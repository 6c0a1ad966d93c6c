-- Gives back a batch that nobody answers for: its owner is not the owner of the queue any more.
-- KEYS: owner, batches, deliveries, queue, batch
-- ARGV: id, prefix
-- Returns the number of envelopes given back.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
local id, _, origin = parse_batch(ARGV[2], KEYS[5])
if not id or id == ARGV[1] then return 0 end
return return_batch(ARGV[2], KEYS[4], KEYS[2], KEYS[5], id, origin, KEYS[3], {})
