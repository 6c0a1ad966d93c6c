-- Sends delayed requests whose moment has come to the tail of the queue.
-- KEYS: owner, delayed, queue
-- ARGV: id, requests at most
-- Returns {promoted, milliseconds until the next one is due, or -1}; {-1, -1}: not the owner
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {-1, -1} end
local now = redis.call('TIME')
local seconds = tonumber(now[1]) + tonumber(now[2]) / 1000000
local due = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', string.format('%.6f', seconds),
                       'LIMIT', 0, tonumber(ARGV[2]))
for _, member in ipairs(due) do
  redis.call('LPUSH', KEYS[3], string.sub(member, 17))
  redis.call('ZREM', KEYS[2], member)
end
local first = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')
if #first == 0 then return {#due, -1} end
return {#due, math.max(0, math.ceil((tonumber(first[2]) - seconds) * 1000))}
