-- Prelude of the scripts that answer.

-- Only where nothing stands yet, or a list that expires: never into somebody's data.
local function reply(channel, response, expiry)
  local kind = redis.call('TYPE', channel).ok
  if kind ~= 'none' and not (kind == 'list' and redis.call('PTTL', channel) > 0) then
    return false
  end
  redis.call('LPUSH', channel, response)
  redis.call('PEXPIRE', channel, expiry)
  return true
end

