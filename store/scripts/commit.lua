-- A tender is changed, if it still is what the change was made from.
--
-- KEYS  1 tender  2 feed  3 clock  4 events  5 revisions
--       6 index of the status it had  7 index of active.enquiries
--       8 index of active.tendering
-- ARGV  1 id  2 revision it was read at  3 tags it must have: '' any, or
--       ' <microseconds> <microseconds> '  4 document  5 author
--       6 the patch back  7 '1' if a deadline may have changed
--       8 end of enquiries  9 start of tendering  10 end of tendering
--
-- Returns {'OK', head}, {'MISSING'}, {'PRECONDITION'} or, if another change
-- came first, {'CONFLICT', head, document}.

local read = redis.call('HMGET', KEYS[1], 'head', 'doc', 'own')

if not read[1] then
    return {'MISSING'}
end

local rev, modified, status, number =
    string.match(read[1], '^(%d+) (%d+) (%S+) (%S+)$')

if ARGV[3] ~= '' and not string.find(ARGV[3], ' ' .. modified .. ' ', 1, true)
then
    return {'PRECONDITION'}
end

if rev ~= ARGV[2] then
    return {'CONFLICT', read[1], read[2]}
end

local at = now()
local own = read[3]
local before = status

if ARGV[7] == '1' then
    local created, author = string.match(own, '^(%d+) (%S+)')
    local finish = gate(tonumber(ARGV[10]), at)

    own = created .. ' ' .. author .. ' ' .. ARGV[8] .. ' ' .. ARGV[9] .. ' '
          .. text(finish)

    if status == 'active.enquiries' or status == 'active.tendering' then
        status = opening(tonumber(ARGV[8]), tonumber(ARGV[9]), finish, at)
    end
end

local to = KEYS[6]
if status ~= before then
    to = status == 'active.enquiries' and KEYS[7] or KEYS[8]
end

at = tick(KEYS[3], at)
rev = text(rev + 1)

local head = rev .. ' ' .. text(at) .. ' ' .. status .. ' ' .. number
local old = member(ARGV[1], tonumber(modified))
local entry = member(ARGV[1], at)

redis.call('HSET', KEYS[1], 'head', head, 'doc', ARGV[4], 'own', own)
redis.call('ZREM', KEYS[2], old)
redis.call('ZADD', KEYS[2], text(at), entry)
redis.call('ZREM', KEYS[6], old)
redis.call('ZADD', to, text(at), entry)
redis.call('RPUSH', KEYS[5], text(at) .. ' ' .. ARGV[5] .. ' ' .. ARGV[6])
redis.call('XADD', KEYS[4], text(at) .. '-0', 'op', 'update', 'id', ARGV[1],
           'rev', rev)

return {'OK', head}
