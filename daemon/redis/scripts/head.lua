-- The request that would be claimed next, left where it is. One that is large is not worth sending twice.
-- KEYS: source
-- ARGV: bytes at most
-- Returns the envelope, or nothing
local head = redis.call('LINDEX', KEYS[1], -1)
if head and #head <= tonumber(ARGV[1]) then return head end
return false
