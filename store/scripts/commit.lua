-- A tender is changed, if it still is what the change was made from.
--
-- KEYS  1 tender  2 feed  3 clock  4 events  5 revisions
--       6 index of the status it had  7 index of active.enquiries
--       8 index of active.tendering  9 due  10 index of the status it gets
--       11 log of the index of words  12 numbers
-- ARGV  1 id  2 head it was read with  3 tags it must have: '' any, or
--       ' <microseconds> <microseconds> '  4 its member of the feed
--       5 document  6 author  7 the patch back
--       8 '1' if a deadline may have changed
--       9 end of enquiries  10 start of tendering  11 end of tendering
--       12 the status it gets, or ''
--       13 '1' if its document changes, and it has a time gate; '2' if that
--       is a later end of tendering alone
--       14 '1' if what bids were checked against does
--       15 deadline, price and words for the index; '' if there is none
--       16 its number in the index, or ''
--
-- Returns the new head; {'MISSING'}, {'PRECONDITION'}; if another change
-- came first, {'CONFLICT', head, document, more, own}; {'STAGE', status} if
-- the clock has moved it on; {'OPEN'} if bids that all have seen would be
-- sealed; {'BOUND'} if there are bids already; {'NEVER'} if it would take
-- none.

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

local was = ARGV[4]

if read ~= ARGV[2] then
    local from, _, stood = string.match(ARGV[2], '^(%d+) (%d+) (%S+)')

    -- a part of it has changed, which is no matter of the document's

    if from ~= rev or stood ~= status then
        local t = call('HMGET', KEYS[1], 'doc', 'more', 'own')
        return {'CONFLICT', read, t[1], t[2] or '', t[3]}
    end

    was = member(ARGV[1], tonumber(modified))
end

local at = now()
local created, author, enquiries, start, finish, token
local place = ARGV[16]
local version, bids, awards, documents

if ARGV[8] == '1' or ARGV[13] ~= '0' or (ARGV[15] ~= '' and ARGV[16] == '')
then
    local were

    created, author, enquiries, start, finish, token, were =
        string.match(call('HGET', KEYS[1], 'own'),
                     '^(%d+) (%S+) (%d+) (%d+) (%d+) ?(%S*) ?(%d*)$')
    place = were
    finish = tonumber(finish)
end

if ARGV[8] == '1' or ARGV[14] == '1' then
    version, bids, awards, documents =
        string.match(call('HGET', KEYS[1], 'more') or '0 0 0 0 ',
                     '^(%d+) (%d+) (%d+) (%d+) ')
end

if ARGV[13] ~= '0' then
    local begins = beginning(tonumber(enquiries), tonumber(start))

    if (ARGV[13] == '1' and status == 'active.enquiries' and at >= begins)
       or ((status == 'active.enquiries' or status == 'active.tendering')
           and at >= finish)
    then
        return {'STAGE', 'active.tendering'}
    end
end

if ARGV[14] == '1' and bids ~= '0' then
    return {'BOUND'}
end

local own, more, begins
local to = KEYS[6]

if ARGV[8] == '1'
   and (status == 'active.enquiries' or status == 'active.tendering')
then
    begins = beginning(tonumber(ARGV[9]), tonumber(ARGV[10]))

    local till = gate(tonumber(ARGV[11]), at)

    if till > 0 and begins >= till then
        return {'NEVER'}
    end

    if till > 0 and finish == 0 and (bids ~= '0' or awards ~= '0') then
        return {'OPEN'}
    end

    finish = till
    status = opening(begins, finish, at)
    to = status == 'active.enquiries' and KEYS[7] or KEYS[8]
    own = created .. ' ' .. author .. ' ' .. ARGV[9] .. ' ' .. ARGV[10]
          .. ' ' .. text(finish) .. ' ' .. token .. ' ' .. place
    more = version .. ' ' .. bids .. ' ' .. awards .. ' ' .. documents .. ' '
           .. (finish > 0 and 's' or 'o') .. ' 0'
end

if ARGV[12] ~= '' then
    status = ARGV[12]
    to = KEYS[10]
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

if ARGV[15] ~= '' then

    -- one from before there was an index gets its number now

    if place == '' then
        place = text(call('HINCRBY', KEYS[12], '#', 1))
        call('HSET', KEYS[12], '#mixed', '1')

        -- one without a token keeps the blank in front of where it would be

        own = (own or string.gsub(call('HGET', KEYS[1], 'own'),
                                  '^(%d+ %S+ %d+ %d+ %d+) ?(%S*) *$',
                                  '%1 %2 ')) .. place
    end

    call('APPEND', KEYS[11], place .. ' ' .. ARGV[1] .. ' '
         .. (created or '=') .. ' ' .. moment .. ' ' .. status .. ' ' .. number
         .. ' ' .. ARGV[15])
end

if own then
    call('HSET', KEYS[1], 'own', own)
end

if more then
    call('HSET', KEYS[1], 'head', head, 'doc', ARGV[5], 'more', more)
else
    call('HSET', KEYS[1], 'head', head, 'doc', ARGV[5])
end

if more or ARGV[12] ~= '' then
    if ARGV[12] ~= '' or finish == 0 then
        call('ZREM', KEYS[9], ARGV[1])
    else
        call('ZADD', KEYS[9],
             text(status == 'active.enquiries' and begins or finish), ARGV[1])
    end
end

call('ZREM', KEYS[2], was)
call('ZADD', KEYS[2], moment, entry)
call('ZREM', KEYS[6], was)
call('ZADD', to, moment, entry)

return head
