-- Settles positions of batches: marks them and does, in the same step, all that follows from their
-- outcomes. A batch that is gone or a position settled already is passed over: whoever settled it
-- has done the rest.
-- KEYS: batches, deliveries, dead, delayed, then the batches named by the items
-- ARGV: id, prefix, response expiry ms, beginning of a dead letter made here, items, then for each
--       item: number of its batch (from 1), position, reply channel, response, dead letter,
--       moment of a delay in seconds since 1970, database to wait for; then the numbers of the batches
--       that should be through. Empty texts: nothing of that.
-- A dead letter with an empty REQUEST gets the envelope from here: one too large to send back.
-- Returns {positions settled now, replies that were not pushed, delayed, {batch not through …}}
local id, prefix, expiry = ARGV[1], ARGV[2], ARGV[3]
-- Nothing is done by halves: a key of a wrong type is found before the first change.
local kinds = {'set', 'hash', 'list', 'zset'}
for i = 1, #KEYS do
  local kind = redis.call('TYPE', KEYS[i]).ok
  if kind ~= 'none' and kind ~= (kinds[i] or 'list') then
    return redis.error_reply('WRONGTYPE ' .. KEYS[i] .. ' is a ' .. kind)
  end
end

local settled, refused, delayed = 0, 0, 0
local has_deliveries = redis.call('EXISTS', KEYS[2]) == 1
local now = redis.call('TIME')

-- The answer could not be left; the request is kept with the reason instead.
local function unanswerable(envelope)
  local fields = cjson.decode(ARGV[4])
  fields.ID = fields.ID .. '-' .. refused
  fields.REQUEST = envelope
  fields.FAILED_AT = tonumber(now[1])
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
    local micros = tonumber(now[1]) * 1000000 + tonumber(now[2]) + math.floor(delayed / 4096)
    local sequence = string.format('%08x%05x%03x', math.floor(micros / 1048576),
                                   micros % 1048576, delayed % 4096)
    delayed = delayed + 1
  until redis.call('ZADD', KEYS[4], 'NX', moment, sequence .. envelope) == 1
end

local at = 6
for _ = 1, tonumber(ARGV[5]) do
  local batch, position = KEYS[4 + tonumber(ARGV[at])], ARGV[at + 1]
  local envelope = redis.call('LINDEX', batch, position)
  if envelope and envelope ~= id then
    local channel, response, letter = ARGV[at + 2], ARGV[at + 3], ARGV[at + 4]
    if channel ~= '' and not reply(channel, response, expiry) then
      refused = refused + 1
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
    redis.call('LSET', batch, position, id)
    settled = settled + 1
  end
  at = at + 7
end

local remaining = {}
for i = at, #ARGV do
  local batch = KEYS[4 + tonumber(ARGV[i])]
  local is_through = true
  for _, entry in ipairs(redis.call('LRANGE', batch, 0, -1)) do
    if entry ~= id then is_through = false break end
  end
  if is_through then
    redis.call('DEL', batch)
    redis.call('SREM', KEYS[1], batch)
  else
    remaining[#remaining + 1] = batch
  end
end
return {settled, refused, delayed, remaining}
