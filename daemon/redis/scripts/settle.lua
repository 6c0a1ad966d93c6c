-- Settles positions of batches: marks them and does, in the same step, all that follows from their
-- outcomes. A batch that is gone or a position settled already is passed over: whoever settled it
-- has done the rest.
-- KEYS: batches, deliveries, dead, delayed, then the batches named by the items
-- ARGV: id, prefix, response expiry ms, beginning of a dead letter made here, ranges, then for each
--       range of positions from which nothing follows: number of its batch (from 1), first position,
--       last one; then items, then for each item: number of its batch, position, reply channel,
--       response, dead letter, moment of a delay in seconds since 1970, database to wait for (empty
--       texts: nothing of that); then the numbers of the batches that should be through.
-- A dead letter with an empty REQUEST gets the envelope from here: one too large to send back.
-- Returns {positions settled now, replies that were not pushed, delayed, {batch not through …},
--          {number of an item, from 1, whose reply was not pushed …}}
local id, prefix, expiry = ARGV[1], ARGV[2], ARGV[3]
-- Nothing is done by halves: a key of a wrong type is found before the first change.
local kinds = {'set', 'hash', 'list', 'zset'}
local has_deliveries = false
for i = 1, #KEYS do
  local kind = redis.call('TYPE', KEYS[i]).ok
  if i == 2 then has_deliveries = kind == 'hash' end
  if kind ~= 'none' and kind ~= (kinds[i] or 'list') then
    return redis.error_reply('WRONGTYPE ' .. KEYS[i] .. ' is a ' .. kind)
  end
end

local settled, refused, delayed = 0, 0, 0
local refused_items = {}
local time
local function now()  -- asked only where it matters
  time = time or redis.call('TIME')
  return time
end

-- The answer could not be left; the request is kept with the reason instead.
local function unanswerable(envelope)
  local fields = cjson.decode(ARGV[4])
  fields.ID = fields.ID .. '-' .. refused
  fields.REQUEST = envelope
  fields.FAILED_AT = tonumber(now()[1])
  fields.MESSAGE = 'RCHANNEL: holds something that is no reply list; the response was dropped, ' ..
    'what the statement did stands'
  redis.call('LPUSH', KEYS[3], cjson.encode(fields))
end

-- Daemon and Redis agree that a JSON string gives every byte back.
local function with_request(letter, envelope)
  local first, last = string.find(letter, '"REQUEST":""', 1, true)
  if not first or envelope == '' then return letter end
  return string.sub(letter, 1, first - 1) .. '"REQUEST":' .. cjson.encode(envelope) ..
    string.sub(letter, last + 1)
end

-- 16 hexadecimal digits that sort by the order of arrival.
local function delay(envelope, moment)
  repeat
    local micros = tonumber(now()[1]) * 1000000 + tonumber(now()[2]) + math.floor(delayed / 4096)
    local sequence = string.format('%08x%05x%03x', math.floor(micros / 1048576),
                                   micros % 1048576, delayed % 4096)
    delayed = delayed + 1
  until redis.call('ZADD', KEYS[4], 'NX', moment, sequence .. envelope) == 1
end

-- How many positions of each batch are named here. Where these are all of them nothing has to be
-- marked: the batch will be removed.
local named = {}
local ranges = tonumber(ARGV[5])
local items_at = 6 + 3 * ranges
local items = tonumber(ARGV[items_at])
local through_at = items_at + 1 + 7 * items
for at = 6, items_at - 1, 3 do
  named[ARGV[at]] = (named[ARGV[at]] or 0) + tonumber(ARGV[at + 2]) - tonumber(ARGV[at + 1]) + 1
end
for at = items_at + 1, through_at - 1, 7 do
  named[ARGV[at]] = (named[ARGV[at]] or 0) + 1
end
local is_whole = {}
for at = through_at, #ARGV do
  is_whole[ARGV[at]] = redis.call('LLEN', KEYS[4 + tonumber(ARGV[at])]) == named[ARGV[at]]
end

for at = 6, items_at - 1, 3 do
  local batch = KEYS[4 + tonumber(ARGV[at])]
  local first, last = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  if is_whole[ARGV[at]] and not has_deliveries then
    settled = settled + last - first + 1
  else
    for i, envelope in ipairs(redis.call('LRANGE', batch, first, last)) do
      if envelope ~= id then
        if has_deliveries then redis.call('HDEL', KEYS[2], redis.sha1hex(envelope)) end
        redis.call('LSET', batch, first + i - 1, id)
        settled = settled + 1
      end
    end
  end
end

local at = items_at + 1
for item = 1, items do
  local batch, position = KEYS[4 + tonumber(ARGV[at])], ARGV[at + 1]
  local envelope = redis.call('LINDEX', batch, position)
  if envelope and envelope ~= id then
    local channel, response, letter = ARGV[at + 2], ARGV[at + 3], ARGV[at + 4]
    if channel ~= '' and not reply(channel, response, expiry) then
      refused = refused + 1
      refused_items[refused] = item
      if letter == '' then unanswerable(envelope) end
    end
    if letter ~= '' then redis.call('LPUSH', KEYS[3], with_request(letter, envelope)) end
    if ARGV[at + 5] ~= '' then delay(envelope, ARGV[at + 5]) end
    if ARGV[at + 6] ~= '' then
      redis.call('LPUSH', prefix .. 'waiting:' .. ARGV[at + 6], envelope)
    end
    -- What only moves on has not been run: a suspect stays one.
    local moves = ARGV[at + 5] ~= '' or ARGV[at + 6] ~= ''
    if has_deliveries and not moves then
      redis.call('HDEL', KEYS[2], redis.sha1hex(envelope))
    end
    if not is_whole[ARGV[at]] then redis.call('LSET', batch, position, id) end
    settled = settled + 1
  end
  at = at + 7
end

local remaining = {}
for i = at, #ARGV do
  local batch = KEYS[4 + tonumber(ARGV[i])]
  local is_through = true
  if not is_whole[ARGV[i]] then
    for _, entry in ipairs(redis.call('LRANGE', batch, 0, -1)) do
      if entry ~= id then is_through = false break end
    end
  end
  if is_through then
    redis.call('DEL', batch)
    redis.call('SREM', KEYS[1], batch)
  else
    remaining[#remaining + 1] = batch
  end
end
return {settled, refused, delayed, remaining, refused_items}
