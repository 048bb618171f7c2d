-- A tender is published.
--
-- KEYS  1 tender  2 feed  3 clock  4 events  5 numbers
--       6 index of active.enquiries  7 index of active.tendering
--       8 due  9 log of the index of words
--       with imported parts 10 bids, 11 awards, 12 index of the status
-- ARGV  1 id  2 document  3 author  4 number's country  5 its initials
--       6 seconds from UTC of its year  7 buckets  8 bucket
--       9 end of enquiries  10 start of tendering  11 end of tendering
--       12 token  13 status that imported parts give it
--       14 deadline, price and words for the index; '' if there is none
--       15 then, seven for each of those parts: bid or award, id, date or '',
--       status, link, JSON before its date, JSON behind it
--
-- Returns the head; false if the id is taken; {'GATED'} if parts came with a
-- tender that takes bids by the clock; {'NEVER'} if it would take none.

if call('EXISTS', KEYS[1]) == 1 then
    return false
end

local at = now()
local begins = beginning(tonumber(ARGV[9]), tonumber(ARGV[10]))
local finish = gate(tonumber(ARGV[11]), at)
local status = opening(begins, finish, at)
local year = civil(floor((at / 1000000 + ARGV[6]) / 86400))
local series = ARGV[4] .. '-' .. format('%04d', year) .. '-'
local to = status == 'active.enquiries' and KEYS[6] or KEYS[7]

if finish > 0 and #ARGV > 14 then
    return {'GATED'}
end

if finish > 0 and begins >= finish then
    return {'NEVER'}
end

if #ARGV > 14 then
    status = ARGV[13]
    to = KEYS[12]
end

if ARGV[5] ~= '' then
    series = series .. ARGV[5] .. '-'
end

at = tick(KEYS[3], KEYS[4], at)

-- what might be refused comes first

call('XADD', KEYS[4], text(at) .. '-0', 'op', 'create', 'id', ARGV[1],
     'rev', '1')

local number = series
               .. text(call('HINCRBY', KEYS[5], series, 1) * ARGV[7] + ARGV[8])
local head = '1 ' .. text(at) .. ' ' .. status .. ' ' .. number
local own = text(at) .. ' ' .. ARGV[3] .. ' ' .. ARGV[9] .. ' ' .. ARGV[10]
            .. ' ' .. text(finish) .. ' ' .. ARGV[12]
local entry = member(ARGV[1], at)

if ARGV[14] ~= '' then
    local place = text(call('HINCRBY', KEYS[5], '#', 1))
    own = own .. ' ' .. place
    call('APPEND', KEYS[9], place .. ' ' .. ARGV[1] .. ' ' .. text(at) .. ' '
         .. text(at) .. ' ' .. status .. ' ' .. number .. ' ' .. ARGV[14])
end

local weight = 0

for i = 15, #ARGV, 7 do
    if ARGV[i] == 'bid' then
        weight = weight + #ARGV[i + 5] + #ARGV[i + 6] + 24
    end

    local date = ARGV[i + 2] == '' and at or tonumber(ARGV[i + 2])

    call('HSET', ARGV[i] == 'bid' and KEYS[10] or KEYS[11], ARGV[i + 1],
         text(date) .. ' ' .. text(at) .. ' ' .. ARGV[i + 3] .. ' ' .. ARGV[3]
         .. ' ' .. ARGV[i + 4] .. ' -\n' .. ARGV[i + 5] .. iso(date)
         .. ARGV[i + 6])
end

if finish > 0 then
    call('HSET', KEYS[1], 'head', head, 'doc', ARGV[2], 'own', own,
         'more', '0 0 0 0 s 0')
    call('ZADD', KEYS[8],
         text(status == 'active.enquiries' and begins or finish), ARGV[1])

elseif #ARGV > 14 then
    call('HSET', KEYS[1], 'head', head, 'doc', ARGV[2], 'own', own,
         'more', '1 ' .. text(call('HLEN', KEYS[10])) .. ' '
         .. text(call('HLEN', KEYS[11])) .. ' 0 o 0', 'weight',
         text(weight))

else
    call('HSET', KEYS[1], 'head', head, 'doc', ARGV[2], 'own', own)
end

call('ZADD', KEYS[2], text(at), entry)
call('ZADD', to, text(at), entry)

return head
