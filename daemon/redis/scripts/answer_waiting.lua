-- Answers a request that still waits for its database, and takes it off the waiting list.
-- KEYS: owner, waiting list, deliveries, reply channel
-- ARGV: id, envelope, response, response expiry ms
-- Returns 1 where it was there.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if redis.call('LREM', KEYS[2], -1, ARGV[2]) == 0 then return 0 end
redis.call('HDEL', KEYS[3], redis.sha1hex(ARGV[2]))
reply(KEYS[4], ARGV[3], ARGV[4])
return 1
