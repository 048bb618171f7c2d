-- A tender is changed, if it still is what the change was made from.
--
-- KEYS  1 tender  2 feed  3 clock  4 events  5 revisions
--       6 index of the status it had  7 index of active.enquiries
--       8 index of active.tendering
-- ARGV  1 id  2 head it was read with  3 tags it must have: '' any, or
--       ' <microseconds> <microseconds> '  4 its member of the feed
--       5 document  6 author  7 the patch back
--       8 '1' if a deadline may have changed
--       9 end of enquiries  10 start of tendering  11 end of tendering
--
-- Returns the new head; {'MISSING'}, {'PRECONDITION'} or, if another change
-- came first, {'CONFLICT', head, document}.

local read = call('HGET', KEYS[1], 'head')

if not read then
    return {'MISSING'}
end

local rev, modified, status, number =
    string.match(read, '^(%d+) (%d+) (%S+) (%S+)$')

if ARGV[3] ~= '' and not string.find(ARGV[3], ' ' .. modified .. ' ', 1, true)
then
    return {'PRECONDITION'}
end

if read ~= ARGV[2] then
    return {'CONFLICT', read, call('HGET', KEYS[1], 'doc')}
end

local at = now()
local own
local to = KEYS[6]

if ARGV[8] == '1' then
    local created, author = string.match(call('HGET', KEYS[1], 'own'),
                                         '^(%d+) (%S+)')
    local finish = gate(tonumber(ARGV[11]), at)

    own = created .. ' ' .. author .. ' ' .. ARGV[9] .. ' ' .. ARGV[10] .. ' '
          .. text(finish)

    if status == 'active.enquiries' or status == 'active.tendering' then
        status = opening(tonumber(ARGV[9]), tonumber(ARGV[10]), finish, at)
        to = status == 'active.enquiries' and KEYS[7] or KEYS[8]
    end
end

at = tick(KEYS[3], KEYS[4], at)
rev = text(rev + 1)

local moment = text(at)
local head = rev .. ' ' .. moment .. ' ' .. status .. ' ' .. number
local entry = member(ARGV[1], at)

-- what might be refused comes first

call('XADD', KEYS[4], moment .. '-0', 'op', 'update', 'id', ARGV[1], 'rev',
     rev)
call('RPUSH', KEYS[5], moment .. ' ' .. ARGV[6] .. ' ' .. ARGV[7])

if own then
    call('HSET', KEYS[1], 'head', head, 'doc', ARGV[5], 'own', own)
else
    call('HSET', KEYS[1], 'head', head, 'doc', ARGV[5])
end

call('ZREM', KEYS[2], ARGV[4])
call('ZADD', KEYS[2], moment, entry)
call('ZREM', KEYS[6], ARGV[4])
call('ZADD', to, moment, entry)

return head
