-- Prelude of the scripts that answer.

-- Only where nothing stands yet, or a list that expires: never into somebody's data, nor into the
-- queue of a bus, which is nothing while it is empty and would then expire with what callers push.
local function reply(channel, response, expiry)
  local kind = redis.call('TYPE', channel).ok
  if kind ~= 'none' and not (kind == 'list' and redis.call('PTTL', channel) > 0) then
    return false
  end
  if kind == 'none' and redis.call('EXISTS', '{' .. channel .. '}:owner') == 1 then return false end
  redis.call('LPUSH', channel, response)
  redis.call('PEXPIRE', channel, expiry)
  return true
end

