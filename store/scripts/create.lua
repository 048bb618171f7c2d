-- A tender is published.
--
-- KEYS  1 tender  2 feed  3 clock  4 events  5 numbers
--       6 index of active.enquiries  7 index of active.tendering
-- ARGV  1 id  2 document  3 author  4 number's country  5 its initials
--       6 seconds from UTC of its year  7 buckets  8 bucket
--       9 end of enquiries  10 start of tendering  11 end of tendering
--
-- Returns the head, or false if the id is taken.

if call('EXISTS', KEYS[1]) == 1 then
    return false
end

local at = now()
local finish = gate(tonumber(ARGV[11]), at)
local status = opening(tonumber(ARGV[9]), tonumber(ARGV[10]), finish, at)
local year = civil(floor((at / 1000000 + ARGV[6]) / 86400))

local series = ARGV[4] .. '-' .. format('%04d', year) .. '-'
if ARGV[5] ~= '' then
    series = series .. ARGV[5] .. '-'
end

at = tick(KEYS[3], KEYS[4], at)

-- what might be refused comes first

call('XADD', KEYS[4], text(at) .. '-0', 'op', 'create', 'id', ARGV[1],
     'rev', '1')

local count = call('HINCRBY', KEYS[5], series, 1)
local number = series .. text(count * ARGV[7] + ARGV[8])

local head = '1 ' .. text(at) .. ' ' .. status .. ' ' .. number
local own = text(at) .. ' ' .. ARGV[3] .. ' ' .. ARGV[9] .. ' ' .. ARGV[10]
            .. ' ' .. text(finish)
local entry = member(ARGV[1], at)

call('HSET', KEYS[1], 'head', head, 'doc', ARGV[2], 'own', own)
call('ZADD', KEYS[2], text(at), entry)
call('ZADD', status == 'active.enquiries' and KEYS[6] or KEYS[7], text(at),
     entry)

return head
