-- Prelude of the scripts that give batches back.
-- A batch lies under {queue}:inflight:<id>:<sequence>[@waiting:<database>|@replay]; settled positions
-- hold the id. What is unsettled goes to the head (the right end) of where it came from, in order.

local function parse_batch(prefix, name)
  local rest = string.sub(name, #prefix + #'inflight:' + 1)
  local id, sequence, origin = string.match(rest, '^([^:]+):(%x+)(.*)$')
  return id, sequence, origin
end

local function origin_key(prefix, queue, origin)
  if string.sub(origin, 1, 1) == '@' then return prefix .. string.sub(origin, 2) end
  return queue
end

-- Returns the number of envelopes given back. deliveries: the key whose counts are raised, or nil; of
-- the copies of an envelope one counts, and `counted` remembers it over several batches.
local function return_batch(prefix, queue, batches, name, id, origin, deliveries, counted)
  local source = origin_key(prefix, queue, origin)
  local envelopes = redis.call('LRANGE', name, 0, -1)
  local count = 0
  for i = #envelopes, 1, -1 do
    if envelopes[i] ~= id then
      redis.call('RPUSH', source, envelopes[i])
      local hash = deliveries and redis.sha1hex(envelopes[i])
      if hash and not counted[hash] then
        redis.call('HINCRBY', deliveries, hash, 1)
        counted[hash] = true
      end
      count = count + 1
    end
  end
  redis.call('DEL', name)
  redis.call('SREM', batches, name)
  return count
end

-- Batches for which wanted(id) holds, newest first, so that the oldest ends up at the head.
local function sorted_batches(prefix, batches, wanted)
  local found = {}
  for _, name in ipairs(redis.call('SMEMBERS', batches)) do
    local id, sequence, origin = parse_batch(prefix, name)
    if id and wanted(id) then
      found[#found + 1] = {name = name, id = id, sequence = sequence, origin = origin}
    end
  end
  table.sort(found, function(a, b)
    if a.sequence ~= b.sequence then return a.sequence > b.sequence end
    return a.name > b.name
  end)
  return found
end
